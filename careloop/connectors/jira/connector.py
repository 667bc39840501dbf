"""The Jira connector: one site behind the seam that careloop works through."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime

from requests.adapters import BaseAdapter

from careloop.connectors.http import Network, Transport
from careloop.connectors.jira.check import check
from careloop.connectors.jira.client import Client, reads
from careloop.connectors.jira.directory import find_people
from careloop.connectors.jira.probe import probe
from careloop.connectors.jira.reader import Reader
from careloop.connectors.jira.rights import rights
from careloop.connectors.jira.settings import Settings
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.write import push
from careloop.model.change import AnyChange
from careloop.model.check import Check, CheckContext, Right
from careloop.model.dialect import Dialect
from careloop.model.intent import Intent, Probe, Receipt
from careloop.model.page import Page, Scope
from careloop.model.person import Person
from careloop.model.record import RecordRef
from careloop.model.traffic import Traffic
from careloop.ports import Clock


class Jira:
    """One Jira site; nothing is sent before the first call that needs it. See `careloop.ports.Connector`."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        clock: Clock,
        rng: random.Random,
        inner_adapter: BaseAdapter | None = None,
    ) -> None:
        self.name = name
        self._transport = Transport(
            inner_adapter or Network(settings.ca),
            clock=clock,
            name=name,
            rng=rng,
            timeout=settings.timeout,
            rate=settings.rate,
            reads=reads,
        )
        self._clock = clock
        self._client = Client(name, settings, self._transport)
        self._site = Site(self._client, settings)
        self._reader = Reader(self._site, clock)

    @property
    def traffic(self) -> Traffic:
        """Return what went over the wire so far."""
        return self._transport.traffic

    def read_clock(self) -> datetime:
        return self._client.read_clock()

    def identify(self) -> str:
        return str(self._client.get("serverInfo")["baseUrl"])

    def dialect(self, container: str) -> Dialect:
        return self._site.dialect(container)

    def settling(self) -> float:
        return self._site.settings.settling_seconds

    def check(self, context: CheckContext) -> Iterator[Check]:
        return check(self._site, self._clock, context)

    def rights(self, context: CheckContext) -> Iterator[Right]:
        return rights(self.name, context)

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        return self._reader.changes(scope, cursor)

    def find_people(self, name: str) -> tuple[Person, ...]:
        return find_people(self._site, name)

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        return self._reader.fetch(refs, scope)

    def push(self, change: AnyChange) -> Receipt:
        return push(self._site, self._reader, change)

    def probe(self, intent: Intent) -> Probe:
        return probe(self._site, self._reader, intent)
