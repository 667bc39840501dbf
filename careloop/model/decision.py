"""What a policy makes of a case."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from careloop.model.change import AnyChange, Purpose
from careloop.model.record import RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A contact a policy would like to make; only the reducer grants it.

    `line` says it in one sentence, for a message that bundles several matters; `message` says it alone.
    `cause` names the demanding fact; together with problem and purpose it is unique. `not_after` None means
    no end.
    """

    problem: str
    record: RecordRef
    person: str
    purpose: Purpose
    cause: str
    rule: str
    reason: str
    line: str
    message: str
    not_before: datetime
    not_after: datetime | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a policy states about a problem: a basis, a broken promise, a question for a person.

    `what` is a short fixed name (such as `confirmed`, `lapsed`, `unconfirmed_closing`, `shadow_reopen`,
    `triage`, `missing_owner`), `cause` the fact it rests on, `reason` plain words. It is written to the
    journal once, and again only when `content` changes. `waits` is True while a person must act on it;
    `history` marks what lies before `since`.
    """

    record: RecordRef
    rule: str
    what: str
    cause: str
    reason: str
    content: str = ""
    waits: bool = False
    history: bool = False

    @property
    def source_key(self) -> str:
        """Return what makes this statement unique in the journal."""
        text = f"{self.record}\n{self.rule}\n{self.what}\n{self.cause}\n{self.content}\n{self.waits}"
        return "found:" + hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one policy wants for one case, and when it wants to look again (None: when something happens).

    The policy that judges a problem's life says its `state`, and its `basis` once it counts as closed.
    """

    changes: tuple[AnyChange, ...] = ()
    wishes: tuple[Wish, ...] = ()
    findings: tuple[Finding, ...] = ()
    look_at: datetime | None = None
    state: str = ""
    basis: str = ""
