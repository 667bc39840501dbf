"""Bearer tokens: who they stand for and until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Grant:
    """What a token stands for: a user, the client it was given to, and its end (None: none)."""

    user_name: str
    client_id: str = ""
    until: datetime | None = None


class Tokens:
    """Access and refresh tokens on the sandbox clock; `draw` makes up a new one."""

    def __init__(self, now: Callable[[], datetime], draw: Callable[[], str]) -> None:
        self._now = now
        self._draw = draw
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._spent: set[tuple[str, str]] = set()

    def put(self, token: str, user_name: str) -> None:
        """Let a chosen token stand for a user without an end."""
        self._access[token] = Grant(user_name)

    def issue(self, user_name: str, client_id: str, seconds: int) -> str:
        """Return a new access token."""
        return self._keep(self._access, user_name, client_id, seconds)

    def issue_refresh(self, user_name: str, client_id: str, seconds: int) -> str:
        """Return a new refresh token."""
        return self._keep(self._refresh, user_name, client_id, seconds)

    def user_of(self, token: str) -> str:
        """Return the user that an access token stands for, empty when it is unknown or over."""
        grant = self._valid(self._access, token)
        return grant.user_name if grant else ""

    def refreshed(self, token: str, client_id: str) -> str:
        """Return the user that a client's refresh token stands for, empty when there is none such."""
        grant = self._valid(self._refresh, token)
        return grant.user_name if grant and grant.client_id == client_id else ""

    def spend(self, client_id: str, token_id: str) -> bool:
        """Take note of a signed token that a client exchanges; False when it has done so before."""
        if (client_id, token_id) in self._spent:
            return False
        self._spent.add((client_id, token_id))
        return True

    def expire(self) -> None:
        """End every access token now."""
        self._access.clear()

    def _keep(self, kept: dict[str, Grant], user_name: str, client_id: str, seconds: int) -> str:
        token = self._draw()
        kept[token] = Grant(user_name, client_id, self._now() + timedelta(seconds=seconds))
        return token

    def _valid(self, kept: dict[str, Grant], token: str) -> Grant | None:
        grant = kept.get(token)
        return grant if grant and (grant.until is None or self._now() < grant.until) else None
