"""The one clock that both pretend platforms share."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

Job = Callable[[datetime], None]


class Clock:
    """Sandbox time in UTC: it stands still, or flows with a time source, and runs what falls due on the way.

    `source` returns seconds that only ever grow (such as `time.monotonic`); without one the clock stands
    still until it is moved. Moving the clock forward runs every due job at its own time, oldest first, so
    that a jump of a week and a week of waiting leave the same history. A time without a zone is a ValueError.
    """

    def __init__(self, start: datetime, source: Callable[[], float] | None = None) -> None:
        self._start = _utc(start)
        self._source = source
        self._jobs: list[tuple[datetime, int, Job]] = []
        self._order = itertools.count()
        self._running = False
        self._shift = timedelta(0)
        self.reset()

    def reset(self) -> None:
        """Go back to the start and forget every job; a clock with a source flows again."""
        self._flowing = self._source is not None
        self._set(self._start)
        self._jobs.clear()

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still until it is moved."""
        return not self._flowing

    def freeze(self) -> None:
        """Stand still from now on."""
        self._set(self._right())
        self._flowing = False

    def flow(self) -> None:
        """Flow with the source again, from the present time on; ValueError without a source."""
        if self._source is None:
            raise ValueError("this clock has no source of time to flow with")
        self._set(self._right())
        self._flowing = True

    def now(self) -> datetime:
        """Return the sandbox's time, aware, in UTC."""
        return self._right() + self._shift

    @contextmanager
    def shifted(self, seconds: float) -> Iterator[None]:
        """Show a time that is wrong by so many seconds while the block lasts; jobs go by the right one."""
        self._shift = timedelta(seconds=seconds)
        try:
            yield
        finally:
            self._shift = timedelta(0)

    def _right(self) -> datetime:
        return self._base + timedelta(seconds=self._flowed())

    def at(self, when: datetime, job: Job) -> None:
        """Run `job(when)` once, when the clock reaches `when`; a job may plan the next one."""
        heapq.heappush(self._jobs, (when, next(self._order), job))

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds` (zero or more), running due jobs on the way."""
        self.move_to(self._right() + timedelta(seconds=seconds))

    def move_to(self, when: datetime) -> None:
        """Set the time; going forward runs due jobs on the way.

        Going back runs nothing and takes the jobs along, each as far away as it was: what runs every hour
        goes on running every hour.
        """
        target = _utc(when)
        back = self._right() - target
        if back > timedelta(0):
            self._jobs = [(due - back, order, job) for due, order, job in self._jobs]
        self._run_until(target)
        self._set(target)

    def catch_up(self) -> None:
        """Run the jobs that fell due while time flowed by itself; servers call this before each request."""
        now = self._right()
        if self._jobs and self._jobs[0][0] <= now:
            self._run_until(now)
            self._set(now)

    def _run_until(self, target: datetime) -> None:
        if self._running:  # a job that moves the clock must not run the queue inside itself
            return
        self._running = True
        try:
            while self._jobs and self._jobs[0][0] <= target:
                when, _, job = heapq.heappop(self._jobs)
                self._set(max(when, self._base))
                job(self._base)
        finally:
            self._running = False

    def _set(self, when: datetime) -> None:
        self._base = when
        self._mark = self._source() if self._source else 0.0

    def _flowed(self) -> float:
        return self._source() - self._mark if self._source and self._flowing and not self._running else 0.0


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError(f"{when.isoformat()} names no time zone")
    return when.astimezone(UTC)
