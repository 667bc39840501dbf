"""What happened to a problem, entry by entry, in words: who did what, by which rule and why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from careloop.model.case import Case
from careloop.model.change import Purpose
from careloop.model.comment import Audience
from careloop.model.event import Event, EventKind, Quality
from careloop.model.intent import short_reference
from careloop.model.mark import strip_mark
from careloop.model.person import PersonKind
from careloop.model.record import RecordRef
from careloop.policies.entitlement import customers_of, is_agent
from careloop.report.explanation import Explanation
from careloop.report.names import Names
from careloop.report.words import say_contacted, say_state, say_time

_DONE = {
    "create": "created a counterpart",
    "update": "updated it",
    "transition": "moved it to {to}",
    "comment": "added a note",
    "link": "added a reference",
}
OURS = (
    EventKind.CONTACTED,
    EventKind.HELD,
    EventKind.FOUND,
    EventKind.LINKED,
    EventKind.APPLIED,
    EventKind.REFUSED,
)
TEXT_WIDTH = 300


class Role(StrEnum):
    """In what part somebody acted."""

    CUSTOMER = "customer"
    AGENT = "agent"
    CARELOOP = "careloop"
    PROGRAM = "program"
    SOMEONE = "someone"


@dataclass(frozen=True)
class Historian:
    """Tells the entries of one problem's journal."""

    case: Case
    customers: frozenset[str]
    names: Names

    @classmethod
    def of(cls, told: Explanation, names: Names) -> "Historian":
        """Return the one for a problem."""
        names.learn([r.ref for r in told.case.records], [e.actor for e in told.case.events if e.actor])
        return cls(told.case, customers_of(told.case, told.closure), names)

    @property
    def events(self) -> list[Event]:
        """Return the entries in the order of time; of one moment the opening comes first."""
        return sorted(self.case.events, key=lambda e: (e.occurred_at, e.kind is not EventKind.OPENED))

    @property
    def told(self) -> list[Event]:
        """Return the entries without our own comments that another entry of ours speaks of already."""
        ours = {short_reference(event.get("key")) for event in self.events if event.get("key")}
        return [event for event in self.events if not event.get("ours") or event.get("ours") not in ours]

    def as_data(self, event: Event) -> dict[str, Any]:
        """Return one entry for JSON."""
        return {
            "at": event.occurred_at.isoformat(),
            "kind": event.kind.value,
            "number": self.names.number(event.record),
            "role": self.role(event).value,
            "who": self.names.person(event.actor) if event.actor else None,
            "says": self.say(event),
            "rule": event.get("rule") or None,
            "reason": _reason(event),
            "quality": event.quality.value,
            "text": strip_mark(event.text) if event.text else None,
        }

    def as_text(self, event: Event) -> str:
        """Return one entry on a line, with what was written below it."""
        where = f"{self.names.number(event.record)} " if len(self.case.records) > 1 else ""
        inferred = " (inferred from two snapshots)" if event.quality is Quality.INFERRED else ""
        line = f"{say_time(event.occurred_at)}  {where}{self.say(event)}{inferred}"
        return line if not _quotes(event) else f"{line}\n{_quote(event)}"

    def role(self, event: Event) -> Role:
        """Return in what part the actor of an entry acted."""
        if event.kind in OURS or event.get("ours"):
            return Role.CARELOOP
        if event.actor is None:
            return Role.SOMEONE
        if event.actor in self.customers:
            return Role.CUSTOMER
        person = self.case.person(event.actor)
        if person is not None and person.kind is PersonKind.SERVICE:
            return Role.PROGRAM
        return Role.AGENT if is_agent(self.case, event.actor) else Role.SOMEONE

    def say(self, event: Event) -> str:
        """Return one entry as a sentence."""
        return _SAYINGS[event.kind](self, event)

    def who(self, event: Event) -> str:
        """Return the actor by name, if known, and role."""
        role = self.role(event)
        if role is Role.CARELOOP or event.actor is None:
            return str(role)
        name = self.names.person(event.actor)
        return name if role is Role.SOMEONE else f"{name} ({role})"


def _opened(historian: Historian, event: Event) -> str:
    return f"{historian.who(event)} opened it"


def _moved(historian: Historian, event: Event) -> str:
    before = f"from {say_state(event.get('from'))} " if event.get("from") else ""
    return f"{historian.who(event)} moved it {before}to {say_state(event.get('to'))}"


def _assigned(historian: Historian, event: Event) -> str:
    if event.get("field") == "assignee":
        return f"{historian.who(event)} assigned it to {historian.names.person(event.get('to'))}"
    return f"{historian.who(event)} handed it to another group"


def _resolved(historian: Historian, event: Event) -> str:
    code = f" with {event.get('code')}" if event.get("code") else ""
    return f"{historian.who(event)} gave a resolution{code}"


