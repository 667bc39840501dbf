"""What a snapshot tells the journal: read from history, or worked out where history cannot be read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from careloop.model.comment import Comment
from careloop.model.event import Event, EventKind, Quality
from careloop.model.page import Snapshot
from careloop.model.record import Record, State

STATE_KINDS = (EventKind.OPENED, EventKind.STATE_CHANGED)


def state_facts(snapshot: Snapshot, known: Sequence[Event]) -> Iterator[Event]:
    """Yield what happened to the record itself.

    With a readable history these are its entries; without one, the difference between the last state the
    journal knows (`known`: its OPENED and STATE_CHANGED events, in order) and the state now. Such an entry
    names no actor: whoever updated the record last need not be the one who moved it.
    """
    if snapshot.observed:
        yield from snapshot.events
        return
    record = snapshot.record
    if not known:
        yield opened(record)
    last = known[-1].get("to") if known else State.NEW.value
    if not last:
        last = State.NEW.value
    if last == record.state.value:
        return
    if record.state is State.CLOSED and last != State.RESOLVED.value and record.resolved_at:
        yield _moved(record, last, State.RESOLVED)
        last = State.RESOLVED.value
    yield _moved(record, last, record.state)
    if record.state in (State.RESOLVED, State.CLOSED) and (record.close_code or record.close_notes):
        yield resolution_given(record)


def opened(record: Record) -> Event:
    """Return the entry that a record came into being."""
    return Event(
        kind=EventKind.OPENED,
        record=record.ref,
        occurred_at=record.opened_at or record.created,
        source_key=f"{record.ref.instance}:opened:{record.ref.table}:{record.ref.id}",
        actor=record.opened_by,
        data={"requester": record.requester},
    )


def resolution_given(record: Record) -> Event:
    """Return the entry of a resolution's code and notes, for a record whose history cannot be read."""
    return Event(
        kind=EventKind.RESOLUTION_GIVEN,
        record=record.ref,
        occurred_at=record.resolved_at or record.updated,
        source_key=_snapshot_key(record, "resolution"),
        quality=Quality.INFERRED,
        data={"code": record.close_code},
        text=record.close_notes or None,
    )


def said(comment: Comment) -> Event:
    """Return the entry of a comment."""
    ref = comment.record
    return Event(
        kind=EventKind.COMMENTED,
        record=ref,
        occurred_at=comment.at,
        source_key=f"{ref.instance}:comment:{comment.id}",
        actor=comment.author,
        data={
            "id": comment.id,
            "audience": comment.audience.value,
            "ours": comment.key,
            "automatic": comment.automatic,
        },
        text=comment.body,
    )


def facts(snapshots: Iterable[Snapshot], known: dict[str, list[Event]]) -> Iterator[Event]:
    """Yield the journal entries of snapshots; `known` holds earlier state entries by record, as text."""
    for snapshot in snapshots:
        yield from state_facts(snapshot, known.get(str(snapshot.record.ref), []))
        yield from (said(comment) for comment in snapshot.comments)


def _moved(record: Record, last: str, to: State) -> Event:
    """Return the entry of a move; its key puts a step on the way before the last one of the same moment."""
    return Event(
        kind=EventKind.STATE_CHANGED,
        record=record.ref,
        occurred_at=_when(record, to),
        source_key=_snapshot_key(record, f"state:{int(to is record.state)}:{to.value}"),
        quality=Quality.INFERRED,
        data={"from": last, "to": to.value, "native": record.native_state if to is record.state else ""},
    )


def _when(record: Record, to: State) -> datetime:
    stamps = {State.RESOLVED: record.resolved_at, State.CLOSED: record.closed_at}
    return stamps.get(to) or record.updated


def _snapshot_key(record: Record, what: str) -> str:
    return f"{record.ref.instance}:snapshot:{record.ref.table}:{record.ref.id}:{record.version}:{what}"
