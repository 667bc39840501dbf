"""What every store promises about events, and about when to look at a problem again."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from careloop.errors import RecordMissing
from careloop.model.change import Purpose
from careloop.model.decision import Finding
from careloop.model.event import Event, EventKind, Quality
from careloop.model.plan import Held, Look
from careloop.ports import Store
from careloop.testing.examples import MONDAY, incident, issue, make_event, make_record

LATER = MONDAY + timedelta(hours=1)


def house(store: Store, *ids: str) -> None:
    """Store incidents, each in a problem of its own name."""
    store.save_records([make_record(incident(id)) for id in ids])
    store.put_in_problem([(incident(id), id) for id in ids])


def look_at(store: Store, *problems: str, due_at: datetime | None = None, rules_hash: str = "rules") -> None:
    """Say that problems have been looked at as they are now."""
    seen = store.last_events(problems)
    store.save_looks(
        Look(problem=problem, due_at=due_at, seen_event=seen[problem], rules_hash=rules_hash)
        for problem in problems
    )


class JournalContract:
    """Promises of `careloop.ports.Journal`."""

    def test_an_event_comes_back_as_it_was_added_with_its_number_and_time(self, store: Store) -> None:
        house(store, "1")
        event = Event(
            kind=EventKind.ANSWERED,
            record=incident("1"),
            occurred_at=MONDAY + timedelta(microseconds=1),
            source_key="answer:1",
            quality=Quality.INFERRED,
            data={"verdict": "no", "attested": True, "proposal": 2, "share": 0.5, "until": None},
            text="Still “broken”.",
        )

        assert store.append([event], LATER) == 1

        [found] = store.events_of(["1"])["1"]
        assert found.seq > 0
        assert found.recorded_at == LATER
        assert (found.record, found.actor, found.data, found.text) == (
            event.record,
            None,
            event.data,
            event.text,
        )
        assert (found.kind, found.quality, found.order) == (event.kind, event.quality, event.order)

    def test_the_same_source_key_is_added_once_for_ever(self, store: Store) -> None:
        house(store, "1")
        first = make_event(incident("1"), "audit:1", text="first")

        assert store.append([first, make_event(incident("1"), "audit:1", text="again")], MONDAY) == 1
        assert store.append([make_event(incident("1"), "audit:1", LATER, text="later")], LATER) == 0
        assert store.count_events() == 1
        assert store.events_of(["1"])["1"][0].recorded_at == MONDAY

    def test_events_come_in_the_order_they_happened_however_late_they_arrive(self, store: Store) -> None:
        house(store, "1")
        store.append([make_event(incident("1"), "c", LATER)], LATER)
        store.append([make_event(incident("1"), "b", MONDAY), make_event(incident("1"), "a", MONDAY)], LATER)

        assert [event.source_key for event in store.events_of(["1"])["1"]] == ["a", "b", "c"]

    def test_numbers_rise_in_the_order_of_arrival_also_after_opening_anew(
        self, store: Store, open_store: Callable[[], Store]
    ) -> None:
        house(store, "1")
        store.append([make_event(incident("1"), "z"), make_event(incident("1"), "y")], MONDAY)
        with closing(open_store()) as again:
            again.append([make_event(incident("1"), "x")], MONDAY)

        events = sorted(store.events_of(["1"])["1"], key=lambda event: event.seq)
        assert [event.source_key for event in events] == ["z", "y", "x"]

    def test_events_follow_their_record_into_another_problem(self, store: Store) -> None:
        house(store, "1", "2")
        store.append([make_event(incident("1"), "a"), make_event(incident("2"), "b")], MONDAY)
        store.put_in_problem([(incident("2"), "1")])

        assert [event.source_key for event in store.events_of(["1", "2"])["1"]] == ["a", "b"]
        assert "2" not in store.events_of(["1", "2"])

    def test_events_are_found_by_record_and_kind(self, store: Store) -> None:
        house(store, "1", "2")
        opened = make_event(incident("1"), "a", LATER, EventKind.OPENED)
        moved = make_event(incident("1"), "b", MONDAY)
        commented = make_event(incident("1"), "c", MONDAY, EventKind.COMMENTED)
        store.append([opened, moved, commented, make_event(incident("2"), "d")], MONDAY)

        found = store.events_on([incident("1")], [EventKind.OPENED, EventKind.STATE_CHANGED])

        assert list(found) == [incident("1")]
        assert [event.source_key for event in found[incident("1")]] == ["b", "a"]

    def test_records_are_found_by_the_kinds_of_events_on_them(self, store: Store) -> None:
        house(store, "1", "2", "3")
        for id in ("1", "2"):
            store.append([make_event(incident(id), f"moved {id}")], MONDAY)
        store.append([make_event(incident("3"), "answered", kind=EventKind.ANSWERED)], MONDAY)

        assert store.records_with([EventKind.STATE_CHANGED]) == [incident("1"), incident("2")]
        assert store.records_with([]) == []

    def test_an_event_of_a_record_never_saved_is_refused_and_nothing_with_it_is_kept(
        self, store: Store
    ) -> None:
        house(store, "1")

        with pytest.raises(RecordMissing, match="jira/ENG/9"):
            store.append([make_event(incident("1"), "a"), make_event(issue("9"), "b")], MONDAY)

        assert store.count_events() == 0

    def test_a_record_and_its_events_may_come_in_one_transaction(self, store: Store) -> None:
        with store.transaction():
            house(store, "1")
            store.append([make_event(incident("1"), "a")], MONDAY)

        assert store.count_events() == 1

    def test_known_keys_are_those_the_journal_holds(self, store: Store) -> None:
        house(store, "1")
        store.append([make_event(incident("1"), "a")], MONDAY)

        assert store.known_keys(["a", "b"]) == {"a"}
        assert store.known_keys([]) == set()

    def test_the_last_event_of_a_problem_is_its_newest_arrival(self, store: Store) -> None:
        house(store, "1", "2")
        store.append([make_event(incident("1"), "a", LATER)], MONDAY)
        store.append([make_event(incident("1"), "b", MONDAY)], MONDAY)

        newest = max(event.seq for event in store.events_of(["1"])["1"])
        assert store.last_events(["1", "2", "9"]) == {"1": newest, "2": 0, "9": 0}

        store.put_in_problem([(incident("1"), "2")])
        assert store.last_events(["1", "2"]) == {"1": 0, "2": newest}

    def test_a_problem_never_looked_at_is_looked_at(self, store: Store) -> None:
        house(store, "1", "2")
        look_at(store, "1")

        assert store.problems_to_look_at(MONDAY, "rules") == ["2"]

    def test_a_problem_is_looked_at_when_its_time_has_come_and_not_before(self, store: Store) -> None:
        house(store, "1")
        look_at(store, "1", due_at=LATER)

        assert store.problems_to_look_at(LATER - timedelta(microseconds=1), "rules") == []
        assert store.problems_to_look_at(LATER, "rules") == ["1"]
        assert store.problems_to_look_at(LATER + timedelta(days=99), "rules") == ["1"]

    def test_a_problem_with_a_new_event_is_looked_at(self, store: Store) -> None:
        house(store, "1", "2")
        look_at(store, "1", "2")
        store.append([make_event(incident("1"), "a", MONDAY - timedelta(days=99))], MONDAY)

        assert store.problems_to_look_at(MONDAY, "rules") == ["1"]

    def test_every_problem_is_looked_at_under_other_rules(self, store: Store) -> None:
        house(store, "1", "2")
        look_at(store, "1", "2")

        assert store.problems_to_look_at(MONDAY, "other rules") == ["1", "2"]

    def test_a_problem_can_be_marked_to_be_looked_at_again(self, store: Store) -> None:
        house(store, "1", "2")
        look_at(store, "1", "2")
        store.look_again(["2"])

        assert store.problems_to_look_at(MONDAY, "rules") == ["2"]

    def test_what_an_evaluation_came_to_is_kept_until_the_next_one(self, store: Store) -> None:
        house(store, "1", "2")
        told: dict[str, Any] = {"record": incident("1"), "rule": "example", "cause": "proposal 1"}
        finding = Finding(**told, what="triage", reason="nobody understands the answer", waits=True)
        held = Held(**told, purpose=Purpose.ASK, why="outside the person's hours", until=LATER)
        look = Look(
            problem="1", due_at=LATER, seen_event=0, rules_hash="rules", state="closed", basis="unasked",
            findings=(finding,), held=(held,),
        )  # fmt: skip
        other = Look(problem="2", due_at=None, seen_event=0, rules_hash="rules")
        store.save_looks([other, look])

        assert store.looks() == [look, other]
        assert store.looks(["1", "9"]) == [look]

        store.look_again(["1"])
        assert store.looks(["1"])[0].findings == (finding,)

    def test_nothing_is_said_about_a_problem_that_is_no_more(self, store: Store) -> None:
        house(store, "1", "2")
        look_at(store, "1", "2")
        store.put_in_problem([(incident("1"), "2")])

        assert [look.problem for look in store.looks()] == ["2"]

    def test_a_look_counts_though_fewer_events_are_left_than_before(self, store: Store) -> None:
        house(store, "1", "2")
        store.put_in_problem([(incident("2"), "1")])
        store.append([make_event(incident("1"), "a"), make_event(incident("2"), "b")], MONDAY)
        look_at(store, "1")
        store.put_in_problem([(incident("2"), "2")])
        look_at(store, "1", "2")

        assert store.problems_to_look_at(MONDAY, "rules") == []

    def test_the_journal_knows_when_it_was_last_written(self, store: Store) -> None:
        assert store.last_recorded() is None

        house(store, "1")
        store.append([make_event(incident("1"), "a", LATER)], MONDAY)
        store.append([make_event(incident("1"), "b", MONDAY)], LATER)

        assert store.last_recorded() == LATER

    def test_both_problems_are_looked_at_again_when_a_record_moves(self, store: Store) -> None:
        house(store, "1", "2", "3", "4")
        store.put_in_problem([(incident("4"), "1")])
        look_at(store, "1", "2", "3")
        store.put_in_problem([(incident("4"), "2"), (incident("3"), "3")])

        assert store.problems_to_look_at(MONDAY, "rules") == ["1", "2"]

    def test_a_look_that_had_seen_less_does_not_replace_one_that_saw_more(self, store: Store) -> None:
        house(store, "1")
        store.append([make_event(incident("1"), "a")], MONDAY)
        look_at(store, "1", due_at=LATER)
        store.save_looks([Look(problem="1", due_at=None, seen_event=0, rules_hash="rules")])

        assert store.problems_to_look_at(MONDAY, "rules") == []
        assert store.problems_to_look_at(LATER, "rules") == ["1"]

    def test_of_two_looks_at_the_same_events_the_later_one_counts(self, store: Store) -> None:
        house(store, "1")
        look_at(store, "1", due_at=MONDAY)
        look_at(store, "1", due_at=LATER)

        assert store.problems_to_look_at(MONDAY, "rules") == []
