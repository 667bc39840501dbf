"""Moments and spans that queries name instead of writing them out."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Literal

Unit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]

UNITS: tuple[Unit, ...] = ("minute", "hour", "day", "week", "month", "quarter", "year")
_SPAN = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(1),
    "week": timedelta(7),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LAST = timedelta(seconds=1)

_AGO = re.compile(rf"({'|'.join(UNITS)})sAgo(Start|End)?", re.IGNORECASE)
_EDGE = re.compile(
    r"(beginning|end)Of(Today|Yesterday|Tomorrow|(?:This|Last|Next)(?:Week|Month|Quarter|Year))"
)
_DAYS = {"Today": 0, "Yesterday": -1, "Tomorrow": 1}
_RELATION = {"This": 0, "Last": -1, "Next": 1}


def shift(moment: datetime, unit: Unit, count: int) -> datetime:
    """Move a local time by whole units; a day that the target month lacks becomes its last day."""
    if unit in _SPAN:
        return moment + _SPAN[unit] * count
    month = moment.year * 12 + moment.month - 1 + _MONTHS[unit] * count
    year, month = month // 12, month % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def floor(moment: datetime, unit: Unit) -> datetime:
    """Return the start of the unit that a local time lies in; weeks begin on Monday."""
    if unit == "minute":
        return moment.replace(second=0, microsecond=0)
    if unit == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.date()
    if unit == "week":
        day -= timedelta(day.weekday())
    elif unit in _MONTHS:
        first = day.month - (day.month - 1) % _MONTHS[unit]
        day = date(day.year, first, 1)
    return datetime.combine(day, time(), moment.tzinfo)


def end(moment: datetime, unit: Unit) -> datetime:
    """Return the last second of the unit that a local time lies in."""
    return shift(floor(moment, unit), unit, 1) - _LAST


def named(name: str, count: int, now: datetime) -> datetime | None:
    """Return the local time that a function such as `daysAgoStart` or `endOfLastMonth` names; None if none does."""
    if found := _AGO.fullmatch(name):
        unit: Unit = found[1].lower()  # type: ignore[assignment]
        moment = shift(now, unit, -count)
        match found[2]:
            case None:
                return moment
            case "Start":
                return floor(moment, unit)
            case _:
                return end(moment, unit)
    if found := _EDGE.fullmatch(name):
        edge, which = floor if found[1] == "beginning" else end, found[2]
        if which in _DAYS:
            return edge(shift(now, "day", _DAYS[which]), "day")
        unit = which[4:].lower()  # type: ignore[assignment]
        return edge(shift(now, unit, _RELATION[which[:4]]), unit)
    return None
