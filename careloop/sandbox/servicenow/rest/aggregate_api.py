"""The Aggregate API: counts and figures of what a query finds (ServiceNow docs c_AggregateAPI.md)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from careloop.sandbox.servicenow.errors import Refused, UnknownTable
from careloop.sandbox.servicenow.query.match import reader
from careloop.sandbox.servicenow.query.operators import compare_numbers
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.params import Params, read_params
from careloop.sandbox.servicenow.rest.rendering import visible
from careloop.sandbox.servicenow.rest.table_api import find
from careloop.sandbox.servicenow.store.database import Row
from careloop.sandbox.servicenow.store.dictionary import NUMBERS
from careloop.sandbox.servicenow.values import View

HIDDEN = "sandbox.aggregate.counts_hidden_rows"
"""Property of ours: whether figures include rows that the user may not read, as the total of a list does."""
_KINDS = ("avg", "min", "max", "sum")
_HAVING = re.compile(r"(count|avg|min|max|sum)\^([\w.]*)\^([<>!=]+)\^(.+)", re.IGNORECASE)


class Group(NamedTuple):
    """Rows that have the same values in the columns they are grouped by, and how those values look."""

    values: tuple[str, ...]
    shown: tuple[str, ...]
    rows: Sequence[Row]


def answer(call: Call) -> Reply:
    """Answer `/stats/<table>`."""
    if call.path["table"] not in call.engine.db.dictionary:
        raise UnknownTable(call.path["table"])
    return call.choose({"GET": lambda call: Reply(200, Aggregate(call).result())})


class Aggregate:
    """The figures that one call asks for; counts and figures are text, averages with four digits."""

    def __init__(self, call: Call) -> None:
        table = call.path["table"]
        if call.engine.rights.on_table("read", table, call.session.user) is False:
            raise Refused("Insufficient rights to query records")
        self._call = call
        self._params: Params = read_params(call.engine.db, table, call.query)
        self._groups = self._columns("sysparm_group_by")
        self._fields = {kind: self._columns(f"sysparm_{kind}_fields") for kind in _KINDS}
        self._count = call.query.get("sysparm_count", "").lower() == "true"

    def result(self) -> Any:
        """Return figures of all rows or, when grouped, of each group that meets every `having`."""
        rows = find(self._call, self._call.path["table"], self._params)
        if not self._call.engine.properties.flag(HIDDEN):
            rows = visible(rows, self._call)
        if not self._groups:
            return {"stats": self._stats(rows)}
        groups = [group for group in self._grouped(rows) if self._holds(group)]
        for key, descending in reversed(self._order()):
            groups.sort(key=key, reverse=descending)
        return [{"stats": self._stats(group.rows), "groupby_fields": self._named(group)} for group in groups]

    def _columns(self, parameter: str) -> list[str]:
        """Return the columns of a list that exist and may be read."""
        call, table = self._call, self._call.path["table"]
        return [
            name
            for name in (part.strip() for part in call.query.get(parameter, "").split(","))
            if call.engine.db.dictionary.find_column(table, name)
            and call.engine.rights.on_path("read", table, name, call.session.user)
        ]

    def _grouped(self, rows: Sequence[Row]) -> list[Group]:
        """Return the groups in the order of what their values look like."""
        engine = self._call.engine
        held: dict[tuple[str, ...], list[Row]] = {}
        for row, key in zip(
            rows, zip(*(self._values(rows, name) for name in self._groups), strict=True), strict=True
        ):
            held.setdefault(key, []).append(row)
        view = View(engine.db, engine.journal, self._call.session.user, "true", "")
        looks = view.render([members[0] for members in held.values()], lambda table: self._groups)
        groups = [
            Group(key, tuple(str(look[name]) for name in self._groups), members)
            for (key, members), look in zip(held.items(), looks, strict=True)
        ]
        return sorted(groups, key=lambda group: group.shown)

    def _stats(self, rows: Sequence[Row]) -> dict[str, Any]:
        stats: dict[str, Any] = {"count": str(len(rows))} if self._count else {}
        for kind, names in self._fields.items():
            if names:
                stats[kind] = {name: self._figure(kind, name, rows) for name in names}
        return stats

    def _figure(self, kind: str, name: str, rows: Sequence[Row]) -> str:
        column = self._call.engine.db.dictionary.column(self._call.path["table"], name)
        held = list(filter(None, self._values(rows, name)))
        if kind in ("min", "max") and column.type not in NUMBERS:
            return (min if kind == "min" else max)(held, default="")
        numbers = _numbers(held)
        match kind:
            case "avg":
                return f"{sum(numbers) / len(numbers):.4f}" if numbers else ""
            case "sum":
                return _plain(sum(numbers))
        return _plain((min if kind == "min" else max)(numbers)) if numbers else ""

    def _holds(self, group: Group) -> bool:
        for text in self._call.query.get("sysparm_having", "").split(","):
            if found := _HAVING.fullmatch(text.strip()):
                kind, name, relation, bound = found.groups()
                if self._knows(kind, name) and not compare_numbers(
                    relation, self._measure(kind.lower(), name, group), bound
                ):
                    return False
        return True

    def _order(self) -> list[tuple[Callable[[Group], Any], bool]]:
        order: list[tuple[Callable[[Group], Any], bool]] = []
        for text in self._call.query.get("sysparm_order_by", "").split(","):
            words = text.strip().split("^")
            descending = words[-1].upper() == "DESC"
            first, name = words[0].lower(), words[1] if len(words) > 1 + descending else ""
            if first in ("count", *_KINDS) and self._knows(first, name):
                order.append((self._by_figure(first, name), descending))
            elif words[0] in self._groups:
                at = self._groups.index(words[0])
                order.append((lambda group, at=at: group.shown[at], descending))  # type: ignore[misc]  # bound now
        return order

    def _knows(self, kind: str, name: str) -> bool:
        """Return whether there is something to compute: a count counts rows, whatever its column."""
        table = self._call.path["table"]
        return kind.lower() == "count" or self._call.engine.db.dictionary.find_column(table, name) is not None

    def _by_figure(self, kind: str, name: str) -> Callable[[Group], float]:
        return lambda group: float(self._measure(kind, name, group) or 0)

    def _measure(self, kind: str, name: str, group: Group) -> str:
        return str(len(group.rows)) if kind == "count" else self._figure(kind, name, group.rows)

    def _named(self, group: Group) -> list[Mapping[str, str]]:
        entries: list[Mapping[str, str]] = []
        for name, value, shown in zip(self._groups, group.values, group.shown, strict=True):
            match self._params.display:
                case "false":
                    entries.append({"field": name, "value": value})
                case "true":
                    entries.append({"field": name, "value": shown})
                case _:
                    entries.append({"field": name, "value": value, "display_value": shown})
        return entries

    def _values(self, rows: Sequence[Row], name: str) -> list[str]:
        """Return a column or path of many rows."""
        db = self._call.engine.db
        readers = {table: reader(db, table, name) for table in db.family(self._call.path["table"])}
        return [readers[table](slot) for table, slot in rows]


def _numbers(held: Sequence[str]) -> list[float]:
    numbers = []
    for value in held:
        try:
            numbers.append(float(value))
        except ValueError:
            continue
    return numbers


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
