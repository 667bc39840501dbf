"""Ports that speak http and, where there is a certificate, https too."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import uvicorn

_HANDSHAKE = b"\x16"
"""The first byte of whoever begins to speak TLS; nobody's http begins with it."""


class PortTaken(OSError):
    """A port cannot be listened on; the message says which and why."""


def listen(host: str, *ports: int) -> list[socket.socket]:
    """Return a listening socket for each port, 0 being any free one; raises PortTaken."""
    sockets: list[socket.socket] = []
    for port in ports:
        # asyncio switches delayed sending off only for a socket that names TCP; it costs 40 ms an answer
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sockets.append(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
            sock.listen()
        except (OSError, OverflowError) as error:
            for opened in sockets:
                opened.close()
            reason = getattr(error, "strerror", None) or str(error)
            raise PortTaken(
                f"cannot listen on {host}:{port}: {reason}; another port, or 0 for any free one"
            ) from error
    return sockets


class Server(uvicorn.Server):
    """Says when it answers, and leaves signals to its starter: two servers cannot both catch them.

    With a context it tells by the first byte of a connection whether it speaks http or https, so that one
    port serves both.
    """

    def __init__(self, config: uvicorn.Config, context: ssl.SSLContext | None) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets if self._context is None else [])
        if self._context is not None:
            for sock in sockets or ():
                sock.setblocking(False)
                self._keep(self._accept(sock, self._context))
        self.answers.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._tasks:
            task.cancel()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def _accept(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(sock)
            self._keep(self._admit(connection, context))

    async def _admit(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        try:
            secure = await _peek(connection) == _HANDSHAKE
            await loop.connect_accepted_socket(self._protocol(), connection, ssl=context if secure else None)
        except OSError:  # hung up, or no handshake that could be followed
            connection.close()

    def _protocol(self) -> Callable[[], asyncio.Protocol]:
        config, state = self.config, self.server_state
        kind: Callable[..., asyncio.Protocol] = config.http_protocol_class
        return lambda: kind(config=config, server_state=state, app_state=self.lifespan.state)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _peek(connection: socket.socket) -> bytes:
    """Return the first byte that arrives and leave it there."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)
