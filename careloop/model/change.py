"""What careloop intends to write outside: one small value per write."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from careloop.model.comment import Audience
from careloop.model.record import RecordRef, State


class Purpose(StrEnum):
    """Why a change is made; contacts are granted by it."""

    ASK = "ask"
    REMINDER = "reminder"
    LAPSE = "lapse"
    THANKS = "thanks"
    QUESTION = "question"
    DEFERRAL_NOTICE = "deferral_notice"
    DEFERRAL_DECISION = "deferral_decision"
    REOPEN = "reopen"
    SUCCESSOR = "successor"
    CLOSE = "close"
    NOTE = "note"
    SYNC = "sync"
    MIRROR = "mirror"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a change was decided on: the record's version and the problem's last event."""

    version: str = ""
    event: int = 0


def change_key(kind: str, subject: RecordRef, cause: str) -> str:
    """Return the key of a demand: the same demand has the same key after a crash, a new plan or a replay."""
    return hashlib.sha256(f"{kind}\n{subject}\n{cause}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseValue:
    """What each side of a pair last held in one mapped field, in that side's own form."""

    field: str
    left: str
    right: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """What all changes share.

    `subject` is the record that is written to (for a Create, the record that demands it). `cause` names the
    fact that demands the change; `reason` is for our people. Text for customers exists only on public
    comments and contacts.
    """

    kind: ClassVar[str] = ""

    subject: RecordRef
    problem: str
    purpose: Purpose
    cause: str
    rule: str
    reason: str
    seen: Seen = Seen()

    @property
    def key(self) -> str:
        """Return what makes this demand unique."""
        return change_key(self.kind, self.subject, self.cause)

    @property
    def written_to(self) -> str:
        """Return the instance that it is written to."""
        return self.subject.instance

    @property
    def is_contact(self) -> bool:
        """Tell whether a customer hears of it through us."""
        return False

    @property
    def moves_state(self) -> bool:
        """Tell whether it changes the state of a record."""
        return False


@dataclass(frozen=True, kw_only=True)
class Create(Change):
    """A new record in `container` of `instance`, linked back to the subject.

    `link` names the link rule that demands it, empty for a successor; `bases` is what both sides agree on
    once it is done.
    """

    kind: ClassVar[str] = "create"

    instance: str
    container: str
    issue_type: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    bases: tuple[BaseValue, ...] = ()

    @property
    def written_to(self) -> str:
        return self.instance


@dataclass(frozen=True, kw_only=True)
class Update(Change):
    """New values for fields, in the platform's own form.

    `pair` names the pair it keeps in step, `bases` what both sides agree on once it is done.
    """

    kind: ClassVar[str] = "update"

    fields: Mapping[str, str]
    pair: str = ""
    bases: tuple[BaseValue, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Transition(Change):
    """A new state, with everything that belongs to it in one write.

    `native` is the state to reach in the platform's own form; `state` says the same in common words. `note`
    is internal, `message` public. `fields` holds further values in the platform's own form (assignee, close
    code, resolution).
    """

    kind: ClassVar[str] = "transition"

    state: State
    native: str
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    message: str = ""
    pair: str = ""
    bases: tuple[BaseValue, ...] = ()

    @property
    def moves_state(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class AddComment(Change):
    """A comment on the subject; `source` is the id of the comment it mirrors across `pair`, if any."""

    kind: ClassVar[str] = "comment"

    audience: Audience
    body: str
    source: str = ""
    pair: str = ""

    @property
    def message(self) -> str:
        """Return the text if customers read it."""
        return self.body if self.audience is Audience.PUBLIC else ""


@dataclass(frozen=True, kw_only=True)
class Link(Change):
    """A cross reference on the subject to the record `target`, shown to people as `title` and `url`."""

    kind: ClassVar[str] = "link"

    target: RecordRef
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Matter:
    """One line of a contact: the problem and record it is about, why, and the fact that demands it."""

    problem: str
    cause: str
    record: RecordRef
    purpose: Purpose


@dataclass(frozen=True, kw_only=True)
class Contact(Change):
    """A message to a person, granted by the reducer; valid only between `not_before` and `not_after`.

    `covers` lists every matter the message speaks of. `counted` is False for answers to the person's own
    request, which use up no budget.
    """

    kind: ClassVar[str] = "contact"

    person: str
    channel: str
    message: str
    covers: tuple[Matter, ...]
    not_before: datetime
    not_after: datetime
    counted: bool = True

    @property
    def is_contact(self) -> bool:
        return True


AnyChange = Create | Update | Transition | AddComment | Link | Contact
