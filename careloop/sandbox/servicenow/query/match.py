"""From the conditions of a query to tests on the rows of a table."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.servicenow.query import dates, script
from careloop.sandbox.servicenow.query.encoded import Condition
from careloop.sandbox.servicenow.query.operators import BY_TEXT, COMPARISONS, acceptor, as_moment
from careloop.sandbox.servicenow.query.spans import Span, span
from careloop.sandbox.servicenow.session import Session, parse_stored
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import DATES, NUMBERS, Column
from careloop.sandbox.servicenow.store.table import Table

Read = Callable[[int], str]
"""From a slot to the value of one column or path there."""
Test = Callable[[int], bool]
"""Whether the row in a slot meets a condition."""
Compare = Callable[[str, str], bool]

_TWO_COLUMNS = frozenset({"SAMEAS", "NSAMEAS", "MORETHAN", "LESSTHAN"})
_OF_TEXT = BY_TEXT | {"=", "!=", "IN", "NOT IN", "BETWEEN", *COMPARISONS}
"""Operators for which it matters whether the database tells capital letters from small ones."""


def reader(db: Database, table: Table, path: str) -> Read:
    """Return how to read a column or dot-walked path; a step without a target reads as empty."""
    head, _, rest = path.partition(".")
    column = table.type.columns.get(head)
    if column is not None and column.holds_roles:
        return _roles(db, table)
    first = table.column(head).__getitem__
    if not rest or column is None:
        return first

    def follow(slot: int) -> str:
        row = db.refer(column, first(slot))
        return reader(db, row[0], rest)(row[1]) if row else ""

    return follow


def _roles(db: Database, table: Table) -> Read:
    """Return how to read whoever's roles as one text; they are kept in a table of their own."""
    held, whose = {"sys_user": ("sys_user_has_role", "user")}.get(table.name, ("sys_group_has_role", "group"))
    ids = table.column("sys_id")

    def names(slot: int) -> str:
        rows = db.where(held, **{whose: ids[slot]})
        return ",".join(sorted(db.display("sys_user_role", row.value(at, "role")) for row, at in rows))

    return names


def value_of(condition: Condition, session: Session) -> str | None:
    """Return the condition's value with its scripts evaluated; None when one is unknown."""
    if script.PREFIX not in condition.value:
        return condition.value
    parts = []
    for part in condition.value.split("@"):
        before, prefix, expression = part.partition(script.PREFIX)
        value = script.evaluate(expression, session) if prefix else ""
        if value is None:
            return None
        parts.append(before + value)
    return "@".join(parts)


def span_of(column: Column, condition: Condition, session: Session) -> Span | None:
    """Return the span of a condition on a date column, None for other columns and operators.

    Raises ValueError for a value that is no date.
    """
    if column.type not in DATES or not condition.value or condition.value == "NULL":
        return None
    value = value_of(condition, session)
    return span(condition.operator, value, session) if value is not None else None


def compile_condition(db: Database, table: Table, condition: Condition, session: Session) -> Test | None:
    """Return the test for a condition; None when it is invalid for this table."""
    column = db.dictionary.find_column(table.name, condition.column) if condition.operator else None
    value = value_of(condition, session)
    if column is None or value is None or column.is_journal or column.is_secret:
        return None
    read = _comparable(column, reader(db, table, condition.column))
    try:
        if condition.operator in _TWO_COLUMNS or condition.operator.endswith("_FIELD"):
            return _compare_columns(db, table, column, condition.operator, read, value)
        if column.is_reference and condition.operator in BY_TEXT:
            read = _displayed(db, column, read)
        if db.ignores_case() and condition.operator in _OF_TEXT and _has_case(column, value):
            value, read = value.casefold(), _folded(read)
        accept = acceptor(db, column, condition.operator, value, session)
    except (ValueError, KeyError, OverflowError):
        return None
    return (lambda slot: accept(read(slot))) if accept else None


def _comparable(column: Column, read: Read) -> Read:
    return (lambda slot: as_moment(read(slot))) if column.type == "glide_date" else read


def _has_case(column: Column, value: str) -> bool:
    return column.type not in DATES and value != "NULL"


def _folded(read: Read) -> Read:
    return lambda slot: read(slot).casefold()


def _displayed(db: Database, column: Column, read: Read) -> Read:
    return lambda slot: db.shown(column, read(slot)) if read(slot) else ""


def _compare_columns(
    db: Database, table: Table, column: Column, operator: str, read: Read, value: str
) -> Test | None:
    other, *terms = value.split("@")
    second = db.dictionary.find_column(table.name, other)
    if second is None or (terms and not {column.type, second.type} <= DATES):
        return None
    if operator.endswith("_FIELD") and (column.type in NUMBERS) != (second.type in NUMBERS):
        return None
    read_other = _comparable(second, reader(db, table, other))
    compare = _distance(operator, terms) if operator.endswith("THAN") else _relation(column, operator, terms)
    return lambda slot: compare(read(slot), read_other(slot))


def _relation(column: Column, operator: str, terms: list[str]) -> Compare:
    """Compare two columns as they are, or two dates by the unit that stands behind the name."""
    if operator in ("SAMEAS", "NSAMEAS"):
        same = operator == "SAMEAS"
        if not terms:
            return lambda left, right: (left == right) is same
        return lambda left, right: (_unit_start(left, terms[0]) == _unit_start(right, terms[0])) is same
    compare = COMPARISONS[operator[:2] if operator.count("_") == 1 else f"{operator[0]}E"]
    key: Callable[[str], Any] = float if column.type in NUMBERS else str
    return lambda left, right: bool(left and right) and compare(key(left), key(right))


def _unit_start(text: str, unit: str) -> object:
    return dates.floor(parse_stored(text), unit) if text else None


def _distance(operator: str, terms: list[str]) -> Compare:
    """Ask whether one date lies further from another than so many units, before or after it."""
    unit, direction, text = terms
    if unit not in dates.UNITS:
        raise ValueError(unit)
    count = -int(text) if direction == "before" else int(text)

    def compare(left: str, right: str) -> bool:
        if not left or not right:
            return False
        moment, mark = parse_stored(left), parse_stored(right)
        try:
            edge = dates.shift(mark, unit, count)
        except (ValueError, OverflowError):  # further away than any calendar reaches
            return operator == "LESSTHAN"
        if operator == "MORETHAN":
            return moment < edge if direction == "before" else moment > edge
        return min(edge, mark) <= moment <= max(edge, mark)

    return compare
