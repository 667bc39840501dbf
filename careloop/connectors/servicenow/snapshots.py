"""Rows of a table with all that belongs to them: history, comments, people, and the rules they match."""

from collections.abc import Sequence
from dataclasses import dataclass

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.history import AUDIENCES, AUDIT, CHECKPOINT, JOURNAL, Historian, by_column
from careloop.connectors.servicenow.journal import Style, read_entries
from careloop.connectors.servicenow.pages import Pages, Whole
from careloop.connectors.servicenow.people import People
from careloop.connectors.servicenow.query import batches, both, one_of
from careloop.connectors.servicenow.records import Reader
from careloop.connectors.servicenow.tables import Table
from careloop.errors import RightMissing, UnreadableRecord
from careloop.model.page import Scope, Snapshot, Unread
from careloop.model.person import Person
from careloop.model.record import Record

_NOTHING = Whole([], 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records as they are now, and the people in them."""

    snapshots: tuple[Snapshot, ...]
    people: tuple[Person, ...]
    unread: tuple[Unread, ...]


class Photographer:
    """Makes snapshots of rows of one table within one scope."""

    def __init__(
        self, instance: str, url: str, table: Table, scope: Scope, pages: Pages, people: People
    ) -> None:
        self._table = table
        self._scope = scope
        self._pages = pages
        self._people = people
        self._reader = Reader(instance, url, table, scope.fields)
        self._historian = Historian(instance, table, people)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the columns to read of each row."""
        return self._reader.fields

    def record(self, row: Row) -> Record:
        """Return the record a row describes; raises UnreadableRecord."""
        return self._reader.read(row, self._matches([row["sys_id"]]).get(row["sys_id"], ()))

    def develop(self, rows: Sequence[Row]) -> Batch:
        """Return the snapshots of rows; what cannot be made sense of is named, and the rest goes on."""
        if not rows:
            return Batch((), (), ())
        ids = [row["sys_id"] for row in rows]
        audit, journal = self._audit(ids), self._journal(ids)
        names = {row["user"] for row in audit.rows} | {row["sys_created_by"] for row in journal}
        natives = {native for row in rows for native in self._reader.people(row)}
        self._people.load(natives, names)
        matches = self._matches(ids)
        audits, journals = by_column(audit.rows, "documentkey"), by_column(journal, "element_id")
        snapshots: list[Snapshot] = []
        unread: list[Unread] = []
        for row in rows:
            id = row["sys_id"]
            try:
                record = self._reader.read(row, matches.get(id, ()))
                told = self._historian.tell(record, row, audits.get(id, ()))
                comments = self._historian.comments(record, journals.get(id, ()))
            except (UnreadableRecord, ValueError) as error:
                unread.append(
                    Unread(instance=self._scope.instance, container=self._table.name, id=id, why=str(error))
                )
                continue
            observed = told.whole and not audit.hidden
            snapshots.append(
                Snapshot(record=record, observed=observed, events=told.events, comments=comments)
            )
        return Batch(tuple(snapshots), self._people.persons(natives, names), tuple(unread))

    def _audit(self, ids: Sequence[str]) -> Whole:
        query = one_of("fieldname", self._table.audited)
        try:
            return _intact(
                self._pages.by_ids("sys_audit", "documentkey", ids, (*AUDIT, CHECKPOINT), query), AUDIT
            )
        except RightMissing:
            return _NOTHING

    def _journal(self, ids: Sequence[str]) -> list[Row]:
        """Return journal entries; where their table is closed to us, as far as the display tells."""
        query = one_of("element", AUDIENCES)
        try:
            found = _intact(
                self._pages.by_ids("sys_journal_field", "element_id", ids, JOURNAL, query), JOURNAL
            )
        except RightMissing:
            found = _NOTHING
        if found.rows or not found.hidden:
            return found.rows
        style = Style.of(self._people.own())
        shown = self._pages.displayed(self._table.name, ids, ("sys_id", *AUDIENCES))
        return [
            entry
            for row in shown
            for element in AUDIENCES
            for entry in read_entries(row["sys_id"], element, row.get(element, ""), style)
        ]

    def _matches(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Return which of the scope's selections each id satisfies, as the platform sees it."""
        matches: dict[str, list[str]] = {}
        for name, query in self._scope.selections.items():
            for batch in batches(ids):
                found = self._pages.all(self._table.name, both(one_of("sys_id", batch), query), ("sys_id",))
                for row in found.rows:
                    matches.setdefault(row["sys_id"], []).append(name)
        return matches


def _intact(found: Whole, columns: tuple[str, ...]) -> Whole:
    """Count rows of which a column is hidden from us among the hidden ones."""
    rows = [row for row in found.rows if row.keys() >= set(columns)]
    return Whole(rows, found.hidden + len(found.rows) - len(rows))
