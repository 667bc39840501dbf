"""Who or what closed: the account with most closings, and timers."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from careloop.report.audit.figures import Bar, ClosedWithoutWord, TopCloser
from careloop.report.audit.incident import Incident

HOUR, DAY = 3600, 86_400
FEWEST, FEWEST_DAYS = 20, 10
"""Closings, and days with a closing, below which nothing is said about how regular they are.

Somebody who tidies up one afternoon closes many at the same distance from their resolution too.
"""
MOST_DAYS = 30
"""What was closed later stands in the chart's last bar."""


@dataclass(slots=True)
class Closings:
    """Closings of one account: how many, on which days, and how many seconds after the resolution."""

    count: int = 0
    days: set[int] = field(default_factory=set)
    gaps: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, closing: int, resolved: int) -> None:
        """Take one in."""
        self.count += 1
        self.days.add(closing // DAY)
        if closing and resolved:
            self.gaps.append(closing - resolved)

    @property
    def is_regular(self) -> bool:
        """Tell whether a timer closed them: half or more at the same distance from the resolution."""
        enough = self.count >= FEWEST and len(self.days) >= FEWEST_DAYS
        return enough and 2 * self.most_alike >= len(self.gaps) > 0

    @property
    def most_alike(self) -> int:
        """Return how many were closed at the most frequent distance."""
        return max(Counter(map(_distance, self._later)).values(), default=0)

    @property
    def alike_hours(self) -> float:
        """Return the median of the most frequent distance, in hours."""
        counts = Counter(map(_distance, self._later))
        best = max(counts, key=lambda distance: (counts[distance], -distance))
        return median(gap for gap in self._later if _distance(gap) == best) / HOUR

    @property
    def _later(self) -> list[int]:
        """Return the gaps of an hour and more: who resolves and closes at once is no timer."""
        return [gap for gap in self.gaps if gap >= HOUR]

    @property
    def median_hours(self) -> float | None:
        """Return the median gap in hours."""
        return median(self.gaps) / HOUR if self.gaps else None


def _distance(gap: int) -> int:
    """Return the hour in which a gap ends on the first day, and the day after that."""
    return gap // HOUR if gap < DAY else 24 * (gap // DAY)


def gather_closings(incidents: Iterable[Incident]) -> dict[int, Closings]:
    """Return the closings of each account by its number; 0 is unknown."""
    found: dict[int, Closings] = defaultdict(Closings)
    for one in incidents:
        if one.was_closed:
            found[one.closer].add(one.closing or one.closed, one.resolved)
    return found


def find_top_closer(closings: dict[int, Closings], closed: int) -> tuple[int, TopCloser] | None:
    """Return the account with most closings and its number, or None where no account is known."""
    known = [account for account in closings if account]
    if not known:
        return None
    top = max(known, key=lambda account: closings[account].count)
    found = closings[top]
    return top, TopCloser(
        closings=found.count,
        share=found.count / closed,
        median_hours_after_resolution=found.median_hours,
    )


def find_timers(closings: dict[int, Closings], closed: int) -> ClosedWithoutWord:
    """Return what accounts closed that are timers by their regularity."""
    timers = [found for account, found in closings.items() if account and found.is_regular]
    gaps = [gap for found in timers for gap in found.gaps]
    return ClosedWithoutWord(
        incidents=sum(found.count for found in timers),
        of=closed,
        hours_after_resolution=median(gaps) / HOUR if gaps else None,
        estimated=False,
    )


def estimate_timer(closings: dict[int, Closings], closed: int) -> ClosedWithoutWord | None:
    """Return what a timer seems to have closed, whoever it is; None where no distance is frequent enough."""
    every = Closings()
    for found in closings.values():
        every.count += found.count
        every.days |= found.days
        every.gaps.extend(found.gaps)
    if not every.is_regular:
        return None
    return ClosedWithoutWord(
        incidents=every.most_alike, of=closed, hours_after_resolution=every.alike_hours, estimated=True
    )


def closings_by_day(closings: dict[int, Closings]) -> tuple[Bar, ...]:
    """Return how many were closed on which day after their resolution; the last bar holds all later ones."""
    days = Counter(
        min(gap // DAY, MOST_DAYS) for found in closings.values() for gap in found.gaps if gap >= 0
    )
    last = max(days, default=-1)
    return tuple(
        Bar(at=f"{day}+" if day == MOST_DAYS else str(day), count=days[day]) for day in range(last + 1)
    )
