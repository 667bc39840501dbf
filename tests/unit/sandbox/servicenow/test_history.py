"""An audit log as the instance's past."""

import csv
import gzip
from pathlib import Path

import pytest

from careloop.sandbox.servicenow import Actor, Instance, read_event_log

COLUMNS = (
    *("number", "incident_state", "active", "reopen_count", "sys_mod_count", "caller_id", "opened_by"),
    *("opened_at", "sys_updated_by", "sys_updated_at", "impact", "assignment_group", "closed_code"),
    *("resolved_by", "resolved_at", "closed_at"),
)
ONE = {
    "number": "INC0000045",
    "active": "true",
    "reopen_count": "0",
    "caller_id": "Caller 7",
    "opened_by": "Opened by  8",
    "opened_at": "29/1/2016 01:16",
    "impact": "2 - Medium",
    "assignment_group": "Group 5",
    "closed_code": "code 5",
    "resolved_by": "Resolver 9",
    "resolved_at": "3/2/2016 11:29",
    "closed_at": "5/3/2016 12:00",
}
EVENTS: tuple[dict[str, str], ...] = (
    {"incident_state": "New", "at": "29/1/2016 01:23", "by": "Updated by 21", "assignment_group": "?"},
    {"incident_state": "Awaiting User Info", "at": "3/2/2016 11:28", "by": "Updated by 21"},
    {"incident_state": "Resolved", "at": "3/2/2016 11:29", "by": "Updated by 6"},
    {
        "incident_state": "Closed",
        "at": "5/3/2016 12:00",
        "by": "Updated by 908",
        "active": "false",
        "impact": "1 - High",
    },
)
ODD = {
    "number": "INC0099999",
    "incident_state": "-100",
    "at": "29/1/2016 01:23",
    "by": "Updated by 21",
    **dict.fromkeys(("caller_id", "assignment_group", "closed_code"), "?"),
    **dict.fromkeys(("resolved_by", "resolved_at", "closed_at"), "?"),
}


def write(path: Path, *events: dict[str, str]) -> Path:
    """Write a log in which an event changes what it names and leaves the rest as it is in ONE."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS)
        writer.writeheader()
        for count, event in enumerate(events):
            row = {**ONE, "sys_mod_count": str(count), **event}
            writer.writerow(row | {"sys_updated_at": row.pop("at"), "sys_updated_by": row.pop("by")})
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write(tmp_path / "log.csv", *EVENTS, ODD)


@pytest.fixture
def admin(instance: Instance, admin: Actor, log: Path) -> Actor:
    assert instance.load_events(read_event_log(log)) == 2
    return admin


def test_an_incident_ends_as_its_last_event_left_it(admin: Actor) -> None:
    (row,) = admin.query("incident", "number=INC0000045")

    assert (row["state"], row["incident_state"], row["hold_reason"], row["active"]) == ("7", "7", "", "false")
    assert (row["impact"], row["close_code"], row["sys_mod_count"]) == ("1", "code 5", "3")
    assert (row["opened_at"], row["closed_at"]) == ("2016-01-29 01:16:00", "2016-03-05 12:00:00")
    assert (row["sys_updated_on"], row["sys_updated_by"]) == ("2016-03-05 12:00:00", "Updated by 908")


def test_every_change_has_its_audit_row_at_its_time(admin: Actor) -> None:
    (row,) = admin.query("incident", "number=INC0000045")
    trail = admin.query(
        "sys_audit", f"documentkey={row['sys_id']}^fieldnameINstate,hold_reason^ORDERBYsys_created_on"
    )

    assert {
        (t["sys_created_on"], t["fieldname"], t["oldvalue"], t["newvalue"], t["user"], t["record_checkpoint"])
        for t in trail
    } == {
        ("2016-02-03 11:28:00", "state", "1", "3", "Updated by 21", "1"),
        ("2016-02-03 11:28:00", "hold_reason", "", "1", "Updated by 21", "1"),
        ("2016-02-03 11:29:00", "state", "3", "6", "Updated by 6", "2"),
        ("2016-02-03 11:29:00", "hold_reason", "1", "", "Updated by 6", "2"),
        ("2016-03-05 12:00:00", "state", "6", "7", "Updated by 908", "3"),
    }


def test_resolution_and_closing_are_unknown_before_their_time(admin: Actor) -> None:
    trail = admin.query(
        "sys_audit", "fieldnameINresolved_at,resolved_by,close_code,closed_at^ORDERBYfieldname"
    )

    assert [(t["fieldname"], t["oldvalue"], t["record_checkpoint"]) for t in trail] == [
        ("close_code", "", "2"),
        ("closed_at", "", "3"),
        ("resolved_at", "", "2"),
        ("resolved_by", "", "2"),
    ]


def test_people_and_groups_are_created_under_their_pseudonyms(admin: Actor) -> None:
    (row,) = admin.query("incident", "caller_id.name=Caller 7^assignment_group.name=Group 5")

    assert row["number"] == "INC0000045"
    assert len(admin.query("sys_user", "user_name=Updated by 908")) == 1


def test_unknown_states_are_kept_as_they_are_and_unknown_values_are_empty(admin: Actor) -> None:
    (row,) = admin.query("incident", "number=INC0099999")

    assert (row["state"], row["caller_id"], row["resolved_at"], row["close_code"]) == ("-100", "", "", "")


def test_new_numbers_go_on_behind_the_log(admin: Actor) -> None:
    assert admin.get("incident", admin.insert("incident", {}))["number"] == "INC0100000"


def test_events_within_one_minute_keep_their_order(instance: Instance, tmp_path: Path) -> None:
    new, waiting, resolved, _ = EVENTS
    path = write(tmp_path / "log.csv", new, {**waiting, "at": resolved["at"]}, resolved)
    instance.load_events(read_event_log(path))

    trail = instance.act("admin").query("sys_audit", "fieldname=state^ORDERBYsys_created_on")
    assert [(t["newvalue"], t["sys_created_on"][-8:]) for t in trail] == [
        ("3", "11:29:00"),
        ("6", "11:29:01"),
    ]


def test_a_log_may_be_zipped_and_hold_times_as_the_platform_stores_them(
    instance: Instance, tmp_path: Path
) -> None:
    plain = write(tmp_path / "log.csv", {**EVENTS[0], "at": "2016-01-29 01:23:45"})
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(plain.read_bytes()))
    instance.load_events(read_event_log(path))

    assert instance.act("admin").query("incident")[0]["sys_updated_on"] == "2016-01-29 01:23:45"


@pytest.mark.parametrize(("event", "said"), [({"at": "?"}, "INC0000045"), ({"at": "soon"}, "soon")])
def test_an_event_without_a_time_is_refused(
    instance: Instance, tmp_path: Path, event: dict[str, str], said: str
) -> None:
    path = write(tmp_path / "log.csv", {**EVENTS[0], **event})

    with pytest.raises(ValueError, match=said):
        instance.load_events(read_event_log(path))


def test_a_log_without_a_needed_column_is_refused(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("number,incident_state\nINC0000045,New\n", encoding="utf-8")

    with pytest.raises(ValueError, match="no column sys_updated_on"):
        instance.load_events(read_event_log(path))
