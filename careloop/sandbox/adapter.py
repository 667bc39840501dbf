"""A requests transport that calls an ASGI app in the same process, without a socket, a thread or an event loop."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPMessage, responses
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError, ConnectTimeout, ReadTimeout
from starlette.types import ASGIApp, Message, Scope
from urllib3 import HTTPHeaderDict, HTTPResponse

from careloop.sandbox.connection import Dropped, TimedOut, Unreachable

Timeout = float | tuple[float | None, float | None] | None


@dataclass
class Exchange:
    """One call on its way: the request body going in, the answer coming out message by message."""

    body: bytes
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content: bytes = b""
    complete: bool = False

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        else:
            self.content += message.get("body", b"")
            self.complete = not message.get("more_body", False)


class AsgiAdapter(HTTPAdapter):
    """Answer requests from an ASGI app: `session.mount("http://servicenow.test", AsgiAdapter(app))`.

    The app's coroutine is stepped by hand, so the app may await nothing but `receive` and `send` (RuntimeError
    otherwise). Failures look as they do on a network: no answer is ConnectionError, ReadTimeout or ConnectTimeout;
    a body that ends too early raises when it is read. Errors of the app itself come out as they are. With `now`
    (a simulated clock) an answer that took longer than the read timeout on that clock is a ReadTimeout too.
    """

    def __init__(self, app: ASGIApp, now: Callable[[], datetime] | None = None) -> None:
        super().__init__()
        self._app = app
        self._now = now

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        exchange = Exchange(_bytes(request.body))
        began = self._now() if self._now else None
        try:
            _finish(self._app(_scope(request), exchange.receive, exchange.send))
        except Unreachable as error:
            raise ConnectTimeout("no connection in time", request=request) from error
        except TimedOut as error:
            raise ReadTimeout("no answer in time", request=request) from error
        except Dropped:
            exchange.complete = False
        if not exchange.status:
            raise ConnectionError("connection broken before an answer", request=request)
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        if self._now and began and patience and (self._now() - began).total_seconds() > patience:
            raise ReadTimeout(f"no answer within {patience} seconds", request=request)
        return self.build_response(request, _raw(request, exchange))


def _finish(call: Any) -> None:
    try:
        call.send(None)
    except StopIteration:
        return
    call.close()
    raise RuntimeError(
        "the app waited for something other than its request; it cannot run without an event loop"
    )


def _scope(request: PreparedRequest) -> Scope:
    url = urlsplit(str(request.url))
    headers = {"host": url.netloc.rpartition("@")[2], **{k.lower(): v for k, v in request.headers.items()}}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "server": (url.hostname, url.port or (443 if url.scheme == "https" else 80)),
        "client": ("127.0.0.1", 0),
        "root_path": "",
        "path": unquote(url.path) or "/",
        "raw_path": url.path.encode() or b"/",
        "query_string": url.query.encode(),
        "headers": [(_latin(name), _latin(value)) for name, value in headers.items()],
    }


def _latin(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def _bytes(body: Any) -> bytes:
    """Return a request body whole: requests permits text, bytes, an open file and chunks."""
    if body is None or isinstance(body, bytes | str):
        return body.encode() if isinstance(body, str) else body or b""
    if hasattr(body, "read"):
        return _bytes(body.read())
    chunks: Iterable[str | bytes] = body
    return b"".join(_bytes(chunk) for chunk in chunks)


def _raw(request: PreparedRequest, exchange: Exchange) -> HTTPResponse:
    headers, message = HTTPHeaderDict(), HTTPMessage()
    for name, value in exchange.headers:
        headers.add(name.decode("latin-1"), value.decode("latin-1"))
        message.add_header(name.decode("latin-1"), value.decode("latin-1"))
    content = b"" if request.method == "HEAD" else exchange.content
    raw = HTTPResponse(
        body=BytesIO(content),
        headers=headers,
        status=exchange.status,
        reason=responses.get(exchange.status, ""),
        version=11,
        version_string="HTTP/1.1",
        preload_content=False,
        original_response=_Original(message),  # type: ignore[arg-type]
        request_method=request.method,
        request_url=request.url,
    )
    if not exchange.complete and raw.length_remaining is None:
        raw.length_remaining = len(content) + 1  # the end is missing: reading up to it must fail
    return raw


@dataclass(frozen=True)
class _Original:
    """The part of http.client's response that requests reads cookies from."""

    msg: HTTPMessage

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        pass
