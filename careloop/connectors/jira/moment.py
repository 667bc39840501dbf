"""Points in time as Jira writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_END = 100_000_000_000  # the year 5138 in seconds, 1973 in milliseconds


def read_moment(value: Any) -> datetime:
    """Read a text such as 2026-02-03T09:30:00.000+0000, or seconds or milliseconds since the epoch.

    The bulk changelog is described with texts and shown with numbers (Jira OpenAPI). ValueError for
    anything else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return from_milliseconds(value if value > _SECONDS_END else value * 1000)
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no point in time")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return moment.astimezone(UTC)


def from_milliseconds(count: float) -> datetime:
    """Return the moment that many milliseconds after the epoch; ValueError when no calendar holds it."""
    try:
        return _EPOCH + timedelta(milliseconds=count)
    except OverflowError:
        raise ValueError(f"{count!r} is no point in time") from None


def to_milliseconds(moment: datetime) -> int:
    """Return the milliseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
