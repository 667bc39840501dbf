"""From the conditions of a query to tests on the rows of a table."""

from collections.abc import Callable
from functools import partial

from careloop.sandbox.servicenow import script
from careloop.sandbox.servicenow.database import Database
from careloop.sandbox.servicenow.dictionary import NUMBERS, Column
from careloop.sandbox.servicenow.query import Condition
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.spans import Span, span
from careloop.sandbox.servicenow.table import Table

Read = Callable[[int], str]
"""From a slot to the value of one column or path there."""
Test = Callable[[int], bool]
"""Whether the row in a slot meets a condition."""

DATES = frozenset({"glide_date_time", "glide_date", "due_date"})
_TRUE = frozenset({"true", "1", "yes"})
_DYNAMIC = {
    "90d1921e5f510100a9ad2572f2b477fe": "getUserID",
    "d6435e965f510100a9ad2572f2b47744": "getMyGroups",
}
"""Ids of the dynamic filters `Me` and `One of My Groups` in the base system."""
_BY_TEXT = frozenset({"STARTSWITH", "ENDSWITH", "LIKE", "NOT LIKE"})


def reader(db: Database, table: Table, path: str) -> Read:
    """Return how to read a column or dot-walked path; a step without a target reads as empty."""
    head, _, rest = path.partition(".")
    first = table.column(head).__getitem__
    if not rest:
        return first
    target = table.type.columns[head].reference

    def follow(slot: int) -> str:
        row = db.find(target, first(slot))
        return reader(db, row[0], rest)(row[1]) if row else ""

    return follow


def value_of(condition: Condition, session: Session) -> str | None:
    """Return the condition's value with its scripts evaluated; None when one is unknown."""
    if script.PREFIX not in condition.value:
        return condition.value
    parts = []
    for part in condition.value.split("@"):
        value = script.evaluate(part.removeprefix(script.PREFIX), session) if script.PREFIX in part else part
        if value is None:
            return None
        parts.append(value)
    return "@".join(parts)


def span_of(column: Column, condition: Condition, session: Session) -> Span | None:
    """Return the span of a condition on a date column, None for other columns and operators."""
    if column.type not in DATES or not condition.value or condition.value == "NULL":
        return None
    value = value_of(condition, session)
    return span(condition.operator, value, session) if value is not None else None


def compile_condition(db: Database, table: Table, condition: Condition, session: Session) -> Test | None:
    """Return the test for a condition; None when it is invalid for this table."""
    steps = db.dictionary.walk(table.name, condition.column) if condition.operator else None
    value = value_of(condition, session)
    if not steps or value is None or steps[-1].is_journal:
        return None
    column, read = steps[-1], reader(db, table, condition.column)
    if condition.operator in _TWO_COLUMNS:
        return _compare_columns(db, table, condition.operator, read, value)
    if column.is_reference and condition.operator in _BY_TEXT:
        read = _displayed(db, column.reference, read)
    try:
        accept = _acceptor(db, column, condition.operator, value, session)
    except ValueError:
        return None
    return (lambda slot: accept(read(slot))) if accept else None


def _displayed(db: Database, target: str, read: Read) -> Read:
    return lambda slot: db.display(target, read(slot)) if read(slot) else ""


def _acceptor(
    db: Database, column: Column, operator: str, value: str, session: Session
) -> Callable[[str], bool] | None:
    """Return which stored values an operator accepts; ValueError or None when it makes no sense here."""
    if operator in ("=", "!=", "ISEMPTY", "ISNOTEMPTY", "ANYTHING", "NOTON", "DYNAMIC", "IN_HIERARCHY"):
        return _acceptor_of_identity(db, column, operator, value, session)
    if column.type in DATES and operator not in _BY_TEXT and operator not in ("IN", "NOT IN"):
        within = span(operator, value, session)
        return within.__contains__ if within else None
    if operator in _BY_TEXT:
        return _acceptor_of_text(operator, value)
    if operator in ("IN", "NOT IN"):
        wanted = frozenset(_normal(column, part) for part in value.split(","))
        return wanted.__contains__ if operator == "IN" else (lambda held: held not in wanted)
    if operator == "INSTANCEOF":
        return frozenset(db.dictionary.family(value)).__contains__ if value in db.dictionary else None
    return _acceptor_of_order(column, operator, value)


