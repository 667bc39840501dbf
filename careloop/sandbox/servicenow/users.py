"""Users, their roles, and how they prove who they are."""

import base64
import binascii
from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.passwords import hash_password
from careloop.sandbox.servicenow.session import SYSTEM, Session, User
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.tokens import Tokens

_LETTERS = {
    "yyyy": "%Y",
    "MM": "%m",
    "MMM": "%b",
    "dd": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "a": "%p",
}


class Users:
    """The people and programs that may act; `tokens` are the bearer tokens that stand for them."""

    def __init__(self, db: Database, read_property: Callable[[str], str], tokens: Tokens) -> None:
        self._db = db
        self._property = read_property
        self.tokens = tokens

    def get(self, user_name: str) -> User:
        """Return the user with that `user_name`, `system` for the platform itself; else LookupError."""
        if user_name == SYSTEM.user_name:
            return SYSTEM
        row = next(self._db.where("sys_user", user_name=user_name), None)
        if row is None:
            raise LookupError(f"no user {user_name}")
        return self._user(row)

    def authenticate(self, authorization: str) -> User | None:
        """Return the active user that an Authorization header (Basic or Bearer) proves, or None."""
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return self._active(self.tokens.user_of(credentials.strip()))
        if scheme.lower() != "basic":
            return None
        try:
            user_name, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return self._active(user_name, password)

    def with_password(self, user_name: str, password: str) -> User | None:
        """Return the active user that a name and password prove, or None."""
        return self._active(user_name, password)

    def active(self, user_name: str) -> User | None:
        """Return the user with that name, who has proved it before, or None when there is no active one."""
        return self._active(user_name)

    def with_key(self, key: str) -> User | None:
        """Return the active user that an API key stands for, or None."""
        row = next(self._db.where("api_key", token=key, active="true"), None)
        return self._active(self.name_of(_get(row, "user"))) if row else None

    def name_of(self, sys_id: str) -> str:
        """Return the user name that belongs to an id, empty when there is none."""
        row = self._db.find("sys_user", sys_id)
        return _get(row, "user_name") if row else ""

    def _active(self, user_name: str, password: str | None = None) -> User | None:
        row = next(self._db.where("sys_user", user_name=user_name), None) if user_name else None
        if not row or _get(row, "active") != "true" or _get(row, "locked_out") == "true":
            return None
        known = _get(row, "user_password")
        return self._user(row) if password is None or (known and known == hash_password(password)) else None

    def _user(self, row: Row) -> User:
        sys_id = _get(row, "sys_id")
        groups = frozenset(
            _get(member, "group") for member in self._db.where("sys_user_grmember", user=sys_id)
        )
        return User(
            sys_id=sys_id,
            user_name=_get(row, "user_name"),
            name=_get(row, "name"),
            roles=self._roles(sys_id),
            groups=groups,
            zone=ZoneInfo(_get(row, "time_zone") or self._property("glide.sys.default.tz")),
            date_format=_pattern(_get(row, "date_format") or self._property("glide.sys.date_format")),
            time_format=_pattern(_get(row, "time_format") or self._property("glide.sys.time_format")),
        )

    def _roles(self, sys_id: str) -> frozenset[str]:
        held = self._db.where("sys_user_has_role", user=sys_id)
        return frozenset(self._db.display("sys_user_role", _get(has, "role")) for has in held)


def name_user(draft: Draft, session: Session) -> None:
    """Put a user's name together from its parts: a rule of table sys_user."""
    if draft.is_new or draft.changes("first_name") or draft.changes("last_name"):
        parts = [draft[part] for part in ("first_name", "last_name") if draft[part]]
        draft["name"] = " ".join(parts)


def _get(row: Row, name: str) -> str:
    return row[0].value(row[1], name)


@cache
def _pattern(java: str) -> str:
    """Turn a Java date pattern such as `dd/MM/yyyy` into one for strftime."""
    pattern, position = "", 0
    while position < len(java):
        stop = position
        while stop < len(java) and java[stop] == java[position]:
            stop += 1
        run = java[position:stop]
        pattern += _LETTERS.get(run, run)
        position = stop
    return pattern
