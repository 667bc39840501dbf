"""Who is acting and when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STORED = "%Y-%m-%d %H:%M:%S"
"""How times are stored and returned raw: UTC, whole seconds."""
DAY = "%Y-%m-%d"
"""How days are stored and returned raw."""


@dataclass(frozen=True)
class User:
    """A person or program with its roles (contained ones included) and how it likes to see times."""

    sys_id: str
    user_name: str
    name: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    zone: ZoneInfo = field(default=ZoneInfo("UTC"))
    date_format: str = "%Y-%m-%d"
    time_format: str = "%H:%M:%S"

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles

    def has_any(self, roles: frozenset[str]) -> bool:
        """Return whether the user has one of the roles; an admin has them all."""
        return self.is_admin or not self.roles.isdisjoint(roles)


SYSTEM = User(sys_id="system", user_name="system", name="System", roles=frozenset({"admin"}))
"""The platform itself, which runs scheduled jobs."""


@dataclass(frozen=True)
class Session:
    """One user at one moment (aware, UTC)."""

    user: User
    now: datetime

    @property
    def stamp(self) -> str:
        return stored(self.now)


def stored(when: datetime) -> str:
    """Return a time as the platform stores it."""
    return when.astimezone(UTC).strftime(STORED)


def parse_stored(text: str) -> datetime:
    """Return the time of a stored text; ValueError when it is none."""
    if len(text) != 19 or text[4] + text[7] + text[10] != "-- ":
        raise ValueError(f"{text} is no stored time")
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def show_day(value: str, user: User) -> str:
    """Return a stored day in the user's own format; a day lies in no zone."""
    return datetime.strptime(value, DAY).strftime(user.date_format)  # noqa: DTZ007 - as above


def show(value: str, user: User) -> str:
    """Return a stored time in the user's own zone and format."""
    pattern = f"{user.date_format} {user.time_format}"
    if pattern == STORED and user.zone.key == "UTC":
        return value
    return parse_stored(value).astimezone(user.zone).strftime(pattern)
