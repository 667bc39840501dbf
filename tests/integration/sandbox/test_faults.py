"""Every kind of fault, in process and over real HTTP: the client must not be able to tell the difference."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault, Kind
from careloop.sandbox.server import running
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TABLE = "/api/now/table/incident"


@dataclass
class Desk:
    """A client of the sandbox's ServiceNow half, over either transport."""

    sandbox: Sandbox
    url: str
    real: bool
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.auth = (self.sandbox.servicenow.user, self.sandbox.servicenow.password)
        if not self.real:
            self.session.mount(self.url, AsgiAdapter(self.sandbox.servicenow_app))

    def write(self) -> requests.Response:
        return self.session.post(self.url + TABLE, json={"short_description": "marked"}, timeout=0.5)

    def read(self) -> requests.Response:
        query = {"sysparm_query": "short_description=marked"}
        return self.session.get(self.url + TABLE, params=query, timeout=5)

    def control(self, path: str) -> requests.Response:
        return self.session.get(f"{self.url}/__sandbox__/{path}", timeout=5)

    def written(self) -> int:
        self.sandbox.faults.clear()
        return len(self.read().json()["result"])


@pytest.fixture(scope="module")
def served() -> Iterator[Desk]:
    sandbox = Sandbox(START)
    with running(sandbox) as addresses:
        yield Desk(sandbox, addresses["servicenow"]["url"], real=True)


@pytest.fixture(params=["in process", "over HTTP"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "in process":
        return Desk(Sandbox(START), "http://servicenow.test", real=False)
    served: Desk = request.getfixturevalue("served")
    served.sandbox.reset()
    return served


@pytest.mark.parametrize(
    ("kind", "failure", "written"),
    [
        ("answer_lost", requests.ConnectionError, 1),
        ("reset", requests.ConnectionError, 0),
        ("timeout", requests.ReadTimeout, 0),
        ("timeout_after", requests.ReadTimeout, 1),
        ("cut", requests.exceptions.ChunkedEncodingError, 1),
    ],
)
def test_a_broken_connection_looks_the_same(
    desk: Desk, kind: Kind, failure: type[Exception], written: int
) -> None:
    desk.sandbox.faults.add(Fault(kind))
    with pytest.raises(failure) as caught:
        desk.write()
    assert type(caught.value) is failure
    assert desk.written() == written
    assert desk.write().status_code == 201


@pytest.mark.parametrize(
    ("fault", "status", "written"),
    [
        (Fault("status", code=429, headers={"Retry-After": "3"}), 429, 0),
        (Fault("status", code=502, after=True), 502, 1),
        (Fault("unauthorized"), 401, 0),
        (Fault("html"), 503, 0),
        (Fault("html", code=200), 200, 0),
        (Fault("mixed"), 200, 1),
        (Fault("cut", content_length="right"), 201, 1),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_a_spoiled_answer_looks_the_same(desk: Desk, fault: Fault, status: int, written: int) -> None:
    desk.sandbox.faults.add(fault)
    response = desk.write()
    assert response.status_code == status
    assert response.headers.get("Retry-After") == fault.headers.get("Retry-After")
    assert response.headers["Date"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert desk.written() == written


def test_latency_takes_the_clock_on_in_process_and_real_time_over_http(desk: Desk) -> None:
    desk.sandbox.faults.add(Fault("latency", seconds=0.2))
    response = desk.write()
    assert response.status_code == 201
    assert (response.elapsed.total_seconds() >= 0.2) is desk.real
    assert desk.sandbox.clock.now().microsecond == (0 if desk.real else 200_000)


def test_control_requests_are_never_hit(desk: Desk) -> None:
    desk.sandbox.faults.add(Fault("reset", rate=1))
    assert desk.control("health").ok
    assert desk.control("outbox").ok


def test_a_fault_for_one_platform_leaves_the_other_alone(desk: Desk) -> None:
    desk.sandbox.faults.add(Fault("status", platform="jira", rate=1))
    assert desk.read().ok


def test_the_date_is_the_sandbox_clocks(desk: Desk) -> None:
    desk.sandbox.clock.advance(86_400)
    assert desk.read().headers["Date"] == "Tue, 03 Mar 2026 09:00:00 GMT"


def test_a_reset_over_http_is_one_on_the_wire(served: Desk) -> None:
    served.sandbox.reset()
    served.sandbox.faults.add(Fault("reset"))
    with pytest.raises(requests.ConnectionError) as caught:
        served.read()
    reason: BaseException | None = caught.value
    while reason is not None and not isinstance(reason, ConnectionResetError):
        reason = reason.__context__
    assert isinstance(reason, ConnectionResetError)
