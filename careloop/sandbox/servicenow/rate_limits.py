"""Rate limits: so many calls per user and hour (ServiceNow docs inbound-REST-API-rate-limiting.md)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.session import Session, User
from careloop.sandbox.servicenow.store.database import Database, Row

_RANKS = ("user", "role", "all")
_COMMIT = timedelta(seconds=30)
Key = tuple[str, str, datetime]
"""Rule, user and hour of a count."""


class RateLimits:
    """Counts calls by the rules in `sys_rate_limit_rules`: for one user, for those with a role, or for all.

    A rule is about a method (empty: any) and a path that the address begins with; of those that fit, the most
    personal counts, then the strictest. The platform commits its counts every 30 seconds, so that a limit may
    bite late: it does so here as long as `lags()` says so.
    """

    def __init__(self, db: Database, lags: Callable[[], bool]) -> None:
        self._db = db
        self._lags = lags
        self._counts: Counter[Key] = Counter()
        self._committed: Counter[Key] = Counter()
        self._commit_at = datetime.min.replace(tzinfo=UTC)

    def count(self, session: Session, method: str, path: str, api: str) -> Mapping[str, str]:
        """Count a call and return the headers that tell of its rule; raises HttpRefused 429 above it."""
        if not len(self._db["sys_rate_limit_rules"]):
            return {}
        rule = min(self._fitting(session.user, method, path), default=None)
        if rule is None:
            return {}
        _, limit, sys_id = rule
        hour = session.now.replace(minute=0, second=0, microsecond=0)
        reset = hour + timedelta(hours=1)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Reset": str(int(reset.timestamp())),
            "X-RateLimit-Rule": sys_id,
        }
        key = (sys_id, session.user.user_name, hour)
        if session.now >= self._commit_at:
            self._committed = self._counts.copy()
            self._commit_at = session.now + _COMMIT
        if (self._committed if self._lags() else self._counts)[key] >= limit:
            wait = {"Retry-After": str(int((reset - session.now).total_seconds()))}
            detail = f"Rate limit of {limit} requests per hour for {api} exceeded"
            raise HttpRefused(429, "Rate limit exceeded", detail, {**headers, **wait})
        self._counts[key] += 1
        return headers

    def _fitting(self, user: User, method: str, path: str) -> Iterator[tuple[int, int, str]]:
        for row in self._db.where("sys_rate_limit_rules", active="true"):
            kind, limit = _get(row, "type"), _get(row, "request_limit_per_hour")
            fits = _get(row, "method") in ("", method) and path.startswith(_get(row, "path"))
            if limit.isdigit() and kind in _RANKS and fits and self._is_about(row, kind, user):
                yield _RANKS.index(kind), int(limit), _get(row, "sys_id")

    def _is_about(self, row: Row, kind: str, user: User) -> bool:
        match kind:
            case "user":
                return _get(row, "user") == user.sys_id
            case "role":
                return self._db.display("sys_user_role", _get(row, "role")) in user.roles
        return True


def _get(row: Row, name: str) -> str:
    return row[0].value(row[1], name)
