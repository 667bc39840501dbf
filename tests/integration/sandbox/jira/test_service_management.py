"""The Service Management API, as customers and agents use it."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/servicedeskapi"


@pytest.fixture
def gina(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("gina.rossi")


@pytest.fixture
def eva(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("eva.lind")


def asked(**more: Any) -> dict[str, Any]:
    values = {"summary": "No mail", "description": "Since noon"}
    return {"serviceDeskId": "1", "requestTypeId": "1", "requestFieldValues": values, **more}


@pytest.fixture
def key(gina: Caller) -> str:
    return str(gina.ok("POST", f"{API}/request", asked())["issueKey"])


def test_a_service_desk_and_its_request_types_are_found(gina: Caller, site: Site) -> None:
    (desk,) = gina.ok("GET", f"{API}/servicedesk")["values"]
    assert (desk["id"], desk["projectKey"]) == (site.service_desk, "HELP")
    kinds = gina.ok("GET", f"{API}/servicedesk/{desk['id']}/requesttype", limit=1)
    assert (kinds["size"], kinds["isLastPage"], kinds["values"][0]["name"]) == (1, False, "Report a problem")
    rest = gina.session.get(kinds["_links"]["next"]).json()
    assert (rest["start"], rest["isLastPage"], rest["values"][0]["name"]) == (1, True, "Ask for something")


def test_a_request_is_raised_and_read(gina: Caller, key: str) -> None:
    shown = gina.ok("GET", f"{API}/request/{key}")
    assert shown["currentStatus"]["status"] == "Waiting for support"
    assert shown["createdDate"]["epochMillis"] == 1_772_442_000_000
    assert shown["createdDate"]["iso8601"] == "2026-03-02T09:00:00+0000"
    assert {v["fieldId"]: v["value"] for v in shown["requestFieldValues"]} == asked()["requestFieldValues"]
    assert [row["issueKey"] for row in gina.ok("GET", f"{API}/request")["values"]] == [key]


@pytest.mark.parametrize(
    "wrong",
    [
        {"requestTypeId": "9"},
        {"requestFieldValues": {"description": "no summary"}},
        {"requestFieldValues": {"summary": "x", "priority": {"name": "High"}}},
    ],
)
def test_a_wrong_request_is_refused_in_words(gina: Caller, wrong: dict[str, Any]) -> None:
    refused = gina("POST", f"{API}/request", asked(**wrong))
    assert refused.status_code == 400
    assert refused.json()["errorMessage"]
    assert refused.json()["i18nErrorMessage"]["i18nKey"]


def test_only_agents_raise_on_behalf_of_others(gina: Caller, eva: Caller, site: Site) -> None:
    hugo = site.act("hugo.blanc").user.account_id
    assert gina("POST", f"{API}/request", asked(raiseOnBehalfOf=hugo)).status_code == 403
    made = eva.ok("POST", f"{API}/request", asked(raiseOnBehalfOf=hugo))
    assert made["reporter"]["accountId"] == hugo
    issue = eva.ok("GET", f"/rest/api/2/issue/{made['issueKey']}")
    assert issue["fields"]["creator"]["displayName"] == "Eva Lind"


def test_comments_state_their_audience(gina: Caller, eva: Caller, key: str) -> None:
    path = f"{API}/request/{key}/comment"
    assert eva("POST", path, {"body": "psst"}).status_code == 400
    eva.ok("POST", path, {"body": "psst", "public": False})
    eva.ok("POST", path, {"body": "We found it", "public": True})
    assert gina("POST", path, {"body": "mine", "public": False}).status_code == 403
    assert [comment["body"] for comment in gina.ok("GET", path)["values"]] == ["We found it"]
    assert [comment["public"] for comment in eva.ok("GET", path)["values"]] == [False, True]
    assert eva.ok("GET", path, public="false")["size"] == 1


def test_a_customer_confirms_and_reopens_through_portal_transitions(
    gina: Caller, eva: Caller, key: str
) -> None:
    path = f"{API}/request/{key}/transition"
    resolve = {"transition": {"id": "41"}, "fields": {"resolution": {"name": "Done"}}}
    eva.ok("POST", f"/rest/api/2/issue/{key}/transitions", resolve)
    steps = {step["name"]: step["id"] for step in gina.ok("GET", path)["values"]}
    assert set(steps) == {"It works", "Reopen"}
    assert gina("POST", path, {"id": "41"}).status_code == 400
    answer = gina("POST", path, {"id": steps["Reopen"], "additionalComment": {"body": "Still no mail"}})
    assert (answer.status_code, answer.content) == (204, b"")
    issue = eva.ok("GET", f"/rest/api/2/issue/{key}", fields="status,resolution,comment")["fields"]
    assert (issue["status"]["name"], issue["resolution"]) == ("Waiting for support", None)
    assert issue["comment"]["comments"][0]["author"]["accountType"] == "customer"


def test_other_customers_and_strangers_see_nothing(calls_of: Callable[[str], Caller], key: str) -> None:
    assert calls_of("hugo.blanc")("GET", f"{API}/request/{key}").status_code == 404
    assert calls_of("ada.keller").ok("GET", f"{API}/servicedesk")["values"] == []
    stranger = calls_of("bot")
    stranger.session.auth = None
    assert stranger("GET", f"{API}/request/{key}").status_code == 401


def test_an_issue_made_by_the_platform_api_is_not_on_the_portal(
    gina: Caller, eva: Caller, site: Site
) -> None:
    fields = {"project": {"key": "HELP"}, "issuetype": {"name": "Incident"}, "summary": "By the API"}
    made = eva.ok("POST", "/rest/api/2/issue", {"fields": fields})
    assert eva("GET", f"{API}/request/{made['key']}").status_code == 404