def _commented(historian: Historian, event: Event) -> str:
    what = "a comment" if event.get("audience") == Audience.PUBLIC else "a work note"
    return f"{historian.who(event)} wrote {what}"


def _answered(historian: Historian, event: Event) -> str:
    by_phone = " by phone" if event.data.get("attested") is True else ""
    return f"{historian.who(event)} answered {event.get('verdict')}{by_phone}"


def _contacted(historian: Historian, event: Event) -> str:
    person = historian.names.person(event.get("person"))
    lost = "" if event.data.get("delivered", True) else "; whether it arrived is not known"
    return f"careloop {say_contacted(Purpose(event.get('purpose')), person)}{lost}{_by(event)}"


def _held(historian: Historian, event: Event) -> str:
    return (
        f"careloop held back: {event.get('purpose').replace('_', ' ')}, since {event.get('why')}{_by(event)}"
    )


def _found(historian: Historian, event: Event) -> str:
    waits = "; a person has to act" if event.data.get("waits") is True else ""
    return f"careloop found: {event.text or event.get('what').replace('_', ' ')}{waits}{_by(event)}"


def _joined(historian: Historian, event: Event) -> str:
    who = historian.who(event) if event.actor else "careloop"
    rule = f" ({event.get('rule')})" if event.get("rule") else ""
    return f"{who} joined {historian.names.number(event.record)} to the problem{rule}"


def _parted(historian: Historian, event: Event) -> str:
    other = historian.names.number(RecordRef.parse(event.get("other")))
    who = historian.who(event) if event.actor else "a person"
    return f"{who} said that {other} is another matter"


def _applied(historian: Historian, event: Event) -> str:
    did = _DONE.get(event.get("kind"), "wrote to it").format(to=say_state(event.get("to")))
    return f"careloop {did}: {event.text or event.get('purpose')}{_by(event)}"


def _refused(historian: Historian, event: Event) -> str:
    return f"a {event.get('kind')} of careloop waits: {event.text or 'it was refused'}{_by(event)}"


def _overrode(historian: Historian, event: Event) -> str:
    until = f" until {event.get('until')[:10]}" if event.get("until") else ""
    what = f"revoked {event.get('revokes')}" if event.get("revokes") else event.get("action")
    return f"{historian.who(event)} overrode the rule: {say_state(what)}{until}"


def _deferred(historian: Historian, event: Event) -> str:
    said = {"do": "decided to do it", "keep": "put it off again", "drop": "decided to drop it"}
    until = f" until {event.get('until')[:10]}" if event.get("until") else ""
    return f"{historian.who(event)} {said.get(event.get('action'), 'put it off')}{until}"


def _linked(historian: Historian, event: Event) -> str:
    return f"careloop linked {historian.names.number(event.record)}{_by(event)}"


def _settled(historian: Historian, event: Event) -> str:
    who = historian.who(event) if event.actor else "a person"
    return f"{who} kept the {event.get('field')} of {historian.names.number(event.record)}"


_SAYINGS: dict[EventKind, Callable[[Historian, Event], str]] = {
    EventKind.OPENED: _opened,
    EventKind.STATE_CHANGED: _moved,
    EventKind.ASSIGNED: _assigned,
    EventKind.RESOLUTION_GIVEN: _resolved,
    EventKind.COMMENTED: _commented,
    EventKind.ANSWERED: _answered,
    EventKind.CONTACTED: _contacted,
    EventKind.HELD: _held,
    EventKind.FOUND: _found,
    EventKind.JOINED: _joined,
    EventKind.PARTED: _parted,
    EventKind.LINKED: _linked,
    EventKind.APPLIED: _applied,
    EventKind.REFUSED: _refused,
    EventKind.CONFLICT: _settled,
    EventKind.OVERRIDDEN: _overrode,
    EventKind.DEFERRED: _deferred,
}


def _by(event: Event) -> str:
    return f" ({event.get('rule')})" if event.get("rule") else ""


def _reason(event: Event) -> str | None:
    """Return why careloop did something, or a person what they did."""
    if event.kind is EventKind.HELD:
        return event.get("why")
    said = (EventKind.FOUND, EventKind.APPLIED, EventKind.REFUSED, EventKind.OVERRIDDEN, EventKind.DEFERRED)
    return event.text if event.kind in said else None


def _quotes(event: Event) -> bool:
    """Tell whether the words of an entry are worth a line of their own."""
    told_already = (EventKind.FOUND, EventKind.APPLIED, EventKind.REFUSED)
    return bool(event.text) and event.kind not in told_already


def _quote(event: Event) -> str:
    text = " ".join(strip_mark(event.text or "").split())
    text = text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 1] + "…"
    return " " * 6 + f"“{text}”"
