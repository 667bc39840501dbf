"""Gather everything a decision about a problem looks at, many problems at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from careloop.model.case import Case, Contacted, Earlier
from careloop.model.change import BaseValue
from careloop.model.event import Event, EventKind
from careloop.model.intent import RETURN, SUCCESSION, Pair
from careloop.model.person import Person
from careloop.model.record import Record, RecordRef
from careloop.ports import Store
from careloop.sync.terms import Terms

CHUNK = 500

ROLES = {EventKind.DEFERRED: ("owner", "promised_to"), EventKind.CONTACTED: ("person",)}
"""The people that entries name besides their actor."""


@dataclass(frozen=True, kw_only=True)
class Bond:
    """A pair whose left record is in the case, with all its merge looks at.

    `events` are those of both records, whichever problem the right one is in. A pair is kept in step where
    its left record is, so that nobody is told of it twice.
    """

    pair: Pair
    left: Record
    right: Record
    events: tuple[Event, ...]
    bases: Mapping[str, BaseValue]
    paired: set[tuple[str, str]]
    partners: int


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A case, the pairs its records are in, and problems of the same requester that may repeat it."""

    case: Case
    bonds: tuple[Bond, ...] = ()
    repeats: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class _Chunk:
    """What one batch of problems needs, read from the store with a few queries."""

    records: Mapping[str, list[Record]]
    events: Mapping[str, list[Event]]
    people: Mapping[str, Person]
    ledgers: Mapping[str, list[Contacted]]
    others: Mapping[str, list[Earlier]]
    bonds: Mapping[RecordRef, list[Bond]] = field(default_factory=dict)


def gather(store: Store, problems: Sequence[str], terms: Terms) -> Iterator[Gathered]:
    """Yield the case of each problem that has records, in the order given."""
    for start in range(0, len(problems), CHUNK):
        batch = problems[start : start + CHUNK]
        chunk = _read(store, batch)
        for problem in batch:
            if chunk.records.get(problem):
                yield _assemble(problem, chunk, terms)


def gather_with_repeats(store: Store, problems: Sequence[str], terms: Terms) -> Iterator[Gathered]:
    """Yield the cases of problems, then of those that may repeat one of them: they are judged by it too.

    Each comes after those that it may repeat.
    """
    repeats: set[str] = set()
    for gathered in gather(store, _by_opening(store, problems, terms), terms):
        yield gathered
        repeats |= gathered.repeats
    yield from gather(store, sorted(repeats.difference(problems)), terms)


def _by_opening(store: Store, problems: Sequence[str], terms: Terms) -> list[str]:
    """Put problems in the order in which the records that their customers know were opened."""
    opened: dict[str, tuple[datetime, str]] = {}
    for start in range(0, len(problems), CHUNK):
        for problem, records in store.records_of(problems[start : start + CHUNK]).items():
            known = min(records, key=lambda record: _rank(record, terms))
            opened[problem] = (known.opened_at or known.created, problem)
    return sorted(opened, key=opened.__getitem__)


def _read(store: Store, problems: Sequence[str]) -> _Chunk:
    records = store.records_of(problems)
    events = store.events_of(problems)
    bonds = _bonds(store, [record for group in records.values() for record in group])
    told = [*events.values(), *(bond.events for group in bonds.values() for bond in group)]
    members = [record for group in records.values() for record in group]
    people = store.get_people(_named(members, [event for group in told for event in group]))
    requesters = {record.requester for record in members if record.requester}
    return _Chunk(
        records=records,
        events=events,
        people=people,
        ledgers=store.contacts_of(set(people)),
        others=store.earlier_records(requesters),
        bonds=bonds,
    )


def _assemble(problem: str, chunk: _Chunk, terms: Terms) -> Gathered:
    records = sorted(chunk.records[problem], key=lambda record: _rank(record, terms))
    events = tuple(chunk.events.get(problem, ()))
    primary = records[0]
    bonds = tuple(bond for record in records for bond in chunk.bonds.get(record.ref, ()))
    named = _named(records, [*events, *(event for bond in bonds for event in bond.events)])
    people = {id: chunk.people[id] for id in named if id in chunk.people}
    others = chunk.others.get(primary.requester or "", [])
    mine = {record.ref for record in records}
    case = Case(
        problem=problem,
        records=tuple(records),
        events=events,
        people=people,
        contacts=tuple(c for id in sorted(people) for c in chunk.ledgers.get(id, ())),
        earlier=tuple(_recent([o for o in others if o.ref not in mine], primary, terms.look_back)),
        requester_records=len(others),
    )
    return Gathered(
        case=case,
        bonds=bonds,
        repeats=frozenset(_later(others, records, terms.look_back)),
    )


def _named(records: Iterable[Record], events: Iterable[Event]) -> set[str]:
    """Return everybody who has to do with records, or with what happened to them."""
    named = {p for r in records for p in (r.requester, r.affected, r.assignee, r.resolver, r.opened_by)}
    for event in events:
        named |= {event.actor, *(event.get(role) for role in ROLES.get(event.kind, ()))}
    return {id for id in named if id}


def _rank(record: Record, terms: Terms) -> tuple[bool, datetime, RecordRef]:
    """Put the record the customer knows first.

    One whose resolution is proposed to someone, the oldest of those.
    """
    dialect = terms.dialects.get((record.ref.instance, record.container))
    return (not (dialect and dialect.asks), record.opened_at or record.created, record.ref)


def _recent(others: Iterable[Earlier], primary: Record, look_back: timedelta) -> Iterator[Earlier]:
    opened = primary.opened_at or primary.created
    for other in others:
        if other.resolved_at is not None and opened - look_back <= other.resolved_at < opened:
            yield other


def _later(others: Iterable[Earlier], records: Sequence[Record], look_back: timedelta) -> Iterator[str]:
    """Yield the problems that opened after these records did, while they can still count as repeated."""
    opened = records[0].opened_at or records[0].created
    until = max(record.updated for record in records) + look_back
    for other in others:
        if opened < other.opened_at <= until:
            yield other.problem


def _bonds(store: Store, records: Sequence[Record]) -> dict[RecordRef, list[Bond]]:
    mine = {record.ref for record in records}
    pairs = [
        pair for pair in store.pairs_of(mine) if pair.left in mine and pair.rule not in (SUCCESSION, RETURN)
    ]
    if not pairs:
        return {}
    refs = {ref for pair in pairs for ref in (pair.left, pair.right)}
    held = store.get_records(refs)
    happened = store.events_on(refs, [EventKind.COMMENTED, EventKind.STATE_CHANGED])
    partners: dict[RecordRef, int] = {}
    for pair in store.pairs_of({pair.right for pair in pairs}):
        partners[pair.right] = partners.get(pair.right, 0) + 1
    bonds: dict[RecordRef, list[Bond]] = {}
    for pair in pairs:
        if pair.left not in held or pair.right not in held:
            continue
        events = [*happened.get(pair.left, ()), *happened.get(pair.right, ())]
        bond = Bond(
            pair=pair,
            left=held[pair.left],
            right=held[pair.right],
            events=tuple(sorted(events, key=lambda event: event.order)),
            bases=store.bases_of(pair.id),
            paired=store.comment_pairs(pair.id),
            partners=partners.get(pair.right, 1),
        )
        bonds.setdefault(pair.left, []).append(bond)
    return bonds
