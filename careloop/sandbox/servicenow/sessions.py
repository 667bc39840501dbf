"""Sessions: who has signed in, by the cookie that the first answer hands out."""

from collections.abc import Callable
from datetime import datetime, timedelta

COOKIE = "JSESSIONID"
TIMEOUT = "glide.ui.session_timeout"
"""Property: minutes that a session lasts without a call."""


class Sessions:
    """Signed-in sessions on the sandbox clock; `draw` makes up the number of a new one."""

    def __init__(
        self, now: Callable[[], datetime], draw: Callable[[], str], minutes: Callable[[], int]
    ) -> None:
        self._now = now
        self._draw = draw
        self._minutes = minutes
        self._open: dict[str, tuple[str, datetime]] = {}

    def open(self, user_name: str) -> str:
        """Return the number of a new session; an empty name opens one of nobody, which signs nobody on."""
        number = self._draw().upper()
        if user_name:
            self._open[number] = (user_name, self._now())
        return number

    def user_of(self, number: str) -> str:
        """Return whose session it is, empty for nobody's or one that is over, and let it last longer."""
        user_name, used = self._open.get(number, ("", self._now()))
        if user_name and self._now() - used >= timedelta(minutes=self._minutes()):
            del self._open[number]
            return ""
        if user_name:
            self._open[number] = (user_name, self._now())
        return user_name