def _acceptor_of_identity(
    db: Database, column: Column, operator: str, value: str, session: Session
) -> Callable[[str], bool] | None:
    if operator == "ANYTHING":
        return lambda held: True
    if operator == "NOTON":
        outside = span("ON", value, session)
        return (lambda held: held not in outside) if outside else None
    if operator == "DYNAMIC":
        wanted = script.evaluate(f"{_DYNAMIC.get(value)}()", session)
        return frozenset(wanted.split(",")).__contains__ if wanted is not None else None
    if operator == "IN_HIERARCHY":
        return _acceptor_of_hierarchy(db, column, value)
    empty = operator in ("ISEMPTY", "ISNOTEMPTY") or value in ("", "NULL")
    equal: Callable[[str], bool]
    if empty:
        equal = "".__eq__
    elif column.type in DATES:
        equal = (span("=", value, session) or Span()).__contains__
    else:
        equal = _normal(column, value).__eq__
    return equal if operator in ("=", "ISEMPTY") else (lambda held: not equal(held))


def _acceptor_of_hierarchy(db: Database, column: Column, value: str) -> Callable[[str], bool] | None:
    """Accept the referenced row and everything below it by its table's `parent` column."""
    if column.reference not in db.dictionary or "parent" not in db.dictionary[column.reference].columns:
        return None

    def below(held: str) -> bool:
        seen: set[str] = set()
        while held and held not in seen:
            if held == value:
                return True
            seen.add(held)
            row = db.find(column.reference, held)
            held = row[0].value(row[1], "parent") if row else ""
        return False

    return below


def _acceptor_of_text(operator: str, value: str) -> Callable[[str], bool]:
    match operator:
        case "STARTSWITH":
            return lambda held: held.startswith(value)
        case "ENDSWITH":
            return lambda held: held.endswith(value)
        case "LIKE":
            return lambda held: value in held
        case _:
            return lambda held: value not in held


def _acceptor_of_order(column: Column, operator: str, value: str) -> Callable[[str], bool] | None:
    """Compare numbers as numbers and the rest as text; an empty value is neither above nor below anything."""
    key: Callable[[str], float | str] = float if column.type in NUMBERS else str
    if operator == "BETWEEN":
        low, high = (key(part) for part in value.split("@"))
        return lambda held: held != "" and low <= key(held) <= high  # type: ignore[operator]
    if operator not in _COMPARE:
        return None
    compare = _COMPARE[operator]
    return partial(_ordered, compare, key, key(value))


def _ordered(
    compare: Callable[..., bool], key: Callable[[str], float | str], bound: float | str, held: str
) -> bool:
    return held != "" and compare(key(held), bound)


_COMPARE: dict[str, Callable[..., bool]] = {
    "<": lambda held, bound: held < bound,
    "<=": lambda held, bound: held <= bound,
    ">": lambda held, bound: held > bound,
    ">=": lambda held, bound: held >= bound,
}
_TWO_COLUMNS: dict[str, Callable[[str, str], bool]] = {
    "SAMEAS": lambda left, right: left == right,
    "NSAMEAS": lambda left, right: left != right,
    "GT_FIELD": lambda left, right: left > right,
    "LT_FIELD": lambda left, right: left < right,
    "GT_OR_EQUALS_FIELD": lambda left, right: left >= right,
    "LT_OR_EQUALS_FIELD": lambda left, right: left <= right,
}


def _compare_columns(db: Database, table: Table, operator: str, read: Read, other: str) -> Test | None:
    if not db.dictionary.walk(table.name, other):
        return None
    read_other, compare = reader(db, table, other), _TWO_COLUMNS[operator]
    return lambda slot: compare(read(slot), read_other(slot))


def _normal(column: Column, value: str) -> str:
    """Return a query's value in the form in which the column stores it."""
    if column.type == "boolean":
        return "true" if value.lower() in _TRUE else "false"
    if column.type == "integer" and value.lstrip("-").isdigit():
        return str(int(value))
    return value
