"""Which records are one problem: pairs that platforms or people name, and how they come together."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from careloop.errors import SettingsError
from careloop.model.event import Event, EventKind
from careloop.model.intent import Pair
from careloop.model.mapping import LinkRule
from careloop.model.record import Record, RecordRef
from careloop.ports import Store
from careloop.sync.terms import Terms

SUCCESSION = "successor"


def make_pair(rule: str, left: RecordRef, right: RecordRef) -> Pair:
    """Return the pair of two records; its id depends on nothing else."""
    digest = hashlib.sha256(f"{left}\n{right}".encode()).hexdigest()[:16]
    return Pair(id=digest, rule=rule, left=left, right=right)


def join(store: Store, pair: Pair, now: datetime, actor: str | None = None) -> None:
    """Keep a pair and make both records one problem, that of the left one.

    A right record that is already part of another problem stays there: one engineering issue may stand behind
    the problems of several customers.
    """
    with store.transaction():
        homes = store.problems_of([pair.left, pair.right])
        problem = homes.get(pair.left, str(pair.left))
        store.save_pair(pair)
        if homes.get(pair.right, str(pair.right)) != str(pair.right):
            store.look_again({problem})
            return
        store.put_in_problem([(pair.left, problem), (pair.right, problem)])
        store.append([_joined(pair, problem, now, actor)], now)
        store.look_again({problem})


def join_named(store: Store, terms: Terms, refs: Iterable[RecordRef], now: datetime) -> int:
    """Pair records that name each other by number, where a link rule allows it; return how many."""
    made = 0
    for record in store.get_records(set(refs)).values():
        for number in record.references:
            for other in store.find_records(number):
                rule = _rule_between(terms.links, record, other)
                if rule is None:
                    continue
                left, right = (
                    (record, other) if rule.left_instance == record.ref.instance else (other, record)
                )
                pair = make_pair(rule.name, left.ref, right.ref)
                if pair.id not in {known.id for known in store.pairs_of([left.ref])}:
                    join(store, pair, now)
                    made += 1
    return made


def join_by_hand(
    store: Store, terms: Terms, one: Record, other: Record, now: datetime, actor: str | None = None
) -> Pair:
    """Pair two records that a person says are one problem, under the link rule between their containers.

    Raises SettingsError when no rule ties them.
    """
    rule = _rule_between(terms.links, one, other)
    if rule is None:
        raise SettingsError(
            f"{one.number} is in {one.container} and {other.number} in {other.container}: no link rule ties "
            "these two; add one under sync.links in careloop.yaml"
        )
    left, right = (one, other) if rule.left_instance == one.ref.instance else (other, one)
    pair = make_pair(rule.name, left.ref, right.ref)
    join(store, pair, now, actor)
    return pair


def _rule_between(rules: Iterable[LinkRule], one: Record, other: Record) -> LinkRule | None:
    sides = {(one.ref.instance, one.container), (other.ref.instance, other.container)}
    for rule in rules:
        if sides == {(rule.left_instance, rule.left_container), (rule.right_instance, rule.right_container)}:
            return rule
    return None


def _joined(pair: Pair, problem: str, now: datetime, actor: str | None) -> Event:
    return Event(
        kind=EventKind.JOINED,
        record=pair.right,
        occurred_at=now,
        source_key=f"joined:{pair.id}:{problem}:{now.isoformat()}",
        actor=actor,
        data={"problem": problem, "pair": pair.id, "rule": pair.rule},
    )
