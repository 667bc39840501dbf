"""Which records are one problem: pairs that platforms or people name, and how they come together."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from careloop.errors import PersonMustAct, SettingsError
from careloop.model.event import Event, EventKind
from careloop.model.intent import RETURN, Pair
from careloop.model.mapping import LinkRule
from careloop.model.record import Record, RecordRef
from careloop.ports import Store
from careloop.sync.entry import enter
from careloop.sync.terms import Terms


def make_pair(rule: str, left: RecordRef, right: RecordRef) -> Pair:
    """Return the pair of two records; its id depends on nothing else."""
    digest = hashlib.sha256(f"{left}\n{right}".encode()).hexdigest()[:16]
    return Pair(id=digest, rule=rule, left=left, right=right)


def join(store: Store, pair: Pair, now: datetime, actor: str | None = None) -> None:
    """Keep a pair and make both records one problem, that of the left one.

    A right record that is already part of another problem, or has others in its own, stays there: one
    engineering issue may stand behind the problems of several customers.
    """
    with store.transaction():
        members = _members(store, pair.right)
        _bring_together(store, pair, members if len(members) == 1 else [], now, actor)


def _bring_together(
    store: Store, pair: Pair, moving: Sequence[RecordRef], now: datetime, actor: str | None
) -> None:
    """Keep a pair, and have records become part of the problem of its left one."""
    problem = store.problems_of([pair.left]).get(pair.left, str(pair.left))
    store.save_pair(pair)
    if moving:
        store.put_in_problem([(ref, problem) for ref in (pair.left, *moving)])
        store.append([_joined(pair, ref, problem, now, actor) for ref in moving], now)
    store.look_again({problem})


def join_named(store: Store, links: Sequence[LinkRule], records: Sequence[Record], now: datetime) -> None:
    """Pair records with those that they name, or that name them, by number, where a link rule allows it."""
    if not links:
        return
    by_number = {record.number.lower(): record for record in records}
    naming = [
        (by_number[number.lower()], other)
        for other in store.records_naming(by_number)
        for number in other.references
        if number.lower() in by_number
    ]
    named = [
        (record, other)
        for record in records
        for number in record.references
        for other in store.find_records(number)
    ]
    for one, other in (*named, *naming):
        tied = tie(links, one, other)
        if tied is None:
            continue
        rule, left, right = tied
        pair = make_pair(rule.name, left.ref, right.ref)
        if pair.id not in {known.id for known in store.pairs_of([left.ref])}:
            join(store, pair, now)


def join_by_hand(
    store: Store, terms: Terms, one: Record, other: Record, now: datetime, actor: str | None = None
) -> Pair:
    """Pair two records that a person says are one problem, under the link rule between their containers.

    Two records of the same requester in the same place are an old matter and its return: the newer one
    continues the older, and what belongs to it comes along. Raises SettingsError when nothing ties them.
    """
    tied = tie(terms.links, one, other)
    if tied is None and one.ref != other.ref and _is_return(one, other):
        older, newer = _in_order(one, other)
        pair = make_pair(RETURN, older.ref, newer.ref)
        with store.transaction():
            members = _members(store, newer.ref)
            _bring_together(store, pair, [] if older.ref in members else members, now, actor)
        return pair
    if tied is None:
        raise SettingsError(
            f"{one.number} is in {one.container} and {other.number} in {other.container}: no link rule ties "
            "these two; add one under sync.links in careloop.yaml"
        )
    rule, left, right = tied
    pair = make_pair(rule.name, left.ref, right.ref)
    join(store, pair, now, actor)
    return pair


def part_by_hand(store: Store, one: Record, other: Record, now: datetime, actor: str | None = None) -> Record:
    """Keep that two records are two matters, so that neither is suggested as the other's return.

    The newer one carries the entry and is returned. Raises PersonMustAct when they are one problem already.
    """
    older, newer = _in_order(one, other)
    homes = store.problems_of([older.ref, newer.ref])
    if older.ref == newer.ref or homes.get(older.ref) == homes.get(newer.ref):
        raise PersonMustAct(f"{older.number} and {newer.number} are one problem already, and stay it")
    enter(store, EventKind.PARTED, newer.ref, now, actor=actor, data={"other": str(older.ref)})
    return newer


def _in_order(one: Record, other: Record) -> tuple[Record, Record]:
    """Return the older of two records first."""
    older, newer = sorted((one, other), key=lambda record: (record.opened_at or record.created, record.ref))
    return older, newer


def _is_return(one: Record, other: Record) -> bool:
    here, there = (one.ref.instance, one.container), (other.ref.instance, other.container)
    return here == there and one.requester is not None and one.requester == other.requester


def tie(rules: Iterable[LinkRule], one: Record, other: Record) -> tuple[LinkRule, Record, Record] | None:
    """Return the first rule between the containers of two records, with its left and its right one."""
    for rule in rules:
        for left, right in ((one, other), (other, one)):
            if _fits(rule, left, right):
                return rule, left, right
    return None


def rule_of(rules: Iterable[LinkRule], pair: Pair, left: Record, right: Record) -> LinkRule | None:
    """Return the rule a pair is kept in step by: the one it was made under, else any between its containers.

    Giving a rule another name, or taking it out, thus makes no second counterpart and leaves pairs alone.
    """
    fitting = [rule for rule in rules if _fits(rule, left, right)]
    return next((rule for rule in fitting if rule.name == pair.rule), next(iter(fitting), None))


def problems_around(store: Store, refs: Collection[RecordRef]) -> set[str]:
    """Return the problems that records concern: their own and those of their partners."""
    pairs = store.pairs_of(refs)
    return set(store.problems_of({*refs, *(p.left for p in pairs), *(p.right for p in pairs)}).values())


def _fits(rule: LinkRule, left: Record, right: Record) -> bool:
    return (left.ref.instance, left.container, right.ref.instance, right.container) == (
        rule.left_instance,
        rule.left_container,
        rule.right_instance,
        rule.right_container,
    )


def _members(store: Store, ref: RecordRef) -> list[RecordRef]:
    """Return the records of a record's problem, which may be itself alone."""
    home = store.problems_of([ref]).get(ref)
    return [record.ref for record in store.records_of([home])[home]] if home else [ref]


def _joined(pair: Pair, record: RecordRef, problem: str, now: datetime, actor: str | None) -> Event:
    rule = pair.rule if record == pair.right else ""
    return Event(
        kind=EventKind.JOINED,
        record=record,
        occurred_at=now,
        source_key=f"joined:{pair.id}:{record}:{problem}:{now.isoformat()}",
        actor=actor,
        data={"problem": problem, "pair": pair.id, "rule": rule},
    )
