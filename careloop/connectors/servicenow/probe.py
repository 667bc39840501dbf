"""Whether a write whose answer was lost has happened: read, never written."""

from dataclasses import dataclass

from careloop.connectors.servicenow.client import Client, Row
from careloop.connectors.servicenow.pages import Pages
from careloop.connectors.servicenow.query import both, equals
from careloop.connectors.servicenow.records import OUR_KEY, references, version
from careloop.connectors.servicenow.write import Write, Writer, compose
from careloop.errors import RecordMissing, RightMissing
from careloop.model.change import Contact, Create, Link
from careloop.model.intent import Intent, Verdict

_STAMPS = ("sys_id", "sys_mod_count", "sys_updated_on")


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of a lost write; where it happened, the sys_ids of the row and of its journal entry."""

    verdict: Verdict
    id: str = ""
    entry: str = ""
    why: str = ""


class Prober:
    """Looks for the traces of lost writes."""

    def __init__(self, client: Client, pages: Pages, writer: Writer) -> None:
        self._client = client
        self._pages = pages
        self._writer = writer

    def look(self, intent: Intent) -> Trace:
        """Return the verdict on an intent."""
        change = intent.change
        if isinstance(change, Contact) and change.channel != "comment":
            return Trace(Verdict.UNKNOWN, why=f"ServiceNow does not know of a {change.channel}")
        write = compose(change)
        if isinstance(change, Create):
            return self._look_for_row(intent, write)
        try:
            row = self._client.get(write.table, write.id, (*_STAMPS, *write.values))
        except RecordMissing as error:
            return Trace(Verdict.UNKNOWN, why=str(error))
        if write.texts:
            return self._look_for_entry(intent, write, row)
        linked = isinstance(change, Link) and change.title in references(row)
        if linked or not write.refused(row):
            return Trace(Verdict.HAPPENED, write.id)
        return _undone(intent, row)

    def _look_for_row(self, intent: Intent, write: Write) -> Trace:
        """Look for a new row under the sys_id we chose, then for one that carries our key."""
        ours = both(equals("correlation_id", intent.reference), equals("correlation_display", OUR_KEY))
        columns = ("sys_id", "correlation_id")
        try:
            found = self._pages.all(write.table, equals("sys_id", write.id), columns)
            if not found.rows and not found.hidden:
                found = self._pages.all(write.table, ours, columns)
        except RightMissing as error:
            return Trace(Verdict.UNKNOWN, why=str(error))
        for row in found.rows:
            if row["sys_id"] == write.id or row["correlation_id"] == intent.reference:
                return Trace(Verdict.HAPPENED, row["sys_id"])
        if found.hidden:
            return Trace(Verdict.UNKNOWN, why=f"the new row of {write.table} is hidden from our account")
        return Trace(Verdict.ABSENT)

    def _look_for_entry(self, intent: Intent, write: Write, row: Row) -> Trace:
        """Look for a text of ours; a row whose update count stands still has received none."""
        said = self._writer.look(write, intent.reference)
        if said.entry:
            return Trace(Verdict.HAPPENED, write.id, said.entry)
        if said.count is None and version(row) != intent.before:
            why = f"sys_journal_field of {write.table} {write.id} cannot be read"
            return Trace(Verdict.UNKNOWN, why=why)
        return _undone(intent, row) if write.values else Trace(Verdict.ABSENT)


def _undone(intent: Intent, row: Row) -> Trace:
    return Trace(Verdict.ABSENT if version(row) == intent.before else Verdict.OVERTAKEN)
