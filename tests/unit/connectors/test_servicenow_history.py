"""What the audit trail of a record tells."""

import random
from datetime import UTC, datetime, timedelta

from careloop.connectors.servicenow.history import Historian, Told
from careloop.connectors.servicenow.settings import TableSettings
from careloop.connectors.servicenow.tables import define
from careloop.model.event import EventKind
from careloop.model.person import person_id
from careloop.model.record import Record, RecordRef, State

TABLE = define(TableSettings(name="incident"))
STATES = {"1": State.NEW, "2": State.IN_PROGRESS, "3": State.ON_HOLD, "6": State.RESOLVED, "7": State.CLOSED}
Entry = dict[str, str]


class Names:
    """People of whom only the user name is known."""

    def by_name(self, user_name: str) -> str | None:
        return person_id("sn", user_name) if user_name else None


def entry(second: int, field: str, old: str, new: str, *, count: int = 0, user: str = "ines.lund") -> Entry:
    return {
        "sys_id": f"{second}-{field}-{old}-{new}",
        "fieldname": field,
        "user": user,
        "oldvalue": old,
        "newvalue": new,
        "record_checkpoint": str(count) if count else "",
        "sys_created_on": f"2026-01-05 09:00:{second:02}",
    }


def tell(audit: list[Entry], state: str, **row: str) -> Told:
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    record = Record(
        ref=RecordRef("sn", "incident", "a1"),
        container="incident",
        number="INC1",
        kind=TABLE.kind,
        state=TABLE.state(state, row.get("hold_reason", "")) or State.NEW,
        native_state=state,
        version="1",
        updated=at,
        created=at,
    )
    held = {"state": state, "sys_mod_count": "9", "sys_updated_on": "2026-01-05 09:00:59", **row}
    return Historian("sn", TABLE, Names()).tell(record, held, audit)  # type: ignore[arg-type]  # names suffice


def moves(told: Told) -> list[tuple[str, str]]:
    return [(e.get("from"), e.get("to")) for e in told.events if e.kind is EventKind.STATE_CHANGED]


def test_rows_in_any_order_tell_the_same_story() -> None:
    audit = [
        entry(1, "state", "1", "2"),
        entry(2, "state", "2", "3"),
        entry(2, "hold_reason", "", "1"),
        entry(3, "state", "3", "6"),
        entry(3, "hold_reason", "1", ""),
        entry(3, "close_code", "", "Solution provided"),
        entry(3, "close_notes", "", "restarted"),
        entry(9, "state", "6", "2"),
    ]
    expected = [
        ("new", "in_progress"),
        ("in_progress", "awaiting_caller"),
        ("awaiting_caller", "resolved"),
        ("resolved", "in_progress"),
    ]
    for seed in range(20):
        random.Random(seed).shuffle(audit)
        told = tell(audit, "2", close_code="Solution provided")
        assert moves(told) == expected
        assert told.whole


def test_several_updates_within_one_second_follow_the_records_own_count() -> None:
    audit = [
        entry(1, "state", "2", "6", count=2),
        entry(1, "state", "6", "2", count=3),
        entry(1, "state", "2", "6", count=4),
        entry(1, "state", "1", "2", count=1),
    ]
    assert [to for _, to in moves(tell(audit, "6"))] == ["in_progress", "resolved", "in_progress", "resolved"]


def test_without_a_count_each_change_begins_where_the_last_one_ended() -> None:
    audit = [entry(1, "state", "3", "6"), entry(1, "state", "1", "2"), entry(1, "state", "2", "3")]
    assert moves(tell(audit, "6")) == [
        ("new", "in_progress"),
        ("in_progress", "on_hold"),
        ("on_hold", "resolved"),
    ]


def test_a_changed_hold_reason_changes_who_is_awaited() -> None:
    told = tell([entry(1, "state", "1", "3"), entry(5, "hold_reason", "", "1")], "3", hold_reason="1")
    assert moves(told) == [("new", "on_hold"), ("on_hold", "awaiting_caller")]


