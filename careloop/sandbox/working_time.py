"""Sums of working time over the stretches in which work is done, whatever says when these are."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]
"""From when to when work is done; several come in the order of time and do not overlap."""


def worked(stretches: Iterable[Stretch], start: datetime, end: datetime) -> timedelta:
    """Return how much working time lies between two moments."""
    total = timedelta(0)
    for opens, closes in stretches:
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta(0))
    return total


def moment_after(stretches: Iterable[Stretch], start: datetime, duration: timedelta) -> datetime | None:
    """Return the moment by which so much working time has passed, None if it never does."""
    for opens, closes in stretches:
        begins = max(opens, start)
        if closes - begins >= duration:
            return begins + duration
        duration -= max(closes - begins, timedelta(0))
    return None
