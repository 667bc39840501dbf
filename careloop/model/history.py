"""What an audit needs of a record: a few attributes and each change of its state, and no texts or names."""

from dataclasses import dataclass
from datetime import datetime

from careloop.model.page import Unread
from careloop.model.record import State


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """One change of a state: when, from and to what, and by which account; None for a state nobody knows."""

    at: datetime
    before: State | None
    after: State | None
    native: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHistory:
    """One record as it is now, and how its state got there, oldest change first.

    People are the platform's own ids. `hidden` names the attributes that the platform does not show us;
    `whole` is False when the changes do not lead from its beginning to the state it is in.
    """

    number: str
    began: State | None
    state: State | None
    native_state: str
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    requester: str = ""
    resolver: str = ""
    category: str = ""
    subcategory: str = ""
    symptom: str = ""
    close_code: str = ""
    reopens: int = 0
    reassignments: int = 0
    dated: bool = False
    changes: tuple[StateChange, ...] = ()
    whole: bool = True
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Some histories; `cursor` is where to go on once they are kept.

    `total` is how many records the walk will see, where the platform tells.
    """

    histories: tuple[RecordHistory, ...]
    cursor: str
    unread: tuple[Unread, ...] = ()
    total: int | None = None
