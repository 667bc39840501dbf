"""The ways Jira writes and reads dates."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo


def write_instant(when: datetime, zone: ZoneInfo | None = None) -> str:
    """Return `2026-03-02T09:00:00.000+0000`: Jira leaves the colon out of the offset."""
    text = (when if zone is None else when.astimezone(zone)).isoformat(timespec="milliseconds")
    return text[:-3] + text[-2:]


def epoch_millis(when: datetime) -> int:
    """Return milliseconds since 1970."""
    return round(when.timestamp() * 1000)


def from_millis(millis: int) -> datetime:
    """Return the instant this long after 1970; OverflowError or ValueError beyond the calendar."""
    return datetime.fromtimestamp(millis / 1000, UTC)


def whole_millis(when: datetime) -> datetime:
    """Return `when` as Jira stores it, to the millisecond."""
    return when.replace(microsecond=when.microsecond // 1000 * 1000)


def read_day(text: str) -> date | None:
    """Return the day in `2026-03-02`, or None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-02") else None
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """Return the instant in `2026-03-02T09:00:00.000+0000`, or None for anything else."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return whole_millis(when.astimezone(UTC)) if when.tzinfo else None


def in_words(when: date, zone: ZoneInfo | None = None) -> str:
    """Return `02/Mar/26 9:00 AM`, and of a day alone `02/Mar/26`."""
    if not isinstance(when, datetime):
        return f"{when:%d/%b/%y}"
    local = when if zone is None else when.astimezone(zone)
    return f"{local:%d/%b/%y} {local.hour % 12 or 12}:{local:%M} {local:%p}"


def service_desk_date(when: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return the date object of Service Management."""
    local = when.astimezone(zone)
    return {
        "iso8601": local.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "jira": write_instant(when, zone),
        "friendly": in_words(local),
        "epochMillis": epoch_millis(when),
    }
