"""Which rows a query finds, in which order."""

from collections.abc import Callable, Iterable, Sequence

from careloop.sandbox.servicenow.query import script
from careloop.sandbox.servicenow.query.encoded import RELATED, AnyOf, Condition, Group, Order, Query, parse
from careloop.sandbox.servicenow.query.match import Test, compile_condition, reader, span_of
from careloop.sandbox.servicenow.query.related import compile_related
from careloop.sandbox.servicenow.query.spans import Span
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import NUMBERS
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
        self._results: dict[tuple[str, str, str, str], list[Row]] = {}

    def find(self, table: str, text: str, session: Session, permit: Permit = allow_all) -> list[Row]:
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
        return not groups or any(all(test(slot) for test in group) for group in tests)

    def _find(self, name: str, query: Query, session: Session, permit: Permit) -> list[Row]:
        order = tuple(
            o
            for o in query.order
            if self._db.dictionary.find_column(name, o.column) and permit(name, o.column, "query_range")
        )
        family = self._db.family(name)
        ordered = _index_order(family, order)
        rows: list[Row] = []
        for table in family:
            found = self._slots(table, query, session, permit, name)
            rows += [(table, slot) for slot in (_in_index_order(table, found, ordered) if ordered else found)]
        return rows if ordered else self._sort(rows, name, order)

    def _slots(
        self, table: Table, query: Query, session: Session, permit: Permit, name: str
    ) -> Sequence[int]:
        if not query.groups:
            return tuple(table.slots())
        found: list[int] = []
        for group in query.groups:
            tests, valid = self._tests(table, group, session, permit, name)
            if not valid and self._strict():
                return ()
            candidates: Iterable[int] = self._candidates(table, group, session, permit, name)
            for test in tests:
                candidates = filter(test, candidates)
            found += candidates
        return found if len(query.groups) == 1 else tuple(dict.fromkeys(found))

    def _tests(
        self, table: Table, group: Group, session: Session, permit: Permit, name: str = ""
    ) -> tuple[list[Test], bool]:
        """Return the tests of a group and whether all of its parts were valid."""
        tests, valid = [], True
        for any_of in group:
            compiled = [
                self._compile(table, condition, session)
                for condition in any_of
                if permit(name or table.name, condition.column, _operation(condition))
            ]
            kept = [test for test in compiled if test]
            valid = valid and len(kept) == len(any_of)
            if kept:
                tests.append(kept[0] if len(kept) == 1 else _either(kept))
        return tests, valid

    def _compile(self, table: Table, condition: Condition, session: Session) -> Test | None:
        if condition.operator == RELATED:
            return compile_related(self._db, table, condition.value, session)
        return compile_condition(self._db, table, condition, session)

    def _candidates(
        self, table: Table, group: Group, session: Session, permit: Permit, name: str
    ) -> Iterable[int]:
        """Return few enough rows to test: by id, by index, by a span of the ordered column, or else all."""
        low: tuple[str, str] | None = None
        high: tuple[str, str] | None = None
        for any_of in group:
            if len(any_of) > 1 or not permit(name, any_of[0].column, _operation(any_of[0])):
                continue
            if (exact := _exact(table, any_of)) is not None:
                return exact
            span = self._ordered_span(table, any_of[0], session)
            if span:
                low = max(low or (span.low, ""), (span.low, ""))
                high = min(high or (span.high, ""), (span.high, ""))
        return table.order.between(low, high) if low else tuple(table.slots())

    def _ordered_span(self, table: Table, condition: Condition, session: Session) -> Span | None:
        if condition.column != table.type.ordered_by:
            return None
        try:
            return span_of(table.type.columns[condition.column], condition, session)
        except ValueError:
            return None

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
            return lambda slot: (0, self._db.display(column.reference, read(slot)) if read(slot) else "")
        return lambda slot: (0, read(slot))


def _operation(condition: Condition) -> str:
    return "query_match" if condition.operator in _MATCHING else "query_range"


def _either(tests: list[Test]) -> Test:
    return lambda slot: any(test(slot) for test in tests)


def _exact(table: Table, any_of: AnyOf) -> Sequence[int] | None:
    column, operator, value = any_of[0]
    if operator not in ("=", "IN") or not value or script.PREFIX in value:
        return None
    values = value.split(",") if operator == "IN" else [value]
    if column == "sys_id":
        return sorted({slot for part in values if (slot := table.find(part)) is not None})
    index = table.equal(column)
    return sorted({slot for part in values for slot in index.get(part)}) if index else None


def _index_order(family: list[Table], order: tuple[Order, ...]) -> str:
    """Return `up` or `down` when the table's own order index answers this order, else nothing."""
    if len(family) > 1 or not order or order[0].column != family[0].type.ordered_by:
        return ""
    if len(order) == 1:
        return "down" if order[0].descending else "up"
    same = order[1] == Order("sys_id", order[0].descending)
    return ("down" if order[0].descending else "up") if same else ""


def _in_index_order(table: Table, slots: Sequence[int], direction: str) -> Sequence[int]:
    keys, ids = table.column(table.type.ordered_by), table.column("sys_id")
    if len(slots) == len(table):
        ordered: Sequence[int] = table.order.between(None, None)
        return ordered if direction == "up" else ordered[::-1]
    return sorted(slots, key=lambda slot: (keys[slot], ids[slot]), reverse=direction == "down")
