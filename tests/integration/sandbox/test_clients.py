"""The real client libraries, in process and over HTTP, down to how each of them sees a failure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jira
import pysnow
import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault
from careloop.sandbox.server import Addresses, running
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(START)


@pytest.fixture(params=["in process", "over HTTP"])
def addresses(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Addresses | None]:
    if request.param == "in process":
        yield None
    else:
        with running(sandbox) as addresses:
            yield addresses


@pytest.fixture
def incidents(sandbox: Sandbox, addresses: Addresses | None) -> Any:
    session = requests.Session()
    session.auth = (sandbox.servicenow.user, sandbox.servicenow.password)
    host = addresses["servicenow"]["url"].removeprefix("http://") if addresses else "servicenow.test"
    session.mount("http://servicenow.test", AsgiAdapter(sandbox.servicenow_app))
    client = pysnow.Client(host=host, use_ssl=False, session=session)
    return client.resource(api_path="/table/incident")


@pytest.fixture
def site(sandbox: Sandbox, addresses: Addresses | None) -> jira.JIRA:
    url = addresses["jira"]["url"] if addresses else "http://jira.test"
    signed_in = (sandbox.jira.email, sandbox.jira.token)
    client = jira.JIRA(url, basic_auth=signed_in, max_retries=0, timeout=5, get_server_info=False)
    client._session.mount("http://jira.test", AsgiAdapter(sandbox.jira_app))
    return client


def test_pysnow_writes_and_reads(incidents: Any) -> None:
    made = incidents.create(payload={"short_description": "grüße"}).one()
    incidents.update(query={"number": made["number"]}, payload={"work_notes": "noted"})
    [row] = incidents.get(query={"number": made["number"]}).all()
    assert (row["short_description"], row["sys_mod_count"]) == ("grüße", "1")


def test_pysnow_loses_an_answer_and_not_the_write(sandbox: Sandbox, incidents: Any) -> None:
    sandbox.faults.add(Fault("answer_lost", method="POST"))
    with pytest.raises(requests.ConnectionError):
        incidents.create(payload={"short_description": "once"})
    assert len(incidents.get(query={"short_description": "once"}).all()) == 1


def test_jira_writes_and_reads(site: jira.JIRA) -> None:
    made = site.create_issue(project="ENG", summary="Gateway", issuetype={"name": "Bug"})
    site.add_comment(made, "grüße")
    site.transition_issue(made, "Start work")
    found = site.issue(made.key)
    assert (found.fields.status.name, found.fields.comment.comments[0].body) == ("In Progress", "grüße")


def test_jira_loses_an_answer_and_not_the_write(sandbox: Sandbox, site: jira.JIRA) -> None:
    sandbox.faults.add(Fault("answer_lost", path="/issue", method="POST"))
    with pytest.raises(requests.ConnectionError):
        site.create_issue(project="ENG", summary="once", issuetype={"name": "Bug"})
    assert sandbox.jira.act("ada.keller").search("summary ~ once") == ["ENG-1"]


def test_jira_sees_a_rate_limit(sandbox: Sandbox, site: jira.JIRA) -> None:
    sandbox.faults.add(Fault("status", code=429, platform="jira", headers={"Retry-After": "5"}))
    with pytest.raises(jira.JIRAError) as caught:
        site.myself()
    assert caught.value.status_code == 429
