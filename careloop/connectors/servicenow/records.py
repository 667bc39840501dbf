"""Rows of task tables as records."""

from collections.abc import Iterable
from datetime import datetime

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.query import read_stamp
from careloop.connectors.servicenow.tables import HOLD, Table
from careloop.errors import UnreadableRecord
from careloop.model.person import person_id
from careloop.model.record import Record, RecordRef

OURS = "careloop"  # stands in correlation_display where correlation_id is the number of a record we linked
SEPARATOR = ", "  # between the numbers of several
OUR_KEY = f"{OURS} key"  # and where it is only the key of the change that made the record
PEOPLE = ("requester", "affected", "opened_by", "assignee", "resolver")


class Reader:
    """Turns the rows of one table of one instance into records."""

    def __init__(self, instance: str, url: str, table: Table, mapped: tuple[str, ...]) -> None:
        self._instance = instance
        self._url = url
        self._table = table
        self._mapped = mapped
        self.fields = tuple(sorted({*table.fields, *mapped}))

    def read(self, row: Row, matches: Iterable[str]) -> Record:
        """Return the record a row describes; raises UnreadableRecord when it makes no sense."""
        try:
            return self._read(row, tuple(matches))
        except (KeyError, ValueError) as error:
            why = f"{self._table.name} {row.get('number') or row.get('sys_id') or '?'}"
            if isinstance(error, KeyError):
                raise UnreadableRecord(
                    f"{why}: column {error} is missing or hidden from our account"
                ) from error
            raise UnreadableRecord(f"{why}: {error}") from error

    def people(self, row: Row) -> set[str]:
        """Return the sys_ids of everybody a row names."""
        columns = (self._table.columns.get(name, "") for name in PEOPLE)
        return {row[column] for column in columns if row.get(column)}

    def _read(self, row: Row, matches: tuple[str, ...]) -> Record:
        table = self._table
        native = row["state"]
        state = table.state(native, row.get(HOLD, ""))
        if state is None:
            raise ValueError(
                f"state {native!r} is unknown; name it under states of this table in the settings"
            )
        if not row["sys_id"] or not row["number"]:
            raise ValueError("it has no sys_id or no number")

        def text(name: str) -> str:
            return row.get(table.columns.get(name, ""), "")

        def person(name: str) -> str | None:
            return person_id(self._instance, text(name)) if text(name) else None

        def moment(name: str) -> datetime | None:
            return read_stamp(text(name)) if text(name) else None

        due = moment("due")
        return Record(
            ref=RecordRef(self._instance, table.name, row["sys_id"]),
            container=table.name,
            number=row["number"],
            kind=table.kind,
            state=state,
            native_state=native,
            version=version(row),
            updated=read_stamp(row["sys_updated_on"]),
            created=read_stamp(row["sys_created_on"]),
            title=text("title"),
            requester=person("requester"),
            affected=person("affected"),
            opened_by=person("opened_by"),
            assignee=person("assignee"),
            group=text("group") or None,
            resolver=person("resolver"),
            opened_at=moment("opened_at"),
            resolved_at=moment("resolved_at"),
            closed_at=moment("closed_at"),
            close_code=text("close_code"),
            close_notes=text("close_notes"),
            category=text("category"),
            subcategory=text("subcategory"),
            service=text("service"),
            contact_type=text("contact_type"),
            priority=text("priority"),
            parent=text("parent") or None,
            due=due.date() if due else None,
            domain=text("domain"),
            url=f"{self._url}/nav_to.do?uri={table.name}.do?sys_id={row['sys_id']}",
            matches=matches,
            references=references(row),
            fields={name: row[name] for name in self._mapped if name in row},
        )


def version(row: Row) -> str:
    """Return what tells versions of a row apart: its update count and its time."""
    return f"{row.get('sys_mod_count', '')}@{row.get('sys_updated_on', '')}"


def references(row: Row) -> tuple[str, ...]:
    """Return the numbers of the records elsewhere that a row is correlated with; keys of ours are none."""
    if row.get("correlation_display") == OUR_KEY:
        return ()
    return tuple(number for number in row.get("correlation_id", "").split(SEPARATOR) if number)
