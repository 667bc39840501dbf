"""Writes whose answer was lost, by a crash or on the way, and letters whose cause may be gone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from careloop.errors import RecordFailed, TryAgain
from careloop.model.change import AnyChange
from careloop.model.intent import Intent, IntentState, Receipt, Verdict
from careloop.ports import Clock, Connector, Store
from careloop.sync.link import problems_around
from careloop.sync.outcome import record_done, record_parked, versions_of
from careloop.sync.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What became of writes without an answer, by their changes."""

    happened: tuple[AnyChange, ...] = ()
    freed: tuple[AnyChange, ...] = ()
    parked: tuple[AnyChange, ...] = ()
    settling: tuple[AnyChange, ...] = ()


def recover(store: Store, connectors: Mapping[str, Connector], terms: Terms, clock: Clock) -> Recovered:
    """Probe every write without an outcome that has had time to settle.

    One that happened is recorded as done; one that surely did not is forgotten, so that the next plan demands
    it anew with the same key; one that was overtaken is forgotten too and decided afresh; what cannot be
    known is parked for a person.
    """
    found: dict[str, list[AnyChange]] = {"happened": [], "freed": [], "parked": [], "settling": []}
    for intent in store.intents(IntentState.SENT.value):
        connector = connectors.get(intent.change.written_to)
        if connector is None:
            record_parked(store, intent, "its instance is no longer in the settings", clock.now())
            found["parked"].append(intent.change)
            continue
        settled_at = intent.sent_at + timedelta(seconds=connector.settling())
        fate = (
            "settling" if clock.now() < settled_at else _probe(intent, connector, store, terms, clock.now())
        )
        found[fate].append(intent.change)
    return Recovered(**{name: tuple(changes) for name, changes in found.items()})


def _probe(intent: Intent, connector: Connector, store: Store, terms: Terms, now: datetime) -> str:
    try:
        probe = connector.probe(intent)
    except TryAgain:
        return "settling"  # the platform cannot be asked now; the write stays unknown until it can
    except RecordFailed as error:
        record_parked(store, intent, f"nobody can tell whether it was written: {error}", now)
        return "parked"
    match probe.verdict:
        case Verdict.HAPPENED:
            waiting = record_done(store, terms, intent, probe.receipt or Receipt(), now)
            return "parked" if waiting and waiting.state is IntentState.PARKED else "happened"
        case Verdict.ABSENT | Verdict.OVERTAKEN:
            free(store, intent)
            return "freed"
        case Verdict.AGAIN:
            store.settle(replace(intent, looks=intent.looks + 1))
            return "settling"
        case Verdict.UNKNOWN:
            record_parked(store, intent, probe.why, now)
            return "parked"


def release_letters(store: Store) -> list[AnyChange]:
    """Free the letters of problems one of whose records changed since they failed."""
    freed: list[AnyChange] = []
    for intent in store.intents(IntentState.FAILED.value):
        if intent.versions != versions_of(store, intent.change):
            free(store, intent)
            freed.append(intent.change)
    return freed


def free(store: Store, intent: Intent) -> None:
    """Forget an intent and have its problem looked at, so that the same demand may be planned again."""
    with store.transaction():
        store.forget(intent.key)
        _unblock(store, intent)


def drop(store: Store, intent: Intent) -> None:
    """Give a demand up for good; the same fact never demands it again, and what waited behind it may go."""
    with store.transaction():
        store.settle(replace(intent, state=IntentState.DROPPED))
        _unblock(store, intent)


def _unblock(store: Store, intent: Intent) -> None:
    """Have every problem looked at that may wait behind an intent: a record can be shared by several."""
    store.look_again({intent.change.problem, *problems_around(store, [intent.change.subject])})
