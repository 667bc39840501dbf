"""Who calls: e-mail and API token on Cloud; name and secret, access token or session on Data Center."""

from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

COOKIE = "JSESSIONID"
UNAUTHENTICATED = "Client must be authenticated to access this resource."


class LoginFailed(Exception):
    """Credentials that prove nothing; `reason` is what Data Center puts into X-Seraph-LoginReason."""

    def __init__(self, status: int, reason: str, *, by_name: bool) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.by_name = by_name


class AccessToken(NamedTuple):
    """A personal access token of Data Center."""

    id: int
    name: str
    user: User
    secret: str
    created: datetime
    expires: datetime | None


@dataclass(slots=True)
class Session:
    """A login with name and password that a cookie stands for."""

    id: str
    user: User


@dataclass(slots=True)
class Logins:
    """What a site remembers of logins: sessions, personal access tokens, and who failed how often."""

    sessions: dict[str, Session] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    successes: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    in_a_row: Counter[str] = field(default_factory=Counter)

    def identify(self, store: Store, headers: Mapping[str, str], *, through_gateway: bool) -> User | None:
        """Return the account that a request proves, None for an anonymous one; raises LoginFailed.

        Cloud takes a bearer through its gateway only, where it stands for an OAuth 2.0 app.
        """
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "":
                return None if store.is_cloud else self._by_cookie(headers.get("cookie", ""))
            case "basic":
                return self._by_secret(store, *_read_basic(credentials))
            case "bearer" if through_gateway or not store.is_cloud:
                user = store.people.by_token(credentials.strip()) or self._by_token(
                    store, credentials.strip()
                )
                if user is not None and user.active:
                    return user
        raise LoginFailed(401, "AUTHENTICATED_FAILED", by_name=False)

    def open_session(self, store: Store, name: str, secret: str) -> Session:
        """Log in with a user name and a password; raises LoginFailed."""
        user = self._by_secret(store, name, secret)
        number = store.next_id("session", first=1)
        session = Session(f"{number:032X}", user)
        self.sessions[session.id] = session
        return session

    def close_session(self, headers: Mapping[str, str]) -> None:
        """Log out, if there is a session."""
        self.sessions.pop(read_cookie(headers.get("cookie", "")), None)

    def create_token(self, store: Store, user: User, name: str, days: int | None) -> AccessToken:
        """Create a personal access token, which is valid so many days, or for ever."""
        number, now = store.next_id("access token", first=1), store.now()
        expires = now + timedelta(days=days) if days else None
        made = AccessToken(number, name, user, f"{user.name}-pat-{number}", now, expires)
        self.tokens[made.secret] = made
        return made

    def _by_secret(self, store: Store, name: str, secret: str) -> User:
        people, most = store.people, store.switches.dc_login_attempts
        user = people.by_email(name) if store.is_cloud else people.by_name(name)
        if not store.is_cloud and most and self.in_a_row[name] >= most:
            raise LoginFailed(403, "AUTHENTICATION_DENIED", by_name=True)
        if user is None or not user.active or secret != user.token:
            self.failures[name] += 1
            self.in_a_row[name] += 1
            raise LoginFailed(401, "AUTHENTICATED_FAILED", by_name=True)
        self.successes[name] += 1
        self.in_a_row[name] = 0
        return user

    def _by_token(self, store: Store, secret: str) -> User | None:
        known = self.tokens.get(secret)
        if known is None or (known.expires and known.expires <= store.now()):
            return None
        return known.user

    def _by_cookie(self, header: str) -> User | None:
        session = self.sessions.get(read_cookie(header))
        return session.user if session else None


def read_cookie(header: str) -> str:
    """Return the id of the session that a Cookie header names, or an empty text."""
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def demand(user: User | None) -> User:
    """Return the signed-in account; 401 for an anonymous call."""
    if user is None:
        raise Refused(401, "You are not authenticated. Authentication required to perform this operation.")
    return user


def _read_basic(credentials: str) -> tuple[str, str]:
    try:
        name, _, secret = b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, secret