def test_each_resolution_keeps_its_own_words() -> None:
    audit = [
        entry(1, "state", "1", "6"),
        entry(1, "close_notes", "", "first"),
        entry(1, "close_code", "", "User error"),
        entry(2, "state", "6", "2"),
        entry(3, "state", "2", "6"),
        entry(3, "close_notes", "first", "second"),
    ]
    told = tell(audit, "6", close_notes="second", close_code="User error")
    given = [(e.get("code"), e.text) for e in told.events if e.kind is EventKind.RESOLUTION_GIVEN]
    assert given == [("User error", "first"), ("User error", "second")]


def test_a_closing_without_a_resolution_before_gives_one_too() -> None:
    told = tell([entry(1, "state", "2", "7"), entry(1, "close_notes", "", "gone")], "7", close_notes="gone")
    assert [e.text for e in told.events if e.kind is EventKind.RESOLUTION_GIVEN] == ["gone"]


def test_a_record_made_in_another_state_was_opened_in_it() -> None:
    told = tell([], "6", sys_mod_count="0")
    assert moves(told) == [("new", "resolved")]
    assert told.whole


def test_a_record_that_moved_without_any_trace_is_not_observed() -> None:
    assert not tell([], "6", sys_mod_count="4").whole


def test_an_update_that_left_no_trace_is_not_observed() -> None:
    assert not tell([entry(1, "state", "1", "2")], "6").whole


def test_a_reopening_shows_although_the_resolution_before_left_no_trace() -> None:
    told = tell([entry(1, "state", "1", "2"), entry(5, "state", "6", "2")], "2")
    assert moves(told)[-1] == ("resolved", "in_progress")


def test_history_newer_than_the_row_waits_for_the_next_reading() -> None:
    told = tell(
        [entry(1, "state", "1", "2"), entry(9, "state", "2", "6")], "2", sys_updated_on="2026-01-05 09:00:05"
    )
    assert moves(told) == [("new", "in_progress")]
    assert told.whole


def test_history_newer_than_the_row_within_its_second_waits_too() -> None:
    audit = [entry(1, "state", "1", "2", count=1), entry(1, "state", "2", "6", count=2)]
    told = tell(audit, "2", sys_mod_count="1", sys_updated_on="2026-01-05 09:00:01")
    assert moves(told) == [("new", "in_progress")]
    assert told.whole


def test_updates_of_one_second_keep_their_order_wherever_they_are_sorted_by_time() -> None:
    audit = [
        entry(1, "state", "6", "2", count=3),
        entry(1, "assigned_to", "", "u1", count=3),
        entry(1, "state", "2", "6", count=2),
        entry(1, "state", "2", "6", count=4),
        entry(1, "state", "1", "2", count=1),
        entry(2, "state", "6", "7", count=5),
    ]
    told = tell(audit, "7")
    times = [event.occurred_at for event in told.events if event.kind is EventKind.STATE_CHANGED]
    assert times == sorted(set(times))
    assert times[1] - times[0] < timedelta(milliseconds=1)
    assert times[0].microsecond == times[-1].microsecond == 0


def test_hand_offs_name_persons_by_pseudonym_and_groups_by_id() -> None:
    told = tell([entry(1, "assigned_to", "", "u1"), entry(2, "assignment_group", "g1", "g2")], "1")
    data = [dict(e.data) for e in told.events if e.kind is EventKind.ASSIGNED]
    assert data == [
        {"field": "assignee", "from": "", "to": person_id("sn", "u1")},
        {"field": "group", "from": "g1", "to": "g2"},
    ]


def test_every_entry_has_a_key_of_its_own() -> None:
    told = tell(
        [entry(1, "state", "1", "6"), entry(1, "assigned_to", "", "u1"), entry(2, "state", "6", "2")], "2"
    )
    keys = [event.source_key for event in told.events]
    assert len(set(keys)) == len(keys) == 5
