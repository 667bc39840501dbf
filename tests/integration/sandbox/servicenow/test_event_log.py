"""A real audit log, loaded and read back: whoever reads sys_audit finds what the log holds."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Instance, read_event_log

Change = tuple[str, str]
"""Old and new value."""


@pytest.fixture(scope="module")
def loaded(shared: Path) -> Instance:
    instance = Instance(Clock(datetime(2026, 1, 5, tzinfo=UTC)))
    instance.load_events(read_event_log(shared / "data" / "incident_event_log.csv.gz"))
    return instance


@pytest.fixture(scope="module")
def updates(loaded: Instance) -> dict[str, list[dict[str, Change]]]:
    """Return, for each incident, its updates in order: what became of state and hold reason."""
    found: dict[str, dict[str, dict[str, Change]]] = defaultdict(lambda: defaultdict(dict))
    rows = loaded.act("careloop").query("sys_audit", "fieldnameINstate,hold_reason^ORDERBYsys_created_on")
    for row in rows:
        update = found[row["documentkey"]][row["sys_created_on"]]
        update[row["fieldname"]] = (row["oldvalue"], row["newvalue"])
    return {key: list(moments.values()) for key, moments in found.items()}


def test_all_incidents_are_there(loaded: Instance) -> None:
    incidents = loaded.act("careloop").query("incident")

    assert len(incidents) == 12_380
    assert sum(int(row["reopen_count"]) for row in incidents) == 169
    assert sum(int(row["reassignment_count"] or 0) >= 3 for row in incidents) == 1_365


def test_the_trail_tells_closings_reopens_and_resolutions_out_of_waiting(
    updates: dict[str, list[dict[str, Change]]],
) -> None:
    closed = reopened = resolved = while_waiting = 0
    for changes in updates.values():
        states = [update["state"] for update in changes if "state" in update]
        closed += any(new == "7" for _, new in states)
        reopened += sum(old in "67" and new not in "67" for old, new in states)
        first = next((u for u in changes if u.get("state", ("", ""))[1] == "6"), None)
        resolved += first is not None
        while_waiting += bool(first and first["state"][0] == "3" and first.get("hold_reason") == ("1", ""))

    assert (closed, reopened, while_waiting) == (12_379, 169, 2_266)


def test_one_account_closed_nearly_all(loaded: Instance) -> None:
    rows = loaded.act("careloop").query("sys_audit", "fieldname=state^newvalue=7^ORDERBYsys_created_on")
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row["documentkey"], row["user"])

    assert sum(user == "Updated by 908" for user in first.values()) == 12_249
