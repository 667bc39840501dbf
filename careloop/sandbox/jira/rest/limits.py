"""Rate limits: bursts, hourly points and writes to one issue on Cloud, tokens of each user on Data Center.

All of it runs on the site's clock, and each is off until its switch says otherwise: a program that asks
without a network in between is faster than any real one. Numbers and headers: Atlassian's page on rate
limiting (March 2026); Data Center's headers: the Confluence 8.7 page of the same kind.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.store import Store

PER_SECOND = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}
SINGLE_ISSUE, CHANGELOG, CUSTOMERS = 150, 200, 5
ISSUE_WRITES = ((timedelta(seconds=2), 20), (timedelta(seconds=30), 100))
NEAR = 0.2
"""Below this share of what is left, an answer says that the limit is near."""

_IDENTITY = 2
_SPOKEN = "Rate limit exceeded. Wait as long as the header Retry-After says, then try again."
Headers = dict[str, str]


@dataclass(slots=True)
class Bucket:
    """A token bucket: so many tokens at most, so many more every second."""

    capacity: float
    per_second: float
    tokens: float
    at: datetime

    def fill(self, now: datetime) -> None:
        """Add what has come in since; a clock that was set back adds nothing."""
        passed = max((now - self.at).total_seconds(), 0.0)
        self.tokens, self.at = min(self.capacity, self.tokens + passed * self.per_second), now

    def take(self) -> bool:
        """Take one token, and return whether there was one."""
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    @property
    def wait(self) -> float:
        """Seconds until there is a token."""
        return max((1 - self.tokens) / self.per_second, 0.0)


@dataclass(slots=True)
class Limits:
    """What was used up so far; `admit` before a call, `charge` after it."""

    buckets: dict[object, Bucket] = field(default_factory=dict)
    writes: dict[int, deque[datetime]] = field(default_factory=dict)
    hour: datetime | None = None
    points: int = 0

    def admit(self, store: Store, method: str, place: str, who: str, issue: str | None) -> Headers:
        """Count a call to `place` (an address with its parameters' names) and return headers for the answer.

        Raises Refused (429, with its headers) for a call too many.
        """
        if not store.is_cloud:
            return self._admit_user(store, who)
        headers = self._check_points(store) | self._admit_burst(store, method, place)
        if issue is not None and method != "GET":
            self._admit_write(store, issue)
        return headers

    def charge(self, store: Store, place: str, content: object) -> None:
        """Count the points of an answer: one, and one for each object in it, two more for each account."""
        if not store.switches.points_per_hour:
            return
        rows: Any = content
        if isinstance(content, Mapping):
            rows = content.get("issues") or content.get("values") or content.get("comments")
        count = len(rows) if isinstance(rows, list) else 1
        self.points += 1 + count * (1 + (_IDENTITY if place.startswith("/user") else 0))

    def _check_points(self, store: Store) -> Headers:
        most, now = store.switches.points_per_hour, store.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self.hour:
            self.hour, self.points = hour, 0
        if most and self.points >= most:
            wait = (hour + timedelta(hours=1) - now).total_seconds()
            extra = {
                "Beta-RateLimit-Policy": f'"global-app-quota";q={most};w=3600',
                "Beta-RateLimit": f'"global-app-quota";r=0;t={ceil(wait)}',
            }
            raise too_many(now, wait, most, "jira-quota-tenant-based", extra)
        return {"X-RateLimit-NearLimit": "true"} if most and most - self.points < NEAR * most else {}

    def _admit_burst(self, store: Store, method: str, place: str) -> Headers:
        if not store.switches.burst_limits:
            limit = recorded_limit(method, place)
            return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(limit - 1)}
        now, rate = store.now(), _burst(method, place)
        bucket = self._bucket((method, place), rate, rate, now)
        if not bucket.take():
            raise too_many(now, bucket.wait, rate, "jira-burst-based")
        headers = {"X-RateLimit-Limit": str(rate), "X-RateLimit-Remaining": str(int(bucket.tokens))}
        return headers | ({"X-RateLimit-NearLimit": "true"} if bucket.tokens < NEAR * rate else {})

    def _admit_write(self, store: Store, reference: str) -> None:
        issue = store.issue(reference) if store.switches.issue_write_limits else None
        if issue is None:
            return
        now = store.now()
        times = self.writes.setdefault(issue.id, deque())
        for window, most in ISSUE_WRITES:
            recent = [when for when in times if now - window < when <= now]
            if len(recent) >= most:
                wait = (recent[-most] + window - now).total_seconds()
                raise too_many(now, wait, most, "jira-per-issue-on-write")
        times.append(now)
        while times and times[0] <= now - ISSUE_WRITES[-1][0]:
            times.popleft()

    def _admit_user(self, store: Store, who: str) -> Headers:
        switches = store.switches
        if not switches.dc_rate_capacity:
            return {}
        now, interval = store.now(), switches.dc_rate_interval
        bucket = self._bucket(who, switches.dc_rate_capacity, switches.dc_rate_fill / interval, now)
        admitted = bucket.take()
        headers = {
            "X-RateLimit-Limit": str(switches.dc_rate_capacity),
            "X-RateLimit-Remaining": str(int(bucket.tokens)),
            "X-RateLimit-Interval-Seconds": str(interval),
            "X-RateLimit-FillRate": str(switches.dc_rate_fill),
            "Retry-After": "0" if bucket.tokens >= 1 else str(ceil(bucket.wait)),
        }
        if not admitted:
            raise Refused(429, "Rate limit exceeded.", headers=headers)
        return headers

    def _bucket(self, key: object, capacity: float, per_second: float, now: datetime) -> Bucket:
        bucket = self.buckets.setdefault(key, Bucket(capacity, per_second, capacity, now))
        bucket.capacity, bucket.per_second = capacity, per_second
        bucket.fill(now)
        return bucket


def too_many(
    now: datetime, wait: float, limit: int, reason: str, extra: Mapping[str, str] | None = None
) -> Refused:
    """Return Cloud's 429 for a call that is to wait so many seconds."""
    reset = now + timedelta(seconds=wait)
    headers = {
        "Retry-After": str(max(ceil(wait), 1)),
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": reset.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "X-RateLimit-NearLimit": "true",
        "RateLimit-Reason": reason,
    }
    return Refused(429, _SPOKEN, headers={**headers, **(extra or {})})


def recorded_limit(method: str, place: str) -> int:
    """Return the limit that recorded answers carry: GET issue 400, PUT issue 300, POST 200, others 350."""
    by_method = {"PUT": 300, "POST": 200, "DELETE": 300}
    return by_method.get(method) or (400 if place.startswith("/issue/{issue}") else 350)


def _burst(method: str, place: str) -> int:
    if method == "GET" and place == "/issue/{issue}":
        return SINGLE_ISSUE
    if method == "GET" and place == "/issue/{issue}/changelog":
        return CHANGELOG
    if method == "GET" and place == "/servicedesk/{desk}/customer":
        return CUSTOMERS
    return PER_SECOND.get(method, PER_SECOND["GET"])
