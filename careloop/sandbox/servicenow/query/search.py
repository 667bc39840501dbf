"""Which rows a query finds, in which order."""

from collections.abc import Callable, Sequence

from careloop.sandbox.servicenow.query import script
from careloop.sandbox.servicenow.query.access import Access, find_access, order_index, unite
from careloop.sandbox.servicenow.query.encoded import (
    JOIN,
    RELATED,
    TEXT,
    Condition,
    Group,
    Order,
    Query,
    parse,
)
from careloop.sandbox.servicenow.query.match import Test, compile_condition, reader
from careloop.sandbox.servicenow.query.related import compile_join, compile_related
from careloop.sandbox.servicenow.query.text import compile_text, is_text
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import NUMBERS
from careloop.sandbox.servicenow.store.found import Found, Run
from careloop.sandbox.servicenow.store.table import Table

Permit = Callable[[str, str, str], bool]
"""Whether a query may use a column: (table, path, `query_match` or `query_range`)."""

_KEPT = 8
_MATCHING = frozenset({"=", "!=", "IN", "NOT IN", "ISEMPTY", "ISNOTEMPTY", "ANYTHING", "DYNAMIC"})


def allow_all(table: str, path: str, operation: str) -> bool:
    """Permit every query."""
    return True


class Search:
    """Finds rows; keeps the last results while nothing changes, so that paging through one is cheap.

    Parts of a query that make no sense, or use a column that the user may not query, are ignored and the rest
    still runs, unless `strict()` says that nothing shall be found then (property
    `glide.invalid_query.returns_no_rows`; ServiceNow docs c_TableAPI.md).
    """

    def __init__(self, db: Database, strict: Callable[[], bool]) -> None:
        self._db = db
        self._strict = strict
        self._version = 0
        self._results: dict[tuple[str, str, str, str], Sequence[Row]] = {}

    def find(self, table: str, text: str, session: Session, permit: Permit = allow_all) -> Sequence[Row]:
        """Return the rows of a table, and of those that extend it, that an encoded query finds."""
        if self._version != self._db.version:
            self._version = self._db.version
            self._results.clear()
        moment = session.stamp if script.PREFIX in text or "RELATIVE" in text else ""
        key = (table, text, session.user.sys_id, moment)
        if key not in self._results:
            if len(self._results) >= _KEPT:
                del self._results[next(iter(self._results))]
            self._results[key] = self._find(table, parse(text), session, permit)
        return self._results[key]

    def forget(self) -> None:
        """Drop the kept results, because rights or properties changed."""
        self._results.clear()

    def matches(self, row: Row, text: str, session: Session) -> bool:
        """Return whether one row meets an encoded query."""
        table, slot = row
        groups = parse(text).groups
        tests = [self._tests(table, group, session, allow_all)[0] for group in groups]
        return not groups or any(all(test(slot) for _, test in group) for group in tests)

    def _find(self, name: str, query: Query, session: Session, permit: Permit) -> Sequence[Row]:
        order = tuple(
            o
            for o in query.order
            if self._db.dictionary.find_column(name, o.column) and permit(name, o.column, "query_range")
        )
        family = self._db.family(name)
        if len(family) > 1:
            found = [self._slots(table, query, (), session, permit, name) for table in family]
            rows = Found([run for runs in found for run in runs])
            return self._sort(list(rows), name, order) if order else rows
        runs = self._slots(family[0], query, order, session, permit, name)
        if order and not order_index(family[0], order):
            return self._sort(list(Found(runs)), name, order)
        if order and order[0].descending:
            runs = [(table, slots[::-1]) for table, slots in reversed(runs)]
        return Found(runs)

    def _slots(
        self, table: Table, query: Query, order: Sequence[Order], session: Session, permit: Permit, name: str
    ) -> list[Run]:
        """Return what the query finds in one table, in the order of the index if one has that order."""
        parts: list[Access] = []
        for group in query.groups or ((),):
            tests, valid = self._tests(table, group, session, permit, name)
            if not valid and self._strict():
                return []
            permitted = [
                any_of for any_of in group if all(permit(name, c.column, _operation(c)) for c in any_of)
            ]
            access = find_access(table, permitted, order, session, ignores_case=self._db.ignores_case())
            parts.append(access.keep(test for condition, test in tests if condition not in access.met))
        return [(table, slots) for slots in unite(parts, order_index(table, order))]

    def _tests(
        self, table: Table, group: Group, session: Session, permit: Permit, name: str = ""
    ) -> tuple[list[tuple[Condition | None, Test]], bool]:
        """Return the tests of a group, with the condition where it is a single one, and if all were valid."""
        tests: list[tuple[Condition | None, Test]] = []
        valid = True
        for any_of in group:
            compiled = [
                self._compile(table, name or table.name, condition, session, permit)
                for condition in any_of
                if permit(name or table.name, condition.column, _operation(condition))
            ]
            kept = [test for test in compiled if test]
            valid = valid and len(kept) == len(any_of)
            if kept:
                tests.append(
                    (any_of[0] if len(any_of) == 1 else None, kept[0] if len(kept) == 1 else _either(kept))
                )
        return tests, valid

    def _compile(
        self, table: Table, name: str, condition: Condition, session: Session, permit: Permit
    ) -> Test | None:
        """Return the test on rows of `table` of what is asked of `name`, whose columns alone count."""
        if not self._db.dictionary.find_column(name, condition.column):
            return None
        if condition.operator == RELATED:
            return compile_related(self._db, table, condition.value, session)
        if condition.operator == TEXT:
            columns = self._db.dictionary[name].columns.values()
            texts = (c.name for c in columns if is_text(c) and permit(name, c.name, "query_match"))
            return compile_text(table, texts, condition.value)
        if condition.operator == JOIN:
            return compile_join(self._db, table, condition.value, session)
        return compile_condition(self._db, table, condition, session)

    def _sort(self, rows: list[Row], name: str, order: tuple[Order, ...]) -> list[Row]:
        for column, descending in reversed(order):
            keys = {table.name: self._key(table, column) for table in self._db.family(name)}
            rows.sort(key=lambda row: keys[row[0].name](row[1]), reverse=descending)
        return rows

    def _key(self, table: Table, path: str) -> Callable[[int], tuple[float, str]]:
        column, read = self._db.dictionary.column(table.name, path), reader(self._db, table, path)
        if column.type in NUMBERS:
            return lambda slot: (float(read(slot) or "-inf"), "")
        if column.is_reference:
            return lambda slot: (0, self._db.shown(column, read(slot)) if read(slot) else "")
        if self._db.ignores_case():
            return lambda slot: (0, read(slot).casefold())
        return lambda slot: (0, read(slot))


def _operation(condition: Condition) -> str:
    return "query_match" if condition.operator in _MATCHING else "query_range"


def _either(tests: list[Test]) -> Test:
    return lambda slot: any(test(slot) for test in tests)
