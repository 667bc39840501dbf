"""The cheapest way to the rows of one table that may meet a group of conditions."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from careloop.sandbox.servicenow.query import script
from careloop.sandbox.servicenow.query.encoded import AnyOf, Condition, Order
from careloop.sandbox.servicenow.query.match import span_of
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.index import OrderIndex
from careloop.sandbox.servicenow.store.table import Table

_LAST = "\U0010ffff"
"""Sorts behind every sys_id."""

Key = tuple[str, str]


class Access(NamedTuple):
    """Slots to test, and the conditions that all of them meet already.

    They are `in_order` when they come from the index that the query is ordered by, and `whole` as long as no
    test has made holes in that stretch.
    """

    slots: Sequence[int]
    met: frozenset[Condition] = frozenset()
    in_order: bool = False
    whole: bool = False

    def keep(self, tests: Iterable[Callable[[int], bool]]) -> "Access":
        """Return what is left after some tests."""
        slots: Iterable[int] = self.slots
        for test in tests:
            slots = filter(test, slots)
        return self if slots is self.slots else Access(list(slots), self.met, self.in_order)


def order_index(table: Table, order: Sequence[Order]) -> OrderIndex | None:
    """Return the index that has a table in this order or the reverse of it; ties go by sys_id."""
    if not order or (index := table.ordered_by(order[0].column)) is None:
        return None
    settled = (
        len(order) == 1 or order[0].column == "sys_id" or order[1] == Order("sys_id", order[0].descending)
    )
    return index if settled else None


def find_access(
    table: Table, group: Sequence[AnyOf], order: Sequence[Order], session: Session, *, ignores_case: bool
) -> Access:
    """Return where to look: by id, by an indexed value, in a stretch of an order, or everywhere.

    `group` holds only conditions that the user may use. An index of values helps only where case counts.
    """
    single = [any_of[0] for any_of in group if len(any_of) == 1]
    for condition in single:
        usable = condition.column == "sys_id" or not ignores_case
        if usable and (exact := _exact(table, condition)) is not None:
            return Access(exact)
    index = order_index(table, order)
    leading = order[0].column if index and order else ""
    for name in filter(None, dict.fromkeys((leading, table.type.ordered_by, "sys_id"))):
        bounds = {c: found for c in single if c.column == name and (found := _bounds(table, c, session))}
        if bounds and (named := table.ordered_by(name)):
            low, high = max(b[0] for b in bounds.values()), min(b[1] for b in bounds.values())
            return Access(named.between(low, high), frozenset(bounds), named is index, named is index)
    if index:
        return Access(index.between(None, None), in_order=True, whole=True)
    return Access(tuple(table.slots()))


def unite(parts: Sequence[Access], index: OrderIndex | None) -> list[Sequence[int]]:
    """Return the slots of several groups once each, in the order of the index where there is one.

    What a group takes as a whole stretch of the index stays as it is; the few others go before and behind it.
    """
    if len(parts) == 1 and (index is None or parts[0].in_order):
        return [parts[0].slots]
    if index is None:
        return [tuple(dict.fromkeys(slot for part in parts for slot in part.slots))]
    longest = max(parts, key=lambda part: len(part.slots) if part.whole else -1)
    if not longest.whole or not longest.slots:
        return [index.sort({slot for part in parts for slot in part.slots})]
    others = {slot for part in parts if part is not longest for slot in part.slots}
    first, last = index.key(longest.slots[0]), index.key(longest.slots[-1])
    before = index.sort(slot for slot in others if index.key(slot) < first)
    return [before, longest.slots, index.sort(slot for slot in others if index.key(slot) > last)]


def _bounds(table: Table, condition: Condition, session: Session) -> tuple[Key, Key] | None:
    """Return the stretch [low, high) of an order index that a condition stands for."""
    column, operator, value = condition
    if column != "sys_id":
        try:
            span = span_of(table.type.columns[column], condition, session)
        except ValueError:
            return None
        return ((span.low, ""), (span.high, "")) if span else None
    if not value or script.PREFIX in value:
        return None
    match operator:
        case ">":
            return (value, _LAST), (_LAST, "")
        case ">=":
            return (value, ""), (_LAST, "")
        case "<":
            return ("", ""), (value, "")
        case "<=":
            return ("", ""), (value, _LAST)
    return None


def _exact(table: Table, condition: Condition) -> Sequence[int] | None:
    column, operator, value = condition
    if operator not in ("=", "IN") or not value or script.PREFIX in value:
        return None
    values = value.split(",") if operator == "IN" else [value]
    if column == "sys_id":
        return sorted({slot for part in values if (slot := table.find(part)) is not None})
    index = table.equal(column)
    return sorted({slot for part in values for slot in index.get(part)}) if index else None
