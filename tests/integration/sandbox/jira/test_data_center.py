"""How a Data Center site differs."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.store import Flavor
from tests.integration.sandbox.jira.caller import Caller


@pytest.fixture
def flavor() -> Flavor:
    return "dc"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/rest/api/3/serverInfo", None),
        ("POST", "/rest/api/2/search/jql", {"jql": "project = ENG"}),
        ("POST", "/rest/api/2/changelog/bulkfetch", {"issueIdsOrKeys": ["ENG-1"]}),
        ("POST", "/rest/api/2/comment/list", {"ids": [1]}),
        ("GET", "/rest/api/2/issue/ENG-1/changelog", None),
        ("GET", "/_edge/tenant_info", None),
    ],
)
def test_what_only_cloud_has_is_absent(call: Caller, bug: str, method: str, path: str, body: Any) -> None:
    assert call(method, path, body).status_code in (404, 405)


def test_a_bearer_token_is_taken_and_a_wrong_one_refused(call: Caller) -> None:
    assert call.ok("GET", "/rest/api/2/myself")["name"] == "bot"
    call.session.headers["Authorization"] = "Bearer wrong"
    assert call("GET", "/rest/api/2/myself").status_code == 401


def test_people_go_by_name(call: Caller, bug: str) -> None:
    body = {"fields": {"assignee": {"name": "ada.keller"}}}
    call.ok("PUT", f"/rest/api/2/issue/{bug}", body)
    assignee = call.ok("GET", f"/rest/api/2/issue/{bug}")["fields"]["assignee"]
    assert assignee["name"] == "ada.keller"
    assert "accountId" not in assignee
    found = call.ok("POST", "/rest/api/2/search", {"jql": "assignee = ada.keller", "fields": ["summary"]})
    assert [issue["key"] for issue in found["issues"]] == [bug]


def test_search_pages_by_offset_with_a_total(call: Caller, site: Site) -> None:
    keys = [site.act("bot").create_issue("ENG", "Bug", f"Bug {number}") for number in range(5)]
    page = call.ok("GET", "/rest/api/2/search", jql="project = ENG ORDER BY key", startAt=2, maxResults=2)
    assert [issue["key"] for issue in page["issues"]] == keys[2:4]
    assert (page["startAt"], page["maxResults"], page["total"]) == (2, 2, 5)
    assert call.ok("GET", "/rest/api/2/search")["total"] == 5  # an unbounded query is no mistake here
    assert call.ok("GET", "/rest/api/2/search", maxResults=5000)["maxResults"] == 1000


def test_paging_ends_at_the_window_of_the_index(call: Caller) -> None:
    deep = call("GET", "/rest/api/2/search", jql="project = ENG", startAt=9_990, maxResults=50)
    assert deep.status_code == 400


def test_a_customer_reads_a_request_through_service_management(
    calls_of: Callable[[str], Caller], site: Site
) -> None:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    shown = calls_of("gina.rossi").ok("GET", f"/rest/servicedeskapi/request/{key}")
    assert shown["reporter"]["name"] == "gina.rossi"


def stranger(call: Caller) -> Caller:
    del call.session.headers["Authorization"]
    return call


def test_answers_say_whom_the_site_takes_the_caller_for(call: Caller) -> None:
    answer = call("GET", "/rest/api/2/serverInfo")
    assert answer.headers["X-AUSERNAME"] == "bot"
    assert answer.headers["X-Seraph-LoginReason"] == "OK"
    assert answer.headers["X-ANODEID"]
    assert "X-RateLimit-Limit" not in answer.headers
    assert stranger(call)("GET", "/rest/api/2/serverInfo").headers["X-AUSERNAME"] == "anonymous"


def test_a_name_and_its_secret_are_taken_too(call: Caller) -> None:
    stranger(call).session.auth = ("bot", "bot-token")
    assert call.ok("GET", "/rest/api/2/myself")["key"] == "JIRAUSERbot"


def test_a_wrong_password_gets_a_web_page_and_the_fourth_a_captcha(call: Caller, site: Site) -> None:
    stranger(call).session.auth = ("bot", "wrong")
    for _ in range(3):
        answer = call("GET", "/rest/api/2/myself")
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    call.session.auth = ("bot", "bot-token")
    denied = call("GET", "/rest/api/2/myself")
    assert (denied.status_code, denied.headers["X-Seraph-LoginReason"]) == (403, "AUTHENTICATION_DENIED")
    assert denied.headers["X-Authentication-Denied-Reason"].startswith("CAPTCHA_CHALLENGE; login-url=")
    site.switches.dc_login_attempts = 0
    assert call.ok("GET", "/rest/api/2/myself")["name"] == "bot"


def test_a_session_stands_for_its_user_until_it_is_closed(call: Caller) -> None:
    path = "/rest/auth/1/session"
    assert stranger(call)("GET", path).status_code == 401
    assert call("POST", path, {"username": "bot", "password": "wrong"}).status_code == 401
    opened = call.ok("POST", path, {"username": "bot", "password": "bot-token"})
    assert opened["session"]["name"] == "JSESSIONID"
    assert opened["loginInfo"]["failedLoginCount"] == 1
    assert call.session.cookies["JSESSIONID"] == opened["session"]["value"]
    assert call.ok("GET", path)["name"] == "bot"
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 401


def test_a_personal_access_token_works_until_it_expires_or_is_revoked(
    call: Caller, calls_of: Callable[[str], Caller], clock: Clock
) -> None:
    path = "/rest/pat/latest/tokens"
    made = call.ok("POST", path, {"name": "Nightly", "expirationDuration": 30})
    assert [row["name"] for row in call.ok("GET", path)] == ["Nightly"]
    assert "rawToken" not in call.ok("GET", path)[0]
    other = calls_of("bot")
    other.session.headers["Authorization"] = f"Bearer {made['rawToken']}"
    assert other.ok("GET", "/rest/api/2/myself")["name"] == "bot"
    clock.advance(30 * 86_400)
    refused = other("GET", "/rest/api/2/myself")
    assert (refused.status_code, refused.json()["status-code"]) == (401, 401)
    assert call("DELETE", f"{path}/{made['id']}").status_code == 204
    assert call("DELETE", f"{path}/{made['id']}").status_code == 404


def test_a_users_tokens_are_counted_in_headers_and_run_out(
    call: Caller, calls_of: Callable[[str], Caller], site: Site, clock: Clock
) -> None:
    site.switches.dc_rate_capacity, site.switches.dc_rate_fill, site.switches.dc_rate_interval = 3, 2, 10
    answers = [call("GET", "/rest/api/2/myself") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    names = ("Limit", "Remaining", "Interval-Seconds", "FillRate")
    assert [answers[0].headers[f"X-RateLimit-{name}"] for name in names] == ["3", "2", "10", "2"]
    assert [answer.headers["Retry-After"] for answer in answers] == ["0", "0", "5", "5"]
    assert calls_of("ada.keller")("GET", "/rest/api/2/myself").status_code == 200
    clock.advance(5)
    assert call("GET", "/rest/api/2/myself").status_code == 200
