"""Puts what happened to a case in order."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby

from careloop.model.case import Case
from careloop.model.event import Event, EventKind, Quality
from careloop.model.record import Record, RecordRef, State


def in_sequence(case: Case) -> list[Event]:
    """Return the events in order, with the moves that only the records themselves show."""
    events = _chain(sorted(case.events, key=_order))
    last = {e.record: e for e in events if e.kind is EventKind.STATE_CHANGED}
    extra = [move for record in case.records for move in _missing_moves(record, last)]
    return sorted([*events, *extra], key=_time) if extra else events


def _chain(events: list[Event]) -> list[Event]:
    """Put a record's moves of one moment into the order in which each leads to the next."""
    states: dict[RecordRef, str] = {}
    result: list[Event] = []
    for _, group in groupby(events, key=_time):
        waiting = list(group)
        while waiting:
            event = next((e for e in waiting if _leads(e, states, waiting)), waiting[0])
            waiting.remove(event)
            if event.kind is EventKind.STATE_CHANGED:
                states[event.record] = event.get("to")
            result.append(event)
    return result


def _leads(event: Event, states: Mapping[RecordRef, str], waiting: list[Event]) -> bool:
    """Tell whether an event can be next: a move starts where the record is, if any of that moment does."""
    if event.kind is not EventKind.STATE_CHANGED:
        return True
    rivals = [e for e in waiting if e.kind is EventKind.STATE_CHANGED and e.record == event.record]
    here = states.get(event.record)
    if here is None:
        return event.get("from") not in {rival.get("to") for rival in rivals if rival is not event}
    return event.get("from") == here or all(rival.get("from") != here for rival in rivals)


def _missing_moves(record: Record, last: Mapping[RecordRef, Event]) -> Iterator[Event]:
    known = last.get(record.ref)
    if known is not None:
        if known.get("to") != record.state:
            yield _move(record, record.state, max(record.updated, known.occurred_at), None)
    elif not record.state.is_open:
        if record.state is State.CLOSED and record.resolved_at:
            yield _move(record, State.RESOLVED, record.resolved_at, record.resolver)
        stamps = {State.RESOLVED: record.resolved_at, State.CLOSED: record.closed_at}
        yield _move(record, record.state, stamps.get(record.state) or record.updated, None)


def _move(record: Record, to: State, at: datetime, actor: str | None) -> Event:
    return Event(
        kind=EventKind.STATE_CHANGED,
        record=record.ref,
        occurred_at=at,
        source_key=f"record:{record.ref}:{to.value}",
        actor=actor,
        quality=Quality.INFERRED,
        data={"to": to.value},
    )


def _time(event: Event) -> datetime:
    return event.occurred_at


def _order(event: Event) -> tuple[datetime, str]:
    return event.order
