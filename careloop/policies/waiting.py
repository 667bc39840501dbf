"""Stretches of waiting for the customer: what was asked, and whether it was answered."""

from dataclasses import replace
from typing import Any

from careloop.model.event import Event
from careloop.model.record import RecordRef, State
from careloop.policies.answers import Reading
from careloop.policies.listening import Listener
from careloop.policies.story import Wait


class Waits:
    """The part of a walk over events that follows questions to the customer, record by record."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._waits: list[Wait] = []
        self._questions: dict[RecordRef, Event] = {}
        self._resolutions: dict[RecordRef, int] = {}

    def hear_move(self, event: Event, before: State, to: State, *, history: bool) -> None:
        """Take in a change of state."""
        if to is State.RESOLVED:
            self._resolutions[event.record] = self._resolutions.get(event.record, 0) + 1
        if before is State.AWAITING_CALLER:
            by_customer = self._listener.is_customer(event.actor)
            left = {"left_to": to, "left_by": event.actor, "left_by_customer": by_customer}
            count = self._resolutions.get(event.record, 0)
            self._amend(event.record, left_at=event.occurred_at, resolution=count, history=history, **left)
        if to is State.AWAITING_CALLER:
            wait = Wait(record=event.record, at=event.occurred_at, history=history)
            self._waits.append(_with_question(wait, self._questions.get(event.record)))

    def hear_comment(self, event: Event) -> None:
        """Take in a public comment: the customer's is an answer, any other the question."""
        if not self._listener.is_customer(event.actor):
            self._questions[event.record] = event
            if (wait := self._open(event.record)) and wait.answered_at is None:
                self._replace(wait, _with_question(wait, event))
        else:
            reading, back_at = self._listener.read(event)
            if reading is Reading.AWAY:
                self._amend(event.record, back_at=back_at)
            if reading in (Reading.AUTOMATIC, Reading.AWAY):
                return
            self._questions.pop(event.record, None)
            self._amend(event.record, answered_at=event.occurred_at)

    def left_in_silence(self, record: RecordRef) -> bool:
        """Tell whether the last wait of a record passed without a word of the customer."""
        last = next((wait for wait in reversed(self._waits) if wait.record == record), None)
        return last is None or last.answered_at is None

    def told(self) -> tuple[Wait, ...]:
        """Return all of them, oldest first."""
        return tuple(self._waits)

    def _open(self, record: RecordRef) -> Wait | None:
        return next((w for w in reversed(self._waits) if w.record == record and w.left_at is None), None)

    def _amend(self, record: RecordRef, **values: Any) -> None:
        if wait := self._open(record):
            self._replace(wait, replace(wait, **values))

    def _replace(self, old: Wait, new: Wait) -> None:
        self._waits[self._waits.index(old)] = new


def _with_question(wait: Wait, question: Event | None) -> Wait:
    if question is None:
        return wait
    return replace(wait, question=question.source_key, asked_at=question.occurred_at, asked_by=question.actor)
