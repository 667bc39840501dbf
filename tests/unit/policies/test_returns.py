"""A problem that goes on under another number: reported anew, or opened by us as a successor."""

from typing import Any

import pytest

from careloop.model.change import Transition
from careloop.model.event import EventKind
from careloop.model.intent import RETURN, SUCCESSION
from careloop.model.record import RecordKind, RecordRef, State
from careloop.policies.reopen import Reopen
from careloop.policies.reopen import decide as look_for_returns
from careloop.policies.story import Basis, By, Via
from careloop.policies.telling import tell_story
from tests.unit.policies.closure import asked, look
from tests.unit.policies.incident import INC, Problem, an_incident, on, rules

NEWER = RecordRef("sn", "incident", "2" * 32)
ISSUE = RecordRef("jira", "ENG", "10001")


def continue_as(problem: Problem, rule: str, *, day: int = 4, **values: Any) -> None:
    """Have the problem go on as a newer incident, which somebody joined to it a day later."""
    newer = an_incident(
        ref=NEWER, number="INC0010002", title="Silent again", opened_at=on(day), created=on(day), **values
    )
    problem.records[NEWER] = newer
    problem.happen(EventKind.OPENED, on(day), actor="anna", ref=NEWER)
    problem.happen(EventKind.JOINED, on(day + 1), ref=NEWER, problem="P1", rule=rule)


def test_who_reported_it_again_is_not_asked_about_the_old_resolution_any_more() -> None:
    problem = asked()
    assert look(problem, on(5, 11)).wishes
    continue_as(problem, RETURN)

    decision = look(problem, on(5, 11))

    assert (decision.state, decision.wishes) == ("open", ())


def test_a_return_refutes_the_resolution_and_is_counted_as_the_customers() -> None:
    problem = asked()
    continue_as(problem, RETURN)

    story = tell_story(problem.case, rules())

    (proposal,) = story.proposals
    assert proposal.word is not None
    assert (proposal.word.via, proposal.word.person, proposal.is_refuted) == (Via.RETURN, "anna", True)
    assert [(reopen.record, reopen.by, reopen.continued) for reopen in story.reopens] == [
        (NEWER, By.CUSTOMER, True)
    ]
    (finding,) = look_for_returns(problem.case, on(6), rules(settings=Reopen())).findings
    assert (finding.what, finding.reason) == (
        "reopened",
        "it was opened again by the customer, as INC0010002",
    )


def test_engineers_hear_that_it_was_reported_again_with_the_customers_words() -> None:
    problem = asked()
    problem.records[ISSUE] = an_incident(
        ref=ISSUE, container="ENG", number="ENG-1", kind=RecordKind.ISSUE, state=State.RESOLVED
    )
    continue_as(problem, RETURN)

    (change,) = look(problem, on(5, 11)).changes

    assert isinstance(change, Transition)
    assert change.subject == ISSUE
    assert "The customer reported it again.\n\nINC0010002: Silent again" in change.note


def test_the_resolution_of_the_newer_record_is_the_next_proposal() -> None:
    problem = asked()
    continue_as(problem, RETURN)
    problem.resolve(on(9), ref=NEWER)

    assert [(proposal.n, proposal.record) for proposal in tell_story(problem.case, rules()).proposals] == [
        (1, INC),
        (2, NEWER),
    ]


def test_a_later_yes_still_wins() -> None:
    problem = asked()
    continue_as(problem, RETURN)
    problem.say("Sorry, that was my fault, it works", on(6))

    assert tell_story(problem.case, rules()).proposals[0].basis is Basis.CONFIRMED


def test_our_own_successor_is_counted_but_says_nothing_for_the_customer() -> None:
    problem = asked()
    continue_as(problem, SUCCESSION)

    story = tell_story(problem.case, rules())

    assert story.proposals[0].word is None
    assert [(reopen.by, reopen.continued) for reopen in story.reopens] == [(By.AGENT, True)]


def test_a_successor_after_a_no_is_counted_as_the_customers_once() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(3), "robot")
    problem.say("still broken", on(3, 11))
    continue_as(problem, SUCCESSION)

    assert [reopen.by for reopen in tell_story(problem.case, rules()).reopens] == [By.CUSTOMER]


@pytest.mark.parametrize("rule", ["incident-ENG", ""])
def test_a_counterpart_is_no_return(rule: str) -> None:
    problem = asked()
    continue_as(problem, rule)

    story = tell_story(problem.case, rules())

    assert (story.reopens, story.proposals[0].word) == ((), None)


def test_what_was_reported_before_the_resolution_does_not_refute_it() -> None:
    problem = asked()
    continue_as(problem, RETURN, day=1)

    story = tell_story(problem.case, rules())

    assert (story.reopens, story.proposals[0].word) == ((), None)


def test_coming_along_with_a_return_does_not_make_a_successor_forgotten() -> None:
    problem = asked()
    problem.say("still broken", on(3))
    continue_as(problem, SUCCESSION)
    problem.happen(EventKind.JOINED, on(6), ref=NEWER, problem="P1", rule="")

    assert len(tell_story(problem.case, rules()).reopens) == 1
