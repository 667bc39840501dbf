"""What a person tells careloop directly becomes an entry of the journal."""

from collections.abc import Mapping
from datetime import datetime

from careloop.model.event import Event, EventKind, Plain
from careloop.model.record import RecordRef
from careloop.ports import Store


def enter(
    store: Store,
    kind: EventKind,
    record: RecordRef,
    now: datetime,
    *,
    actor: str | None = None,
    data: Mapping[str, Plain],
    text: str = "",
) -> Event:
    """Add an entry about a record; the next plan looks at its problem again.

    The entry's key counts what came before, so that the same words may be said twice, and of two entries of
    one moment the later one is read last.
    """
    with store.transaction():
        event = Event(
            kind=kind,
            record=record,
            occurred_at=now,
            source_key=f"entered:{record}:{store.count_events():012}",
            actor=actor,
            data=data,
            text=text or None,
        )
        store.append([event], now)
    return event
