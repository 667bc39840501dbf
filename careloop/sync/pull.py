"""Read what changed into the store: records, people, and what happened to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from careloop.model.event import Event
from careloop.model.mapping import LinkRule
from careloop.model.page import Page, Scope, Snapshot, Unread
from careloop.model.record import Record, RecordRef
from careloop.ports import Clock, Connector, Progress, Store
from careloop.sync.facts import STATE_KINDS, facts
from careloop.sync.link import join_named, problems_around
from careloop.sync.reading import Reading, resume

AGAIN = 100
"""Records that could not be made sense of and are read again in one pull."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What one scope's pull brought.

    Records read, records that were new or newer, journal entries that were new. `lacks` names what records
    that were not read this time lack, since the settings came to ask for it later.
    """

    scope: str
    read: int = 0
    changed: int = 0
    events: int = 0
    unread: tuple[Unread, ...] = ()
    lacks: tuple[str, ...] = ()


def pull(
    connector: Connector,
    scope: Scope,
    store: Store,
    clock: Clock,
    tell: Progress,
    *,
    links: Sequence[LinkRule] = (),
    afresh: bool = False,
) -> Pulled:
    """Walk one scope from where the last pull stopped, storing page by page and joining what `links` tie.

    `afresh` starts over: every row is then read again and changes nothing that is already held. Raises
    SettingsError when the scope's query is not the one its cursor was made with. What could not be made sense
    of is read again by every pull until it can: the settings may know its state by then.
    """
    cursor, reading = ("", Reading.of(scope)) if afresh else resume(store, scope)
    walk = _Walk(unread=dict.fromkeys(reading.unread))
    if reading.unread:
        refs = [RecordRef(scope.instance, scope.container, id) for id in reading.unread[:AGAIN]]
        page = connector.fetch(refs, scope)
        with store.transaction():
            walk.add(page, *absorb(page, store, clock.now(), links), asked=refs)
            store.set_cursor(scope.id, cursor, str(walk.mark(reading)))
    for page in connector.changes(scope, cursor):
        with store.transaction():
            walk.add(page, *absorb(page, store, clock.now(), links))
            store.set_cursor(scope.id, page.cursor, str(walk.mark(reading)))
        tell(f"reading {scope.id}", walk.read, page.total)
    return Pulled(
        scope=scope.id,
        read=walk.read,
        changed=walk.changed,
        events=walk.events,
        unread=tuple(one for one in walk.unread.values() if one is not None),
        lacks=tuple(reading.lacks(scope)),
    )


@dataclass(kw_only=True)
class _Walk:
    """What a pull has come to so far; `unread` holds what could not be made sense of, by id."""

    read: int = 0
    changed: int = 0
    events: int = 0
    unread: dict[str, Unread | None] = field(default_factory=dict)

    def add(
        self, page: Page, newer: Sequence[RecordRef], added: int, asked: Sequence[RecordRef] = ()
    ) -> None:
        """Count a page that was stored; what was `asked` for and is not in it is gone."""
        self.read += len(page.snapshots)
        self.changed += len(newer)
        self.events += added
        for id in (*(ref.id for ref in asked), *(snapshot.record.ref.id for snapshot in page.snapshots)):
            self.unread.pop(id, None)
        self.unread |= {one.id: one for one in page.unread}

    def mark(self, reading: Reading) -> Reading:
        """Return how the scope has been read by now."""
        return replace(reading, unread=tuple(sorted(self.unread)))


def absorb(page: Page, store: Store, now: datetime, links: Sequence[LinkRule]) -> tuple[list[RecordRef], int]:
    """Store one page in one transaction; return the records that were newer and how many entries were new.

    Records that name each other are joined along with it: a run that ends here has forgotten nothing.
    """
    records = [snapshot.record for snapshot in page.snapshots]
    with store.transaction():
        store.save_people(page.people)
        newer = store.save_records(records)
        _give_problems(store, records)
        snapshots = _up_to_date(store, page.snapshots)
        blind = [snapshot.record.ref for snapshot in snapshots if not snapshot.observed]
        known = (
            {str(ref): events for ref, events in store.events_on(blind, STATE_KINDS).items()} if blind else {}
        )
        added = store.append(_once(facts(snapshots, known)), now)
        join_named(store, links, records, now)
        store.look_again(problems_around(store, newer))
    return newer, added


def _up_to_date(store: Store, snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Leave out what a late index still shows: it would be told as a way back to where the record was."""
    held = store.get_records([snapshot.record.ref for snapshot in snapshots if not snapshot.observed])
    return [
        snapshot
        for snapshot in snapshots
        if snapshot.observed or snapshot.record.updated >= held[snapshot.record.ref].updated
    ]


def _give_problems(store: Store, records: Sequence[Record]) -> None:
    """Put each record that has no problem yet into its partner's, or into one of its own."""
    refs = [record.ref for record in records]
    housed = store.problems_of(refs)
    homeless = [ref for ref in refs if ref not in housed]
    if not homeless:
        return
    partner: dict[RecordRef, RecordRef] = {}
    for pair in store.pairs_of(homeless):
        partner[pair.left], partner[pair.right] = pair.right, pair.left
    homes = store.problems_of(set(partner.values()))
    store.put_in_problem(
        (ref, homes.get(partner[ref], str(ref)) if ref in partner else str(ref)) for ref in homeless
    )


def _once(events: Iterable[Event]) -> list[Event]:
    unique: dict[str, Event] = {}
    for event in events:
        unique.setdefault(event.source_key, event)
    return list(unique.values())
