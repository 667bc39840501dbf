import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from careloop.sandbox.program import Options, run_sandbox
from careloop.sandbox.server import Addresses

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def run(options: Options, look: Callable[[Addresses], None]) -> None:
    """Run the program here, look at it from a thread once it is ready, then stop it as an operator would."""
    looks: list[Future[None]] = []

    def announce(addresses: Addresses) -> None:
        looks.append(visitor.submit(look, addresses))
        looks[0].add_done_callback(lambda done: os.kill(os.getpid(), signal.SIGTERM))

    with ThreadPoolExecutor() as visitor:
        run_sandbox(options, START, lambda: 0.0, announce)
    looks[0].result()


def incidents(addresses: Addresses, query: str = "") -> list[dict[str, str]]:
    half = addresses["servicenow"]
    found = requests.get(
        f"{half['url']}/api/now/table/incident",
        params={"sysparm_query": query},
        auth=(half["user"], half["password"]),
        timeout=5,
    )
    rows: list[dict[str, str]] = found.json()["result"]
    return rows


def test_example_callers_raise_as_many_incidents_as_asked_and_again_after_a_reset() -> None:
    def look(addresses: Addresses) -> None:
        before = incidents(addresses)
        assert len(before) == 7
        requests.post(f"{addresses['jira']['control']}/reset", timeout=5)
        assert incidents(addresses) == before

    run(Options(incidents=7, seed=3), look)


def test_an_event_log_becomes_the_past_and_survives_a_reset(shared: Path) -> None:
    def look(addresses: Addresses) -> None:
        assert len(incidents(addresses)) == 12
        requests.post(f"{addresses['jira']['control']}/reset", timeout=5)
        assert len(incidents(addresses)) == 12
        assert incidents(addresses, "state=7")

    run(Options(events=shared / "data" / "incident_event_log.csv.gz", incidents=12), look)


def test_without_a_number_or_a_log_there_are_the_examples_of_a_developer_instance() -> None:
    def look(addresses: Addresses) -> None:
        assert {row["state"] for row in incidents(addresses)} == {"1", "2", "3", "6", "7", "8"}

    def look_at_none(addresses: Addresses) -> None:
        assert incidents(addresses) == []

    run(Options(), look)
    run(Options(incidents=0), look_at_none)


def test_the_clock_flows_from_the_start_with_the_source() -> None:
    def look(addresses: Addresses) -> None:
        clock = requests.get(f"{addresses['servicenow']['control']}/clock", timeout=5).json()
        assert clock == {"now": "2026-03-02T09:00:00Z", "frozen": False}

    run(Options(jira_flavor="dc"), look)


def test_a_missing_event_log_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(Options(events=tmp_path / "none.csv.gz"), lambda addresses: None)


def test_the_software_project_begins_with_as_many_issues_as_asked() -> None:
    def look(addresses: Addresses) -> None:
        half = addresses["jira"]
        found = requests.post(
            f"{half['url']}/rest/api/3/search/approximate-count",
            json={"jql": f"project = {half['project']} AND created < -1d"},
            auth=(half["email"], half["token"]),
            timeout=5,
        )
        assert found.json() == {"count": 9}

    run(Options(issues=9), look)
