"""The sandbox over real HTTP: two uvicorn servers on 127.0.0.1 in one event loop."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from careloop.sandbox.connection import Dropped, TimedOut
from careloop.sandbox.control import PREFIX
from careloop.sandbox.courier import carry
from careloop.sandbox.faults import PAUSE
from careloop.sandbox.listening import PortTaken, Server, listen
from careloop.sandbox.tls import Certificate, certify
from careloop.sandbox.world import Sandbox

HOST = "127.0.0.1"
Addresses = dict[str, Any]

__all__ = ["Addresses", "PortTaken", "running", "serve"]


def serve(
    sandbox: Sandbox,
    servicenow_port: int = 0,
    jira_port: int = 0,
    ready_file: Path | None = None,
    announce: Callable[[Addresses], None] = lambda addresses: None,
    *,
    tls: bool = False,
) -> None:
    """Serve both platforms until SIGTERM or SIGINT; port 0 means any free one.

    When both answer, the addresses and credentials go to `ready_file` (JSON, there all at once or not at all)
    and to `announce`. With `tls` the same ports speak https as well, and `ca` names the file of the authority
    to trust. Raises PortTaken when a port is in use or not permitted, OSError when the file cannot be
    written.
    """

    def ready(addresses: Addresses) -> None:
        if ready_file is not None:
            _write(ready_file, orjson.dumps(addresses, option=orjson.OPT_INDENT_2))
        announce(addresses)

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await _run(sandbox, sockets, certificate, stop, ready)

    sockets = listen(HOST, servicenow_port, jira_port)
    with _certified(tls) as certificate:
        asyncio.run(main())


@contextlib.contextmanager
def running(
    sandbox: Sandbox, servicenow_port: int = 0, jira_port: int = 0, *, tls: bool = False
) -> Iterator[Addresses]:
    """Serve both platforms from a thread while the block lasts; gives their addresses and credentials."""
    sockets = listen(HOST, servicenow_port, jira_port)
    started: Future[tuple[Addresses, Callable[[], object]]] = Future()

    async def main() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        halt = partial(loop.call_soon_threadsafe, stop.set)
        await _run(
            sandbox, sockets, certificate, stop, lambda addresses: started.set_result((addresses, halt))
        )

    def work() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    with _certified(tls) as certificate:
        thread = threading.Thread(target=work, name="sandbox", daemon=True)
        thread.start()
        addresses, halt = started.result()
        try:
            yield addresses
        finally:
            halt()
            thread.join()


def _certified(wanted: bool) -> contextlib.AbstractContextManager[Certificate | None]:  # noqa: FBT001 - one use
    return certify(HOST, "localhost") if wanted else contextlib.nullcontext()


async def _run(
    sandbox: Sandbox,
    sockets: list[socket.socket],
    certificate: Certificate | None,
    stop: asyncio.Event,
    ready: Callable[[Addresses], None],
) -> None:
    async def pause(seconds: float) -> None:
        with contextlib.suppress(TimeoutError):  # a stopping server keeps nobody waiting
            await asyncio.wait_for(stop.wait(), seconds)

    zipped = GZipMiddleware(sandbox.servicenow_app, minimum_size=1024, compresslevel=1)
    apps: tuple[ASGIApp, ...] = (zipped, sandbox.jira_app)
    context = certificate.context if certificate else None
    servers = [Server(_configure(_extend(app, pause)), context) for app in apps]
    tasks = [asyncio.create_task(server.serve([sock])) for server, sock in zip(servers, sockets, strict=True)]
    courier = asyncio.create_task(carry(lambda: sandbox.jira.office, stop))
    try:
        for server in servers:
            await server.answers.wait()
        ready(_addresses(sandbox, sockets, certificate))
        await stop.wait()
    finally:
        stop.set()
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks, courier)


def _addresses(sandbox: Sandbox, sockets: list[socket.socket], certificate: Certificate | None) -> Addresses:
    """Return where and as whom to call; the control paths stay on plain http, which asks for no trust."""
    servicenow, jira = (f"//{HOST}:{sock.getsockname()[1]}" for sock in sockets)
    scheme = "https:" if certificate else "http:"
    trusted = {"ca": str(certificate.ca)} if certificate else {}
    return {
        "servicenow": {
            "url": scheme + servicenow,
            "user": sandbox.servicenow.user,
            "password": sandbox.servicenow.password,
            "admin": sandbox.servicenow.admin,
            "admin_password": sandbox.servicenow.admin_password,
            "client_id": sandbox.servicenow.client_id,
            "client_secret": sandbox.servicenow.client_secret,
            "api_key": sandbox.servicenow.api_key,
            "control": f"http:{servicenow}{PREFIX}",
            **trusted,
        },
        "jira": {
            "url": scheme + jira,
            "flavor": sandbox.jira.flavor,
            "email": sandbox.jira.email,
            "token": sandbox.jira.token,
            "project": sandbox.jira.project,
            "service_desk": sandbox.jira.service_desk,
            "control": f"http:{jira}{PREFIX}",
            **trusted,
        },
        **trusted,
    }


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink()
        raise


def _configure(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=1 << 20,  # an address that is too long is the platform's to refuse
    )


def _extend(app: ASGIApp, pause: Callable[[float], Awaitable[None]]) -> ASGIApp:
    """Let time really pass where a fault asks for it."""

    async def extended(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "extensions": {PAUSE: pause}}, receive, send)

    return extended


class _Protocol(H11Protocol):
    """Closes the connection where the app says that it breaks."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self.app = _breaking(self.config.loaded_app, transport)


def _reset(transport: asyncio.Transport) -> None:
    """Break the connection as a crashed peer does: the client is told that it was reset."""
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _breaking(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, watched)
        except (Dropped, TimedOut):
            if begun:
                transport.close()  # after what is already written
            else:
                _reset(transport)
            while (await receive())["type"] != "http.disconnect":
                pass  # uvicorn answers 500 for an app that ends before it has seen the connection go

    return answer
