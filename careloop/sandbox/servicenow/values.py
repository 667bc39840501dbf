"""How stored values look from outside: raw, displayed or both, with links on references.

Shapes: ServiceNow docs c_RESTAPI.md and c_TableAPI.md (`sysparm_display_value`, also for encrypted text;
`sysparm_exclude_reference_link`).
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal

from careloop.sandbox.servicenow.durations import show_duration
from careloop.sandbox.servicenow.journal import Journal
from careloop.sandbox.servicenow.query.match import reader
from careloop.sandbox.servicenow.session import User, show, show_day
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import Column
from careloop.sandbox.servicenow.store.table import Table

Display = Literal["false", "true", "all"]
GLOBAL = "global"
"""The one domain there is: a value without a row, and its own name."""
UNKNOWN = "UNKNOWN"
"""What a time shows by which something is due where nobody has said when, in every recording of a task."""
Cell = Callable[[int], Any]
Cells = Callable[[Sequence[int]], Sequence[Any]]
"""From slots to the values of one column or path there."""


class View:
    """Renders rows for one user; `link` is the address before `/<table>/<sys_id>`, empty for no links."""

    def __init__(self, db: Database, journal: Journal, user: User, display: Display, link: str) -> None:
        self._db = db
        self._journal = journal
        self._user = user
        self._display = display
        self._link = link
        self._names: dict[tuple[str, str, str], str] = {}

    def render(self, rows: Sequence[Row], columns: Callable[[Table], Sequence[str]]) -> list[dict[str, Any]]:
        """Return each row as a JSON object with the columns or paths that `columns` names for its table."""
        slots: dict[Table, list[int]] = {}
        for table, slot in rows:
            slots.setdefault(table, []).append(slot)
        shown: dict[Table, Iterator[dict[str, Any]]] = {
            table: self._objects(table, columns(table), taken) for table, taken in slots.items()
        }
        return [next(shown[table]) for table, _ in rows]

    def _objects(self, table: Table, paths: Sequence[str], slots: Sequence[int]) -> Iterator[dict[str, Any]]:
        if not paths:
            return ({} for _ in slots)
        values = [self._cells(table, path)(slots) for path in paths]
        return (dict(zip(paths, row, strict=True)) for row in zip(*values, strict=True))

    def _cells(self, table: Table, path: str) -> Cells:
        """Return how to read a whole column at once; each value is shown once, so long pages are cheap."""
        column = self._db.dictionary.column(table.name, path)
        if column.is_journal and "." not in path:
            cell = self._journal_cell(table, column)
            return lambda slots: [cell(slot) for slot in slots]
        hidden = column.type == "password" or column.holds_roles
        read = _hidden if hidden else reader(self._db, table, path)
        look = self._look(column)
        if look is None:
            return lambda slots: [read(slot) for slot in slots]

        def cells(slots: Sequence[int]) -> Sequence[Any]:
            values = [read(slot) for slot in slots]
            shown = {value: look(value) for value in set(values)}
            return [shown[value] for value in values]

        return cells

    def _look(self, column: Column) -> Callable[[str], Any] | None:
        """Return how a stored value looks, None for as it is."""
        if column.is_reference:
            return partial(self._reference, column)
        if column.is_secret and self._display == "false":
            return _encrypted
        match self._display:
            case "false":
                return None
            case "true":
                return partial(self._show, column)
        blank = None if column.choices else self._show(column, "")
        return lambda value: {
            "display_value": self._show(column, value) if value else blank,
            "value": _encrypted(value) if column.is_secret else value,
        }

    def _journal_cell(self, table: Table, column: Column) -> Cell:
        if self._display == "false":
            return _hidden
        ids = table.column("sys_id")

        def text(slot: int) -> str:
            return self._journal.text(ids[slot], column.name, self._user)

        if self._display == "true":
            return text
        return lambda slot: {"display_value": text(slot), "value": ""}

    def _reference(self, column: Column, value: str) -> Any:
        if self._display == "all":
            shown = {"display_value": self._name(column, value), "value": value}
            return {**shown, "link": self._address(column, value)} if self._link and value else shown
        if not value:
            return ""
        if not self._link:
            return value if self._display == "false" else self._name(column, value)
        if self._display == "false":
            return {"link": self._address(column, value), "value": value}
        return {"display_value": self._name(column, value), "link": self._address(column, value)}

    def _address(self, column: Column, value: str) -> str:
        return f"{self._link}/{column.reference}{f'?{column.key}=' if column.key else '/'}{value}"

    def _name(self, column: Column, value: str) -> str:
        key = (column.reference, column.key, value)
        if key not in self._names:
            shown = self._db.shown(column, value) if value else ""
            self._names[key] = shown or (GLOBAL if value == GLOBAL else "")
        return self._names[key]

    def _show(self, column: Column, value: str) -> str:
        if not value:
            return UNKNOWN if column.type == "due_date" else ""
        if column.choices:
            return column.label_of(value) or value
        match column.type:
            case "glide_date_time" | "due_date":
                return show(value, self._user)
            case "glide_date":
                return show_day(value, self._user)
            case "glide_duration":
                return show_duration(value)
            case "glide_list" if column.reference:
                return ", ".join(self._name(column, part) or part for part in value.split(","))
            case "sys_class_name" | "table_name" if value in self._db.dictionary:
                return self._db.dictionary[value].label
        return value


def _hidden(slot: int) -> str:
    return ""


def _encrypted(value: str) -> str:
    """Return what a `password2` column holds, which only its display value tells in the clear."""
    return base64.b64encode(hashlib.sha256(value.encode()).digest()).decode() if value else ""
