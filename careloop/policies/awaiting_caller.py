"""Waiting for the customer is no parking space: a question is asked, reminded of once, then answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from careloop.calendars import next_open
from careloop.model.case import Case
from careloop.model.change import Purpose
from careloop.model.decision import Decision, Finding, Wish
from careloop.model.record import State
from careloop.model.rules import Rules
from careloop.policies.addressee import Addressee, Demand
from careloop.policies.messages import write_question_reminder
from careloop.policies.never_ask import never_asked
from careloop.policies.overrides import Action, find_override, live_overrides
from careloop.policies.story import Wait
from careloop.policies.telling import tell_story

RULE = "awaiting_caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingCaller:
    """Settings in business days of the person asked: when to remind, when a question counts as unanswered."""

    reminder_after: int = 3
    window: int = 10


def decide(case: Case, now: datetime, rules: Rules[AwaitingCaller]) -> Decision:
    """Return what an agent's question to the customer demands.

    The agent's own comment is the ask; we remind of it once. A record that waits without an open question,
    and one that was resolved before the customer said a word, are findings.
    """
    findings: list[Finding] = []
    wishes: list[Wish] = []
    times: list[datetime] = []
    for number, wait in enumerate(tell_story(case, rules).waits, start=1):
        findings.extend(_find(wait, number))
        question = _ask(case, wait, rules)
        if question is None:
            continue
        if now >= question.end:
            findings.append(
                _state(wait, "unanswered_question", f"wait {number}", "the customer did not answer")
            )
        elif not find_override(live_overrides(case.events, now), Action.STOP_ASKING):
            wishes.append(question.remind())
        times.extend((question.remind_at, question.end))
    return Decision(
        wishes=tuple(wishes),
        findings=tuple(findings),
        look_at=min((at for at in times if at > now), default=None),
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """A question that waits for its answer; the clock starts again when the customer is back."""

    to: Addressee
    wait: Wait
    asked_at: datetime
    start: datetime

    @property
    def remind_at(self) -> datetime:
        return self.to.later(self.start, self.to.rules.settings.reminder_after)

    @property
    def end(self) -> datetime:
        return self.to.later(self.start, self.to.rules.settings.window)

    def remind(self) -> Wish:
        text = write_question_reminder(self.to.facts(asked_on=self.asked_at), self.to.person.language)
        demand = Demand(
            RULE, f"question {self.wait.question}:reminder", "an agent's question was not answered yet"
        )
        return self.to.wish(Purpose.QUESTION, text, demand, self.remind_at, self.end)


def _ask(case: Case, wait: Wait, rules: Rules[AwaitingCaller]) -> _Question | None:
    """Return the question of a wait that is open, if the customer may be reminded of it."""
    record = case.record(wait.record)
    person = case.person(record.requester) if record else None
    if wait.left_at or wait.history or wait.asked_at is None or wait.answered_at:
        return None
    if record is None or person is None or never_asked(case, record, wait.asked_by, rules):
        return None
    to = Addressee(case, record, person, rules)
    back = [at for at in (wait.back_at, person.away_until) if at is not None]
    return _Question(to, wait, wait.asked_at, next_open(to.hours, max([wait.at, wait.asked_at, *back])))


def _find(wait: Wait, number: int) -> Iterator[Finding]:
    if wait.left_to is State.RESOLVED and wait.answered_at is None and not wait.left_by_customer:
        reason = "it was resolved while it waited for the customer, who had not said a word"
        cause = f"resolution {wait.resolution}"
        yield _state(wait, "resolved_while_waiting", cause, reason, content=wait.left_by or "")
    if wait.left_at or wait.history:
        return
    if wait.answered_at:
        reason = "it still waits for the customer, who has answered"
        yield _state(wait, "parked", f"wait {number}", reason, content="answered", waits=True)
    elif wait.asked_at is None:
        reason = "it waits for the customer, who was not asked anything"
        yield _state(wait, "parked", f"wait {number}", reason, content="not asked", waits=True)


def _state(
    wait: Wait, what: str, cause: str, reason: str, *, content: str = "", waits: bool = False
) -> Finding:
    return Finding(
        record=wait.record,
        rule=RULE,
        what=what,
        cause=cause,
        reason=reason,
        content=content,
        waits=waits,
        history=wait.history,
    )
