"""The status counts what stands, keeps grounds apart, and says so where a figure cannot be known."""

from datetime import timedelta
from pathlib import Path

import pytest

from careloop.model.change import Purpose
from careloop.model.decision import Finding
from careloop.model.intent import Conflict, Intent, IntentState, Pair
from careloop.model.plan import Held, Look
from careloop.model.record import RecordKind, RecordRef
from careloop.model.rules import Mode
from careloop.report.names import Names
from careloop.report.overview import status_as_data, status_as_text
from careloop.report.status import someone_must_act, take_status
from careloop.store import SqlStore
from careloop.sync.terms import Terms
from careloop.testing.examples import make_comment
from tests.unit.policies.incident import INC, Problem, an_incident, on
from tests.unit.report.desk import keep, terms

ENG = RecordRef("jira", "ENG", "1")
PROBLEM = str(INC)


def finding(what: str, cause: str = "1", *, waits: bool = False, history: bool = False) -> Finding:
    return Finding(
        record=INC, rule="reopen", what=what, cause=cause, reason="because", waits=waits, history=history
    )


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    problem = Problem()
    issue = an_incident(ref=ENG, number="ENG-1", kind=RecordKind.ISSUE, container="ENG")
    problem.records[ENG] = issue
    return keep(problem, tmp_path)


def stand(
    store: SqlStore, *findings: Finding, held: tuple[Held, ...] = (), state: str = "", basis: str = ""
) -> None:
    """Keep what the last evaluation came to."""
    look = Look(
        problem=PROBLEM, due_at=None, seen_event=99, rules_hash="", state=state, basis=basis,
        findings=findings, held=held,
    )  # fmt: skip
    store.save_looks([look])


def test_the_data_has_the_shape_that_scripts_rely_on(store: SqlStore) -> None:
    data = status_as_data(take_status(store, terms()), Names(store))

    assert {"pending", "letters", "conflicts", "waiting", "figures", "not_known"} <= set(data)


def test_findings_of_old_are_counted_apart_from_those_that_wait(store: SqlStore) -> None:
    stand(
        store,
        finding("unconfirmed_closing", "closing 1", history=True),
        finding("unconfirmed_closing", "closing 2", waits=True),
    )
    data = status_as_data(take_status(store, terms()), Names(store))

    assert data["figures"]["closed_without_word"] == {"total": 2, "problems": 1, "history": 1, "waiting": 1}
    assert [one["cause"] for one in data["waiting"]] == ["closing 2"]


def test_reopens_count_every_time_and_churn_too(store: SqlStore) -> None:
    stand(
        store, finding("reopened", "reopen 1"), finding("reopened", "reopen 2"), finding("churn", "reopen 3")
    )
    status = take_status(store, terms())

    assert status_as_data(status, Names(store))["figures"]["reopened"]["total"] == 3
    assert "reopened, computed from events: 3 times" in status_as_text(status, Names(store))


def test_only_the_first_resolution_counts_as_resolved_while_waiting(store: SqlStore) -> None:
    stand(
        store,
        finding("resolved_while_waiting", "resolution 1"),
        finding("resolved_while_waiting", "resolution 2"),
    )
    data = status_as_data(take_status(store, terms()), Names(store))

    assert data["figures"]["resolved_while_waiting"]["total"] == 1
    assert data["findings"]["resolved_while_waiting"]["total"] == 2


def test_grounds_are_listed_one_by_one_and_never_added_up(store: SqlStore) -> None:
    stand(store, state="closed", basis="lapsed")
    status = take_status(store, terms())

    bases = status_as_data(status, Names(store))["figures"]["bases"]
    assert bases == {
        "confirmed": 0, "attested": 0, "lapsed": 1, "unasked": 0, "override": 0, "withdrawn": 0,
        "duplicate": 0, "not_applicable": 0,
    }  # fmt: skip
    assert "lapsed: 1" in status_as_text(status, Names(store))


def test_a_figure_whose_policy_is_missing_is_null_with_its_reason(store: SqlStore) -> None:
    stand(store, state="open")
    data = status_as_data(take_status(store, Terms()), Names(store))

    assert data["figures"]["reopened"] is None
    assert data["not_known"]["reopened"] == "policies.reopen is not in the settings"


def test_before_the_first_run_no_figure_is_known(store: SqlStore) -> None:
    status = take_status(store, terms())

    assert status_as_data(status, Names(store))["figures"]["closed_without_word"] is None
    assert "not known, since no problem was evaluated yet" in status_as_text(status, Names(store))


def test_what_is_held_until_a_time_is_pending_and_what_a_mode_holds_is_not(store: SqlStore) -> None:
    held = Held(
        record=INC, purpose=Purpose.ASK, cause="a", rule="confirmed_closure", why="night", until=on(3)
    )
    audit = Held(record=INC, purpose=Purpose.ASK, cause="b", rule="confirmed_closure", why="mode audit")
    stand(store, held=(held, audit))
    data = status_as_data(take_status(store, terms()), Names(store))

    assert [one["cause"] for one in data["pending"]] == ["a"]


def test_a_letter_waits_for_a_person_with_its_cause(store: SqlStore) -> None:
    intent = Intent(change=make_comment(INC, "x"), sent_at=on(2))
    store.begin(intent, terms().contact.budget, None)
    store.settle(Intent(change=intent.change, sent_at=on(2), state=IntentState.FAILED, cause="it said no"))
    status = take_status(store, terms())

    assert someone_must_act(store)
    (letter,) = status_as_data(status, Names(store))["letters"]
    assert (letter["number"], letter["cause"], letter["key"]) == ("INC0010001", "it said no", intent.key)
    assert "INC0010001 The printer is silent: add a work note: it said no" in status_as_text(
        status, Names(store)
    )


def test_a_conflict_shows_all_three_texts(store: SqlStore) -> None:
    store.save_pair(Pair(id="p", rule="r", left=INC, right=ENG))
    store.save_conflicts(
        [Conflict(id="c1", pair="p", field="title", left="A", right="B", base="O", found_at=on(2))]
    )
    status = take_status(store, terms())

    assert someone_must_act(store)
    (conflict,) = status_as_data(status, Names(store))["conflicts"]
    assert (conflict["left"], conflict["right"]["text"], conflict["base"]) == (
        {"number": "INC0010001", "text": "A"}, "B", "O"
    )  # fmt: skip
    assert "right  ENG-1: 'B'" in status_as_text(status, Names(store))


def test_every_policy_says_how_far_it_may_go_and_since_when(store: SqlStore) -> None:
    stand(store, state="open")
    data = status_as_data(take_status(store, terms(Mode.ASK)), Names(store))

    assert data["policies"][0] == {
        "policy": "confirmed_closure", "mode": "ask", "since": "2026-01-01T00:00:00+00:00",
        "approved_by": None, "care_level": "cost",
    }  # fmt: skip


def test_many_lines_are_cut_with_their_number(store: SqlStore) -> None:
    held = tuple(
        Held(
            record=INC,
            purpose=Purpose.ASK,
            cause=str(n),
            rule="r",
            why="night",
            until=on(3) + timedelta(hours=n),
        )
        for n in range(40)
    )
    stand(store, held=held)

    assert "and 30 more; --format json has them all" in status_as_text(
        take_status(store, terms()), Names(store)
    )
