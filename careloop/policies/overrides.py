"""Overrides: what a person decided against the rule; one function says which are live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from careloop.model.event import Event, EventKind


class Action(StrEnum):
    """What an override does; `close` ends care, everything else favours the customer."""

    KEEP_OPEN = "keep_open"
    REOPEN = "reopen"
    CALL = "call"
    EXTEND = "extend"
    STOP_ASKING = "stop_asking"
    CLOSE = "close"

    @property
    def ends_care(self) -> bool:
        """Tell whether it takes something from the customer."""
        return self is Action.CLOSE


REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One decision against the rule: who made it, who approved it, why, and until when it holds."""

    action: Action
    at: datetime
    until: datetime | None
    by: str | None
    approved_by: str
    reason: str
    evidence: str

    @property
    def flaw(self) -> str:
        """Return why it has no effect, if so: care ends only with an end date and a second person."""
        if not self.reason:
            return "an override needs a reason"
        if self.action.ends_care and self.until is None:
            return "an override that ends care needs an end date"
        if self.action.ends_care and self.approved_by in ("", self.by):
            return "an override that ends care needs the approval of a second person"
        return ""


def live_overrides(events: Iterable[Event], now: datetime) -> tuple[Override, ...]:
    """Return the overrides that hold at a moment; the newest of each action counts, and `revoke` ends it.

    OVERRIDDEN data: action, until (ISO, or empty), approved_by, revokes (an action, for `revoke`); text: the
    reason.
    """
    newest: dict[Action, Override] = {}
    for event in sorted(events, key=lambda e: e.order):
        if event.kind is not EventKind.OVERRIDDEN or event.occurred_at > now:
            continue
        if event.get("action") == REVOKE:
            newest.pop(Action(event.get("revokes")), None)
            continue
        override = _read(event)
        if not override.flaw:
            newest[override.action] = override
    return tuple(o for _, o in sorted(newest.items()) if o.until is None or now < o.until)


def find_override(overrides: Iterable[Override], action: Action) -> Override | None:
    """Return the live override with an action."""
    return next((override for override in overrides if override.action is action), None)


def _read(event: Event) -> Override:
    until = event.get("until")
    return Override(
        action=Action(event.get("action")),
        at=event.occurred_at,
        until=datetime.fromisoformat(until) if until else None,
        by=event.actor,
        approved_by=event.get("approved_by"),
        reason=event.text or event.get("reason"),
        evidence=event.source_key,
    )
