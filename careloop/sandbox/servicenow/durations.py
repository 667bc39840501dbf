"""Durations: stored as the time that has passed since the start of 1970, shown in words."""

from datetime import timedelta

from careloop.sandbox.servicenow.session import parse_stored, stored

EPOCH = "1970-01-01 00:00:00"
_UNITS = (("Day", 86_400), ("Hour", 3600), ("Minute", 60))


def as_duration(text: str) -> timedelta:
    """Return a stored duration; none for an empty text, ValueError for one that is no duration."""
    return parse_stored(text) - parse_stored(EPOCH) if text else timedelta(0)


def store_duration(duration: timedelta) -> str:
    """Return what is stored for a duration; a negative one counts as none."""
    return stored(parse_stored(EPOCH) + max(duration, timedelta(0)))


def show_duration(text: str) -> str:
    """Return a stored duration as people read it, such as `1 Day 4 Hours 23 Minutes`."""
    seconds = int(as_duration(text).total_seconds())
    if 0 < seconds < 60:
        return f"{seconds} Seconds" if seconds > 1 else "1 Second"
    words = []
    for name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(words) or "0 Seconds"
