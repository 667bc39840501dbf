"""Working hours: what the spans of a schedule (`cmn_schedule_span`) open and close.

A span repeats daily, on weekdays, weekly on `days_of_week` (1 is Monday), or stands for itself; one of type
`exclude` closes what others open. Times without a zone are those of the schedule's zone. Left out: child
schedules, and repetitions by month and year.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.working_time import Stretch, moment_after, worked

_DAY = timedelta(1)
_FAR = 3660
"""Days after which a schedule that opens no more is given up."""
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d):?(\d\d)Z?")
_DAYS = {"daily": "1234567", "weekdays": "12345"}


class Span(NamedTuple):
    """Local times of the first occurrence, the ISO weekdays it repeats on (empty: never), and until when."""

    start: datetime
    end: datetime
    days: str
    until: date
    excludes: bool

    def on(self, day: date) -> Stretch | None:
        """Return the occurrence that begins on a day."""
        begins = day == self.start.date() or (
            str(day.isoweekday()) in self.days and self.start.date() <= day <= self.until
        )
        moved = day - self.start.date()
        return (self.start + moved, self.end + moved) if begins else None


class Schedule:
    """The open hours of one schedule."""

    def __init__(self, spans: list[Span], zone: ZoneInfo) -> None:
        self._spans = spans
        self._zone = zone

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies between two moments."""
        return worked(self._stretches(start), start, end)

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """Return the moment by which so much working time has passed, a far one if that never comes."""
        return moment_after(self._stretches(start), start, duration) or start + _DAY * _FAR

    def _stretches(self, start: datetime) -> Iterator[Stretch]:
        """Yield what is open, in order and without overlaps, from before `start` on."""
        longest = max((span.end - span.start).days + 1 for span in self._spans)
        first = start.astimezone(self._zone).date() - _DAY * longest
        reached = datetime.combine(first, time())
        for day in (first + _DAY * number for number in range(_FAR)):
            around = [day + _DAY * number for number in range(-longest, longest + 1)]
            closed = [one for span in self._spans if span.excludes for one in map(span.on, around) if one]
            opened = [one for span in self._spans if not span.excludes and (one := span.on(day))]
            for opens, closes in _without(sorted(opened), closed):
                if closes > reached:
                    begins = max(opens, reached)
                    yield begins.replace(tzinfo=self._zone), closes.replace(tzinfo=self._zone)
                    reached = closes


def read_schedule(db: Database, sys_id: str, zone: ZoneInfo) -> Schedule | None:
    """Return a schedule, None where there is none or one without a span; `zone` is for one without one."""
    row = db.find("cmn_schedule", sys_id)
    spans = [table.row(slot) for table, slot in db.where("cmn_schedule_span", schedule=sys_id)]
    read = [span for plain in spans if (span := _read(plain))]
    if row is None or not any(not span.excludes for span in read):
        return None
    own = row[0].value(row[1], "time_zone")
    return Schedule(read, ZoneInfo(own) if own and own != "floating" else zone)


def _read(plain: dict[str, str]) -> Span | None:
    edges = [_TIME.fullmatch(plain[name]) for name in ("start_date_time", "end_date_time")]
    if not edges[0] or not edges[1]:
        return None
    start, end = (
        datetime.fromisoformat("".join(edge.groups()[:3]) + "T" + "".join(edge.groups()[3:]))
        for edge in edges
        if edge
    )
    until = plain["repeat_until"]
    days = _DAYS.get(plain["repeat_type"], plain["days_of_week"] if plain["repeat_type"] == "weekly" else "")
    last = (
        date(int(until[:4]), int(until[4:6]), int(until[6:8])) if re.fullmatch(r"\d{8}", until) else date.max
    )
    return Span(start, end, days, last, plain["type"] == "exclude")


def _without(stretches: list[Stretch], closed: list[Stretch]) -> list[Stretch]:
    for start, end in closed:
        left: list[Stretch] = []
        for opens, closes in stretches:
            left += [(opens, min(closes, start)), (max(opens, end), closes)]
        stretches = [(opens, closes) for opens, closes in left if opens < closes]
    return stretches
