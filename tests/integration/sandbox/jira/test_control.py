"""What scripts can order of the Jira half: switches, a search that lags, limits, and a look into the post."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.world import Sandbox
from tests.integration.sandbox.jira.caller import URL, Caller

SEARCH = "/rest/api/3/search/jql"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def call(sandbox: Sandbox) -> Caller:
    session = requests.Session()
    session.mount(URL, AsgiAdapter(sandbox.jira_app))
    session.auth = (sandbox.jira.email, sandbox.jira.token)
    return Caller(session)


def found(call: Caller, **more: Any) -> int:
    return len(call.ok("POST", SEARCH, {"jql": "project = ENG", **more})["issues"])


def test_switches_are_shown_and_set(call: Caller, sandbox: Sandbox) -> None:
    shown = call.ok("GET", "/__sandbox__/switches")["jira"]
    assert (shown["issue_write_limits"], shown["dc_search_window"]) == (False, 10_000)
    positions = {"issue_write_limits": True, "search_lag": 20}
    assert call.ok("POST", "/__sandbox__/switches", {"jira": positions})["jira"]["search_lag"] == "PT20S"
    assert sandbox.jira.switches.issue_write_limits is True
    sandbox.reset()
    assert sandbox.jira.switches.issue_write_limits is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"oracle": {}},
        [],
        {"jira": []},
        {"jira": {"weather": "fine"}},
        {"jira": {"experimental_header": "no"}},
    ],
    ids=str,
)
def test_a_wrong_position_changes_nothing_and_says_why(call: Caller, sandbox: Sandbox, wrong: Any) -> None:
    refused = call("POST", "/__sandbox__/switches", wrong)
    assert (refused.status_code, "error" in refused.json()) == (400, True)
    assert sandbox.jira.switches.experimental_header == "required"


def test_a_search_lags_while_its_fault_is_in_force(call: Caller, sandbox: Sandbox) -> None:
    call.ok("POST", "/__sandbox__/faults", {"kind": "search_lag", "seconds": 30})
    key = sandbox.jira.act("bot").create_issue("ENG", "Bug", "Printer jams")
    number = int(sandbox.jira.act("bot").get(key)["id"])
    assert found(call) == 0
    assert found(call, reconcileIssues=[number]) == 1
    sandbox.clock.advance(31)
    assert found(call) == 1
    call.ok("DELETE", "/__sandbox__/faults")
    sandbox.jira.act("bot").create_issue("ENG", "Bug", "Another")
    assert found(call) == 2


def test_a_limit_is_played_with_its_reason_and_headers(call: Caller) -> None:
    order = {"kind": "rate_limit", "reason": "jira-per-issue-on-write", "seconds": 7, "path": "/issue/"}
    call.ok("POST", "/__sandbox__/faults", order)
    refused = call("GET", "/rest/api/3/issue/ENG-1")
    assert refused.status_code == 429
    assert refused.headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert (refused.headers["Retry-After"], refused.headers["X-RateLimit-Remaining"]) == ("7", "0")
    assert refused.headers["X-RateLimit-Reset"] == "2026-03-02T09:00:07Z"
    assert call("GET", "/rest/api/3/issue/ENG-1").status_code == 404


def test_the_post_is_shown(call: Caller, sandbox: Sandbox) -> None:
    admin = Caller(requests.Session())
    admin.session.mount(URL, AsgiAdapter(sandbox.jira_app))
    admin.session.auth = ("admin@example.com", "admin-token")
    asked = {"name": "Ours", "url": "http://127.0.0.1:9/", "events": ["jira:issue_created"]}
    admin.ok("POST", "/rest/webhooks/1.0/webhook", asked)
    sandbox.jira.act("bot").create_issue("ENG", "Bug", "Printer jams")
    post = call.ok("GET", "/__sandbox__/webhooks")["jira"]
    assert [one["event"] for one in post["waiting"]] == ["jira:issue_created"]
    sandbox.jira.office.deliver(lambda url, body, headers: 204)
    post = call.ok("GET", "/__sandbox__/webhooks")["jira"]
    assert ([one["status"] for one in post["tries"]], post["waiting"]) == ([204], [])
