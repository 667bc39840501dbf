"""Working hours of the one schedule there is: Monday to Friday, 08:00 to 17:00, without holidays."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

START, END = time(8), time(17)
_DAY = timedelta(1)


def worked(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    """Return how much working time lies between two moments."""
    total = timedelta(0)
    for opens, closes in _days(start, zone):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta(0))
    return total


def after(start: datetime, duration: timedelta, zone: ZoneInfo) -> datetime:
    """Return the moment by which so much working time has passed."""
    for opens, closes in _days(start, zone):
        begins = max(opens, start)
        if closes - begins >= duration:
            return begins + duration
        duration -= max(closes - begins, timedelta(0))
    raise AssertionError("days never end")


def _days(start: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    day = start.astimezone(zone).date()
    while True:
        if day.weekday() < 5:
            yield datetime.combine(day, START, zone), datetime.combine(day, END, zone)
        day += _DAY
