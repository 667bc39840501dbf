"""A network whose answers are written down beforehand, and a clock that only sleeping moves."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from careloop.connectors.http import Transport

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
URL = "https://example.com"


@dataclass
class SleepingClock:
    """Stands still but for sleeping; remembers every sleep in seconds."""

    time: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Scripted:
    """One answer of the network."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class ScriptedAdapter(BaseAdapter):
    """Answers in turn, the last entry for ever; an exception in the script is raised."""

    def __init__(self, *script: Scripted | Exception) -> None:
        super().__init__()
        self.script = list(script)
        self.seen: list[PreparedRequest] = []
        self.options: list[Mapping[str, Any]] = []

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]  # options in one
        self.seen.append(request)
        self.options.append(options)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        response = Response()
        response.status_code = step.status
        response.headers.update({"Content-Type": "application/json", **step.headers})
        response.raw = BytesIO(step.body)
        response.request, response.url = request, str(request.url)
        return response

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Line:
    """A session whose every call goes through a transport to a scripted network."""

    session: requests.Session
    transport: Transport
    network: ScriptedAdapter
    clock: SleepingClock

    def call(self, method: str = "GET", path: str = "/api", **options: Any) -> Response:
        return self.session.request(method, URL + path, **options)


Connect = Callable[..., Line]


@pytest.fixture
def clock() -> SleepingClock:
    return SleepingClock()


@pytest.fixture
def connect(clock: SleepingClock) -> Connect:
    """Return what builds a line from a script; options go to the transport."""

    def build(script: Iterable[Scripted | Exception] | Scripted | Exception, **options: Any) -> Line:
        steps = (script,) if isinstance(script, Scripted | Exception) else tuple(script)
        network = ScriptedAdapter(*steps)
        transport = Transport(network, clock=clock, name="desk", rng=random.Random(1), **options)
        session = requests.Session()
        session.headers["Accept"] = "application/json"
        session.mount(URL, transport)
        return Line(session, transport, network, clock)

    return build


@pytest.fixture
def answer() -> type[Scripted]:
    return Scripted
