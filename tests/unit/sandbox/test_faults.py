import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import requests
from pydantic import ValidationError

from careloop.sandbox.clock import Clock
from careloop.sandbox.faults import PATIENCE, Fault, Faults, Kind
from tests.unit.sandbox.notebook import URL, Notebook, connect

LINES = f"{URL}/lines"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Desk:
    """A notebook behind fault rules, and a session to it."""

    def __init__(self, seed: int = 0) -> None:
        self.clock = Clock(START)
        self.faults = Faults(self.clock, seed)
        self.notebook = Notebook()
        self.session = connect(self.faults.around(self.notebook.app, "servicenow"))

    def write(self, line: str = "x") -> requests.Response:
        return self.session.post(LINES, data=line)

    def read(self, query: str = "") -> requests.Response:
        return self.session.get(LINES + query)

    def waited(self) -> float:
        return (self.clock.now() - START).total_seconds()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("kind", "failure", "written", "waited"),
    [
        ("answer_lost", requests.ConnectionError, 1, 0),
        ("reset", requests.ConnectionError, 0, 0),
        ("timeout", requests.ReadTimeout, 0, PATIENCE),
        ("timeout_after", requests.ReadTimeout, 1, PATIENCE),
        ("connect_timeout", requests.ConnectTimeout, 0, PATIENCE),
        ("cut", requests.exceptions.ChunkedEncodingError, 1, 0),
    ],
)
def test_a_broken_connection_says_nothing_about_what_was_written(
    desk: Desk, kind: Kind, failure: type[Exception], written: int, waited: float
) -> None:
    desk.faults.add(Fault(kind))
    with pytest.raises(failure) as caught:
        desk.write()
    assert type(caught.value) is failure
    assert len(desk.notebook.lines) == written
    assert desk.waited() == waited
    assert desk.write().ok


def test_a_status_comes_with_the_platforms_error_body_and_nothing_is_written(desk: Desk) -> None:
    desk.faults.add(Fault("status", code=429, headers={"Retry-After": "7"}))
    response = desk.write()
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert response.json()["error"]["message"] == "Rate limit exceeded"
    assert response.json()["status"] == "failure"
    assert desk.notebook.lines == []


def test_a_429_may_come_without_retry_after(desk: Desk) -> None:
    desk.faults.add(Fault("status", code=429))
    assert "retry-after" not in desk.read().headers


def test_a_gateway_error_may_hide_a_write(desk: Desk) -> None:
    desk.faults.add(Fault("status", code=504, after=True, body="upstream timed out"))
    response = desk.write()
    assert (response.status_code, response.text) == (504, "upstream timed out")
    assert desk.notebook.lines == ["x"]


def test_jira_errors_have_jiras_body(desk: Desk) -> None:
    session = connect(desk.faults.around(desk.notebook.app, "jira"))
    desk.faults.add(Fault("status", code=503))
    assert session.get(LINES).json() == {"errorMessages": ["Service Unavailable"], "errors": {}}


def test_unauthorized_asks_for_credentials(desk: Desk) -> None:
    desk.faults.add(Fault("unauthorized"))
    response = desk.read()
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Basic realm="Service-now"'


@pytest.mark.parametrize("code", [200, 503])
def test_html_stands_where_json_was_expected(desk: Desk, code: int) -> None:
    desk.faults.add(Fault("html", code=code))
    response = desk.read()
    assert response.status_code == code
    assert response.headers["content-type"].startswith("text/html")
    with pytest.raises(requests.JSONDecodeError):
        response.json()


def test_a_cut_body_with_the_right_length_is_broken_json(desk: Desk) -> None:
    desk.faults.add(Fault("cut", content_length="right"))
    response = desk.write()
    assert len(response.content) == int(response.headers["content-length"])
    with pytest.raises(requests.JSONDecodeError):
        response.json()


def test_a_cancelled_transaction_answers_200_with_some_rows_and_an_error(desk: Desk) -> None:
    for line in "abcd":
        desk.write(line)
    desk.faults.add(Fault("mixed"))
    response = desk.read()
    assert response.status_code == 200
    assert [row["line"] for row in response.json()["result"]] == ["a", "b"]
    assert response.json()["error"]["message"].startswith("Transaction cancelled")


def test_latency_is_charged_to_the_clock_and_the_answer_is_right(desk: Desk) -> None:
    desk.faults.add(Fault("latency", seconds=2.5, times=2))
    desk.faults.add(Fault("status", code=500, skip=1))
    assert desk.write().ok
    assert desk.waited() == 2.5
    assert desk.write().status_code == 500
    assert desk.waited() == 5


