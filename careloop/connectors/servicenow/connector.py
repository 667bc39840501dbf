"""One ServiceNow instance as careloop's connector."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter

from careloop.connectors.servicenow.audited import AuditReader
from careloop.connectors.servicenow.check import Checker
from careloop.connectors.servicenow.client import Client, Listing, Row
from careloop.connectors.servicenow.pages import DAWN, Pages
from careloop.connectors.servicenow.people import People
from careloop.connectors.servicenow.probe import Prober
from careloop.connectors.servicenow.query import batches, both, one_of, read_stamp, since
from careloop.connectors.servicenow.records import is_older, went_on
from careloop.connectors.servicenow.rights import list_rights
from careloop.connectors.servicenow.settings import Settings, TableSettings
from careloop.connectors.servicenow.snapshots import Photographer
from careloop.connectors.servicenow.tables import Table, define
from careloop.connectors.servicenow.write import Said, Write, Writer, compose
from careloop.errors import AnswerLost, CareloopError, NotAnApi, TryAgain
from careloop.model.change import AnyChange, Link
from careloop.model.check import Check, CheckContext, Right
from careloop.model.dialect import Dialect
from careloop.model.history import HistoryPage
from careloop.model.intent import Intent, Probe, Receipt, Verdict, short_reference
from careloop.model.page import Page, Scope
from careloop.model.person import Person
from careloop.model.record import RecordRef
from careloop.model.traffic import Traffic
from careloop.ports import Clock

OVERLAP = timedelta(seconds=2)
PER_PAGE = 500  # records handed out at a time


class ServiceNow:
    """Reads and writes the tables of one instance; see `careloop.ports.Connector`.

    `inner` takes the place of the network; what goes through it is still paced, repeated and counted.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        clock: Clock,
        rng: random.Random,
        inner: BaseAdapter | None = None,
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._tables = {table.name: define(table) for table in settings.tables}
        self._client = Client(name, settings, clock, rng, inner)
        self._pages = Pages(self._client, name, settings.page_size)
        self._people = People(self._pages, clock, name, settings.login)
        self._writer = Writer(self._client, self._pages)
        self._prober = Prober(self._client, self._pages, self._writer)
        self._scopes: dict[str, Scope] = {}

    @property
    def traffic(self) -> Traffic:
        """Return what went over the wire so far."""
        return self._client.traffic

    def read_clock(self) -> datetime:
        """Return the time of the answer to one small request."""
        return self._dated(self._client.list("sys_user", "", ("sys_id",), 1).date)

    def identify(self) -> str:
        """Return the host: a clone answers under another, and no right of ours decides what is returned."""
        return urlsplit(self._settings.url).netloc.casefold()

    def dialect(self, container: str) -> Dialect:
        """Return how a table says the common words."""
        return self._table(container).dialect

    def settling(self) -> float:
        """Return how long a lost write may still be on its way, in seconds."""
        return self._settings.settling_seconds

    def check(self, context: CheckContext) -> Iterator[Check]:
        """Look for missing rights and traps, without writing."""
        tables = {scope.container: self._table(scope.container) for scope in context.scopes}
        checker = Checker(self.name, self._client, self._pages, self._people)
        return checker.run(context, tables, self._clock.now())

    def rights(self, context: CheckContext) -> Iterator[Right]:
        """Name every right the settings need."""
        tables = {scope.container: self._table(scope.container) for scope in context.scopes}
        return list_rights(self.name, context, tables)

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        """Walk what changed since `cursor`, oldest first.

        The cursor is a time of the platform up to which everything was handed out. It stays `lag_seconds`
        behind; what is newer is handed out as well, and once more in the next walk. A cursor ahead of the
        platform's clock was made before that clock was set back (a restored instance): all is read again.
        """
        photographer = self._photographer(scope)
        for rows, reached, total in self._walk(scope, photographer.fields, cursor):
            yield self._page(photographer, rows, reached, total)

    def audited(self, scope: Scope) -> Mapping[str, tuple[str, ...]]:
        """Return the columns that `histories` reads, by table, and no other ones."""
        return AuditReader(self.name, self._table(scope.container), self._pages).reads

    def histories(self, scope: Scope, cursor: str) -> Iterator[HistoryPage]:
        """Walk the histories of what changed since `cursor`, in the manner of `changes`."""
        reader = AuditReader(self.name, self._table(scope.container), self._pages)
        for rows, reached, total in self._walk(scope, reader.fields, cursor):
            histories, unread = reader.read(rows)
            yield HistoryPage(histories=histories, cursor=reached, unread=unread, total=total)

    def _walk(
        self, scope: Scope, fields: tuple[str, ...], cursor: str
    ) -> Iterator[tuple[list[Row], str, int]]:
        """Yield rows with the cursor behind them, and how many there are to read."""
        start = datetime.fromisoformat(cursor) - OVERLAP if cursor else DAWN
        first = self._first(scope, start)
        if start > self._dated(first.date):
            start = DAWN
            first = self._first(scope, start)
        end = self._dated(first.date) - timedelta(seconds=self._settings.lag_seconds)
        end = max(end.replace(microsecond=0), start)
        for rows, reached in self._pages.windows(scope.container, scope.query, fields, start, end):
            for chunk in _chunks(rows):
                done = reached.isoformat() if chunk[-1] is rows[-1] else _second(chunk[-1])
                yield chunk, done, first.total
        tail = self._pages.tail(scope.container, scope.query, fields, end)
        for chunk in _chunks(tail) if tail else [[]]:
            yield chunk, max(end, start).isoformat(), first.total

    def _first(self, scope: Scope, start: datetime) -> Listing:
        """Ask how many records there are to read, and what time it is there."""
        query = both(since("sys_updated_on", start), scope.query)
        return self._client.list(scope.container, query, ("sys_id",), 1)

    def find_people(self, name: str) -> tuple[Person, ...]:
        """Read the accounts with that user name, e-mail address or sys_id."""
        return self._people.find(name)

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        """Read single records afresh; those that are gone or hidden are missing from the page."""
        photographer = self._photographer(scope)
        ids = [ref.id for ref in refs if ref.table == scope.container]
        rows = [
            row
            for batch in batches(ids)
            for row in self._pages.all(scope.container, one_of("sys_id", batch), photographer.fields).rows
        ]
        return self._page(photographer, rows, "", len(ids))

    def push(self, change: AnyChange) -> Receipt:
        """Write one change and read the record back; a failure of the reading is AnswerLost.

        A text that an earlier attempt has left there is not written again. One that left no entry at all was
        dropped by the platform.
        """
        write, reference = self._writer.prepare(change), short_reference(change.key)
        before = self._writer.look(write, reference) if write.texts else Said("", None)
        if before.entry:
            write = replace(write, texts={})
        answered = self._writer.send(change, write)
        written = answered["sys_id"]
        try:
            if not write.texts:
                return self._receipt(write, written, before.entry or written, answered)
            after = self._writer.look(write, reference)
            receipt = self._receipt(write, written, after.entry, answered)
            dropped = not after.entry and after.count is not None and after.count == before.count
            unsaid = dict.fromkeys(write.texts, "nothing of it") if dropped else {}
            return replace(receipt, refused={**receipt.refused, **unsaid})
        except CareloopError as error:
            raise AnswerLost(
                f"{self.name}: {change.subject} was written but not read back ({error})"
            ) from error

    def probe(self, intent: Intent) -> Probe:
        """Find out whether a lost write has happened; what others did to the record since is no refusal."""
        trace = self._prober.look(intent)
        if trace.verdict is not Verdict.HAPPENED:
            return Probe(verdict=trace.verdict, why=trace.why)
        write = compose(intent.change)
        if isinstance(intent.change, Link):  # its number stands among others
            write = Write(write.table, write.id)
        receipt = self._receipt(write, trace.id, trace.entry if write.texts else trace.id)
        if receipt.record and went_on(intent.before, receipt.record.version):
            receipt = replace(receipt, refused={})
        return Probe(verdict=Verdict.HAPPENED, receipt=receipt)

    def _receipt(self, write: Write, id: str, native_id: str, answered: Row | None = None) -> Receipt:
        """Read a written row: what it holds now, and what of the write it did not take over.

        A row that is older than the answer to the write refuses nothing: others have yet to see it, so that
        is TryAgain.
        """
        known = self._scopes.get(write.table)
        scope = known or Scope(instance=self.name, container=write.table, fields=tuple(write.values))
        photographer = self._photographer(scope)
        row = self._client.get(write.table, id, (*photographer.fields, *write.values))
        if answered and is_older(row, answered):
            raise TryAgain("what can be read is still the version before it")
        return Receipt(record=photographer.record(row), native_id=native_id, refused=write.refused(row))

    def _page(self, photographer: Photographer, rows: list[Row], cursor: str, total: int | None) -> Page:
        batch = photographer.develop(rows)
        return Page(
            snapshots=batch.snapshots, people=batch.people, unread=batch.unread, cursor=cursor, total=total
        )

    def _photographer(self, scope: Scope) -> Photographer:
        table = self._table(scope.container)
        self._scopes[scope.container] = scope
        return Photographer(self.name, self._settings.url, table, scope, self._pages, self._people)

    def _table(self, name: str) -> Table:
        return self._tables.get(name) or define(TableSettings(name=name))

    def _dated(self, date: datetime | None) -> datetime:
        if date is None:
            says = f"{self.name}: {self._settings.url} sends no Date header"
            raise NotAnApi(f"{says}; a proxy in between must let it through, since reads are timed by it")
        return date


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while chunk := list(islice(rest, PER_PAGE)):
        yield chunk


def _second(row: Row) -> str:
    """Return the cursor after a row: its own second, which is then read again."""
    return read_stamp(row["sys_updated_on"]).isoformat()
