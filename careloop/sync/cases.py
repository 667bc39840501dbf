"""Gather everything a decision about a problem looks at, many problems at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from careloop.model.case import Case, Contacted, Earlier
from careloop.model.change import BaseValue
from careloop.model.event import Event, EventKind
from careloop.model.intent import Pair
from careloop.model.person import Person
from careloop.model.record import Record, RecordRef
from careloop.ports import Store
from careloop.sync.link import SUCCESSION
from careloop.sync.terms import Terms

CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Bond:
    """A pair of the case with all its merge looks at.

    `foreign` events are those of a record in another problem.
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
    """A case and the pairs its records are in."""

    case: Case
    bonds: tuple[Bond, ...] = ()


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


def _read(store: Store, problems: Sequence[str]) -> _Chunk:
    records = store.records_of(problems)
    events = store.events_of(problems)
    bonds = _bonds(store, [record for group in records.values() for record in group])
    foreign = [event for group in bonds.values() for bond in group for event in bond.events]
    requesters = {r.requester for group in records.values() for r in group if r.requester}
    named = {r.affected for group in records.values() for r in group if r.affected}
    named |= {
        p for group in records.values() for r in group for p in (r.assignee, r.resolver, r.opened_by) if p
    }
    named |= {event.actor for group in (*events.values(), foreign) for event in group if event.actor}
    named |= {
        event.get(role)
        for group in events.values()
        for event in group
        for role in ("owner", "promised_to")
        if event.kind is EventKind.DEFERRED and event.get(role)
    }
    people = store.get_people(requesters | named)
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
    involved = {r.requester for r in records} | {r.affected for r in records} | {e.actor for e in events}
    involved |= {p for r in records for p in (r.assignee, r.resolver, r.opened_by)}
    involved |= {
        e.get(role) for e in events if e.kind is EventKind.DEFERRED for role in ("owner", "promised_to")
    }
    people = {id: chunk.people[id] for id in involved if id and id in chunk.people}
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
    bonds = tuple(bond for record in records for bond in chunk.bonds.get(record.ref, ()))
    return Gathered(case=case, bonds=tuple({bond.pair.id: bond for bond in bonds}.values()))


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


def _bonds(store: Store, records: Sequence[Record]) -> dict[RecordRef, list[Bond]]:
    pairs = [pair for pair in store.pairs_of([record.ref for record in records]) if pair.rule != SUCCESSION]
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
        bonds.setdefault(pair.right, []).append(bond)
    return bonds
