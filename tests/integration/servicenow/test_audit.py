"""The same incidents give the same figures as an audit log, as a list export, and live."""

import csv
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from careloop.report.audit.figures import Audit, Terms
from careloop.report.audit.listing import read_lists
from careloop.report.audit.log import read_log
from careloop.report.audit.take import take_audit
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.servicenow.history import read_event_log
from careloop.sandbox.world import Sandbox
from careloop.wiring import fixed_chance

LABELS = {
    "number": "Number",
    "opened_at": "Opened",
    "caller_id": "Caller",
    "state": "State",
    "category": "Category",
    "subcategory": "Subcategory",
    "u_symptom": "Symptom",
    "resolved_at": "Resolved",
    "closed_at": "Closed",
    "reopen_count": "Reopen count",
    "reassignment_count": "Reassignment count",
    "close_code": "Close code",
}
ALIKE = (
    *("incidents", "closed", "recorded_reopens", "incidents_with_recorded_reopen", "repeats"),
    *("reassignments", "incidents_with_3plus_reassignments", "until_over"),
)


def quiet(what: str, done: int, total: int | None) -> None:
    """Tell nobody how far it is."""


@pytest.fixture(scope="module")
def log(shared: Path) -> Path:
    return shared / "data" / "incident_event_log.csv.gz"


@pytest.fixture(scope="module")
def sandbox(log: Path) -> Sandbox:
    loaded = Sandbox(datetime(2026, 1, 5, tzinfo=UTC))
    loaded.servicenow.load_events(read_event_log(log))
    return loaded


@pytest.fixture(scope="module")
def by_log(log: Path) -> Audit:
    return take_audit(read_log(log, quiet), Terms(), fixed_chance())


def export(sandbox: Sandbox, target: Path) -> Path:
    """Write what an admin gets who exports the incident list with labels as headings."""
    session = requests.Session()
    session.mount("http://servicenow.test", AsgiAdapter(sandbox.servicenow_app))
    session.auth = ("admin", "admin")
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(LABELS), extrasaction="ignore")
        writer.writerow(LABELS)
        for offset in range(0, 20_000, 5_000):
            parameters: dict[str, Any] = {
                "sysparm_display_value": "true",
                "sysparm_exclude_reference_link": "true",
                "sysparm_fields": ",".join(LABELS),
                "sysparm_query": "ORDERBYnumber",
                "sysparm_limit": 5_000,
                "sysparm_offset": offset,
            }
            answer = session.get("http://servicenow.test/api/now/table/incident", params=parameters)
            writer.writerows(answer.json()["result"])
    return target


def test_a_list_export_of_the_sandbox_tells_what_the_log_tells(
    sandbox: Sandbox, by_log: Audit, tmp_path: Path
) -> None:
    by_list = take_audit(read_lists([export(sandbox, tmp_path / "list.csv")], quiet), Terms(), fixed_chance())

    assert {name: getattr(by_list, name) for name in ALIKE} == {name: getattr(by_log, name) for name in ALIKE}
    unknown = {one.name for one in fields(Audit) if getattr(by_list, one.name) is None}
    assert unknown == {
        *("events", "top_closer", "observed_reopens", "incidents_with_observed_reopen"),
        *("resolved_while_waiting", "put_off"),
    }
    assert unknown == set(by_list.not_known)
