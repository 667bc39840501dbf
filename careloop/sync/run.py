"""One cycle: recover, pull, join, plan, apply."""

from collections.abc import Mapping
from dataclasses import dataclass

from careloop.errors import StoreNotOurs
from careloop.model.change import AnyChange
from careloop.model.plan import Plan
from careloop.model.traffic import Traffic
from careloop.ports import Clock, Connector, Progress, Store
from careloop.sync.apply import Applied, Hands, apply_plan
from careloop.sync.plan import make_plan
from careloop.sync.pull import Pulled, pull
from careloop.sync.recover import Recovered, recover, release_letters
from careloop.sync.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """What one cycle did; `plan` is what was decided, `applied` what came of it, `traffic` what it cost."""

    recovered: Recovered
    released: tuple[AnyChange, ...]
    pulled: tuple[Pulled, ...]
    plan: Plan
    applied: Applied
    traffic: Mapping[str, Traffic]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything a cycle works with, put together by wiring."""

    store: Store
    connectors: Mapping[str, Connector]
    terms: Terms
    clock: Clock
    tell: Progress

    @property
    def hands(self) -> Hands:
        """Return what applying a plan needs."""
        return Hands(
            store=self.store, connectors=self.connectors, terms=self.terms, clock=self.clock, tell=self.tell
        )


def refuse_strangers(desk: Desk) -> None:
    """Bind the store to its instances at first sight; raise StoreNotOurs when one was exchanged."""
    known = desk.store.identities()
    for name, connector in desk.connectors.items():
        identity = connector.identify()
        if name not in known:
            desk.store.save_identity(name, identity)
        elif known[name] != identity:
            raise StoreNotOurs(
                f"instances.{name}: the store belongs to {known[name]}, but {identity} answers (a clone?); "
                "nothing was read or written. Point the settings back, use another store, or accept it "
                "with 'careloop bind'"
            )


def pull_all(desk: Desk, *, afresh: bool = False) -> tuple[Pulled, ...]:
    """Pull every scope; records that name each other are joined."""
    return tuple(
        pull(
            desk.connectors[scope.instance],
            scope,
            desk.store,
            desk.clock,
            desk.tell,
            links=desk.terms.links,
            afresh=afresh,
        )
        for scope in desk.terms.scopes
    )


def prepare(
    desk: Desk, *, afresh: bool = False
) -> tuple[Recovered, tuple[AnyChange, ...], tuple[Pulled, ...]]:
    """Find out what became of unfinished writes, pull, and free letters whose records changed."""
    refuse_strangers(desk)
    recovered = recover(desk.store, desk.connectors, desk.terms, desk.clock)
    pulled = pull_all(desk, afresh=afresh)
    return recovered, tuple(release_letters(desk.store)), pulled


def plan_once(desk: Desk, *, afresh: bool = False) -> tuple[Plan, tuple[Pulled, ...]]:
    """Pull and plan; nothing is written outside the store."""
    _, _, pulled = prepare(desk, afresh=afresh)
    return make_plan(desk.store, desk.terms, desk.clock.now(), desk.tell), pulled


def run_cycle(desk: Desk, *, afresh: bool = False) -> Cycle:
    """Do everything once; raises LimitExceeded before the first write when the plan is too large."""
    recovered, released, pulled = prepare(desk, afresh=afresh)
    plan = make_plan(desk.store, desk.terms, desk.clock.now(), desk.tell)
    applied = apply_plan(plan, desk.hands)
    traffic = {name: connector.traffic for name, connector in desk.connectors.items()}
    return Cycle(
        recovered=recovered, released=released, pulled=pulled, plan=plan, applied=applied, traffic=traffic
    )
