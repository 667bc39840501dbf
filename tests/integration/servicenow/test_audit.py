"""The same incidents give the same figures as an audit log, as a list export, and live."""

import csv
import random
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from careloop.connectors.servicenow import ServiceNow, Settings
from careloop.errors import Unreachable
from careloop.model.page import Scope
from careloop.report.audit.figures import Audit, Terms
from careloop.report.audit.listing import read_lists
from careloop.report.audit.live import take_past
from careloop.report.audit.log import read_log
from careloop.report.audit.reading import Reading
from careloop.report.audit.take import take_audit
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.servicenow.history import read_event_log
from careloop.sandbox.world import Sandbox
from careloop.wiring import fixed_chance

LABELS = {
    "number": "Number",
    "opened_at": "Opened",
    "caller_id": "Caller",
    "state": "State",
    "category": "Category",
    "subcategory": "Subcategory",
    "u_symptom": "Symptom",
    "resolved_at": "Resolved",
    "closed_at": "Closed",
    "reopen_count": "Reopen count",
    "reassignment_count": "Reassignment count",
    "close_code": "Close code",
}
ALIKE = (
    *("incidents", "closed", "recorded_reopens", "incidents_with_recorded_reopen", "repeats"),
    *("reassignments", "incidents_with_3plus_reassignments", "until_over"),
)


def quiet(what: str, done: int, total: int | None) -> None:
    """Tell nobody how far it is."""


@pytest.fixture(scope="module")
def log(shared: Path) -> Path:
    return shared / "data" / "incident_event_log.csv.gz"


@pytest.fixture(scope="module")
def sandbox(log: Path) -> Sandbox:
    loaded = Sandbox(datetime(2026, 1, 5, tzinfo=UTC))
    loaded.servicenow.load_events(read_event_log(log))
    return loaded


@pytest.fixture(scope="module")
def by_log(log: Path) -> Audit:
    return take_audit(read_log(log, quiet), Terms(), fixed_chance())


def export(sandbox: Sandbox, target: Path) -> Path:
    """Write what an admin gets who exports the incident list with labels as headings."""
    session = requests.Session()
    session.mount("http://servicenow.test", AsgiAdapter(sandbox.servicenow_app))
    session.auth = ("admin", "admin")
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(LABELS), extrasaction="ignore")
        writer.writerow(LABELS)
        for offset in range(0, 20_000, 5_000):
            parameters: dict[str, Any] = {
                "sysparm_display_value": "true",
                "sysparm_exclude_reference_link": "true",
                "sysparm_fields": ",".join(LABELS),
                "sysparm_query": "ORDERBYnumber",
                "sysparm_limit": 5_000,
                "sysparm_offset": offset,
            }
            answer = session.get("http://servicenow.test/api/now/table/incident", params=parameters)
            writer.writerows(answer.json()["result"])
    return target


def test_a_list_export_of_the_sandbox_tells_what_the_log_tells(
    sandbox: Sandbox, by_log: Audit, tmp_path: Path
) -> None:
    by_list = take_audit(read_lists([export(sandbox, tmp_path / "list.csv")], quiet), Terms(), fixed_chance())

    assert {name: getattr(by_list, name) for name in ALIKE} == {name: getattr(by_log, name) for name in ALIKE}
    unknown = {one.name for one in fields(Audit) if getattr(by_list, one.name) is None}
    assert unknown == {
        *("events", "top_closer", "observed_reopens", "incidents_with_observed_reopen"),
        *("resolved_while_waiting", "put_off"),
    }
    assert unknown == set(by_list.not_known)


# --- live ---

SCOPE = Scope(instance="desk", container="incident")
SETTINGS = {
    "url": "http://servicenow.test",
    "auth": {"type": "basic", "user": "careloop", "password": "careloop"},
}


class Watched(AsgiAdapter):
    """A network that writes down what is asked; `fails` is told of each address before it is."""

    def __init__(self, app: Any, fails: Callable[[str], None] = lambda address: None) -> None:
        super().__init__(app)
        self._fails = fails
        self.asked: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        self._fails(str(request.url))
        self.asked.append(request)
        return super().send(request, *arguments, **options)

    @property
    def fields(self) -> dict[str, set[str]]:
        """Return every field that was asked for, by table."""
        found: dict[str, set[str]] = {}
        for request in self.asked:
            address = urlsplit(str(request.url))
            table = address.path.rpartition("/")[2]
            (names,) = parse_qs(address.query)["sysparm_fields"]
            found.setdefault(table, set()).update(names.split(","))
        return found


