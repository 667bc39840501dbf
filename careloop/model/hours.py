"""When people may be contacted: working hours as a value; the arithmetic is in `careloop.calendars`."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Working hours in a time zone; `days` counts Monday as 0, `closed` lists holidays."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: time = time(9)
    end: time = time(17)
    closed: frozenset[date] = frozenset()
