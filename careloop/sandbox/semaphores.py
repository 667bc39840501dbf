"""Few requests at a time: what an instance's semaphores let in, keep waiting, and turn away.

ServiceNow docs, io-semaphores-performance-metrics.md: a node has so many semaphores for REST calls, typically
four, and a queue before them; who finds it full is refused with 429. Time counts only over real HTTP, where a
call that a fault delays holds its semaphore.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.answer import make_json

WAITED = "careloop.sandbox.waited"
"""Key in a scope for the milliseconds that a call has waited for its semaphore."""
_FULL = {
    "error": {"message": "Too many requests", "detail": "The queue of semaphore set API_INT is full"},
    "status": "failure",
}


class Semaphores:
    """Lets `slots()` calls in at a time, in the order they came; up to `queue()` more wait."""

    def __init__(self, slots: Callable[[], int], queue: Callable[[], int]) -> None:
        self._slots = slots
        self._queue = queue
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return `app` with the semaphores before it."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            if self._running < self._slots():
                self._running += 1
            elif len(self._waiting) < self._queue():
                scope[WAITED] = await self._wait()
            else:
                await make_json(429, _FULL).send(send)
                return
            try:
                await app(scope, receive, send)
            finally:
                self._release()

        return limited

    async def _wait(self) -> int:
        """Wait until a semaphore is handed over, and return for how many milliseconds."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        began = loop.time()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            raise
        return int(1000 * (loop.time() - began))

    def _release(self) -> None:
        """Hand the semaphore to whoever waits longest, or put it back."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._running -= 1