def connect(sandbox: Sandbox, adapter: Watched) -> ServiceNow:
    return ServiceNow("desk", Settings.model_validate(SETTINGS), Still(sandbox), random.Random(1), adapter)


class Still:
    """The sandbox's clock, on which nobody waits."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return self._sandbox.clock.now()

    def sleep(self, seconds: float) -> None:
        self._sandbox.clock.advance(seconds)


def audit_live(desk: ServiceNow, place: Path) -> Audit:
    reading = Reading(place, SCOPE)
    reading.read_on(desk, SCOPE, quiet)
    return take_audit(take_past("desk", reading.pages()), Terms(), fixed_chance())


def test_live_tells_what_the_log_tells_and_reads_what_it_names(
    sandbox: Sandbox, by_log: Audit, tmp_path: Path
) -> None:
    watched = Watched(sandbox.servicenow_app)
    desk = connect(sandbox, watched)

    live = audit_live(desk, tmp_path / "reading.jsonl")

    names = {one.name for one in fields(Audit)} - {"source", "events", "notes", "not_known"}
    assert {name: getattr(live, name) for name in names} == {name: getattr(by_log, name) for name in names}
    assert set(live.not_known) - set(by_log.not_known) == {"events"}
    assert {request.method for request in watched.asked} == {"GET"}
    assert watched.fields == {table: set(named) for table, named in desk.audited(SCOPE).items()}


@pytest.fixture
def busy() -> Sandbox:
    """Return a sandbox in which one incident was solved while the caller was awaited."""
    world = Sandbox(datetime(2026, 1, 5, 9, tzinfo=UTC))
    agent = world.servicenow.act("ines.lund")
    caller = world.servicenow.act("admin").query("sys_user", "user_name=lena.moreau")[0]["sys_id"]
    for title in ("Mail is down", "Mail is down again"):
        id = agent.insert(
            "incident", {"short_description": title, "caller_id": caller, "category": "software"}
        )
        for values in (
            {"state": "3", "hold_reason": "1", "comments": "Does it work?"},
            {"state": "6", "close_code": "Solution provided", "close_notes": "Done."},
            {"state": "2"},
        ):
            world.clock.advance(3600)
            agent.update("incident", id, values)
    world.clock.advance(3600)
    return world


def test_states_are_those_of_the_trail(busy: Sandbox, tmp_path: Path) -> None:
    audit = audit_live(connect(busy, Watched(busy.servicenow_app)), tmp_path / "reading.jsonl")

    assert (audit.observed_reopens, audit.incidents_with_observed_reopen) == (2, 2)
    assert audit.resolved_while_waiting is not None
    assert audit.resolved_while_waiting.incidents == 2


def test_what_changed_since_is_all_that_is_read_again(busy: Sandbox, tmp_path: Path) -> None:
    place = tmp_path / "reading.jsonl"
    audit_live(connect(busy, Watched(busy.servicenow_app)), place)
    before = place.read_bytes()
    busy.clock.advance(3600)
    incident = busy.servicenow.act("admin").query("incident", "short_description=Mail is down")[0]
    values = {"state": "6", "close_code": "Solution provided", "close_notes": "Done."}
    busy.servicenow.act("ines.lund").update("incident", incident["sys_id"], values)

    audit = audit_live(connect(busy, Watched(busy.servicenow_app)), place)

    added = place.read_bytes().removeprefix(before)
    assert added.count(incident["number"].encode()) == added.count(b'"number"') == 1
    assert audit.incidents == 2
    assert audit.switching_on is not None
    assert audit.switching_on.of == 3


def test_a_reading_survives_a_lost_connection(busy: Sandbox, tmp_path: Path) -> None:
    place = tmp_path / "reading.jsonl"
    whole = audit_live(connect(busy, Watched(busy.servicenow_app)), tmp_path / "whole.jsonl")

    def lose(address: str) -> None:
        if "sys_audit" in address:
            raise requests.ConnectionError("cable pulled")

    with pytest.raises(Unreachable):
        audit_live(connect(busy, Watched(busy.servicenow_app, lose)), place)

    assert audit_live(connect(busy, Watched(busy.servicenow_app)), place) == whole


def test_without_a_right_to_the_trail_what_needs_it_is_not_known(busy: Sandbox, tmp_path: Path) -> None:
    busy.servicenow.revoke("careloop", "sys_audit")

    audit = audit_live(connect(busy, Watched(busy.servicenow_app)), tmp_path / "reading.jsonl")

    assert audit.incidents == 2
    assert audit.observed_reopens is None
    assert "--print-fields" in audit.not_known["observed_reopens"]
