"""How a Data Center site differs."""

from collections.abc import Callable
from typing import Any

import pytest

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
