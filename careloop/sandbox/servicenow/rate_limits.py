"""Rate limits: so many calls per user and hour.

Sources: ServiceNow docs inbound-REST-API-rate-limiting.md and create-REST-API-rate-limits.md. The columns of
`sys_rate_limit_rules` are named after the labels there.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.session import Session, User
from careloop.sandbox.servicenow.store.database import Database, Row

_RANKS = ("single_user", "users_with_role", "all_users")
_COMMIT = timedelta(seconds=30)
Key = tuple[str, int, str, datetime]
"""Rule, its limit, user and hour of a count."""
_VERSION = re.compile(r"/api/now(?:/(v\d))?(?=/)")


class RateLimits:
    """Counts calls by the rules in `sys_rate_limit_rules`: for one user, for those with a role, or for all.

    A rule is about a REST API (empty: any), its version (`latest`: any), a table, and a resource: a method, a
    path such as `/now/table/{tableName}`, or both. Of the rules that fit the most personal counts, then the
    strictest. A new limit begins to count afresh. The platform commits its counts every 30 seconds, so that a
    limit may bite late: it does so here as long as `lags()` says so.
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
        rule = min(self._fitting(session.user, method, path, api), default=None)
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
        key = (sys_id, limit, session.user.user_name, hour)
        if session.now >= self._commit_at:
            self._committed = self._counts.copy()
            self._commit_at = session.now + _COMMIT
        if (self._committed if self._lags() else self._counts)[key] >= limit:
            wait = {"Retry-After": str(int((reset - session.now).total_seconds()))}
            detail = f"Rate limit of {limit} requests per hour for {api} exceeded"
            raise HttpRefused(429, "Rate limit exceeded", detail, {**headers, **wait})
        self._counts[key] += 1
        return headers

    def _fitting(self, user: User, method: str, path: str, api: str) -> Iterator[tuple[int, int, str]]:
        for row in self._db.where("sys_rate_limit_rules", active="true"):
            kind, limit = _get(row, "apply_to"), _get(row, "request_limit_per_hour")
            known = limit.isdigit() and kind in _RANKS and _get(row, "rest_api") in ("", api)
            if known and _covers(row, method, path) and self._is_about(row, kind, user):
                yield _RANKS.index(kind), int(limit), _get(row, "sys_id")

    def _is_about(self, row: Row, kind: str, user: User) -> bool:
        match kind:
            case "single_user":
                return _get(row, "user") == user.sys_id
            case "users_with_role":
                return self._db.display("sys_user_role", _get(row, "role")) in user.roles
        return True


def _covers(row: Row, method: str, path: str) -> bool:
    """Return whether a rule is about this method and address."""
    found = _VERSION.match(path)
    plain = _VERSION.sub("/now", path)
    parts = plain.split("/")
    tables = {_get(row, "table"), _get(row, "import_set_table")} - {""}
    if tables and not (len(parts) > 3 and parts[3] in tables):
        return False
    if _get(row, "version") not in ("", "latest", found[1] if found else ""):
        return False
    verb, _, template = _get(row, "resource").rpartition(" ")
    if not template.startswith("/"):
        verb, template = template, ""
    return verb in ("", method) and (not template or _pattern(template).fullmatch(plain) is not None)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a path such as `/now/table/{tableName}` stands for; one without a name, all below it."""
    parts = re.split(r"\{\w+\}", template)
    return re.compile("[^/]+".join(map(re.escape, parts)) + ("" if len(parts) > 1 else "(/.*)?"))


def name_resource(draft: Draft, session: Session) -> None:
    """Derive what a rule is called by: a rule of table sys_rate_limit_rules."""
    version = draft["version"] if draft["version"] not in ("", "latest") else ""
    verb, _, path = draft["resource"].rpartition(" ")
    place = path.replace("{tableName}", draft["table"] or "{tableName}")
    place = place.replace("/now/", f"/now/{version}/", 1) if version else place
    draft["rest_api_resource"] = " ".join(part for part in (verb, place) if part)


def _get(row: Row, name: str) -> str:
    return row[0].value(row[1], name)
