"""A whole HTTP answer as a value: collected from an app, or made up, then sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from careloop.sandbox.connection import Dropped

Headers = list[tuple[bytes, bytes]]


@dataclass
class Answer:
    """Status, headers and body; `complete` once the app came to the end of it, status 0 if it never began."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    complete: bool = False

    async def collect(self, message: Message) -> None:
        """Take in one message: an ASGI `send`."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        else:
            self.body += message.get("body", b"")
            self.complete = not message.get("more_body", False)

    async def send(self, send: Send) -> None:
        """Pass the answer on, with its own headers and as much of the end as it has."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": not self.complete})

    def with_body(self, body: bytes) -> "Answer":
        """Return the answer with another body, whole, and the length to match."""
        headers = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        return Answer(
            self.status, [*headers, (b"content-length", str(len(body)).encode())], body, complete=True
        )


def make(status: int, body: str | bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a whole answer of that status; `headers` come on top of type and length, and win over them."""
    content = body.encode() if isinstance(body, str) else body
    named = {"content-type": media_type, "content-length": str(len(content))}
    named |= {name.lower(): value for name, value in (headers or {}).items()}
    return Answer(
        status, [(n.encode("latin-1"), v.encode("latin-1")) for n, v in named.items()], content, complete=True
    )


def make_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a whole JSON answer."""
    return make(status, orjson.dumps(value), "application/json;charset=UTF-8", headers)


async def capture(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """Run the app to its end and keep what it would have answered."""
    answer = Answer()
    await app(scope, receive, answer.collect)
    return answer


def replay(body: bytes) -> Receive:
    """Return an ASGI `receive` that hands out a request body which is already here."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def read(receive: Receive) -> bytes:
    """Return a request body whole; raises Dropped when the client hung up before its end."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Dropped
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
