"""The same facts always lead to the same plan, and the same history to the same story."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from careloop.model.event import EventKind
from careloop.policies.telling import tell_story
from careloop.store import SqlStore, open_store
from careloop.sync.cases import gather
from careloop.sync.pull import pull
from tests.simulation.office import say_nothing
from tests.simulation.witness import Witness

SEEN = (
    EventKind.OPENED,
    EventKind.STATE_CHANGED,
    EventKind.ASSIGNED,
    EventKind.RESOLUTION_GIVEN,
    EventKind.COMMENTED,
)


def a_second_plan_is_empty(witness: Witness) -> Iterator[str]:
    """On the same facts nothing is planned, found or held that was not before; nothing done is done again."""
    assert witness.cycle is not None
    applied, again = witness.cycle.applied, witness.next_plan
    done = {change.key for change in applied.done}
    yield from (
        f"{c.kind} on {c.subject} is planned again: {c.reason}" for c in again.changes if c.key in done
    )
    if not witness.cycle.plan.changes:
        yield from (f"{c.kind} on {c.subject} is planned only now: {c.reason}" for c in again.changes)
        yield from (f"{f.what} is found only now: {f.reason}" for f in again.findings)
        yield from (f"{h.purpose} of {h.record} is held only now: {h.why}" for h in again.held)


def rebuilt_state_is_the_same(witness: Witness) -> Iterator[str]:
    """Without problems and looks, worked out from records and journal anew, the next plan is the same."""
    before, looks = witness.next_plan, {look.problem: look for look in witness.store.looks()}
    with _undone(witness) as store:
        store.rebuild()
        after = replace(witness).next_plan
    planned, anew = ({c.key: c for c in plan.changes} for plan in (before, after))
    for key in planned.keys() ^ anew.keys():
        change = planned.get(key) or anew[key]
        when = "before" if key in planned else "after"
        yield f"{change.kind} on {change.subject} is planned only {when} rebuilding: {change.reason}"
    evaluated = {look.problem for look in before.looks}
    for look in after.looks:
        old = looks.get(look.problem)
        if look.problem in evaluated or old is None:
            continue
        stood = {finding.source_key for finding in old.findings if not finding.reason.startswith("settled")}
        stands = {finding.source_key for finding in look.findings if not finding.reason.startswith("settled")}
        if stood != stands:
            new = [f.what for f in look.findings if f.source_key in stands - stood]
            gone = [f.what for f in old.findings if f.source_key in stood - stands]
            yield f"{look.problem} is judged otherwise after rebuilding: new {new}, gone {gone}"


def the_order_of_reading_does_not_matter(witness: Witness) -> Iterator[str]:
    """Events read late, or in another order, tell the same story."""
    assert witness.desk is not None
    rules = witness.desk.terms.promises[0].rules
    problems = [look.problem for look in witness.store.looks()]
    for gathered in gather(witness.store, problems, witness.desk.terms):
        case = gathered.case
        backwards = replace(case, events=tuple(reversed(case.events)))
        if tell_story(case, rules) != tell_story(backwards, rules):
            yield f"{case.problem} has another story when its events are read backwards"


def a_fresh_start_reads_the_same(witness: Witness) -> Iterator[str]:
    """A store that begins today holds the same history as the one that lived through it all."""
    desk = witness.desk
    assert desk is not None
    fresh = open_store(witness.folder / "fresh.db", installation="a fresh start")
    try:
        for scope in desk.terms.scopes:
            pull(desk.connectors[scope.instance], scope, fresh, desk.clock, say_nothing)
        refs = {
            r.ref
            for group in fresh.records_of([p.problem for p in desk.store.looks()]).values()
            for r in group
        }
        theirs, ours = (
            {e.source_key: e for events in store.events_on(refs, SEEN).values() for e in events}
            for store in (fresh, desk.store)
        )
        for key in sorted(theirs.keys() ^ ours.keys()):
            event = theirs.get(key) or ours[key]
            where = "missing" if key in theirs else "not to be read any more"
            yield f"{event.kind} of {event.record} ({key}) is {where}"
    finally:
        fresh.close()


class _Undo(Exception):
    pass


@contextmanager
def _undone(witness: Witness) -> Iterator[SqlStore]:
    """Do something to the store and take it back."""
    store = witness.store
    assert isinstance(store, SqlStore)
    with suppress(_Undo), store.transaction():
        yield store
        raise _Undo
