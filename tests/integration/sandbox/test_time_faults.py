"""Stamps that lie about when something could be seen."""

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


def test_a_row_committed_late_appears_with_an_earlier_stamp_than_one_already_read(
    sandbox: Sandbox, session: requests.Session
) -> None:
    session.post(INCIDENTS, json={})
    sandbox.clock.advance(10)
    sandbox.faults.add(Fault("commit_delay", seconds=30))
    late = session.post(INCIDENTS, json={})

    assert late.json()["result"]["sys_updated_on"] == "2026-03-02 08:59:40"
    assert parsedate_to_datetime(late.headers["Date"]) == START + timedelta(seconds=10)
    assert sandbox.clock.now() == START + timedelta(seconds=10)


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
