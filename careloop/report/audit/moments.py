"""Times as exports write them: ISO, or days, months and years in the order of somebody's settings."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from careloop.errors import SettingsError

CACHED = 8192
_LATEST = 2**32  # seconds; stored in four bytes
_DATE = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?(Z|[+-]\d{2}:?\d{2})?"
)


class Order(StrEnum):
    """Which comes first in a date that does not begin with the year."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class OtherOrder(Exception):
    """The dates read so far are written the other way round."""


class Moments:
    """Reads times, and finds out in which order days and months stand.

    `chosen` says it; otherwise day first is assumed until a date proves the opposite, and read() then raises
    OtherOrder so that everything is read again with `assumed` set. Times without a zone are taken as UTC.
    """

    def __init__(self, chosen: Order | None = None, assumed: Order = Order.DAY_FIRST) -> None:
        self._chosen = chosen
        self._order = chosen or assumed
        self._seen: dict[str, int] = {}
        self._days: dict[str, int] = {}
        self._proofs: dict[Order, str] = {}
        self._unclear = ""

    @property
    def note(self) -> str:
        """Return what a reader has to know about the dates, if anything."""
        if self._proofs.get(Order.MONTH_FIRST) and self._chosen is None:
            return f"dates are read as month/day/year, as '{self._proofs[Order.MONTH_FIRST]}' shows"
        if self._unclear and not self._proofs and self._chosen is None:
            return (
                f"no date shows whether the day or the month comes first ('{self._unclear}'); "
                "they are read as day/month/year: give --dates month-first if that is wrong"
            )
        return ""

    def read(self, text: str) -> int:
        """Return a time in seconds since 1970, 0 for none; raises ValueError for what is no time.

        Raises OtherOrder, and SettingsError where some dates have the day first and some the month.
        """
        found = self._seen.get(text)
        if found is None:
            found = self._read(text)
            if len(self._seen) >= CACHED:
                self._seen.clear()
            self._seen[text] = found
        return found

    def _read(self, text: str) -> int:
        plain = text.strip()
        if plain in ("", "?"):
            return 0
        date, gap, clock = plain.partition(" " if " " in plain else "T")
        day = self._days.get(date)
        if day is None:
            day = self._days[date] = self._day(date)
        seconds = day + (_seconds(clock.lstrip()) if gap else 0)
        if not 0 < seconds < _LATEST:
            raise ValueError(f"'{plain}' is too long ago, or too far ahead")
        return seconds

    def _day(self, text: str) -> int:
        """Return when a day begins."""
        parts = _DATE.fullmatch(text)
        if parts is None:
            raise ValueError(f"'{text[:40]}' is no time")
        first, second, third = int(parts[1]), int(parts[3]), int(parts[4])
        if len(parts[1]) == 4:
            year, month, day = first, second, third
        elif len(parts[4]) == 4:
            year, month, day = third, *self._month_and_day(text, first, second, dotted=parts[2] == ".")
        else:
            raise ValueError(f"'{text}' has no year of four digits")
        try:
            return int(datetime(year, month, day, tzinfo=UTC).timestamp())
        except ValueError as error:
            raise ValueError(f"'{text}' is no date: {error}") from error

    def _month_and_day(self, text: str, first: int, second: int, *, dotted: bool) -> tuple[int, int]:
        if dotted:  # where dates have dots, the day comes first
            return second, first
        if first > 12 >= second:
            self._prove(Order.DAY_FIRST, text)
        elif second > 12 >= first:
            self._prove(Order.MONTH_FIRST, text)
        elif first != second:
            self._unclear = self._unclear or text
        return (second, first) if self._order is Order.DAY_FIRST else (first, second)

    def _prove(self, order: Order, text: str) -> None:
        self._proofs.setdefault(order, text)
        if order is self._order:
            return
        if self._chosen is not None:
            raise ValueError(f"'{text}' is not written {self._chosen}")
        if self._order in self._proofs or self._order is Order.MONTH_FIRST:
            one, other = (self._proofs.get(each, "") for each in Order)
            raise SettingsError(
                f"some dates have the day first ('{one}') and some the month ('{other}'), so others could be "
                "either; export it in one form, or say which with --dates day-first or --dates month-first"
            )
        raise OtherOrder


@lru_cache(maxsize=4096)
def _seconds(text: str) -> int:
    """Return how long after the beginning of its day, in UTC, a time of day is."""
    parts = _CLOCK.fullmatch(text)
    if parts is None:
        raise ValueError(f"'{text[:40]}' is no time of day")
    hour, minute, second = int(parts[1]), int(parts[2]), int(parts[3] or 0)
    if hour > (12 if parts[4] else 23) or minute > 59 or second > 59 or (parts[4] and not hour):
        raise ValueError(f"'{text}' is no time of day")
    if parts[4]:
        hour = hour % 12 + (12 if parts[4] in "Pp" else 0)
    ahead = datetime.strptime(parts[5], "%z").utcoffset() if parts[5] else None
    return hour * 3600 + minute * 60 + second - (int(ahead.total_seconds()) if ahead else 0)
