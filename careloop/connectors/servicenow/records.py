"""Rows of task tables as records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.query import read_stamp
from careloop.connectors.servicenow.tables import HOLD, Table
from careloop.errors import UnreadableRecord
from careloop.model.person import person_id
from careloop.model.record import Record, RecordRef, State

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
        named = _Named(row, self._table, self._instance)
        return Record(
            ref=RecordRef(self._instance, self._table.name, _required(row, "sys_id")),
            container=self._table.name,
            number=_required(row, "number"),
            kind=self._table.kind,
            state=self._state(row),
            native_state=row["state"],
            version=version(row),
            updated=read_stamp(row["sys_updated_on"]),
            created=read_stamp(row["sys_created_on"]),
            title=named.text("title"),
            requester=named.person("requester"),
            affected=named.person("affected"),
            opened_by=named.person("opened_by"),
            assignee=named.person("assignee"),
            group=named.text("group") or None,
            group_name=row.get(f"{self._table.columns.get('group')}.name", ""),
            resolver=named.person("resolver"),
            opened_at=named.moment("opened_at"),
            resolved_at=named.moment("resolved_at"),
            closed_at=named.moment("closed_at"),
            close_code=named.text("close_code"),
            close_notes=named.text("close_notes"),
            category=named.text("category"),
            subcategory=named.text("subcategory"),
            service=named.text("service"),
            contact_type=named.text("contact_type"),
            priority=named.text("priority"),
            parent=named.text("parent") or None,
            due=named.day("due"),
            domain=named.text("domain"),
            url=f"{self._url}/nav_to.do?uri={self._table.name}.do?sys_id={row['sys_id']}",
            matches=matches,
            references=references(row),
            fields={name: row[name] for name in self._mapped if name in row},
        )

    def _state(self, row: Row) -> State:
        state = self._table.state(row["state"], row.get(HOLD, ""))
        if state is None:
            raise ValueError(f"state {row['state']!r} is unknown; name it under states of this table")
        return state


def _required(row: Row, column: str) -> str:
    if not row[column]:
        raise ValueError(f"its {column} is empty")
    return row[column]


@dataclass(frozen=True, slots=True)
class _Named:
    """The values of a row by common name; a column that a table lacks reads as empty."""

    row: Row
    table: Table
    instance: str

    def text(self, name: str) -> str:
        return self.row.get(self.table.columns.get(name, ""), "")

    def person(self, name: str) -> str | None:
        native = self.text(name)
        return person_id(self.instance, native) if native else None

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        return read_stamp(text) if text else None

    def day(self, name: str) -> date | None:
        moment = self.moment(name)
        return moment.date() if moment else None


def version(row: Row) -> str:
    """Return what tells versions of a row apart: its update count and its time."""
    return f"{row.get('sys_mod_count', '')}@{row.get('sys_updated_on', '')}"


def is_older(row: Row, other: Row) -> bool:
    """Tell whether a row was read before the update that another reading of it shows."""
    first, last = row.get("sys_mod_count", ""), other.get("sys_mod_count", "")
    return first.isdecimal() and last.isdecimal() and int(first) < int(last)


def went_on(before: str, after: str) -> bool:
    """Tell whether a row was updated more than once between two of its versions."""
    first, last = (version.partition("@")[0] for version in (before, after))
    return first.isdecimal() and last.isdecimal() and int(last) > int(first) + 1


def references(row: Row) -> tuple[str, ...]:
    """Return the numbers of the records elsewhere that a row is correlated with; keys of ours are none."""
    if row.get("correlation_display") == OUR_KEY:
        return ()
    return tuple(number for number in row.get("correlation_id", "").split(SEPARATOR) if number)
