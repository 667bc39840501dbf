"""Hours in which work is done: Monday to Friday, from one time of day to another, without holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from careloop.sandbox.working_time import Stretch, moment_after, worked

_DAY = timedelta(1)
_WORKDAYS = range(5)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours between two times of every working day, on the clock of a time zone."""

    start: time
    end: time

    def worked(self, start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
        """Return how much working time lies between two moments."""
        return worked(self._days(start, zone), start, end)

    def after(self, start: datetime, duration: timedelta, zone: ZoneInfo) -> datetime:
        """Return the moment by which so much working time has passed."""
        found = moment_after(self._days(start, zone), start, duration)
        if found is None:
            raise AssertionError("days never end")
        return found

    def hold(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Return whether work is done at a moment."""
        opens, closes = next(self._days(moment, zone))
        return opens <= moment < closes

    def _days(self, start: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
        day = start.astimezone(zone).date()
        while True:
            if day.weekday() in _WORKDAYS:
                yield datetime.combine(day, self.start, zone), datetime.combine(day, self.end, zone)
            day += _DAY
