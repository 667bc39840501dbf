"""The only module that knows concrete classes: it puts the pieces together and holds the real clock."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from requests.adapters import BaseAdapter

from careloop.config import Environment, Instance, Settings, load
from careloop.config.terms import make_scopes, make_terms
from careloop.errors import FixSettings, SettingsError
from careloop.model.dialect import Dialect
from careloop.model.page import Scope
from careloop.model.person import Person
from careloop.model.record import RecordKind
from careloop.model.rules import Mode
from careloop.model.switch import Switched
from careloop.ports import Auditable, Clock, Connector, Kind, Policy, Progress, Store
from careloop.store import open_store
from careloop.store.installation import this_installation
from careloop.store.lock import run_lock
from careloop.sync.run import Desk
from careloop.sync.terms import Terms

Inner = Callable[[Instance], BaseAdapter | None]


class SystemClock:
    """The machine's clock, moved by a fixed span when the time is a platform's."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class StoppedClock:
    """The time the store last heard of, for commands that ask no platform."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, kw_only=True)
class House:
    """What commands work with: checked settings, an open store, and what is made from them on demand."""

    settings: Settings
    store: Store
    connectors: Mapping[str, Connector]
    clock: Clock

    def desk(self, tell: Progress) -> Desk:
        """Return what a cycle works with; asks the platforms how they say the common words."""
        return Desk(
            store=self.store, connectors=self.connectors, terms=self.terms(), clock=self.clock, tell=tell
        )

    def terms(self) -> Terms:
        """Return the terms, and record how far each policy is switched."""
        dialects = self._dialects()
        self.store.save_dialects(dialects)
        since = _since(self.store)
        terms = make_terms(self.settings, dialects, since)
        if _record_switches(self.settings, self.store, terms, self.clock.now()):
            terms = make_terms(self.settings, dialects, _since(self.store))
        return terms

    def known_terms(self) -> Terms:
        """Return the terms as the last run knew them; asks nobody and records nothing."""
        return make_terms(self.settings, self.store.dialects(), _since(self.store))

    def _dialects(self) -> dict[tuple[str, str], Dialect]:
        ends = {(scope.instance, scope.container) for scope in make_scopes(self.settings)}
        for link in self.settings.root.sync.links:
            ends |= {(link.left.instance, link.left.container), (link.right.instance, link.right.container)}
        return {end: self.connectors[end[0]].dialect(end[1]) for end in sorted(ends)}


def read_settings(path: Path | None, *, secrets: bool = True) -> Settings:
    """Read the settings: the path given, else what the environment says, else `careloop.yaml` here.

    Without `secrets` none is looked up: whoever only reads the store need not hold any.
    """
    environment = Environment()
    kinds = {kind.name: kind.settings for kind in connector_kinds().values()}
    variables = environment.variables if secrets else None
    return load(path or environment.config, kinds=kinds, policies=policies(), environ=variables)


@contextmanager
def open_house(
    settings: Settings,
    *,
    alone: bool = False,
    online: bool = True,
    inner: Inner | None = None,
    clock: Clock | None = None,
) -> Iterator[House]:
    """Open the store and make the connectors; `alone` holds the lock that admits one run at a time.

    `inner` gives the adapter an instance's requests go through, and `clock` the time, for those who run
    careloop inside another program.
    """
    store = open_store(settings.store, installation=this_installation(settings.store))
    try:
        given = clock or SystemClock()
        connectors = make_connectors(settings, given, inner)
        if clock is None and settings.root.clock == "platform":
            given = platform_clock(connectors, store, online=online)
            connectors = make_connectors(settings, given, inner)
        house = House(settings=settings, store=store, connectors=connectors, clock=given)
        if not alone:
            yield house
            return
        with run_lock(settings.store):
            yield house
    finally:
        store.close()


def ask_for_people(path: Path | None, name: str, first: str) -> list[Person]:
    """Ask the instances, the one called `first` first, for accounts that no record names yet.

    Needs the secrets of the settings at `path`. Returns those of the first instance that knows any; raises
    what asking raises.
    """
    connectors = make_connectors(read_settings(path), SystemClock())
    for instance in sorted(connectors, key=lambda known: known != first):
        if found := connectors[instance].find_people(name):
            return list(found)
    return []


def platform_clock(connectors: Mapping[str, Connector], store: Store, *, online: bool) -> Clock:
    """Return the platforms' time: asked for once, or the last one the store heard of."""
    if online:
        theirs = next(iter(connectors.values())).read_clock()
        return SystemClock(theirs - datetime.now(UTC))
    last = store.last_recorded()
    return StoppedClock(last) if last else SystemClock()