def test_random_latency_stays_in_its_range_and_repeats_with_the_seed() -> None:
    def waits(seed: int) -> list[float]:
        desk = Desk(seed)
        desk.faults.add(Fault("latency", seconds=(1, 3), times=5))
        return [desk.waited() for _ in range(5) if desk.write().ok]

    assert waits(1) == waits(1) != waits(2)
    assert 5 <= waits(1)[-1] <= 15


def test_a_rule_hits_only_the_calls_it_names(desk: Desk) -> None:
    desk.faults.add(Fault("status", path=r"lines\?q=a\^b$", method="get", platform="servicenow"))
    desk.faults.add(Fault("status", platform="jira"))
    assert desk.write().ok
    assert desk.read().ok
    assert desk.read("?q=a%5Eb").status_code == 503


def test_skip_lets_calls_pass_and_times_ends_the_rule(desk: Desk) -> None:
    desk.faults.add(Fault("status", skip=2, times=2))
    assert [desk.read().status_code for _ in range(6)] == [200, 200, 503, 503, 200, 200]


def test_a_rate_hits_its_share_the_same_way_for_the_same_seed() -> None:
    def statuses(seed: int, times: int | None = None) -> list[int]:
        desk = Desk(seed)
        desk.faults.add(Fault("status", rate=0.3, times=times))
        return [desk.read().status_code for _ in range(200)]

    assert statuses(1) == statuses(1) != statuses(2)
    assert 35 <= statuses(1).count(503) <= 85
    assert statuses(1, times=4).count(503) == 4


def test_a_script_says_which_calls_are_hit(desk: Desk) -> None:
    desk.faults.add(Fault("status", script=".x..x"))
    assert [desk.read().status_code for _ in range(7)] == [200, 503, 200, 200, 503, 200, 200]
    assert desk.faults.rules()[0][1] == 2


def test_hidden_rows_are_missing_and_the_rest_is_as_it_was() -> None:
    def lines(seed: int, share: float) -> list[str]:
        desk = Desk(seed)
        for line in "abcdefghijklmnop":
            desk.write(line)
        desk.faults.add(Fault("hidden_rows", share=share))
        return [row["line"] for row in desk.read().json()["result"]]

    assert lines(1, 0.5) == lines(1, 0.5) != lines(2, 0.5)
    assert set(lines(1, 0.5)) < set("abcdefghijklmnop")
    assert (lines(1, 0), lines(1, 1)) == (list("abcdefghijklmnop"), [])


def test_only_a_bearer_token_expires(desk: Desk) -> None:
    desk.faults.add(Fault("expired_token"))
    assert desk.session.get(LINES, auth=("somebody", "password")).ok
    expired = desk.session.get(LINES, headers={"Authorization": "Bearer old"})
    assert expired.status_code == 401
    assert desk.session.get(LINES, headers={"Authorization": "Bearer new"}).ok


def test_a_delayed_commit_hits_writes_alone(desk: Desk) -> None:
    desk.faults.add(Fault("commit_delay", seconds=60, times=2))
    assert desk.read().ok
    assert desk.faults.log == []
    assert desk.write().ok
    assert [hit.method for hit in desk.faults.log] == ["POST"]
    assert desk.waited() == 0


def test_the_first_rule_that_strikes_wins_and_the_next_takes_over(desk: Desk) -> None:
    desk.faults.add(Fault("status", code=500))
    desk.faults.add(Fault("status", code=502))
    assert [desk.read().status_code for _ in range(3)] == [500, 502, 200]


def test_the_log_says_what_was_hit_and_clearing_lifts_the_rules(desk: Desk) -> None:
    desk.faults.add(Fault("status", times=5))
    desk.read("?q=1")
    desk.faults.clear()
    assert desk.read().ok
    [hit] = desk.faults.log
    assert (hit.at, hit.platform, hit.method, hit.target, hit.fault.kind) == (
        START,
        "servicenow",
        "GET",
        "/lines?q=1",
        "status",
    )
    desk.faults.reset()
    assert (desk.faults.log, desk.faults.rules()) == ([], [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gremlins"},
        {"kind": "status", "code": 204},
        {"kind": "status", "path": "("},
        {"kind": "status", "times": 0},
        {"kind": "status", "rate": 1.5},
        {"kind": "latency"},
        {"kind": "latency", "seconds": -1},
        {"kind": "commit_delay"},
        {"kind": "commit_delay", "seconds": -1},
        {"kind": "clock_skew", "seconds": [1, 2]},
        {"kind": "status", "script": "x?"},
        {"kind": "status", "script": "x", "times": 1},
        {"kind": "hidden_rows", "share": 2},
        {"kind": "reset", "colour": "red"},
    ],
    ids=str,
)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Fault(**wrong)


def test_the_guide_names_every_kind() -> None:
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "use-the-sandbox.md"
    table = guide.read_text(encoding="utf-8").partition("| kind |")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {word for row in rows for word in re.findall(r"`(\w+)`", row)}

    assert named == set(get_args(Kind))
