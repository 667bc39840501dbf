"""Business hours, holidays and zones: pure functions of an aware time.

A working day is the span between two instants, so a clock change shortens or lengthens it and never breaks
it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from careloop.model.hours import Hours
from careloop.model.person import Person

_HORIZON = 4000  # days searched for a working day before the hours are called impossible


def hours_of(person: Person | None, default: Hours) -> Hours:
    """Return the hours a person may be contacted in: the organisation's, in the person's own zone.

    Platforms have zone names of their own; an unknown one leaves the organisation's.
    """
    if person is None or not person.zone:
        return default
    try:
        ZoneInfo(person.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default
    return replace(default, zone=person.zone)


def local_date(hours: Hours, at: datetime) -> date:
    """Return the date on the wall of the person whose hours these are."""
    return at.astimezone(ZoneInfo(hours.zone)).date()


def start_of(hours: Hours, day: date) -> datetime:
    """Return when work begins on a day, or on the next working day when it is none."""
    return next(_spans(hours, day))[0]


def is_open(hours: Hours, at: datetime) -> bool:
    """Tell whether a time lies within working hours; the closing minute does not."""
    span = _span(hours, local_date(hours, at))
    return span is not None and span[0] <= at < span[1]


def next_open(hours: Hours, at: datetime) -> datetime:
    """Return the time itself within working hours, else when work next begins."""
    return max(at.astimezone(UTC), _span_from(hours, at)[0])


def close_of_day(hours: Hours, at: datetime) -> datetime:
    """Return the end of the working day that a time lies in, or of the next one."""
    return _span_from(hours, at)[1]


def add_business_days(hours: Hours, at: datetime, days: int) -> datetime:
    """Return the same time of day so many (0 or more) working days after the next open moment."""
    begin = next_open(hours, at)
    zone = ZoneInfo(hours.zone)
    local = begin.astimezone(zone)
    for passed, (start, end) in enumerate(_spans(hours, local.date())):
        if passed == days:
            day = start.astimezone(zone).date()
            same_time = datetime.combine(day, local.time(), zone).astimezone(UTC)
            return min(max(same_time, start), end - timedelta(microseconds=1)) if days else begin
    raise AssertionError  # _spans raises before it ends


def _span(hours: Hours, day: date) -> tuple[datetime, datetime] | None:
    if day.weekday() not in hours.days or day in hours.closed:
        return None
    zone = ZoneInfo(hours.zone)
    start = datetime.combine(day, hours.start, zone).astimezone(UTC)
    end = datetime.combine(day, hours.end, zone).astimezone(UTC)
    return (start, end) if start < end else None


def _spans(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield working days from a day on; raises ValueError when there is none for years."""
    idle = 0
    while idle < _HORIZON:
        span = _span(hours, day)
        idle = 0 if span else idle + 1
        if span:
            yield span
        day += timedelta(days=1)
    raise ValueError(f"no working day in {_HORIZON} days: {hours}")


def _span_from(hours: Hours, at: datetime) -> tuple[datetime, datetime]:
    return next(span for span in _spans(hours, local_date(hours, at)) if at < span[1])
