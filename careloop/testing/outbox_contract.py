"""What every store promises about writes to the outside and the contact budget."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from careloop.model.change import AnyChange, Contact, Create, Link, Purpose, Transition, Update
from careloop.model.intent import Intent, IntentState
from careloop.model.record import State
from careloop.model.rules import Budget
from careloop.ports import Store
from careloop.testing.examples import MONDAY, incident, issue, make_comment, make_contact, make_intent

BUDGET = Budget(per_problem=2, problem_window=10, per_person=3, person_window=30)
FINAL = [state for state in IntentState if state is not IntentState.SENT]
WHY: dict[str, Any] = {
    "subject": incident("1"), "problem": "a", "cause": "c", "rule": "example", "reason": "because",
}  # fmt: skip
CHANGES: list[AnyChange] = [
    Create(**WHY, purpose=Purpose.SYNC, instance="jira", container="ENG", fields={"summary": "fire"}),
    Update(**WHY, purpose=Purpose.SYNC, fields={"priority": "1"}),
    Transition(**WHY, purpose=Purpose.REOPEN, state=State.IN_PROGRESS, native="2", note="It is not."),
    Link(**WHY, purpose=Purpose.SUCCESSOR, target=issue("1"), title="ENG-1"),
    make_comment(incident("1"), "c"),
    make_contact("p1", [incident("1"), incident("2")], "c"),
]


def send(store: Store, contact: Contact, at: datetime = MONDAY) -> bool:
    """Begin to send a message."""
    return store.begin(make_intent(contact, at), BUDGET, contact)


def ask(person: str, about: str, cause: str) -> Contact:
    """Return a message about one incident."""
    return make_contact(person, [incident(about)], cause)


class OutboxContract:
    """Promises of `careloop.ports.Outbox`, and of the contact ledger."""

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.kind))
    def test_an_intent_comes_back_as_it_was_begun(self, store: Store, change: AnyChange) -> None:
        intent = Intent(change=change, sent_at=MONDAY + timedelta(microseconds=1), attempt=2, before="7")

        assert store.begin(intent, BUDGET, None)
        assert store.intents(IntentState.SENT) == [intent]

    @pytest.mark.parametrize("state", IntentState)
    def test_a_key_is_begun_once_whatever_became_of_it(self, store: Store, state: IntentState) -> None:
        intent = make_intent(make_comment(incident("1"), "c"))
        store.begin(intent, BUDGET, None)
        store.settle(replace(intent, state=state))

        assert not store.begin(replace(intent, attempt=2), BUDGET, None)
        assert store.intent_states([intent.key, "unknown"]) == {intent.key: state}

    def test_an_intent_is_kept_as_it_was_settled(self, store: Store) -> None:
        intent = make_intent(make_comment(incident("1"), "c"))
        store.begin(intent, BUDGET, None)
        settled = replace(
            intent, state=IntentState.PARKED, looks=2, cause="the journal is not readable", native_id="9"
        )
        store.settle(settled)

        assert store.intents(IntentState.SENT) == []
        assert store.intents(IntentState.PARKED, IntentState.FAILED) == [settled]

    def test_settling_what_was_never_begun_is_an_error(self, store: Store) -> None:
        with pytest.raises(LookupError):
            store.settle(make_intent(make_comment(incident("1"), "c")))

    def test_intents_come_oldest_first_and_then_as_they_were_begun(self, store: Store) -> None:
        changes = [make_comment(incident("1"), cause) for cause in "abc"]
        times = [MONDAY, MONDAY, MONDAY - timedelta(days=1)]
        for change, at in zip(changes, times, strict=True):
            store.begin(make_intent(change, at), BUDGET, None)

        assert [intent.change.cause for intent in store.intents(IntentState.SENT)] == ["c", "a", "b"]

    def test_a_forgotten_demand_can_be_begun_again(self, store: Store) -> None:
        intent = make_intent(make_comment(incident("1"), "c"))
        store.begin(intent, BUDGET, None)
        store.forget(intent.key)

        assert store.intent_states([intent.key]) == {}
        assert store.begin(intent, BUDGET, None)

    def test_what_was_sent_without_an_outcome_is_found_after_a_crash(
        self, store: Store, open_store: Callable[[], Store]
    ) -> None:
        contact = ask("p1", "1", "c")
        send(store, contact)

        with closing(open_store()) as again:
            assert [intent.change for intent in again.intents(IntentState.SENT)] == [contact]
            assert len(again.contacts_of(["p1"])["p1"]) == 1

    def test_a_message_about_several_matters_is_one_contact_with_a_line_for_each(self, store: Store) -> None:
        send(store, make_contact("p1", [incident("1"), incident("2")], "c"))

        lines = store.contacts_of(["p1", "p2"])["p1"]

        assert {(line.problem, line.cause) for line in lines} == {(str(incident(id)), "c") for id in "12"}
        assert len({(line.key, line.sent_at) for line in lines}) == 1
        assert {(line.person, line.purpose, line.channel, line.counted) for line in lines} == {
            ("p1", Purpose.ASK, "comment", True)
        }

    def test_ledgers_come_oldest_first(self, store: Store) -> None:
        send(store, ask("p1", "1", "a"), MONDAY)
        send(store, ask("p1", "2", "b"), MONDAY - timedelta(days=1))

        assert [line.cause for line in store.contacts_of(["p1"])["p1"]] == ["b", "a"]

    def test_a_person_is_contacted_no_more_often_than_the_budget_allows(self, store: Store) -> None:
        assert [send(store, ask("p1", str(n), "c")) for n in range(4)] == [True, True, True, False]
        assert send(store, ask("p2", "9", "c"))

    def test_a_problem_causes_no_more_contacts_than_the_budget_allows(self, store: Store) -> None:
        assert [send(store, ask(f"p{n}", "1", str(n))) for n in range(3)] == [True, True, False]
        assert send(store, ask("p9", "2", "c"))

    def test_a_message_is_refused_when_any_of_its_matters_has_used_up_its_budget(self, store: Store) -> None:
        send(store, ask("p1", "1", "a"))
        send(store, ask("p2", "1", "b"))

        assert not send(store, make_contact("p3", [incident("2"), incident("1")], "c"))

    def test_a_bundle_counts_once_for_the_person_and_once_for_each_problem(self, store: Store) -> None:
        bundle = [incident("1"), incident("2"), incident("3")]

        assert send(store, make_contact("p1", bundle, "a"))
        assert send(store, make_contact("p1", bundle, "b"))
        assert not send(store, ask("p1", "3", "c"))
        assert send(store, ask("p1", "4", "c"))

    @pytest.mark.parametrize(("days", "allowed"), [(29, False), (30, True)])
    def test_what_lies_before_the_window_of_a_person_is_forgiven(
        self, store: Store, *, days: int, allowed: bool
    ) -> None:
        for n in range(3):
            send(store, ask("p1", str(n), "c"))

        assert send(store, ask("p1", "9", "c"), MONDAY + timedelta(days=days)) is allowed

    @pytest.mark.parametrize(
        ("window", "days", "allowed"), [(10, 13, False), (10, 14, True), (3, 2, False), (3, 3, True)]
    )
    def test_the_window_of_a_problem_counts_business_days(
        self, store: Store, *, window: int, days: int, allowed: bool
    ) -> None:
        for n in range(2):
            send(store, ask("p1", "1", str(n)))

        third, budget = ask("p1", "1", "c"), replace(BUDGET, problem_window=window)
        intent = make_intent(third, MONDAY + timedelta(days=days))
        assert store.begin(intent, budget, third) is allowed

    def test_an_answer_to_a_request_uses_up_no_budget_and_is_never_refused(self, store: Store) -> None:
        for n in range(9):
            assert send(store, make_contact("p1", [incident("1")], str(n), counted=False))

        for n in range(2, 5):
            assert send(store, ask("p1", str(n), "c"))
        assert not send(store, ask("p1", "9", "c"))
        assert send(store, make_contact("p1", [incident("9")], "d", counted=False))
        assert [line.counted for line in store.contacts_of(["p1"])["p1"]].count(True) == 3

    def test_a_refused_contact_leaves_nothing_behind(self, store: Store) -> None:
        for n in range(3):
            send(store, ask("p1", str(n), "c"))
        refused = ask("p1", "9", "c")
        send(store, refused)

        assert store.intent_states([refused.key]) == {}
        assert len(store.contacts_of(["p1"])["p1"]) == 3

    @pytest.mark.parametrize(
        ("states", "counts"),
        [
            ([IntentState.FAILED], False),
            ([IntentState.DROPPED], False),
            ([IntentState.DONE], True),
            ([IntentState.PARKED], True),
            ([IntentState.PARKED, IntentState.DROPPED], True),
        ],
    )
    def test_only_a_message_that_surely_never_went_out_leaves_the_ledger(
        self, store: Store, *, states: list[IntentState], counts: bool
    ) -> None:
        contact = ask("p1", "1", "c")
        send(store, contact)
        for state in states:
            store.settle(replace(make_intent(contact), state=state))

        assert ("p1" in store.contacts_of(["p1"])) is counts

        store.forget(contact.key)
        assert ("p1" in store.contacts_of(["p1"])) is counts

    def test_a_message_known_not_to_have_been_sent_gives_its_budget_back(self, store: Store) -> None:
        for n in range(3):
            send(store, ask("p1", str(n), "c"))
        store.forget(ask("p1", "0", "c").key)

        assert send(store, ask("p1", "0", "c"))
        assert len(store.contacts_of(["p1"])["p1"]) == 3

    def test_of_many_who_begin_the_same_write_at_once_exactly_one_does(
        self, open_store: Callable[[], Store]
    ) -> None:
        intent = make_intent(make_comment(incident("1"), "c"))

        assert race(open_store, [lambda store: store.begin(intent, BUDGET, None)] * 6) == 1

    def test_many_who_contact_a_person_at_once_stay_within_the_budget(
        self, open_store: Callable[[], Store]
    ) -> None:
        runners = [partial(send, contact=ask("p1", str(n), "c")) for n in range(6)]

        assert race(open_store, runners) == BUDGET.per_person


def race(open_store: Callable[[], Store], runners: Sequence[Callable[[Store], bool]]) -> int:
    """Let each runner at a store of its own, all at the same time; return how many came through."""

    def run(runner: Callable[[Store], bool]) -> bool:
        with closing(open_store()) as store:
            return runner(store)

    with closing(open_store()), ThreadPoolExecutor(len(runners)) as pool:
        return sum(pool.map(run, runners))
