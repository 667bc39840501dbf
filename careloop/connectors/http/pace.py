"""How fast we ask, and how long we wait before we ask again."""

import random
import threading
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from requests import Response

from careloop.ports import Clock

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
JITTER = (0.7, 1.3)


class Bucket:
    """A token bucket: on average `rate` requests a second, at most a second's worth of them at once."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self._rate = rate
        self._room = max(1.0, rate)
        self._tokens = self._room
        self._clock = clock
        self._filled = clock.now()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Take one token, sleeping until there is one."""
        with self._lock:
            now = self._clock.now()
            gained = max(0.0, (now - self._filled).total_seconds()) * self._rate
            self._tokens = min(self._room, self._tokens + gained) - 1
            self._filled = now
            lacking = -self._tokens / self._rate
        if lacking > 0:
            self._clock.sleep(lacking)


def back_off(attempt: int, rng: random.Random) -> float:
    """Return the seconds to wait after the n-th failure in a row, counted from 1."""
    wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
    return wait * rng.uniform(*JITTER)


def read_retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds `Retry-After` asks for, which may be a number or an HTTP date, or None.

    A date is compared with the answer's own `Date`, so that a wrong clock on either side does not matter.
    """
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    with suppress(ValueError):  # then it is a date
        return max(0.0, float(text))
    until = _read_date(text)
    if until is None:
        return None
    return max(0.0, (until - (_read_date(response.headers.get("Date", "")) or now)).total_seconds())


def _read_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
