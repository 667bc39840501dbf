"""Reads a case's events into its story: one walk, oldest first."""

from dataclasses import replace
from typing import Any

from careloop.model.case import Case
from careloop.model.change import Purpose
from careloop.model.event import Event, EventKind
from careloop.model.intent import RETURN, SUCCESSION
from careloop.model.person import PersonKind
from careloop.model.record import Record, RecordRef, State
from careloop.model.rules import Rules
from careloop.policies.answers import Reading
from careloop.policies.entitlement import proposes
from careloop.policies.listening import Listener, is_public
from careloop.policies.scope import is_history
from careloop.policies.sequence import in_sequence
from careloop.policies.story import Answer, Basis, By, Closing, Proposal, Reopen, Sent, Story
from careloop.policies.waiting import Waits

_DONE = (State.RESOLVED, State.CLOSED)
_ENDED = (State.CLOSED, State.CANCELED)


def tell_story(case: Case, rules: Rules[Any]) -> Story:
    """Return what happened to a problem, from all its events in order; late or repeated ones are harmless."""
    teller = _Teller(case, rules)
    for event in in_sequence(case):
        teller.hear(event)
    return teller.finish()


class _Teller:
    """The walk's memory; it ends when the story is told."""

    def __init__(self, case: Case, rules: Rules[Any]) -> None:
        self.case = case
        self.rules = rules
        self.listener = Listener.of(case, rules)
        self.waits = Waits(self.listener)
        self.states: dict[RecordRef, State] = {}
        self.resolutions: dict[RecordRef, Event] = {}
        self.proposals: list[Proposal] = []
        self.reopens: list[Reopen] = []
        self.closings: list[Closing] = []
        self.sent: list[Sent] = []
        self.held: dict[str, str] = {}
        joined = [event for event in case.events if event.kind is EventKind.JOINED]
        self.joined = {event.record: event.get("rule") for event in joined if event.get("rule")}

    def hear(self, event: Event) -> None:
        """Take in one event."""
        match event.kind:
            case EventKind.OPENED:
                self._hear_opening(event)
            case EventKind.STATE_CHANGED:
                self._hear_move(event)
            case EventKind.RESOLUTION_GIVEN:
                self._hear_resolution(event)
            case EventKind.COMMENTED:
                self._hear_comment(event)
            case EventKind.ANSWERED:
                if current := self._current():
                    self._take(self.listener.hear_command(event, current))
            case EventKind.CONTACTED:
                self.sent.append(_read_contact(event))
            case EventKind.HELD:
                self.held[event.get("cause")] = event.get("why")
            case _:
                pass

    def finish(self) -> Story:
        """Return the story, with every contact at the proposal it belongs to."""
        proposals = tuple(self._with_contacts(p) for p in self.proposals)
        return Story(
            proposals=proposals,
            reopens=tuple(self._judge(reopen) for reopen in self.reopens),
            closings=tuple(self.closings),
            waits=self.waits.told(),
            held=self.held,
        )

    # --- what happened to the records ---

    def _hear_opening(self, event: Event) -> None:
        """Hear of a problem that goes on under another number; a customer who reports it anew refutes."""
        current, record = self._current(), self.case.record(event.record)
        rule = self.joined.get(event.record)
        if record is None or current is None or rule not in (SUCCESSION, RETURN):
            return
        if event.occurred_at <= current.at or not proposes(record, self.rules):
            return
        if rule == RETURN and not current.is_refuted:
            self._take(self.listener.hear_return(event, record))
        before = self.states.get(current.record, current.reached)
        self.reopens.append(_reopen(event, before, By.AGENT, self._current(), continued=True))

    def _hear_move(self, event: Event) -> None:
        record = self.case.record(event.record)
        if record is None or not proposes(record, self.rules):
            return
        start = State(event.get("from")) if event.get("from") else State.NEW
        before, to = self.states.get(record.ref, start), State(event.get("to"))
        self.states[record.ref] = to
        if before is to:
            return
        self.waits.hear_move(event, before, to, history=self._is_history(event))
        if before.is_open and not to.is_open:
            self._hear_end_of_work(record, before, to, event)
        elif before in _DONE and to.is_open:
            self._hear_reopening(record, before, event)
        elif to in _ENDED:
            self._hear_closing(record, before, event)

    def _hear_end_of_work(self, record: Record, before: State, to: State, event: Event) -> None:
        current = self._current()
        same = current is not None and current.record != record.ref and not current.is_refuted
        if not same:  # another record of the same problem would say the same thing
            self._hear_proposal(record, before, to, event)
        if to in _ENDED:
            self._hear_closing(record, before, event)

    def _hear_proposal(self, record: Record, before: State, to: State, event: Event) -> None:
        if self._current():
            self._amend(ended_at=event.occurred_at)
        withdrawn = self.listener.is_customer(event.actor)
        self.proposals.append(
            Proposal(
                n=len(self.proposals) + 1,
                record=record.ref,
                at=event.occurred_at,
                resolver=record.assignee if withdrawn else self._resolver(record, event),
                came_from=before,
                reached=to,
                withdrawn=withdrawn,
                parked=self._is_parked(record, before) and not withdrawn,
                history=self._is_history(event),
                code=record.close_code,
                notes=record.close_notes,
            )
        )
        if resolution := self.resolutions.get(record.ref):
            self._hear_resolution(resolution)

    def _hear_resolution(self, event: Event) -> None:
        self.resolutions[event.record] = event
        current = self._current()
        if current and current.record == event.record:
            self._amend(code=event.get("code") or current.code, notes=event.text or current.notes)
            self._take(self.listener.hear_attestation(event, current))

    def _hear_reopening(self, record: Record, before: State, event: Event) -> None:
        by_customer = self.listener.is_customer(event.actor)
        current = self._current()
        if current and by_customer and not current.is_refuted:
            self._take(self.listener.hear_move(event, Reading.NO))
        self.resolutions.pop(record.ref, None)
        self.reopens.append(_reopen(event, before, By.CUSTOMER if by_customer else By.AGENT, current))
        if current:
            self._amend(ended_at=event.occurred_at)

    def _hear_closing(self, record: Record, before: State, event: Event) -> None:
        current = self._current()
        if current and before is State.RESOLVED and self._may_confirm(event.actor, current):
            self._take(self.listener.hear_move(event, Reading.YES))
        self.closings.append(
            Closing(
                record=record.ref,
                at=event.occurred_at,
                actor=event.actor,
                came_from=before,
                proposal=current.n if current else None,
                basis=self._basis_so_far(record),
                history=self._is_history(event),
            )
        )

    # --- what people said ---

    def _hear_comment(self, event: Event) -> None:
        if not is_public(event):
            return
        self.waits.hear_comment(event)
        current = self._current() or self._just_ended(event)
        if current is None:
            return
        if self.listener.is_agent(event.actor):
            self._amend(heard_at=event.occurred_at)
        self._take(self.listener.hear_comment(event, current))

    def _take(self, answer: Answer | None) -> None:
        if answer is not None:
            self._amend(answers=(*self.proposals[-1].answers, answer))

    # --- working out ---

    def _current(self) -> Proposal | None:
        return self.proposals[-1] if self.proposals and self.proposals[-1].ended_at is None else None

    def _just_ended(self, event: Event) -> Proposal | None:
        """Return the proposal that this very comment ended: platforms reopen in the second it is written."""
        last = self.proposals[-1] if self.proposals else None
        return last if last and last.ended_at == event.occurred_at else None

    def _amend(self, **values: Any) -> None:
        self.proposals[-1] = replace(self.proposals[-1], **values)

    def _is_history(self, event: Event) -> bool:
        return is_history(self.case, event.occurred_at, self.rules)

    def _may_confirm(self, person: str | None, proposal: Proposal) -> bool:
        return self.listener.is_customer(person) and not self.listener.is_barred(person, proposal)

    def _is_parked(self, record: Record, before: State) -> bool:
        return before is State.AWAITING_CALLER and self.waits.left_in_silence(record.ref)

    def _resolver(self, record: Record, event: Event) -> str | None:
        named = [id for id in (event.actor, record.resolver, record.assignee) if id]
        people = [self.case.person(id) for id in named]
        humans = [person.id for person in people if person and person.kind is PersonKind.HUMAN]
        return next(iter([*humans, *named]), None)

    def _basis_so_far(self, record: Record) -> Basis | None:
        current = self._current()
        if current and current.basis:
            return current.basis
        return Basis.DUPLICATE if record.close_code.casefold() == "duplicate" else None

    def _with_contacts(self, proposal: Proposal) -> Proposal:
        asks = tuple(s for s in self.sent if _belongs(s, proposal, Purpose.ASK))
        reminders = tuple(s for s in self.sent if _belongs(s, proposal, Purpose.REMINDER))
        return replace(proposal, asks=asks, reminders=reminders) if asks or reminders else proposal

    def _judge(self, reopen: Reopen) -> Reopen:
        """Say whose reopening it was: after a customer's no it is theirs; without a word it may be churn."""
        proposal = self.proposals[reopen.proposal - 1] if reopen.proposal else None
        if proposal is None or reopen.by is By.CUSTOMER:
            return reopen
        if proposal.is_refuted:
            return replace(reopen, by=By.CUSTOMER)
        spoke = any(
            a.entitled and a.reading not in (Reading.AUTOMATIC, Reading.AWAY) for a in proposal.answers
        )
        if reopen.actor is not None and reopen.actor == proposal.resolver and not spoke:
            return replace(
                reopen, not_counted="resolved and reopened by the same agent without a word of the customer"
            )
        return reopen


def _reopen(
    event: Event, before: State, by: By, current: Proposal | None, *, continued: bool = False
) -> Reopen:
    return Reopen(
        record=event.record,
        at=event.occurred_at,
        actor=event.actor,
        came_from=before,
        by=by,
        proposal=current.n if current else None,
        continued=continued,
    )


def _belongs(sent: Sent, proposal: Proposal, purpose: Purpose) -> bool:
    """Tell whether a contact was made for a proposal: by its cause, or by time when numbers shifted."""
    if sent.purpose is not purpose or not sent.cause.startswith("proposal "):
        return False
    ended = proposal.ended_at
    in_time = proposal.at <= sent.at and (ended is None or sent.at < ended)
    return in_time or sent.cause == proposal.cause(purpose.value)


def _read_contact(event: Event) -> Sent:
    return Sent(
        at=event.occurred_at,
        purpose=Purpose(event.get("purpose")),
        cause=event.get("cause"),
        person=event.get("person"),
        delivered=event.data.get("delivered") is not False,
    )
