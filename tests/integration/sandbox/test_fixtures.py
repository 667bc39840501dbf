"""The sandbox as fixtures for other people's tests."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

USER_TEST = """
import requests

pytest_plugins = ["careloop.testing.sandbox"]


def test_in_process(sandbox, sandbox_session):
    desk = sandbox_session("servicenow", "careloop", "careloop")
    created = desk.post("http://servicenow.test/api/now/table/incident", json={"short_description": "x"})
    sandbox.clock.advance(60)
    later = desk.patch(created.headers["Location"], json={"impact": "1"}).json()["result"]
    assert later["sys_updated_on"] == "2026-03-02 09:01:00"
    jira = sandbox_session("jira", sandbox.jira.email, sandbox.jira.token)
    assert jira.get("http://jira.test/rest/api/2/serverInfo").ok


def read(served):
    told = served.addresses["servicenow"]
    basic = (told["admin"], told["admin_password"])
    url = told["url"] + "/api/now/table/incident"
    with requests.Session() as session:
        session.trust_env = False
        session.auth = basic
        rows = session.get(url, verify=told["ca"], timeout=5).json()["result"]
        session.post(url, json={}, verify=told["ca"], timeout=5)
    return rows


def test_served(served_sandbox):
    assert read(served_sandbox) == []


def test_served_afresh(served_sandbox):
    assert read(served_sandbox) == []
"""


ON_DATA_CENTER = """
import pytest

pytest_plugins = ["careloop.testing.sandbox"]


@pytest.fixture
def jira_flavor():
    return "dc"


def test_a_request_goes_by_user_name(sandbox, sandbox_session):
    gina = sandbox_session("jira", "gina.rossi", "gina.rossi-token")
    asked = {"serviceDeskId": "1", "requestTypeId": "1", "requestFieldValues": {"summary": "No mail"}}
    made = gina.post("http://jira.test/rest/servicedeskapi/request", json=asked).json()
    assert made["reporter"]["name"] == "gina.rossi"
    sandbox.jira.act("eva.lind").comment(made["issueKey"], "We are on it")
    assert [mail["event"] for mail in sandbox.outbox()] == ["created", "comment"]
"""


SHOWN = """
pytest_plugins = ["careloop.testing.sandbox"]


def test_a_list_is_empty_at_first(sandbox, sandbox_session):
    session = sandbox_session("servicenow", "careloop", "careloop")
    assert session.get("http://servicenow.test/api/now/table/incident").json() == {"result": []}
    sandbox.clock.advance(86_400)
"""
"""What docs/how-to/use-the-sandbox.md shows."""


def test_a_users_tests_find_a_fresh_sandbox_each_time(pytester: pytest.Pytester) -> None:
    Path(pytester.path / "test_user.py").write_text(USER_TEST, encoding="utf-8")
    Path(pytester.path / "test_shown.py").write_text(SHOWN, encoding="utf-8")
    Path(pytester.path / "test_data_center.py").write_text(ON_DATA_CENTER, encoding="utf-8")
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=5)
