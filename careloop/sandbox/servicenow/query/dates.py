"""Moments, spans and parts of dates that queries name instead of writing them out.

Names: ServiceNow docs r_OpAvailableFiltersQueries.md.
"""

import re
from calendar import day_name, month_name, monthrange
from datetime import date, datetime, time, timedelta

UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")

_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(1),
    "week": timedelta(7),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LAST = timedelta(seconds=1)

_AGO = re.compile(rf"({'|'.join(UNITS)})sAgo(Start|End)?")
_EDGE = re.compile(
    r"(beginning|start|end)Of"
    r"(Today|Yesterday|Tomorrow|(?:This|Current|Last|Next)(?:Minute|Hour|Week|Month|Quarter|Year))"
)
_STRETCH = re.compile(r"(beginning|end)OfLast(\d+)(Minute|Hour|Day|Month|Quarter|Year)s")
_YEAR_AGO = re.compile(r"(beginning|end)OfOneYearAgo")
_DAYS = {"Today": 0, "Yesterday": -1, "Tomorrow": 1}
_RELATIONS = {"This": 0, "Current": 0, "Last": -1, "Next": 1}
_RELATION = re.compile(r"(This|Current|Last|Next)(\w+)")


def shift(moment: datetime, unit: str, count: int) -> datetime:
    """Move a time by whole units; a day that the target month lacks becomes its last day."""
    if unit in _LENGTHS:
        return moment + _LENGTHS[unit] * count
    month = moment.year * 12 + moment.month - 1 + _MONTHS[unit] * count
    year, month = month // 12, month % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def floor(moment: datetime, unit: str) -> datetime:
    """Return the start of the unit that a time lies in; weeks begin on Monday."""
    if unit == "minute":
        return moment.replace(second=0, microsecond=0)
    if unit == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.date()
    if unit == "week":
        day -= timedelta(day.weekday())
    elif unit in _MONTHS:
        day = date(day.year, day.month - (day.month - 1) % _MONTHS[unit], 1)
    return datetime.combine(day, time(), moment.tzinfo)


def end(moment: datetime, unit: str) -> datetime:
    """Return the last second of the unit that a time lies in."""
    return shift(floor(moment, unit), unit, 1) - _LAST


def named(name: str, count: int, now: datetime) -> datetime | None:
    """Return the local time that a function such as `daysAgoStart` or `endOfLastMonth` names, else None."""
    if found := _AGO.fullmatch(name):
        moment = shift(now, found[1], -count)
        return {"Start": floor, "End": end}.get(found[2], _same)(moment, found[1])
    if found := _EDGE.fullmatch(name):
        edge, which = end if found[1] == "end" else floor, found[2]
        if which in _DAYS:
            return edge(shift(now, "day", _DAYS[which]), "day")
        relation = _RELATION.fullmatch(which)
        if relation:
            unit = relation[2].lower()
            return edge(shift(now, unit, _RELATIONS[relation[1]]), unit)
    return _stretch(name, now)


def _stretch(name: str, now: datetime) -> datetime | None:
    """Return an edge of a stretch up to now, such as the last 30 days, or of the day a year ago."""
    if found := _STRETCH.fullmatch(name):
        unit = found[3].lower()
        return end(now, unit) if found[1] == "end" else floor(shift(now, unit, -int(found[2])), unit)
    if found := _YEAR_AGO.fullmatch(name):
        return (end if found[1] == "end" else floor)(shift(now, "year", -1), "day")
    return None


def part(moment: datetime, name: str) -> int | None:
    """Return one part of a local time as a number (Sunday is day 1 of the week); None for unknown parts."""
    match name:
        case "dayofweek":
            return moment.isoweekday() % 7 + 1
        case "week":
            return moment.isocalendar().week
        case "quarter":
            return (moment.month + 2) // 3
        case "month" | "year" | "hour" | "minute":
            return int(getattr(moment, name))
    return None


def part_number(name: str, text: str) -> int:
    """Return the number for a part written in words, such as `monday` or `march`; ValueError for others."""
    if text.isdigit():
        return int(text)
    words = [day_name[-1], *day_name[:-1]] if name == "dayofweek" else list(month_name)[1:]
    short = [word[:3].lower() for word in words]
    return short.index(text[:3].lower()) + 1


def _same(moment: datetime, unit: str) -> datetime:
    return moment
