"""What happens to the careloop process from outside: it dies at a write, or the world moves on meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

READS = ("GET", "HEAD", "OPTIONS")
ASKED_BY_POST = ("/search/jql", "/bulkfetch", "/comment/list")
"""Reads of Jira that are sent as POST, since what they ask for does not fit into an address."""


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Executioner:
    """Ends the process at the nth write, before it is sent or after it was carried out; 0 never does.

    `at_call` ends it at the nth call of any kind instead, before it is sent. `meanwhile` says, by the number
    of a call, what others do right before it. Calls are counted from `begin`, writes from the start.
    """

    at: int = 0
    after: bool = False
    at_call: int = 0
    writes: list[str] = field(default_factory=list)
    calls: int = 0
    struck: bool = False
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)

    def begin(self) -> None:
        """Count calls from here on."""
        self.calls = 0

    def rest(self) -> None:
        """Forget what has not happened yet."""
        self.at, self.after, self.at_call = 0, False, 0
        self.meanwhile.clear()

    def around(self, inner: BaseAdapter) -> BaseAdapter:
        """Return an adapter that counts and ends the process when its time has come."""
        return _Watched(self, inner)

    def see(self, request: PreparedRequest) -> bool:
        """Take note of a call and return whether it is the process's last; raises Killed before it is."""
        self.calls += 1
        if act := self.meanwhile.pop(self.calls, None):
            act()
        if self.calls == self.at_call:
            self._strike()
        if only_reads(request):
            return False
        self.writes.append(f"{request.method} {request.path_url}")
        last = len(self.writes) == self.at
        if last and not self.after:
            self._strike()
        return last

    def finish(self) -> None:
        """End the process after its last write was carried out."""
        self._strike()

    def _strike(self) -> None:
        self.struck = True
        raise Killed


class _Watched(BaseAdapter):
    def __init__(self, executioner: Executioner, inner: BaseAdapter) -> None:
        super().__init__()
        self._executioner = executioner
        self._inner = inner

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        last = self._executioner.see(request)
        try:
            return self._inner.send(request, *args, **kwargs)
        finally:
            if last:
                self._executioner.finish()

    def close(self) -> None:
        self._inner.close()


def only_reads(request: PreparedRequest) -> bool:
    """Tell whether a request changes nothing."""
    return request.method in READS or any(part in request.path_url for part in ASKED_BY_POST)
