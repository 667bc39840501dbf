"""A made-up past of any length."""

from datetime import timedelta
from random import Random

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.backlog import make_incidents
from tests.unit.sandbox.servicenow.conftest import START

JOURNALS = {"comments", "work_notes"}


def test_the_same_seed_makes_the_same_incidents_and_another_one_others(clock: Clock) -> None:
    def made(seed: int) -> list[dict[str, str]]:
        instance = Instance(Clock(START), seed=seed)
        instance.make_incidents(50)
        return instance.act("admin").query("incident", "ORDERBYnumber")

    assert made(3) == made(3)
    assert made(3) != made(4)


def test_a_made_up_past_is_one_that_the_rules_would_have_left(instance: Instance, admin: Actor) -> None:
    instance.make_incidents(500)
    rows = admin.query("incident", "ORDERBYnumber")

    assert len({row["number"] for row in rows}) == len({row["sys_id"] for row in rows}) == 500
    assert [row["opened_at"] for row in rows] == sorted(row["opened_at"] for row in rows)
    for row in rows:
        assert (row["active"] == "false") == (row["state"] == "7") == bool(row["closed_at"])
        assert (row["state"] in ("6", "7")) == bool(row["resolved_at"]) == bool(row["close_code"])
        assert row["opened_at"] <= row["sys_updated_on"] <= "2026-01-05 09:00:00"
        assert row["caller_id"] != row["assigned_to"]
    assert {row["state"] for row in rows} >= {"2", "7"}


def test_the_trail_of_a_made_up_incident_leads_to_what_its_row_says(instance: Instance, admin: Actor) -> None:
    instance.make_incidents(200)
    for row in admin.query("incident"):
        trail = admin.query("sys_audit", f"documentkey={row['sys_id']}^ORDERBYsys_created_on")
        last = {entry["fieldname"]: entry for entry in trail}
        assert len({entry["record_checkpoint"] for entry in trail}) == int(row["sys_mod_count"])
        assert all(entry["newvalue"] == row[name] for name, entry in last.items() if name not in JOURNALS)
        assert {"state", "assigned_to"} <= set(last) or row["state"] == "1"
        assert not trail or max(entry["sys_created_on"] for entry in trail) == row["sys_updated_on"]
        written = admin.query("sys_journal_field", f"element_id={row['sys_id']}")
        assert sorted(entry["element"] for entry in written) == sorted(JOURNALS & set(last))


def test_only_the_newest_have_a_trail_so_that_a_million_fit(instance: Instance, admin: Actor) -> None:
    make_incidents(instance.engine.db, 30, Random(1), START, remembered=10)
    newest = {row["sys_id"] for row in admin.query("incident", "ORDERBYDESCnumber")[:10]}

    assert {row["documentkey"] for row in admin.query("sys_audit")} <= newest
    assert len(admin.query("sys_journal_field")) > 0


def test_the_timer_has_nothing_to_make_up_for(clock: Clock, instance: Instance, admin: Actor) -> None:
    instance.make_incidents(500)
    resolved = admin.query("incident", "state=6")

    clock.advance(timedelta(hours=1).total_seconds())

    assert all(row["resolved_at"] > "2026-01-04 09:00:00" for row in resolved)
    assert len(admin.query("incident", "state=6")) >= len(resolved) - 2


def test_numbers_go_on_behind_the_past(instance: Instance, admin: Actor) -> None:
    instance.make_incidents(3)

    new = admin.insert("incident", {"short_description": "new"})

    assert admin.get("incident", new)["number"] == "INC0010004"


@pytest.mark.parametrize(
    "query",
    ["ORDERBYsys_updated_on^ORDERBYsys_id", "ORDERBYsys_id", "ORDERBYnumber", "ORDERBYDESCsys_updated_on"],
)
def test_pages_behind_the_last_row_are_the_same_as_pages_by_offset(
    instance: Instance, admin: Actor, query: str
) -> None:
    instance.make_incidents(57)
    column = query.partition("^")[0].removeprefix("ORDERBYDESC").removeprefix("ORDERBY")
    later = "<" if "DESC" in query else ">"
    whole = admin.query("incident", query)

    walked: list[dict[str, str]] = []
    while True:
        last = walked[-1] if walked else {column: "~" if "DESC" in query else "", "sys_id": ""}
        behind = f"{column}{later}{last[column]}^NQ{column}={last[column]}^sys_id{later}{last['sys_id']}"
        page = admin.query("incident", f"{behind}^{query}" if walked else query)[:10]
        if not page:
            break
        walked += page

    assert walked == whole
