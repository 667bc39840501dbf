"""Conditions on dates and times, as half-open spans of stored text."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from careloop.sandbox.servicenow.query import dates
from careloop.sandbox.servicenow.session import Session, parse_stored, stored

EVER = "0"
"""Sorts behind the empty value and before every time."""
NEVER = "~"
"""Sorts behind every time."""


class Span(NamedTuple):
    """Every stored text with low <= text < high; a row without a value lies in no span."""

    low: str = EVER
    high: str = NEVER

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self.low <= text < self.high


_RELATIVE = re.compile(r"@(minute|hour|day|week|month|quarter|year)@(ago|ahead)@(\d+)")


def span(operator: str, value: str, session: Session) -> Span | None:
    """Return the span that an operator and its evaluated value stand for; None when there is no such span.

    Raises ValueError for a value that is no date. Relative operators: ServiceNow docs
    r_OpAvailableFiltersQueries.md.
    """
    if operator.startswith("RELATIVE"):
        return _relative(operator, value, session)
    match operator:
        case "=":
            return Span(_moment(value), _after(value))
        case ">=":
            return Span(low=_moment(value))
        case ">":
            return Span(low=_after(value))
        case "<":
            return Span(high=_moment(value))
        case "<=":
            return Span(high=_after(value))
        case "BETWEEN" | "ON":
            low, high = value.split("@")[-2:]
            return Span(_moment(low), _after(high))
    return None


def _relative(operator: str, value: str, session: Session) -> Span:
    found = _RELATIVE.fullmatch(value if value.startswith("@") else f"@{value}")
    if not found:
        raise ValueError(value)
    unit, direction, count = found.groups()
    try:
        edge = dates.shift(session.now, unit, -int(count) if direction == "ago" else int(count))
    except OverflowError as error:
        raise ValueError(value) from error
    match operator[-2:]:
        case "GT" | "GE":
            return Span(low=stored(edge))
        case "LT" | "LE":
            return Span(high=stored(edge))
        case _:
            return Span(
                stored(dates.floor(edge, "day")), stored(dates.shift(dates.floor(edge, "day"), "day", 1))
            )


def _moment(value: str) -> str:
    return stored(_parse(value))


def _after(value: str) -> str:
    return stored(_parse(value) + timedelta(seconds=1))


def _parse(value: str) -> datetime:
    value = value.strip()
    return parse_stored(value if len(value) > 10 else f"{value} 00:00:00")
