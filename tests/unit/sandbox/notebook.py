"""A tiny platform for tests: POST writes a line, GET reads them all, in the shape of a table answer."""

from dataclasses import dataclass, field

import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from careloop.sandbox.adapter import AsgiAdapter

URL = "http://notebook.test"


@dataclass
class Notebook:
    """What was written, and the app to write and read it."""

    lines: list[str] = field(default_factory=list)

    @property
    def app(self) -> ASGIApp:
        return Starlette(routes=[Route("/lines", self._answer, methods=["GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        if request.method == "POST":
            self.lines.append(body.decode())
        return JSONResponse({"result": [{"line": line} for line in self.lines]})


def connect(app: ASGIApp) -> requests.Session:
    """Return a session whose calls to URL reach the app."""
    session = requests.Session()
    session.trust_env = False
    session.mount(URL, AsgiAdapter(app))
    return session
