"""Where a problem stands at a moment: its state, its basis, and what is due when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from careloop.calendars import add_business_days, hours_of, next_open
from careloop.model.case import Case
from careloop.model.hours import Hours
from careloop.model.person import Person
from careloop.model.record import State
from careloop.model.rules import CareLevel, Rules
from careloop.policies.entitlement import proposes
from careloop.policies.never_ask import never_asked
from careloop.policies.overrides import Action, Override, find_override, live_overrides
from careloop.policies.story import Basis, Proposal, Story


class ProblemState(StrEnum):
    """What the problem's life has come to; `closed` always has a basis."""

    OPEN = "open"
    PROPOSED = "proposed"
    AWAITING = "awaiting"
    TRIAGE = "triage"
    PAUSED = "paused"
    UNANSWERED = "unanswered"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A problem at a moment.

    `unasked_because` says why the current proposal was not and will not be asked about. Times are None when
    nothing runs: `ask_from` to `ask_until` is when an ask may go out, `remind_at` when the reminder is due,
    `deadline` when silence becomes a lapse, `paused_until` when the customer is back.
    """

    state: ProblemState
    basis: Basis | None = None
    unasked_because: str = ""
    ask_from: datetime | None = None
    ask_until: datetime | None = None
    remind_at: datetime | None = None
    deadline: datetime | None = None
    paused_until: datetime | None = None
    overrides: tuple[Override, ...] = ()


def stand(
    case: Case, story: Story, now: datetime, rules: Rules[Any], *, reminder_after: int, window: int
) -> Standing:
    """Return where a problem stands; `reminder_after` and `window` are business days of the person asked."""
    overrides = live_overrides(case.events, now)
    ended = _without_answer(case, rules, overrides)
    if ended is not None:
        return ended
    proposal = story.current
    if proposal is None or proposal.is_refuted or _is_reopened_by_override(proposal, overrides):
        return Standing(state=ProblemState.OPEN, overrides=overrides)
    if proposal.basis is not None:
        record = case.record(proposal.record)
        closed = record is not None and record.state is not State.RESOLVED
        state = ProblemState.CLOSED if closed else ProblemState.CONFIRMED
        return Standing(state=state, basis=proposal.basis, overrides=overrides)
    held = story.held.get(proposal.cause("ask"), "nobody could be asked in time")
    timing = _Timing(case, proposal, now, rules, reminder_after, window, overrides, held)
    return timing.standing()


def _without_answer(case: Case, rules: Rules[Any], overrides: tuple[Override, ...]) -> Standing | None:
    """Return the standing of a problem that ended on another ground than an answer."""
    if not any(proposes(record, rules) for record in case.records):
        state = ProblemState.OPEN if case.primary.state.is_open else ProblemState.CLOSED
        basis = None if case.primary.state.is_open else Basis.NOT_APPLICABLE
        return Standing(state=state, basis=basis, overrides=overrides)
    if find_override(overrides, Action.CLOSE):
        return Standing(state=ProblemState.CLOSED, basis=Basis.OVERRIDE, overrides=overrides)
    return None


def _is_reopened_by_override(proposal: Proposal, overrides: tuple[Override, ...]) -> bool:
    reopened = find_override(overrides, Action.REOPEN)
    return reopened is not None and reopened.at >= proposal.at


@dataclass(frozen=True, slots=True)
class _Timing:
    """The clocks of a proposal nobody has judged; they run only while the next move is the customer's."""

    case: Case
    proposal: Proposal
    now: datetime
    rules: Rules[Any]
    reminder_after: int
    window: int
    overrides: tuple[Override, ...]
    held: str

    def standing(self) -> Standing:
        because = self._unasked_because()
        if self.proposal.open_answers:
            return Standing(state=ProblemState.TRIAGE, overrides=self.overrides)
        asked_at = self.proposal.asked_at
        return (
            self._before_ask(because) if asked_at is None else self._after_ask(asked_at, quiet=bool(because))
        )

    def _before_ask(self, because: str) -> Standing:
        back = self._back_at()
        ask_from = next_open(self._hours, max(self.proposal.at, back) if back else self.proposal.at)
        ask_until = add_business_days(self._hours, ask_from, self.window)
        lost = bool(self.proposal.asks)
        if not because and self.now > ask_until:
            because = "nobody knows whether the question arrived" if lost else self.held
        if because:
            return self._unasked(because)
        return Standing(
            state=ProblemState.PAUSED if back and back > self.now else ProblemState.PROPOSED,
            ask_from=None if lost else ask_from,
            ask_until=ask_until,
            paused_until=back if back and back > self.now else None,
            overrides=self.overrides,
        )

    def _unasked(self, because: str) -> Standing:
        return Standing(
            state=ProblemState.CLOSED,
            basis=Basis.LAPSED if self.proposal.parked else Basis.UNASKED,
            unasked_because=because,
            overrides=self.overrides,
        )

    def _after_ask(self, asked_at: datetime, *, quiet: bool) -> Standing:
        back = self._back_at()
        moved = [at for at in (back, self.proposal.heard_at) if at is not None and at > asked_at]
        start = max([asked_at, *moved])
        deadline = add_business_days(self._hours, start, self.window)
        if (extended := find_override(self.overrides, Action.EXTEND)) and extended.until:
            deadline = max(deadline, extended.until)
        if back and back > self.now:
            return Standing(
                state=ProblemState.PAUSED, paused_until=back, deadline=deadline, overrides=self.overrides
            )
        quiet = quiet or bool(self.proposal.reminders)
        deadline = self._reminded_deadline(deadline, quiet=quiet)
        if self.now >= deadline:
            return self._silent(deadline)
        return Standing(
            state=ProblemState.AWAITING,
            remind_at=None if quiet else add_business_days(self._hours, start, self.reminder_after),
            deadline=deadline,
            overrides=self.overrides,
        )

    def _reminded_deadline(self, deadline: datetime, *, quiet: bool) -> datetime:
        """Nobody's silence counts before their reminder had its time, even where it came late.

        A reminder that could not go out in time is still sent, for as long as its answer would have taken.
        """
        rest = max(1, self.window - self.reminder_after)
        late = [add_business_days(self._hours, sent.at, rest) for sent in self.proposal.reminders]
        if not quiet and self.now >= deadline:
            late.append(add_business_days(self._hours, deadline, rest))
        return max([deadline, *late])

    def _silent(self, deadline: datetime) -> Standing:
        lapsed = self._may_lapse()
        return Standing(
            state=ProblemState.CLOSED if lapsed else ProblemState.UNANSWERED,
            basis=Basis.LAPSED if lapsed else None,
            deadline=deadline,
            overrides=self.overrides,
        )

    def _unasked_because(self) -> str:
        record = self.case.record(self.proposal.record)
        if record is None:
            return "the record is gone"
        if self.proposal.reached is State.CANCELED:
            return "it was canceled, not proposed as solved"
        if self.proposal.parked:
            return "it was resolved out of waiting for the customer, without a word of theirs"
        if self.proposal.history:
            return "it was resolved before the promise was made"
        if find_override(self.overrides, Action.STOP_ASKING):
            return "someone decided to stop asking"
        return never_asked(self.case, record, self.proposal.resolver, self.rules) or ""

    def _may_lapse(self) -> bool:
        """Tell whether silence may end it: under cost; not for VIPs, second tries or what is kept open."""
        person = self._asked
        return (
            self.rules.care_level is CareLevel.COST
            and not (person and person.vip)
            and self.proposal.n == 1
            and find_override(self.overrides, Action.KEEP_OPEN) is None
        )

    def _back_at(self) -> datetime | None:
        """Return when the customer is back: as known, as they wrote, or one window after they wrote."""
        person, absence = self._asked, self.proposal.absence
        known = [person.away_until] if person and person.away_until else []
        if absence:
            known.append(absence.back_at or add_business_days(self._hours, absence.at, self.window))
        return max(known) if known else None

    @property
    def _asked(self) -> Person | None:
        record = self.case.record(self.proposal.record)
        return self.case.person(record.requester) if record else None

    @property
    def _hours(self) -> Hours:
        return hours_of(self._asked, self.rules.contact.hours)
