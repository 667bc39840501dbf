"""What each operator of an encoded query accepts (ServiceNow docs r_OpAvailableFiltersQueries.md)."""

import operator as op
from collections.abc import Callable
from typing import Any

from careloop.sandbox.servicenow.query import dates, script
from careloop.sandbox.servicenow.query.spans import Span, span
from careloop.sandbox.servicenow.session import Session, parse_stored
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import DATES, NUMBERS, Column

Accept = Callable[[str], bool]
"""Whether a stored value passes."""

TRUE = frozenset({"true", "1", "yes"})
BY_TEXT = frozenset({"STARTSWITH", "ENDSWITH", "LIKE", "NOT LIKE"})
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
    "LT": op.lt,
    "LE": op.le,
    "GT": op.gt,
    "GE": op.ge,
    "EE": op.eq,
}
_NOTHING = ("", "NULL")
_DYNAMIC = {
    "90d1921e5f510100a9ad2572f2b477fe": "getUserID",
    "54635e965f510100a9ad2572f2b4774c": "getUserID",
    "d6435e965f510100a9ad2572f2b47744": "getMyGroups",
}
"""Ids of the base system's dynamic filters: Me (of two kinds) and One of My Groups."""


def compare_numbers(relation: str, left: str, right: str) -> bool:
    """Return whether two numbers in text stand in a relation; False for what is none."""
    compare = {**COMPARISONS, "=": op.eq, "!=": op.ne}.get(relation)
    try:
        return compare is not None and compare(float(left), float(right))
    except ValueError:
        return False


def acceptor(db: Database, column: Column, operator: str, value: str, session: Session) -> Accept | None:
    """Return which stored values a condition accepts; None or ValueError when it makes no sense there."""
    if operator in _OF_ALL_COLUMNS:
        return _OF_ALL_COLUMNS[operator](column, value, session)
    match operator:
        case "STARTSWITH" | "ENDSWITH" | "LIKE" | "NOT LIKE":
            return _by_text(operator, value)
        case "INSTANCEOF":
            return frozenset(db.dictionary.family(value)).__contains__ if value in db.dictionary else None
        case "DYNAMIC":
            return _dynamic(value, session)
        case "IN_HIERARCHY":
            return _in_hierarchy(db, column, value.rpartition("@")[2])
        case "IN_HIERARCHY_DYNAMIC":
            top = _dynamic_value(value.rpartition("@")[2], session)
            return _in_hierarchy(db, column, top) if top else None
    return _on_dates(operator, value, session) if column.type in DATES else _by_order(column, operator, value)


def normal(column: Column, value: str) -> str:
    """Return a query's value in the form in which the column stores it."""
    if column.type == "boolean":
        return "true" if value.lower() in TRUE else "false"
    if column.type == "integer" and value.lstrip("-").isdigit():
        return str(int(value))
    return as_moment(value) if column.type == "glide_date" else value


def as_moment(day: str) -> str:
    """Return a stored day as its first second, so that days compare with times; what is no day stays."""
    return f"{day} 00:00:00" if len(day) == len("yyyy-mm-dd") else day


def _equal_to(value: str) -> Accept:
    return lambda held: held == value


def _not(accept: Accept) -> Accept:
    return lambda held: not accept(held)


def _is(column: Column, value: str, session: Session) -> Accept:
    if value in _NOTHING:
        return _equal_to("")
    if column.type in DATES:
        return (span("=", value, session) or Span()).__contains__
    if column.holds_roles:
        return _in(column, value)
    return _equal_to(normal(column, value))


def _in(column: Column, value: str) -> Accept:
    wanted = frozenset(normal(column, part) for part in value.split(","))
    if column.holds_roles:
        return lambda held: not wanted.isdisjoint(held.split(","))
    return wanted.__contains__


_OF_ALL_COLUMNS: dict[str, Callable[[Column, str, Session], Accept]] = {
    "ANYTHING": lambda column, value, session: lambda held: True,
    "ISEMPTY": lambda column, value, session: _equal_to(""),
    "ISNOTEMPTY": lambda column, value, session: _not(_equal_to("")),
    "=": _is,
    "!=": lambda column, value, session: _not(_is(column, value, session)),
    "IN": lambda column, value, session: _in(column, value),
    "NOT IN": lambda column, value, session: _not(_in(column, value)),
}


def _by_text(operator: str, value: str) -> Accept:
    match operator:
        case "STARTSWITH":
            return lambda held: held.startswith(value)
        case "ENDSWITH":
            return lambda held: held.endswith(value)
        case "LIKE":
            return lambda held: value in held
        case _:
            return lambda held: value not in held


def _by_order(column: Column, operator: str, value: str) -> Accept | None:
    """Compare numbers as numbers and the rest as text; an empty value is neither above nor below anything."""
    key: Callable[[str], Any] = float if column.type in NUMBERS else str
    if operator == "BETWEEN":
        low, high = (key(part) for part in value.split("@"))
        return lambda held: held != "" and low <= key(held) <= high
    if operator not in COMPARISONS:
        return None
    compare, bound = COMPARISONS[operator], key(value)
    return lambda held: held != "" and compare(key(held), bound)


def _on_dates(operator: str, value: str, session: Session) -> Accept | None:
    if operator == "DATEPART":
        return _date_part(value, session)
    within = span(operator.removeprefix("NOT"), value, session)
    if not within:
        return None
    return _not(within.__contains__) if operator == "NOTON" else within.__contains__


def _date_part(value: str, session: Session) -> Accept | None:
    """Accept by one part of the date in the user's zone, such as every Monday."""
    name, text, relation = value.rpartition("@")[2].split(",")
    wanted, compare = dates.part_number(name, text), COMPARISONS[relation]

    def accept(held: str) -> bool:
        found = dates.part(parse_stored(held).astimezone(session.user.zone), name) if held else None
        return found is not None and compare(found, wanted)

    return accept


def _dynamic_value(filter_id: str, session: Session) -> str | None:
    return script.evaluate(f"{_DYNAMIC.get(filter_id)}()", session)


def _dynamic(value: str, session: Session) -> Accept | None:
    wanted = _dynamic_value(value, session)
    return frozenset(wanted.split(",")).__contains__ if wanted is not None else None


def _in_hierarchy(db: Database, column: Column, top: str) -> Accept | None:
    """Accept a row and everything below it, by the column of its table that names the next one above."""
    if column.reference not in db.dictionary:
        return None
    columns = db.dictionary[column.reference].columns
    above = next((n for n in (column.name, "parent") if n in columns and columns[n].is_reference), None)
    if above is None:
        return None

    def accept(held: str) -> bool:
        seen: set[str] = set()
        while held and held != top and held not in seen:
            seen.add(held)
            row = db.find(column.reference, held)
            held = row[0].value(row[1], above) if row else ""
        return held == top

    return accept
