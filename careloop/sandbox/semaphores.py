"""Few requests at a time: what an instance lets in, keeps waiting, and turns away.

ServiceNow docs, io-semaphores-performance-metrics.md: a node has so many semaphores for REST calls, typically
four, and a queue before them; who finds it full is refused with 429. Calls of one session are served one
by one. Time counts only over real HTTP, where a call that a fault delays keeps others waiting.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack

from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.answer import make_json
from careloop.sandbox.refusals import web_page

WAITED = "careloop.sandbox.waited"
"""Key in a scope for the milliseconds that a call has waited for its semaphore."""
SESSION_WAITED = "careloop.sandbox.session_waited"
"""Key in a scope for the milliseconds that a call has waited for its session."""
LET_GO = "careloop.sandbox.let_go"
"""Key in a scope for what gives a call's places back early, because its answer gets lost."""
_SESSION = re.compile(rb"JSESSIONID=([^;\s]+)")
_FULL = {
    "error": {"message": "Too many requests", "detail": "The queue of semaphore set API_INT is full"},
    "status": "failure",
}


class Gate:
    """Lets `slots()` calls in at a time, in the order they came."""

    def __init__(self, slots: Callable[[], int]) -> None:
        self._slots = slots
        self._inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._waiting)

    @property
    def is_open(self) -> bool:
        """Whether the next call need not wait."""
        return self._inside < self._slots()

    @property
    def is_idle(self) -> bool:
        """Whether nobody is inside."""
        return self._inside == 0

    async def enter(self) -> int:
        """Go in, and return after how many milliseconds."""
        if self.is_open:
            self._inside += 1
            return 0
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        began = loop.time()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise
        return int(1000 * (loop.time() - began))

    def leave(self) -> None:
        """Hand the place to whoever waits longest, or leave it empty."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._inside -= 1


class Semaphores:
    """Lets `slots()` calls in at a time, up to `queue()` more wait; of one session only one at a time.

    Who finds the queue full is told so in JSON or, while `web_page()` says so, by a web page.
    """

    def __init__(
        self, slots: Callable[[], int], queue: Callable[[], int], web_page: Callable[[], bool] = lambda: False
    ) -> None:
        self._gate = Gate(slots)
        self._queue = queue
        self._web_page = web_page
        self._sessions: dict[bytes, Gate] = {}

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return `app` with the sessions and then the semaphores before it."""

        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            if not self._gate.is_open and self._gate.waiting >= self._queue():
                full = web_page(429, {}) if self._web_page() else make_json(429, _FULL)
                await full.send(send)
                return
            with ExitStack() as places:
                if name := _session(scope):
                    scope[SESSION_WAITED] = await self._join(name, places)
                scope[WAITED] = await self._gate.enter()
                places.callback(self._gate.leave)
                scope[LET_GO] = places.close
                await app(scope, receive, send)

        return admitted

    async def _join(self, name: bytes, places: ExitStack) -> int:
        gate = self._sessions.setdefault(name, Gate(lambda: 1))
        waited = await gate.enter()
        places.callback(self._part, name, gate)
        return waited

    def _part(self, name: bytes, gate: Gate) -> None:
        gate.leave()
        if gate.is_idle:
            self._sessions.pop(name, None)


def _session(scope: Scope) -> bytes:
    for name, value in scope.get("headers", ()):
        if name == b"cookie" and (found := _SESSION.search(value)):
            return bytes(found[1])
    return b""
