"""Writes that are seen later than they are stamped, and stamps that lie."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
INCIDENTS = "http://servicenow.test/api/now/table/incident"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(START)


@pytest.fixture
def session(sandbox: Sandbox) -> requests.Session:
    session = requests.Session()
    session.mount("http://servicenow.test", AsgiAdapter(sandbox.servicenow_app))
    session.auth = ("careloop", "careloop")
    return session


def _late(sandbox: Sandbox, seconds: float = 30) -> None:
    """Let the next write be seen late."""
    sandbox.faults.add(Fault("commit_delay", seconds=seconds))


def _count(session: requests.Session) -> str:
    asked = {"sysparm_count": "true", "sysparm_query": "short_description=Late"}
    answer = session.get("http://servicenow.test/api/now/stats/incident", params=asked).json()
    return str(answer["result"]["stats"]["count"])


def _numbers(session: requests.Session) -> list[str]:
    asked = {"sysparm_query": "short_description=Late", "sysparm_fields": "sys_id"}
    return [row["sys_id"] for row in session.get(INCIDENTS, params=asked).json()["result"]]


def test_a_record_committed_late_is_stamped_when_written_and_seen_when_committed(
    sandbox: Sandbox, session: requests.Session
) -> None:
    sandbox.clock.advance(10)
    _late(sandbox)
    answer = session.post(INCIDENTS, json={"short_description": "Late"})
    written = answer.json()["result"]
    record = f"{INCIDENTS}/{written['sys_id']}"

    assert (answer.status_code, written["sys_updated_on"]) == (201, "2026-03-02 09:00:10")
    assert parsedate_to_datetime(answer.headers["Date"]) == START + timedelta(seconds=10)
    for _ in range(2):
        assert (session.get(record).status_code, _numbers(session), _count(session)) == (404, [], "0")
        sandbox.clock.advance(14)
    sandbox.clock.advance(2)
    assert session.get(record).json()["result"] == written
    assert (_numbers(session), _count(session)) == ([written["sys_id"]], "1")


def test_an_update_committed_late_leaves_the_earlier_version_to_be_read(
    sandbox: Sandbox, session: requests.Session
) -> None:
    before = session.post(INCIDENTS, json={"short_description": "Early"}).json()["result"]
    record = f"{INCIDENTS}/{before['sys_id']}"
    entries = f"http://servicenow.test/api/now/table/sys_journal_field?element_id={before['sys_id']}"
    sandbox.clock.advance(10)
    _late(sandbox)
    after = session.patch(record, json={"short_description": "Late", "work_notes": "Seen."}).json()["result"]

    assert (after["short_description"], after["sys_updated_on"]) == ("Late", "2026-03-02 09:00:10")
    assert session.get(record).json()["result"] == before
    assert (_numbers(session), session.get(entries).json()["result"]) == ([], [])
    sandbox.clock.advance(30)
    assert session.get(record).json()["result"] == after
    assert [entry["value"] for entry in session.get(entries).json()["result"]] == ["Seen."]


def test_a_deletion_committed_late_leaves_the_record_and_its_files_until_then(
    sandbox: Sandbox, session: requests.Session
) -> None:
    session.auth = ("admin", "admin")
    row = session.post(INCIDENTS, json={"short_description": "Late"}).json()["result"]["sys_id"]
    files = "http://servicenow.test/api/now/attachment"
    described = {"table_name": "incident", "table_sys_id": row, "file_name": "a.txt"}
    file = session.post(
        f"{files}/file", params=described, data=b"text", headers={"Content-Type": "text/plain"}
    ).json()["result"]["sys_id"]
    _late(sandbox)
    assert session.delete(f"{INCIDENTS}/{row}").status_code == 204

    assert session.get(f"{INCIDENTS}/{row}").status_code == 200
    assert session.get(f"{files}/{file}/file").content == b"text"
    sandbox.clock.advance(30)
    assert session.get(f"{INCIDENTS}/{row}").status_code == 404
    assert session.get(f"{files}/{file}/file").status_code == 404


def test_who_writes_to_a_record_waits_for_what_is_written_to_it_already(
    sandbox: Sandbox, session: requests.Session
) -> None:
    record = f"{INCIDENTS}/{session.post(INCIDENTS, json={}).json()['result']['sys_id']}"
    _late(sandbox)
    session.patch(record, json={"short_description": "Late"})
    second = session.patch(record, json={"category": "network"}).json()["result"]
    assert (second["short_description"], second["sys_mod_count"]) == ("Late", "2")
    sandbox.clock.advance(60)
    assert session.get(record).json()["result"] == second

    chosen = {"sys_id": "a" * 32}
    _late(sandbox)
    assert session.post(INCIDENTS, json=chosen).status_code == 201
    assert session.post(INCIDENTS, json=chosen).status_code == 403
    assert session.get(f"{INCIDENTS}/{chosen['sys_id']}").status_code == 200


def test_a_service_level_clock_of_a_late_record_is_breached_in_time(
    sandbox: Sandbox, session: requests.Session
) -> None:
    session.auth = ("admin", "admin")
    _late(sandbox)
    row = session.post(INCIDENTS, json={"impact": "1", "urgency": "1"}).json()["result"]["sys_id"]
    sandbox.clock.advance(30)
    clocks = f"http://servicenow.test/api/now/table/task_sla?task={row}"
    assert {clock["has_breached"] for clock in session.get(clocks).json()["result"]} == {"false"}
    sandbox.clock.advance(40 * 86400)
    assert {clock["has_breached"] for clock in session.get(clocks).json()["result"]} == {"true"}


@pytest.mark.parametrize("seconds", [90, -90])
def test_a_node_whose_clock_is_off_stamps_and_dates_by_it(
    sandbox: Sandbox, session: requests.Session, seconds: int
) -> None:
    sandbox.faults.add(Fault("clock_skew", seconds=seconds))
    skewed, right = session.post(INCIDENTS, json={}), session.post(INCIDENTS, json={})

    times = [parsedate_to_datetime(answer.headers["Date"]) for answer in (skewed, right)]
    stamps = [answer.json()["result"]["sys_created_on"] for answer in (skewed, right)]
    assert times == [START + timedelta(seconds=seconds), START]
    assert stamps == [f"{time:%Y-%m-%d %H:%M:%S}" for time in times]


def test_jobs_fall_due_by_the_right_clock(sandbox: Sandbox, session: requests.Session) -> None:
    sandbox.servicenow.set_property("glide.ui.autoclose.time", "1")
    created = session.post(INCIDENTS, json={}).json()["result"]["sys_id"]
    done = {"state": "6", "close_code": "Solution provided", "close_notes": "Done."}
    assert session.patch(f"{INCIDENTS}/{created}", json=done).status_code == 200
    sandbox.faults.add(Fault("clock_skew", seconds=3 * 86400))

    assert session.get(f"{INCIDENTS}/{created}").json()["result"]["state"] == "6"
    sandbox.clock.advance(2 * 86400)
    assert session.get(f"{INCIDENTS}/{created}").json()["result"]["state"] == "7"
