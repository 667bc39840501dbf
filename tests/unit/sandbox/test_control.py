from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from careloop.sandbox.clock import Clock
from careloop.sandbox.control import Control
from careloop.sandbox.faults import Fault, Faults
from tests.unit.sandbox.notebook import URL, connect

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAIL = {"platform": "jira", "to": "ann@example.com", "at": START}


class Desk:
    """The control paths with nothing behind them but a clock and rules."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.resets = 0
        self.clock = Clock(START, lambda: self.seconds)
        self.faults = Faults(self.clock)
        self.revoked: set[tuple[str, str, str]] = set()
        self.session = connect(Control(self.clock, self.faults, self.outbox, self.reset, self).app)

    def outbox(self) -> list[Mapping[str, Any]]:
        return [MAIL]

    def reset(self) -> None:
        self.resets += 1

    def revoke(self, user_name: str, name: str, operation: str = "read") -> None:
        self.revoked.add((user_name, name, operation))

    def restore(self, user_name: str, name: str, operation: str = "read") -> None:
        self.revoked.discard((user_name, name, operation))

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, f"{URL}/__sandbox__/{path}", json=body)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_clock_is_shown_in_utc(desk: Desk) -> None:
    assert desk.call("GET", "clock").json() == {"now": "2026-03-02T09:00:00Z", "frozen": False}


@pytest.mark.parametrize(
    "order",
    [{"now": "2026-03-02T10:00:00Z"}, {"now": "2026-03-02T12:00:00+02:00"}, {"advance_seconds": 3600}],
    ids=str,
)
def test_the_clock_moves_on_order(desk: Desk, order: dict[str, object]) -> None:
    assert desk.call("POST", "clock", order).json()["now"] == "2026-03-02T10:00:00Z"
    assert desk.clock.now() == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_the_clock_can_be_stopped_and_let_go(desk: Desk) -> None:
    assert desk.call("POST", "clock", {"frozen": True}).json()["frozen"] is True
    desk.seconds += 60
    assert desk.clock.now() == START
    desk.call("POST", "clock", {"frozen": False})
    desk.seconds += 60
    assert desk.call("GET", "clock").json()["now"] == "2026-03-02T09:01:00Z"


@pytest.mark.parametrize(
    ("order", "word"),
    [
        ({}, "give now"),
        ({"now": "2026-03-02T10:00:00Z", "advance_seconds": 1}, "not both"),
        ({"now": "2026-03-02T10:00:00"}, "now: "),
        ({"now": "tomorrow"}, "now: "),
        ({"now": "9999-12-31T00:00:00Z"}, "now: "),
        ({"advance_seconds": -1}, "advance_seconds: "),
        ({"advance_seconds": 1e300}, "advance_seconds: "),
        ({"speed": 2}, "speed: "),
        ([], ""),
    ],
    ids=str,
)
def test_a_wrong_order_to_the_clock_is_told_in_one_line(desk: Desk, order: object, word: str) -> None:
    response = desk.call("POST", "clock", order)
    assert response.status_code == 400
    assert word in response.json()["error"]
    assert "\n" not in response.json()["error"]
    assert desk.clock.now() == START


def test_a_clock_that_cannot_flow_says_so() -> None:
    clock = Clock(START)
    session = connect(Control(clock, Faults(clock), list, lambda: None, Desk()).app)
    response = session.post(f"{URL}/__sandbox__/clock", json={"frozen": False})
    assert (response.status_code, "source" in response.json()["error"]) == (400, True)


def test_rights_are_taken_away_and_given_back(desk: Desk) -> None:
    right = {"user": "careloop", "name": "incident.sys_updated_on", "operation": "query_range"}
    assert desk.call("POST", "rights", right).json() == right
    assert desk.revoked == {("careloop", "incident.sys_updated_on", "query_range")}
    assert desk.call("DELETE", "rights", right).status_code == 200
    assert desk.revoked == set()
    assert desk.call("POST", "rights", {"user": "careloop"}).status_code == 400


def test_several_faults_are_ordered_at_once_or_none_of_them(desk: Desk) -> None:
    assert desk.call("POST", "faults", [{"kind": "reset"}, {"kind": "gremlins"}]).status_code == 400
    assert desk.faults.rules() == []
    desk.call("POST", "faults", [{"kind": "reset"}, {"kind": "html", "script": "..x"}])
    assert [fault.kind for fault, _ in desk.faults.rules()] == ["reset", "html"]


def test_faults_are_ordered_shown_and_lifted(desk: Desk) -> None:
    desk.call("POST", "faults", {"kind": "status", "path": "/x", "method": "GET", "times": 2, "code": 429})
    shown = desk.call("POST", "faults", {"kind": "latency", "seconds": [1, 2], "rate": 0.5}).json()
    assert [fault["kind"] for fault in shown["faults"]] == ["status", "latency"]
    assert shown["faults"][0]["hits"] == 0
    assert [fault for fault, _ in desk.faults.rules()] == [
        Fault("status", "/x", "GET", times=2, code=429),
        Fault("latency", seconds=(1.0, 2.0), rate=0.5),
    ]
    assert desk.call("DELETE", "faults").json()["faults"] == []
    assert desk.faults.rules() == []


@pytest.mark.parametrize(
    "wrong", [{"kind": "gremlins"}, {}, {"kind": "reset", "times": "often"}, [1], "x"], ids=str
)
def test_a_wrong_fault_is_told_in_one_line(desk: Desk, wrong: object) -> None:
    response = desk.call("POST", "faults", wrong)
    assert response.status_code == 400
    assert "\n" not in response.json()["error"]
    assert desk.faults.rules() == []


def test_the_outbox_is_shown(desk: Desk) -> None:
    assert desk.call("GET", "outbox").json() == {"mails": [{**MAIL, "at": "2026-03-02T09:00:00Z"}]}


def test_reset_starts_afresh(desk: Desk) -> None:
    assert desk.call("POST", "reset").ok
    assert desk.resets == 1


def test_health_answers(desk: Desk) -> None:
    assert desk.call("GET", "health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "clock", 405), ("GET", "reset", 405)]
)
def test_unknown_paths_and_verbs_are_refused_in_json(desk: Desk, method: str, path: str, status: int) -> None:
    response = desk.call(method, path)
    assert response.status_code == status
    assert path in response.json()["error"]


def test_a_body_that_is_not_json_is_refused(desk: Desk) -> None:
    response = desk.session.post(f"{URL}/__sandbox__/clock", data="{")
    assert (response.status_code, response.json()["error"].startswith("the body is not JSON")) == (400, True)
