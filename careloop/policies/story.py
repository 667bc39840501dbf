"""What happened to a problem, told from its events: the facts every policy and report starts from.

The values here know nothing of time limits; `standing` adds the present moment, `telling` reads the events.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from careloop.model.change import Purpose
from careloop.model.record import RecordRef, State
from careloop.policies.answers import Reading


class Basis(StrEnum):
    """On what ground a problem counts as closed; they are never added up."""

    CONFIRMED = "confirmed"
    ATTESTED = "attested"
    LAPSED = "lapsed"
    UNASKED = "unasked"
    OVERRIDE = "override"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    NOT_APPLICABLE = "not_applicable"


class Via(StrEnum):
    """How an answer reached us."""

    COMMENT = "comment"
    PORTAL = "portal"
    COMMAND = "command"
    CLOSE_CODE = "close_code"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody said about a resolution; `evidence` is the source key of the event that proves it.

    `entitled` is False when the person may not judge it. `attested` means that one of our people vouches for
    it.
    """

    at: datetime
    person: str | None
    reading: Reading
    via: Via
    evidence: str
    text: str = ""
    back_at: datetime | None = None
    attested: bool = False
    entitled: bool = True

    @property
    def needs_person(self) -> bool:
        """Tell whether one of our people has to decide what it means."""
        return self.reading.needs_person or (not self.entitled and self.reading.is_verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A contact that was sent; `delivered` is False when nobody knows whether it arrived."""

    at: datetime
    purpose: Purpose
    cause: str
    person: str
    delivered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The n-th time that work on the problem ended because it is said to be solved.

    `came_from` is the state before, `reached` the one after: Resolved, or Closed or Canceled at once.
    `withdrawn` means that the customer ended it, `parked` that it came straight out of waiting for the
    customer, without a word of theirs since. `ended_at` is when the record was opened again or the next
    proposal came. `history` lies before `since`. `heard_at` is the last time an agent wrote to the customer
    afterwards.
    """

    n: int
    record: RecordRef
    at: datetime
    resolver: str | None
    came_from: State
    reached: State = State.RESOLVED
    withdrawn: bool = False
    parked: bool = False
    history: bool = False
    code: str = ""
    notes: str = ""
    answers: tuple[Answer, ...] = ()
    asks: tuple[Sent, ...] = ()
    reminders: tuple[Sent, ...] = ()
    heard_at: datetime | None = None
    ended_at: datetime | None = None

    def cause(self, purpose: str) -> str:
        """Return the cause of something that this proposal demands."""
        return f"proposal {self.n}:{purpose}"

    @property
    def asked_at(self) -> datetime | None:
        """Return when the question reached the customer, if it did."""
        return next((sent.at for sent in self.asks if sent.delivered), None)

    @property
    def word(self) -> Answer | None:
        """Return the last verdict of someone entitled: the later word wins."""
        verdicts = [a for a in self.answers if a.entitled and a.reading.is_verdict]
        return verdicts[-1] if verdicts else None

    @property
    def is_refuted(self) -> bool:
        """Tell whether the customer said that it does not work, or only partly."""
        return self.word is not None and self.word.reading is not Reading.YES

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the customer said that it works."""
        return self.word is not None and self.word.reading is Reading.YES

    @property
    def basis(self) -> Basis | None:
        """Return the ground that the customer's word or deed gives, if there is one."""
        if self.word is None:
            return Basis.WITHDRAWN if self.withdrawn else None
        if self.is_refuted:
            return None
        return Basis.ATTESTED if self.word.attested else Basis.CONFIRMED

    def is_settled(self, answer: Answer) -> bool:
        """Tell whether an answer no longer needs a person: a verdict came, we replied, or work went on."""
        replied = [at for at in (self.ended_at, self.heard_at) if at is not None]
        judged = self.word is not None and self.word.at >= answer.at
        return judged or any(at > answer.at for at in replied)

    @property
    def open_answers(self) -> tuple[Answer, ...]:
        """Return the answers that wait for one of our people."""
        return tuple(a for a in self.answers if a.needs_person and not self.is_settled(a))

    @property
    def absence(self) -> Answer | None:
        """Return the last note that the customer is away, unless a word came since."""
        notes = [a for a in self.answers if a.reading is Reading.AWAY]
        return notes[-1] if notes and not (self.word and self.word.at >= notes[-1].at) else None


class By(StrEnum):
    """Who opened a record again."""

    CUSTOMER = "customer"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """A record that left Resolved or Closed for work to go on; `not_counted` says why it is mere churn.

    `continued` means that the problem goes on as this record, under a new number.
    """

    record: RecordRef
    at: datetime
    actor: str | None
    came_from: State
    by: By
    proposal: int | None
    not_counted: str = ""
    continued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A record that was closed or canceled; `basis` is the ground it had by then, if it had one."""

    record: RecordRef
    at: datetime
    actor: str | None
    came_from: State
    proposal: int | None
    basis: Basis | None
    history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A stretch of waiting for the customer: the agent's question, if one was asked, and the answer.

    `question` is the source key of the agent's open comment. `left_to` is the state that ended the wait,
    `resolution` how often the record was Resolved by then, `back_at` when the customer returns from an
    absence.
    """

    record: RecordRef
    at: datetime
    question: str = ""
    asked_at: datetime | None = None
    asked_by: str | None = None
    answered_at: datetime | None = None
    left_at: datetime | None = None
    left_to: State | None = None
    left_by: str | None = None
    left_by_customer: bool = False
    resolution: int = 0
    back_at: datetime | None = None
    history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A problem's facts in order; `held` says, by cause, why a wish was not granted."""

    proposals: tuple[Proposal, ...] = ()
    reopens: tuple[Reopen, ...] = ()
    closings: tuple[Closing, ...] = ()
    waits: tuple[Wait, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Proposal | None:
        """Return the proposal that stands, if the problem was not opened again since."""
        last = self.proposals[-1] if self.proposals else None
        return last if last is not None and last.ended_at is None else None
