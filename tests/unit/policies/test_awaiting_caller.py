"""Questions to the customer: reminded of once, and answered before the end."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from careloop.model.change import Purpose
from careloop.model.decision import Decision
from careloop.model.record import State
from careloop.policies.awaiting_caller import AwaitingCaller, decide
from tests.unit.policies.incident import ANNA, Problem, on, rules


def look(problem: Problem, at: datetime, **values: Any) -> Decision:
    return decide(problem.case, at, rules(settings=AwaitingCaller(), **values))


def told(decision: Decision) -> list[tuple[str, bool]]:
    return [(finding.what, finding.waits) for finding in decision.findings]


def questioned() -> Problem:
    problem = Problem()
    problem.say("Which printer do you mean?", on(2), "ben")
    problem.move(State.AWAITING_CALLER, on(2))
    return problem


def test_an_agents_question_is_reminded_of_once() -> None:
    problem = questioned()
    decision = look(problem, on(2, 11))
    (wish,) = decision.wishes
    assert (wish.purpose, wish.person, wish.counted) == (Purpose.QUESTION, "anna", True)
    assert (wish.not_before, wish.not_after, decision.look_at) == (on(5), on(16), on(5))
    assert not decision.findings
    assert not decision.changes


def test_a_question_written_in_the_same_second_counts_in_any_order() -> None:
    problem = Problem()
    problem.move(State.AWAITING_CALLER, on(2))
    problem.say("Which printer do you mean?", on(2), "ben")
    assert [wish.cause for wish in look(problem, on(3)).wishes] == ["question commented:0001:reminder"]


def test_an_unanswered_question_ends_quietly() -> None:
    decision = look(questioned(), on(17))
    assert told(decision) == [("unanswered_question", False)]
    assert (decision.wishes, decision.look_at) == ((), None)


def test_an_answer_ends_the_reminding() -> None:
    problem = questioned()
    problem.say("The one on the second floor", on(3))
    problem.move(State.IN_PROGRESS, on(3), "robot")
    assert look(problem, on(6)) == Decision()


def test_an_absence_moves_the_reminder() -> None:
    problem = questioned()
    problem.say("Out of office until 13 March 2026", on(3), automatic=True)
    assert [wish.not_before for wish in look(problem, on(4)).wishes] == [on(19, 9)]


def test_waiting_without_a_question_is_parking() -> None:
    problem = Problem()
    problem.move(State.AWAITING_CALLER, on(2))
    assert told(look(problem, on(2, 11))) == [("parked", True)]
    problem.say("Which printer do you mean?", on(3), "ben")
    assert told(look(problem, on(3, 11))) == []


def test_waiting_on_after_the_answer_is_parking() -> None:
    problem = questioned()
    problem.say("The one on the second floor", on(3))
    assert told(look(problem, on(3, 11))) == [("parked", True)]


def test_resolving_before_the_customer_said_a_word_is_found() -> None:
    problem = questioned()
    problem.resolve(on(3))
    (finding,) = look(problem, on(3, 11)).findings
    assert (finding.what, finding.cause, finding.content) == ("resolved_while_waiting", "resolution 1", "ben")
    assert not finding.history


@pytest.mark.parametrize("by", ["ben", "anna"])
def test_resolving_after_the_answer_or_by_the_customer_is_not(by: str) -> None:
    problem = questioned()
    if by == "ben":
        problem.say("never mind, thanks", on(3))
    problem.resolve(on(4), by)
    assert "resolved_while_waiting" not in dict(told(look(problem, on(4, 11))))


def test_what_came_before_the_promise_is_history_and_never_reminded_of() -> None:
    problem = questioned()
    assert look(problem, on(4), since=on(10)) == Decision()
    problem.resolve(on(5))
    assert [finding.history for finding in look(problem, on(6), since=on(10)).findings] == [True]


def test_who_is_never_asked_is_never_reminded() -> None:
    problem = questioned()
    problem.people["anna"] = replace(ANNA, active=False)
    assert not look(problem, on(6)).wishes
    stopped = questioned()
    stopped.override("stop_asking", on(3))
    assert not look(stopped, on(6)).wishes
