"""Accounts as persons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from careloop.connectors.servicenow.pages import Whole
from careloop.connectors.servicenow.people import People
from careloop.errors import CareloopError, RightMissing, SettingsError
from careloop.model.person import Person, PersonKind, person_id
from careloop.sandbox.servicenow.query.encoded import parse

Row = dict[str, str]
ANN = {"sys_id": "a1", "user_name": "ann", "name": "Ann Example", "active": "true"}
BEN = {"sys_id": "b2", "user_name": "ben", "name": "Ben Example", "active": "false"}


@dataclass
class Clock:
    """Stands where it is put."""

    time: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Tables:
    """Rows by table; a table that is missing raises `error`. Counts what it is asked."""

    rows: Mapping[str, list[Row]]
    error: CareloopError = field(default_factory=lambda: SettingsError("Invalid table"))
    asked: list[str] = field(default_factory=list)

    def all(self, table: str, query: str, fields: tuple[str, ...], *order: str) -> Whole:
        self.asked.append(table)
        if table not in self.rows:
            raise self.error
        ((condition,),) = parse(query).groups[0][:1]
        wanted = condition.value.split(",")
        return Whole([row for row in self.rows[table] if row.get(condition.column) in wanted], 0)


def people(tables: Tables, clock: Clock) -> People:
    return People(tables, clock, "desk", "careloop")  # type: ignore[arg-type]  # lists suffice


def persons(tables: Tables, clock: Clock, *names: str) -> dict[str, Person]:
    known = people(tables, clock)
    known.load((), names)
    return {person.account: person for person in known.persons((), names)}


def test_who_stands_in_today_is_a_delegate_by_pseudonym() -> None:
    rows = [
        {"user": "a1", "delegate": "d1", "starts": "2026-01-01 00:00:00", "ends": "2026-01-31 00:00:00"},
        {"user": "a1", "delegate": "d2", "starts": "2026-01-01 00:00:00", "ends": ""},
        {"user": "a1", "delegate": "d3", "starts": "2026-02-01 00:00:00", "ends": "2026-02-28 00:00:00"},
        {"user": "a1", "delegate": "d4", "starts": "2025-01-01 00:00:00", "ends": "2025-12-31 00:00:00"},
    ]
    tables = Tables({"sys_user": [ANN], "sys_user_grmember": [], "sys_user_delegate": rows})
    expected = {person_id("desk", "d1"), person_id("desk", "d2")}
    assert persons(tables, Clock(), "ann")["ann"].delegates == expected


def test_an_account_that_was_switched_off_is_inactive() -> None:
    tables = Tables({"sys_user": [ANN, BEN]})
    read = persons(tables, Clock(), "ann", "ben")
    assert (read["ann"].active, read["ben"].active) == (True, False)


def test_a_user_name_without_an_account_stands_for_itself_as_a_program() -> None:
    known = people(Tables({"sys_user": []}), Clock())
    known.load((), ["ghost"])
    assert known.by_name("ghost") == person_id("desk", "ghost")
    assert known.name_of("ghost") == "ghost"
    assert [(one.name, one.kind) for one in known.persons((), ["ghost", ""])] == [
        ("ghost", PersonKind.SERVICE)
    ]


def test_a_user_name_and_a_sys_id_lead_to_the_same_person() -> None:
    known = people(Tables({"sys_user": [ANN]}), Clock())
    known.load(["a1"], ["ann"])
    assert known.by_name("ann") == person_id("desk", "a1")
    assert len(known.persons(["a1"], ["ann"])) == 1


@pytest.mark.parametrize("error", [SettingsError("Invalid table"), RightMissing("closed")])
def test_a_closed_table_is_asked_once(error: CareloopError) -> None:
    tables = Tables({"sys_user": [ANN, BEN]}, error)
    known = people(tables, Clock())
    known.load((), ["ann"])
    known.load((), ["ben"])
    assert tables.asked.count("sys_user_delegate") == tables.asked.count("sys_user_grmember") == 1


def test_accounts_are_remembered_for_ten_minutes() -> None:
    tables, clock = Tables({"sys_user": [ANN]}), Clock()
    known = people(tables, clock)
    for _ in range(3):
        known.load((), ["ann"])
    assert tables.asked.count("sys_user") == 1
    clock.sleep(601)
    known.load((), ["ann"])
    assert tables.asked.count("sys_user") == 2


@pytest.mark.parametrize("writer", ["careloop", "Careloop"])
def test_our_own_name_is_ours_in_any_case(writer: str) -> None:
    assert people(Tables({"sys_user": []}), Clock()).is_own(writer)


def test_a_token_of_an_account_that_nobody_tells_us_is_of_no_use() -> None:
    """Our own texts would be taken for somebody else's and mirrored without end."""
    known = People(Tables({"sys_user": []}), Clock(), "desk", "")  # type: ignore[arg-type]  # lists suffice
    with pytest.raises(RightMissing, match="its own row of sys_user"):
        known.is_own("ann")
