"""One write to the outside, from the decision to send it until its outcome is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from careloop.model.change import AnyChange
from careloop.model.record import Record, RecordRef

SUCCESSION = "successor"
"""The rule of a pair whose right record careloop opened because the left one cannot be opened again."""

RETURN = "return"
"""The rule of a pair whose right record was reported anew, though it is the matter of the left one."""


class IntentState(StrEnum):
    """`sent` until the outcome is known.

    `failed` waits as a letter; `parked` waits for a person; the rest is final.
    """

    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    PARKED = "parked"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a write did: the record it left behind as read back, the id of what it made (comment, new record).

    `refused` maps each field the platform did not take over to what it holds instead.
    """

    record: Record | None = None
    native_id: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One change that was or is about to be sent; times in UTC, `looks` counts fruitless probes.

    `before` is the subject's version before the write. `cause` says in plain words why it waits; `versions`
    is what the problem's records looked like then, so that a change to any of them is a reason to try again.
    """

    change: AnyChange
    state: IntentState = IntentState.SENT
    sent_at: datetime
    attempt: int = 1
    looks: int = 0
    before: str = ""
    cause: str = ""
    versions: str = ""
    native_id: str = ""

    @property
    def key(self) -> str:
        """Return the key of the change."""
        return self.change.key

    @property
    def reference(self) -> str:
        """Return the short reference that marks our texts on the platforms."""
        return short_reference(self.change.key)


def short_reference(key: str) -> str:
    """Return the short form of a change's key that stands in the heading of what we write."""
    return key[:10]


class Verdict(StrEnum):
    """What a probe found out about a write whose answer was lost.

    `again` means that one look is not enough (an index may lag): look once more in a later run. `overtaken`
    means that the record went another way meanwhile. `unknown` is for good: a person decides, nothing is sent
    again.
    """

    HAPPENED = "happened"
    ABSENT = "absent"
    OVERTAKEN = "overtaken"
    AGAIN = "again"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """The answer of a probe; `receipt` when it happened, `why` in plain words when nothing can be known."""

    verdict: Verdict
    receipt: Receipt | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records kept in step under a link rule; `id` is the hash of both."""

    id: str
    rule: str
    left: RecordRef
    right: RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two people changed the two sides of one field; all three texts are kept until a person chooses.

    `kept` is the side that was chosen; `agreed` when people made both sides fit again by themselves, and
    `superseded` when they went on and the two sides differ in another way now.
    """

    id: str
    pair: str
    field: str
    left: str
    right: str
    base: str
    found_at: datetime
    kept: str = ""
