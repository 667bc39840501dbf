"""What would be done, as a value that can be shown, kept in a file and applied."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from careloop.model.change import AnyChange, BaseValue, Purpose
from careloop.model.decision import Finding
from careloop.model.intent import Conflict
from careloop.model.plain import to_plain
from careloop.model.record import RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Something that was wanted and is not done now, with the reason, and when it is looked at again."""

    record: RecordRef
    purpose: Purpose
    cause: str
    rule: str
    why: str
    until: datetime | None = None

    @property
    def source_key(self) -> str:
        """Return what makes this statement unique in the journal; the time it ends is not part of it."""
        text = f"{self.record}\n{self.purpose}\n{self.cause}\n{self.rule}\n{self.why}"
        return "held:" + hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the last evaluation of a problem came to, and when to do it again.

    That is at `due_at`, or when it has events after `seen_event`, or under other rules. `state`, `basis`,
    `findings` and `held` are all that stood then, known or new.
    """

    problem: str
    due_at: datetime | None
    seen_event: int
    rules_hash: str
    state: str = ""
    basis: str = ""
    findings: tuple[Finding, ...] = ()
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a plan may be; `share` is of all open problems and never bites below `share_floor`."""

    changes: int = 200
    share: float = 0.2
    share_floor: int = 10
    contacts: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One limit of a plan, with both counts."""

    name: str
    planned: int
    allowed: int

    @property
    def exceeded(self) -> bool:
        """Tell whether the plan is too large."""
        return self.planned > self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What both sides of a pair turned out to hold without anything being written.

    `after` holds the keys of the notes that tell people of it: it holds once they are written.
    """

    pair: str
    base: BaseValue
    after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Changes in the order they are applied, and what else the evaluation found.

    Its id depends on the changes alone: no clock, age or count is in it. `conflicts` are new ones, `settled`
    those that ended without anybody choosing; they, `agreed` and `looks` are kept in the store when the plan
    is applied.
    """

    changes: tuple[AnyChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    held: tuple[Held, ...] = ()
    limits: tuple[Counted, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[Conflict, ...] = ()
    agreed: tuple[Agreed, ...] = field(default=(), repr=False)
    looks: tuple[Look, ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """Return the hash of the plan's changes."""
        plain = [to_plain(change) | {"key": change.key} for change in self.changes]
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
