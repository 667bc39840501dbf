"""Dates in queries: texts in the account's time zone, periods from now, and points of the calendar."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_FORMATS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
_PERIOD = re.compile(r"([+-]?)((?:\d+[wdhm]\s*)+)$")
_PART = re.compile(r"(\d+)([wdhm])")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_STEP = re.compile(r"([+-]?\d+)([yMwdhm]?)$")
_NATURAL = {"Day": "d", "Week": "w", "Month": "M", "Year": "y"}
_EDGE = re.compile(r"(start|end)of(day|week|month|year)$", re.IGNORECASE)


def read_date(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the instant that a literal means, or None if it is no date.

    `2026-03-02 09:00` is on the account's clock, `-5d` counts from now, a date alone is its first moment.
    """
    for form in _FORMATS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    period = _PERIOD.match(text.strip())
    if period is None:
        return None
    length = sum((int(count) * _UNITS[unit] for count, unit in _PART.findall(period[2])), timedelta())
    return now - length if period[1] == "-" else now + length


def is_edge(function: str) -> bool:
    """Return whether a function is one of startOfDay, endOfMonth and so on."""
    return _EDGE.match(function) is not None


def find_edge(function: str, step: str | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the instant of startOfDay("+1d") and its like in the account's zone; None for a wrong step."""
    match = _EDGE.match(function)
    if match is None:
        return None
    side, unit = match[1].lower(), match[2].capitalize()
    start = _start(now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0), unit)
    moved = _move(start, step, _NATURAL[unit]) if step else start
    if moved is None:
        return None
    if side == "end":
        after = _move(_start(moved, unit), "1", _NATURAL[unit])
        moved = after - timedelta(milliseconds=1) if after else None
    return moved.astimezone(UTC) if moved else None


def _start(day: datetime, unit: str) -> datetime:
    match unit:
        case "Week":  # weeks begin on Sunday
            return day - timedelta(days=(day.weekday() + 1) % 7)
        case "Month":
            return day.replace(day=1)
        case "Year":
            return day.replace(month=1, day=1)
        case _:
            return day


def _move(start: datetime, step: str, natural: str) -> datetime | None:
    match = _STEP.match(step)
    if match is None:
        return None
    count, unit = int(match[1]), match[2] or natural
    if unit in "hm":  # hours pass by whatever the clocks on the wall do
        return (start.astimezone(UTC) + count * _UNITS[unit]).astimezone(start.tzinfo)
    if unit in _UNITS:
        return start + count * _UNITS[unit]
    months = start.year * 12 + start.month - 1 + count * (12 if unit == "y" else 1)
    year, month = months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