def make_connectors(settings: Settings, clock: Clock, inner: Inner | None = None) -> dict[str, Connector]:
    """Make one connector per instance."""
    kinds = connector_kinds()
    return {
        instance.name: kinds[instance.kind].make(
            instance.name,
            instance.section,
            clock,
            random.Random(instance.name),
            inner(instance) if inner else None,
        )
        for instance in settings.instances
    }


def find_auditable(settings: Settings, inner: Inner | None = None) -> list[tuple[Scope, Auditable]]:
    """Return what can be audited live: each table of incidents, with what reads its histories."""
    connectors = make_connectors(settings, SystemClock(), inner)
    found: list[tuple[Scope, Auditable]] = []
    for scope in make_scopes(settings):
        connector = connectors[scope.instance]
        if (
            isinstance(connector, Auditable)
            and connector.dialect(scope.container).kind is RecordKind.INCIDENT
        ):
            found.append((scope, connector))
    return found


def fixed_chance() -> random.Random:
    """Return chance that draws the same each time, so that a figure made with it can be compared."""
    return random.Random("careloop")


def connector_kinds() -> dict[str, Kind]:
    """Load the platforms that are installed, by the name they have in the settings."""
    return {kind.name: kind for kind in _load("careloop.connectors", Kind)}


def policies() -> tuple[Policy, ...]:
    """Load the policies that are installed, the built-in ones in their own order first."""
    return tuple(_load("careloop.policies", Policy))


def _load(group: str, shape: type[Any]) -> Iterator[Any]:
    for point in sorted(entry_points(group=group), key=_builtin_first):
        try:
            found = point.load()
        except Exception as error:
            raise FixSettings(f"the extension {point.value} cannot be loaded: {error}") from error
        for one in found if isinstance(found, tuple) else (found,):
            if not isinstance(one, shape):
                raise FixSettings(f"the extension {point.value} is no {shape.__name__}")
            yield one


def _builtin_first(point: EntryPoint) -> tuple[bool, str]:
    return (not point.value.startswith("careloop."), point.name)


def _since(store: Store) -> dict[str, datetime]:
    """A policy that left audit and came back starts anew."""
    since: dict[str, datetime] = {}
    for switched in store.switches():
        if switched.mode == Mode.AUDIT:
            since.pop(switched.policy, None)
        elif switched.since is not None:
            since.setdefault(switched.policy, switched.since)
    return since


def _record_switches(settings: Settings, store: Store, terms: Terms, now: datetime) -> bool:
    """Write down what changed since the last run; raises SettingsError for an act that nobody approved."""
    last = {switched.policy: switched for switched in store.switches()}
    changed = False
    for promise, section in zip(terms.promises, settings.policies, strict=True):
        name, rules = promise.policy.name, promise.rules
        if rules.mode is Mode.ACT and not rules.approved_by:
            raise SettingsError(
                f"{settings.path}: policies.{name}: mode act needs 'approved_by', who answers for it"
            )
        before = last.get(name)
        digest = replace(rules, since=None).hash
        if before is not None and (before.mode, before.rules_hash) == (rules.mode.value, digest):
            continue
        since = rules.since or (None if rules.mode is Mode.AUDIT else now)
        store.save_switch(
            Switched(
                policy=name,
                mode=rules.mode.value,
                since=since,
                rules_hash=digest,
                author=section.common.author,
                approved_by=rules.approved_by,
                at=now,
            )
        )
        changed = True
    return _record_absent(settings, store, last, now) or changed


def _record_absent(settings: Settings, store: Store, last: Mapping[str, Switched], now: datetime) -> bool:
    """A policy that was taken out of the settings is switched off: when it comes back, it starts anew."""
    known = {section.policy.name for section in settings.policies}
    gone = [one for name, one in last.items() if name not in known and one.mode != Mode.AUDIT]
    for one in gone:
        store.save_switch(replace(one, mode=Mode.AUDIT.value, since=None, at=now))
    return bool(gone)
