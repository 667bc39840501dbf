"""What was put off: items found on records or entered by hand, with the decisions made about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from careloop.model.case import Case
from careloop.model.event import Event, EventKind
from careloop.model.person import person_id
from careloop.model.record import Record, RecordKind, State
from careloop.model.rules import Rules
from careloop.policies.entitlement import proposes


class Choice(StrEnum):
    """What can be done with something put off; `defer` enters it."""

    DEFER = "defer"
    DO = "do"
    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """One decision about an item; `evidence` is its event's source key."""

    choice: Choice
    at: datetime
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """One piece of scope put off: why it counts as one, its owner, whom it was promised to, its date.

    `kept` counts how often it was put off again. It is `decided` once it is to be done or dropped.
    """

    record: Record
    why: str
    since: datetime
    owner: str | None = None
    promised_to: str | None = None
    revisit_on: date | None = None
    benefit: str = ""
    cost: str = ""
    decisions: tuple[Choosing, ...] = ()

    @property
    def kept(self) -> int:
        return sum(decision.choice is Choice.KEEP for decision in self.decisions)

    @property
    def is_decided(self) -> bool:
        return bool(self.decisions) and self.decisions[-1].choice in (Choice.DO, Choice.DROP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """How a record shows that it was put off; empty signs are not looked for."""

    label: str = "deferred"
    link_type: str = ""
    close_codes: tuple[str, ...] = ("Workaround provided", "Known error")
    owner_field: str = ""
    promised_to_field: str = ""
    date_field: str = ""
    mark_field: str = ""


def find_deferrals(case: Case, rules: Rules[Any], signs: Signs) -> tuple[Deferral, ...]:
    """Return everything put off in a case, one item per record, with all that was decided about it."""
    by_record: dict[str, list[Event]] = {}
    for event in sorted(case.events, key=lambda e: e.order):
        if event.kind is EventKind.DEFERRED:
            by_record.setdefault(str(event.record), []).append(event)
    return tuple(_items(case, rules, signs, by_record))


def _items(
    case: Case, rules: Rules[Any], signs: Signs, by_record: Mapping[str, list[Event]]
) -> Iterator[Deferral]:
    for record in case.records:
        events = by_record.get(str(record.ref), [])
        item = _read_record(case, record, rules, signs) or _entered(record, events)
        if item is not None:
            for event in events:
                item = _tell(item, event)
            yield item


def _read_record(case: Case, record: Record, rules: Rules[Any], signs: Signs) -> Deferral | None:
    why = _sign(record, signs)
    if not why:
        return None
    revisit = record.fields.get(signs.date_field, "") if signs.date_field else ""
    return Deferral(
        record=record,
        why=why,
        since=(record.resolved_at if record.state in (State.RESOLVED, State.CLOSED) else None)
        or record.updated,
        owner=_person(record, signs.owner_field) or record.assignee,
        promised_to=_person(record, signs.promised_to_field) or _customer(case, record, rules),
        revisit_on=read_date(revisit) or record.due,
    )


def _sign(record: Record, signs: Signs) -> str:
    """Return why a record counts as put off, or an empty text."""
    if signs.label and signs.label.casefold() in (label.casefold() for label in record.labels):
        return f"it carries the label {signs.label}" if record.state.is_open else ""
    if signs.link_type and signs.link_type.casefold() in (name.casefold() for name in record.link_types):
        return f"it is linked as {signs.link_type}" if record.state.is_open else ""
    if record.state is State.DEFERRED:
        return "its state says that it is put off"
    if signs.mark_field and record.fields.get(signs.mark_field, "").strip() not in ("", "0", "false"):
        return f"its field {signs.mark_field} says that it is put off"
    codes = {code.casefold() for code in signs.close_codes}
    if record.state in (State.RESOLVED, State.CLOSED) and record.close_code.casefold() in codes:
        return f"it was resolved with {record.close_code}"
    return ""


def _customer(case: Case, record: Record, rules: Rules[Any]) -> str | None:
    """Return who was promised it when nothing says so: who asked for it, or the customer behind an issue."""
    if proposes(record, rules) or record.kind in (RecordKind.DEMAND, RecordKind.PROJECT_TASK):
        return record.requester
    return case.primary.requester if proposes(case.primary, rules) else None


def _person(record: Record, name: str) -> str | None:
    native = record.fields.get(name, "") if name else ""
    return person_id(record.ref.instance, native) if native else None


def _entered(record: Record, events: Iterable[Event]) -> Deferral | None:
    first = next((event for event in events if _choice(event) is Choice.DEFER), None)
    if first is None:
        return None
    return Deferral(record=record, why="it was entered by hand", since=first.occurred_at)


def _tell(item: Deferral, event: Event) -> Deferral:
    """Take in a DEFERRED event; data: action, owner, promised_to, until, benefit, cost; text: reason."""
    until = read_date(event.get("until"))
    if _choice(event) is Choice.DEFER:
        return replace(
            item,
            owner=event.get("owner") or item.owner,
            promised_to=event.get("promised_to") or item.promised_to,
            revisit_on=until or item.revisit_on,
            benefit=event.get("benefit") or item.benefit,
            cost=event.get("cost") or item.cost,
            decisions=(),
        )
    decision = Choosing(
        choice=_choice(event),
        at=event.occurred_at,
        reason=event.text or event.get("reason"),
        evidence=event.source_key,
    )
    return replace(item, revisit_on=until or item.revisit_on, decisions=(*item.decisions, decision))


def _choice(event: Event) -> Choice:
    return Choice(event.get("action") or Choice.DEFER)


def read_date(text: str) -> date | None:
    """Read the date at the start of an ISO date or time; None for anything else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
