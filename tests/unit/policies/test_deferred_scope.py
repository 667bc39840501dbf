"""What was put off has an owner, a promised person and a date, and both hear of it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from careloop.model.change import AddComment, Purpose
from careloop.model.comment import Audience
from careloop.model.decision import Decision
from careloop.model.person import Person, person_id
from careloop.model.record import RecordKind, RecordRef, State
from careloop.model.rules import Mode
from careloop.policies.deferrals import find_deferrals
from careloop.policies.deferred_scope import DeferredScope, decide
from tests.unit.policies.incident import ANNA, INC, Problem, an_incident, on, rules

ISSUE = RecordRef("jira", "ENG", "10001")


def look(problem: Problem, at: datetime, settings: DeferredScope | None = None, **values: Any) -> Decision:
    return decide(problem.case, at, rules(settings=settings or DeferredScope(), **values))


def told(decision: Decision) -> list[tuple[str, bool]]:
    return [(finding.what, finding.waits) for finding in decision.findings]


def an_issue(**values: Any) -> Problem:
    """Return Anna's incident with the engineers' issue that carries the label."""
    problem = Problem()
    known: dict[str, Any] = {
        "ref": ISSUE,
        "container": "ENG",
        "number": "ENG-1",
        "kind": RecordKind.ISSUE,
        "requester": None,
        "assignee": "clara",
        "labels": ("Deferred",),
        "due": date(2026, 4, 30),
        "title": "Print both sides",
    }
    problem.records[ISSUE] = an_incident(**(known | values))
    return problem


def test_a_labelled_issue_is_promised_to_the_customer_behind_it() -> None:
    (item,) = find_deferrals(an_issue().case, rules(), DeferredScope())
    assert (item.owner, item.promised_to, item.revisit_on) == ("clara", "anna", date(2026, 4, 30))


@pytest.mark.parametrize(
    "values",
    [
        {"labels": (), "link_types": ("Deferred to",)},
        {"labels": (), "state": State.DEFERRED, "kind": RecordKind.DEMAND},
        {"labels": (), "state": State.RESOLVED, "close_code": "Workaround provided"},
        {"labels": (), "fields": {"put_off": "1"}},
    ],
)
def test_other_signs_of_putting_off_are_seen_too(values: dict[str, Any]) -> None:
    signs = DeferredScope(link_type="deferred to", mark_field="put_off")
    assert find_deferrals(an_issue(**values).case, rules(), signs)


@pytest.mark.parametrize(
    "values",
    [
        {"labels": ()},
        {"state": State.CLOSED},
        {"state": State.CLOSED, "link_types": ("deferred to",), "labels": ()},
        {"labels": ("deferred-not",)},
    ],
)
def test_what_is_not_put_off_is_left_alone(values: dict[str, Any]) -> None:
    assert look(an_issue(**values), on(2), DeferredScope(link_type="deferred to")) == Decision()


def test_declared_fields_name_owner_promised_person_and_date() -> None:
    fields = {"owner": "id-eve", "promised": "id-fred", "revisit": "2026-05-01"}
    signs = DeferredScope(owner_field="owner", promised_to_field="promised", date_field="revisit")
    (item,) = find_deferrals(an_issue(fields=fields).case, rules(), signs)
    assert (item.owner, item.promised_to) == (person_id("jira", "id-eve"), person_id("jira", "id-fred"))
    assert item.revisit_on == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("values", "what"),
    [({"assignee": None}, "missing_owner"), ({"due": None}, "missing_date")],
)
def test_what_is_missing_waits_for_a_person(values: dict[str, Any], what: str) -> None:
    assert told(look(an_issue(**values), on(2))) == [(what, True)]


def test_a_promise_to_nobody_waits_for_a_person() -> None:
    problem = an_issue()
    del problem.records[INC]
    assert told(look(problem, on(2))) == [("missing_promised_to", True)]


def test_a_promised_person_who_cannot_be_told_waits_for_a_person() -> None:
    problem = an_issue()
    problem.people["anna"] = replace(ANNA, left=True)
    assert told(look(problem, on(2))) == [("cannot_tell", True)]


@pytest.mark.parametrize(
    ("day", "ahead"), [(date(2026, 3, 31), 30), (date(2026, 4, 23), 7), (date(2026, 4, 30), 0)]
)
def test_owner_and_promised_person_hear_ahead_and_on_the_day(day: date, ahead: int) -> None:
    at = datetime.combine(day, on(2, 9).timetz())
    before = look(an_issue(), at - timedelta(minutes=1))
    decision = look(an_issue(), at)
    (note,), (wish,) = decision.changes, decision.wishes
    assert before.look_at == at
    assert isinstance(note, AddComment)
    assert (note.subject, note.audience, note.purpose) == (ISSUE, Audience.INTERNAL, Purpose.DEFERRAL_NOTICE)
    assert (wish.record, wish.person, wish.purpose) == (INC, "anna", Purpose.DEFERRAL_NOTICE)
    assert note.cause == wish.cause == f"deferral 2026-04-30:{ahead}"
    assert "30 April 2026" in wish.message
    assert "Clara Other" in note.body


def test_missed_reminders_are_merged_into_the_last() -> None:
    decision = look(an_issue(), on(2) + timedelta(days=200))
    assert [wish.cause for wish in decision.wishes] == ["deferral 2026-04-30:0"]
    assert len(decision.changes) == 1
    assert told(decision) == [("deferral_due", True)]
    assert decision.look_at is None


def test_the_promised_person_is_written_to_on_a_record_they_know() -> None:
    other = RecordRef("jira", "DESK", "10002")
    fred = Person(id="fred", instance="jira", native="fred", name="Fred Example")
    problem = an_issue()
    problem.people["fred"] = fred
    problem.records[other] = an_incident(
        ref=other, container="DESK", number="DESK-1", kind=RecordKind.SERVICE_REQUEST, requester="fred"
    )
    problem.defer(on(2), ref=ISSUE, promised_to="fred", until="2026-03-04")
    (wish,) = look(problem, on(4)).wishes
    assert (wish.person, wish.record) == ("fred", other)


def test_an_item_can_be_entered_by_hand() -> None:
    problem = Problem()
    problem.defer(on(2), owner="ben", promised_to="anna", until="2026-03-09", reason="no budget yet")
    decision = look(problem, on(3))
    assert [wish.cause for wish in decision.wishes] == ["deferral 2026-03-09:7"]
    assert not decision.findings


@pytest.mark.parametrize(
    ("action", "until", "says"),
    [
        ("do", "", "going to be done"),
        ("keep", "2026-06-30", "30 June 2026"),
        ("drop", "", "not going to be done"),
    ],
)
def test_a_decision_is_told_once_with_its_reason(action: str, until: str, says: str) -> None:
    problem = an_issue()
    event = problem.defer(on(5), action, ref=ISSUE, until=until, reason="the budget is there")
    (wish,) = look(problem, on(5, 11)).wishes
    assert (wish.purpose, wish.cause) == (Purpose.DEFERRAL_DECISION, f"deferral decision:{event.source_key}")
    assert says in wish.message
    assert "the budget is there" in wish.message
    assert not look(problem, on(20)).wishes


def test_what_is_decided_is_reminded_of_no_more() -> None:
    problem = an_issue()
    problem.defer(on(5), "drop", ref=ISSUE, reason="nobody wants it any more")
    assert look(problem, on(2) + timedelta(days=90)) == Decision()


def test_putting_off_again_moves_the_date_and_the_second_time_goes_to_the_sponsor() -> None:
    problem = an_issue()
    problem.defer(on(5), "keep", ref=ISSUE, until="2026-06-30", reason="later")
    assert told(look(problem, on(6))) == []
    problem.defer(on(9), "keep", ref=ISSUE, until="2026-09-30", reason="later still")
    decision = look(problem, on(10))
    assert told(decision) == [("deferred_again", True)]
    assert decision.look_at == datetime(2026, 8, 31, 9, tzinfo=on(2).tzinfo)


def test_what_came_before_the_promise_is_history() -> None:
    problem = an_issue(
        assignee=None, state=State.RESOLVED, labels=(), close_code="Known error", resolved_at=on(2)
    )
    decision = look(problem, on(2) + timedelta(days=90), mode=Mode.ACT, since=on(9))
    assert (decision.wishes, decision.changes) == ((), ())
    assert {(finding.history, finding.waits) for finding in decision.findings} == {(True, False)}
