import io
from collections.abc import AsyncIterator, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.connection import Dropped, TimedOut, Unreachable

URL = "http://platform.test"


async def echo(request: Request) -> Response:
    body = await request.body()
    return JSONResponse(
        {
            "method": request.method,
            "path": request.url.path,
            "query": request.query_params.multi_items(),
            "headers": dict(request.headers),
            "body": body.decode(),
        }
    )


async def bake(request: Request) -> Response:
    response = PlainTextResponse("grüße".encode("latin-1"), media_type="text/plain; charset=latin-1")
    response.set_cookie("first", "1")
    response.set_cookie("second", "2")
    response.headers.append("link", '<a>;rel="next"')
    response.headers.append("link", '<b>;rel="last"')
    return response


async def move(request: Request) -> Response:
    return RedirectResponse(f"{URL}/echo?moved=yes")


async def flow(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"one\n", b"two\n", b"three\n"):
            yield part

    return StreamingResponse(parts())


APP = Starlette(
    routes=[
        Route("/echo", echo, methods=["GET", "POST", "PATCH", "DELETE"]),
        Route("/a folder/é", echo),
        Route("/cookies", bake),
        Route("/move", move),
        Route("/flow", flow),
    ]
)


def connect(app: ASGIApp = APP) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount(URL, AsgiAdapter(app))
    return session


def ends(error: Exception | None = None, *, begun: bool = False, length: int | None = None) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if begun:
            headers = [(b"content-length", str(length).encode())] if length else []
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        if error:
            raise error

    return app


def test_the_app_sees_the_request_as_a_server_would_show_it() -> None:
    seen = connect().post(f"{URL}/echo?a=1&a=2&q=x%5Ey", json={"k": "ü"}, auth=("me", "secret")).json()
    assert (seen["method"], seen["path"]) == ("POST", "/echo")
    assert seen["query"] == [["a", "1"], ["a", "2"], ["q", "x^y"]]
    assert seen["headers"]["host"] == "platform.test"
    assert seen["headers"]["content-type"] == "application/json"
    assert seen["headers"]["authorization"].startswith("Basic ")
    assert seen["body"] == '{"k": "\\u00fc"}'


def test_paths_arrive_decoded() -> None:
    assert connect().get(f"{URL}/a folder/é").json()["path"] == "/a folder/é"


@pytest.mark.parametrize("body", ["text", b"text", io.BytesIO(b"text"), iter([b"te", b"xt"])], ids=type)
def test_every_kind_of_request_body_arrives_whole(body: Any) -> None:
    assert connect().post(f"{URL}/echo", data=body).json()["body"] == "text"


def test_repeated_headers_and_cookies_are_all_kept() -> None:
    session = connect()
    response = session.get(f"{URL}/cookies")
    assert response.raw.headers.getlist("link") == ['<a>;rel="next"', '<b>;rel="last"']
    assert set(response.links) == {"next", "last"}
    assert response.cookies.get_dict() == {"first": "1", "second": "2"}
    assert session.get(f"{URL}/echo").json()["headers"]["cookie"] == "first=1; second=2"


def test_text_is_decoded_as_the_answer_says() -> None:
    response = connect().get(f"{URL}/cookies")
    assert (response.encoding, response.text) == ("latin-1", "grüße")
    assert (response.reason, response.elapsed >= timedelta(0)) == ("OK", True)


def test_redirects_are_followed() -> None:
    response = connect().get(f"{URL}/move")
    assert response.json()["query"] == [["moved", "yes"]]
    assert [step.status_code for step in response.history] == [307]


def test_streams_can_be_read_in_parts() -> None:
    response = connect().get(f"{URL}/flow", stream=True)
    assert list(response.iter_lines()) == [b"one", b"two", b"three"]


def test_head_has_headers_and_no_body() -> None:
    response = connect().head(f"{URL}/cookies")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == "5"


@pytest.mark.parametrize(
    ("app", "failure"),
    [
        (ends(), requests.ConnectionError),
        (ends(Dropped()), requests.ConnectionError),
        (ends(TimedOut()), requests.ReadTimeout),
        (ends(Unreachable()), requests.ConnectTimeout),
        (ends(begun=True), requests.exceptions.ChunkedEncodingError),
        (ends(begun=True, length=9), requests.exceptions.ChunkedEncodingError),
        (ends(Dropped(), begun=True, length=9), requests.exceptions.ChunkedEncodingError),
        (ends(ZeroDivisionError()), ZeroDivisionError),
    ],
    ids=["silent", "dropped", "timed out", "unreachable", "open end", "short", "cut", "bug"],
)
def test_a_broken_call_fails_as_it_would_on_a_network(app: ASGIApp, failure: type[Exception]) -> None:
    with pytest.raises(failure) as caught:
        connect(app).get(URL)
    assert type(caught.value) is failure


def test_a_cut_stream_fails_only_when_it_is_read_to_the_end() -> None:
    response = connect(ends(begun=True, length=9)).get(URL, stream=True)
    assert response.raw.read(2) == b"ha"
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        list(response.iter_content(4))


@pytest.mark.parametrize("timeout", [5, (1, 5)])
def test_an_answer_later_than_the_read_timeout_is_a_timeout(timeout: float | tuple[float, float]) -> None:
    times = iter([datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 6, tzinfo=UTC)])
    session = connect()
    session.mount(URL, AsgiAdapter(APP, now=lambda: next(times)))
    with pytest.raises(requests.ReadTimeout):
        session.get(f"{URL}/echo", timeout=timeout)


def test_an_app_that_really_waits_is_refused() -> None:
    class Never:
        def __await__(self) -> Generator[None]:
            yield

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Never()

    with pytest.raises(RuntimeError, match="event loop"):
        connect(app).get(URL)
