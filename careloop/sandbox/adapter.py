"""A requests transport that calls an ASGI app in the same process: no socket, no thread, no event loop."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPMessage, responses
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response, exceptions
from requests.adapters import HTTPAdapter
from starlette.types import ASGIApp, Scope
from urllib3 import HTTPHeaderDict, HTTPResponse

from careloop.sandbox.answer import Answer, replay
from careloop.sandbox.connection import Dropped, TimedOut, Unreachable

Timeout = float | tuple[float | None, float | None] | None


class AsgiAdapter(HTTPAdapter):
    """Answer requests from an ASGI app: `session.mount("http://servicenow.test", AsgiAdapter(app))`.

    The app's coroutine is stepped by hand: the app may await nothing but `receive` and `send` (RuntimeError
    otherwise). Failures look as they do on a network: no answer is ConnectionError, ReadTimeout or
    ConnectTimeout; a body that ends too early raises when it is read. Errors of the app itself come out as
    they are. With `now` (a simulated clock) an answer that took longer than the read timeout on that clock is
    a ReadTimeout too.
    """

    def __init__(self, app: ASGIApp, now: Callable[[], datetime] | None = None) -> None:
        super().__init__()
        self._app = app
        self._now = now

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as in requests
        timeout: Timeout = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002 - as in requests
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        answer = Answer()
        began = self._now() if self._now else None
        try:
            _finish(self._app(_scope(request), replay(_bytes(request.body)), answer.collect))
        except Unreachable as error:
            raise exceptions.ConnectTimeout("no connection in time", request=request) from error
        except TimedOut as error:
            raise exceptions.ReadTimeout("no answer in time", request=request) from error
        except Dropped:
            answer.complete = False
        if not answer.status:
            raise exceptions.ConnectionError("connection broken before an answer", request=request)
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        if self._now and began and patience and (self._now() - began).total_seconds() > patience:
            raise exceptions.ReadTimeout(f"no answer within {patience} seconds", request=request)
        return self.build_response(request, _raw(request, answer))


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


def _raw(request: PreparedRequest, answer: Answer) -> HTTPResponse:
    headers, message = HTTPHeaderDict(), HTTPMessage()
    for name, value in answer.headers:
        headers.add(name.decode("latin-1"), value.decode("latin-1"))
        message.add_header(name.decode("latin-1"), value.decode("latin-1"))
    content = b"" if request.method == "HEAD" else answer.body
    raw = HTTPResponse(
        body=BytesIO(content),
        headers=headers,
        status=answer.status,
        reason=responses.get(answer.status, ""),
        version=11,
        version_string="HTTP/1.1",
        preload_content=False,
        original_response=_Original(message),  # type: ignore[arg-type]  # the part of it that is read
        request_method=request.method,
        request_url=request.url,
    )
    if not answer.complete and raw.length_remaining is None:
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
