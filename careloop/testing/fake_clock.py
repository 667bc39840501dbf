"""A clock for tests: time stands still until somebody waits."""

from datetime import datetime, timedelta


class FakeClock:
    """`careloop.ports.Clock` whose time passes only when somebody sleeps or waits."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def wait(self, **span: float) -> None:
        """Let a span pass, given as `timedelta` takes it: `wait(days=1, hours=2)`."""
        self._now += timedelta(**span)
