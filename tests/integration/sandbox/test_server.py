import base64
import signal
import socket
import statistics
import subprocess
import sys
import timeit
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import requests

from careloop.sandbox.server import PortTaken, running, serve
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from careloop.sandbox.server import serve
from careloop.sandbox.world import Sandbox
sandbox = Sandbox(datetime(2026, 3, 2, 9, tzinfo=UTC))
serve(sandbox, ready_file=Path(sys.argv[1]), announce=lambda addresses: print("ready", flush=True))
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """Give a sandbox in a process of its own and its ready file."""
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-c", SERVE, str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process, ready
        process.kill()


def test_long_answers_of_servicenow_are_zipped_for_those_who_take_it() -> None:
    with running(Sandbox(START)) as addresses:
        servicenow = addresses["servicenow"]
        basic = (servicenow["user"], servicenow["password"])
        url = f"{servicenow['url']}/api/now/table/sys_user"
        zipped, plain = (
            requests.get(url, auth=basic, headers={"Accept-Encoding": coding}, timeout=5)
            for coding in ("gzip", "identity")
        )

    assert (zipped.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("gzip", False)
    assert zipped.json() == plain.json()


def test_the_ready_file_tells_all_that_a_script_needs(
    process: tuple["subprocess.Popen[str]", Path],
) -> None:
    told = orjson.loads(process[1].read_bytes())
    assert {half: set(keys) for half, keys in told.items()} == {
        "servicenow": {"url", "user", "password", "control"}
        | {"admin", "admin_password", "client_id", "client_secret", "api_key"},
        "jira": {"url", "flavor", "email", "token", "project", "service_desk", "control"},
    }
    servicenow, jira = told["servicenow"], told["jira"]
    basic = (servicenow["user"], servicenow["password"])
    assert requests.get(f"{servicenow['url']}/api/now/table/incident", auth=basic, timeout=5).ok
    project = f"{jira['url']}/rest/api/2/project/{jira['project']}"
    assert requests.get(project, auth=(jira["email"], jira["token"]), timeout=5).ok
    for half in (servicenow, jira):
        assert requests.get(f"{half['control']}/health", timeout=5).json()["status"] == "ok"
    assert [path.name for path in process[1].parent.iterdir()] == ["ready.json"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_on_a_signal_even_while_a_client_is_kept_waiting(
    process: tuple["subprocess.Popen[str]", Path], number: signal.Signals
) -> None:
    control = orjson.loads(process[1].read_bytes())["jira"]["control"]
    requests.post(f"{control}/faults", json={"kind": "timeout", "platform": "jira"}, timeout=5)
    with pytest.raises(requests.ReadTimeout):
        requests.get(control.removesuffix("/__sandbox__"), timeout=0.2)
    process[0].send_signal(number)
    _, errors = process[0].communicate(timeout=20)
    assert (process[0].returncode, errors) == (0, "")


def test_broken_connections_leave_no_complaint_in_the_log(
    process: tuple["subprocess.Popen[str]", Path],
) -> None:
    servicenow = orjson.loads(process[1].read_bytes())["servicenow"]
    basic = (servicenow["user"], servicenow["password"])
    for kind in ("reset", "answer_lost", "cut"):
        requests.post(f"{servicenow['control']}/faults", json={"kind": kind}, timeout=5)
        with pytest.raises(requests.RequestException):
            requests.get(f"{servicenow['url']}/api/now/table/sys_user", auth=basic, timeout=5)
    process[0].terminate()
    assert process[0].communicate(timeout=20)[1] == ""


def test_a_client_that_hangs_up_before_the_end_of_its_request_has_written_nothing() -> None:
    sandbox = Sandbox(START)
    with running(sandbox) as addresses:
        host, _, port = addresses["servicenow"]["url"].removeprefix("http://").partition(":")
        login = base64.b64encode(b"admin:admin").decode()
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            head = (
                f"POST /api/now/table/incident HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {login}\r\n"
            )
            kind = "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n"
            connection.sendall(f'{head}{kind}{{"short_description": "half"}}'.encode())
        assert requests.get(addresses["servicenow"]["control"] + "/health", timeout=5).ok
    assert sandbox.servicenow.act("admin").query("incident") == []


def test_answers_leave_without_delay() -> None:
    with running(Sandbox(START)) as addresses, requests.Session() as session:
        health = addresses["jira"]["control"] + "/health"
        seconds = timeit.repeat(lambda: session.get(health, timeout=5), number=1, repeat=21)
        assert statistics.median(seconds) < 0.03


def test_both_ports_share_one_clock_one_outbox_and_one_set_of_faults() -> None:
    sandbox = Sandbox(START)
    with running(sandbox) as addresses:
        servicenow, jira = (addresses[half]["control"] for half in ("servicenow", "jira"))
        requests.post(f"{servicenow}/clock", json={"advance_seconds": 3600}, timeout=5)
        assert requests.get(f"{jira}/clock", timeout=5).json()["now"] == "2026-03-02T10:00:00Z"
        requests.post(f"{jira}/faults", json={"kind": "reset"}, timeout=5)
        assert len(requests.get(f"{servicenow}/faults", timeout=5).json()["faults"]) == 1
        requests.post(f"{jira}/reset", timeout=5)
        assert requests.get(f"{servicenow}/faults", timeout=5).json() == {"faults": [], "log": []}
        assert sandbox.clock.now() == START
        assert requests.get(f"{jira}/outbox", timeout=5).json() == {"mails": []}


def test_the_same_port_can_be_had_again_at_once() -> None:
    with running(Sandbox(START)) as addresses:
        port = int(addresses["servicenow"]["url"].rpartition(":")[2])
        requests.post(addresses["jira"]["control"] + "/faults", json={"kind": "reset"}, timeout=5)
        with pytest.raises(requests.ConnectionError):  # whoever closes first keeps the port for a while
            requests.get(addresses["servicenow"]["url"], timeout=5)
    with running(Sandbox(START), servicenow_port=port) as addresses:
        assert requests.get(addresses["servicenow"]["control"] + "/health", timeout=5).ok


def test_a_port_in_use_is_told_in_one_line() -> None:
    with running(Sandbox(START)) as addresses:
        port = int(addresses["jira"]["url"].rpartition(":")[2])
        with pytest.raises(PortTaken, match=f"127.0.0.1:{port}: Address already in use") as caught:
            serve(Sandbox(START), servicenow_port=port)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_told_in_one_line(port: int) -> None:
    with pytest.raises(PortTaken, match="0 for any free one"):
        serve(Sandbox(START), jira_port=port)


def test_a_ready_file_that_cannot_be_written_ends_the_server(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        serve(Sandbox(START), ready_file=tmp_path / "missing" / "ready.json")
