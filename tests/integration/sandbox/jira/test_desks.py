"""Service desks, request types, queues and lists of requests."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/servicedeskapi"
DESK = f"{API}/servicedesk/1"


@pytest.fixture
def gina(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("gina.rossi")


@pytest.fixture
def eva(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("eva.lind")


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    caller = calls_of("admin")
    caller.session.headers["X-ExperimentalApi"] = "opt-in"
    return caller


@pytest.fixture
def key(site: Site) -> str:
    return site.act("gina.rossi").raise_request("Report a problem", "No mail", "Since <noon>")


def test_anybody_may_ask_for_the_version(gina: Caller) -> None:
    gina.session.auth = None
    assert gina.ok("GET", f"{API}/info")["isLicensedForUse"] is True


def test_a_desk_goes_by_its_id_or_the_key_of_its_project(gina: Caller) -> None:
    assert gina.ok("GET", f"{API}/servicedesk/HELP")["id"] == gina.ok("GET", DESK)["id"] == "1"
    assert gina("GET", f"{API}/servicedesk/ENG").status_code == 404


def test_request_types_are_found_by_group_and_by_word(gina: Caller) -> None:
    (group,) = gina.ok("GET", f"{DESK}/requesttypegroup")["values"]
    names = [kind["name"] for kind in gina.ok("GET", f"{DESK}/requesttype", groupId=group["id"])["values"]]
    assert names == ["Report a problem", "Ask for something"]
    assert gina.ok("GET", f"{DESK}/requesttype", groupId="99")["values"] == []
    found = gina.ok("GET", f"{DESK}/requesttype", searchQuery="prob")["values"]
    assert [kind["groupIds"] for kind in found] == [[group["id"]]]


def test_what_raising_a_request_takes(gina: Caller, eva: Caller) -> None:
    shown = gina.ok("GET", f"{DESK}/requesttype/2/field")
    assert (shown["canRaiseOnBehalfOf"], shown["canAddRequestParticipants"]) == (False, False)
    assert eva.ok("GET", f"{DESK}/requesttype/2/field")["canRaiseOnBehalfOf"] is True
    needed = {field["fieldId"]: field["required"] for field in shown["requestTypeFields"]}
    assert needed == {"summary": True, "description": False, "duedate": False}
    assert gina.ok("GET", f"{DESK}/requesttype/2", expand="field")["fields"] == shown
    assert gina("GET", f"{DESK}/requesttype/9/field").status_code == 404


def test_an_administrator_makes_and_deletes_a_request_type(admin: Caller, eva: Caller, site: Site) -> None:
    asked = {"name": "New phone", "issueTypeId": "10010", "description": "A phone", "helpText": "Say why"}
    eva.session.headers["X-ExperimentalApi"] = "opt-in"
    assert eva("POST", f"{DESK}/requesttype", asked).status_code == 403
    assert admin("POST", f"{DESK}/requesttype", {**asked, "name": " "}).status_code == 400
    assert admin("POST", f"{DESK}/requesttype", {**asked, "issueTypeId": "1"}).status_code == 404
    made = admin.ok("POST", f"{DESK}/requesttype", asked)
    assert (made["helpText"], made["groupIds"]) == ("Say why", [])
    assert eva.ok("GET", f"{DESK}/requesttype", searchQuery="phone")["values"] == []  # no group shows it
    hidden = {"searchQuery": "phone", "includeHiddenRequestTypesInSearch": "true"}
    assert eva.ok("GET", f"{DESK}/requesttype", **hidden)["size"] == 1
    assert eva.ok("GET", f"{API}/requesttype", serviceDeskId="1")["size"] == 3
    request = site.act("gina.rossi").raise_request("New phone", "Mine broke")
    assert admin("DELETE", f"{DESK}/requesttype/{made['id']}").status_code == 204
    assert eva("GET", f"{API}/request/{request}").status_code == 404
    assert eva.ok("GET", f"/rest/api/2/issue/{request}")["key"] == request


def test_rights_on_request_types_are_checked_for_somebody_else(admin: Caller, site: Site) -> None:
    asked: dict[str, Any] = {
        "requestTypeIds": [1, 2, 99],
        "permissions": ["canCreateRequest", "canAdminister"],
    }
    path = f"{DESK}/requesttype/permissions/check"
    assert admin.ok("POST", path, asked) == {"canCreateRequest": [1, 2], "canAdminister": [1, 2]}
    asked["accountId"] = site.act("gina.rossi").user.account_id
    assert admin.ok("POST", path, asked) == {"canCreateRequest": [1, 2], "canAdminister": []}


def test_properties_of_a_request_type(admin: Caller) -> None:
    path = f"{DESK}/requesttype/1/property"
    assert admin("PUT", f"{path}/team", ["a"]).status_code == 201
    assert admin.ok("GET", f"{path}/team")["value"] == ["a"]
    assert [row["key"] for row in admin.ok("GET", path)["keys"]] == ["team"]
    assert admin("DELETE", f"{path}/team").status_code == 204
    assert admin("GET", f"{path}/team").status_code == 404


def test_queues_hold_the_work_of_agents(
    gina: Caller, eva: Caller, site: Site, clock: Clock, key: str
) -> None:
    assert gina("GET", f"{DESK}/queue").status_code == 403
    clock.advance(60)
    site.act("gina.rossi").raise_request("Report a problem", "No sound")
    queues = eva.ok("GET", f"{DESK}/queue", includeCount="true")["values"]
    assert {q["name"]: q["issueCount"] for q in queues}["All open"] == 2
    (first, *_) = queues
    page = eva.ok("GET", f"{DESK}/queue/{first['id']}/issue", limit=1)
    assert (page["size"], page["isLastPage"], page["values"][0]["key"]) == (1, False, key)
    assert set(page["values"][0]["fields"]) >= {"summary", "status", "created"}
    assert "issueCount" not in eva.ok("GET", f"{DESK}/queue/{first['id']}")
    assert eva("GET", f"{DESK}/queue/99").status_code == 404


def test_there_is_no_knowledge_base(gina: Caller) -> None:
    assert gina.ok("GET", f"{DESK}/knowledgebase/article", query="mail")["values"] == []
    assert gina("GET", f"{API}/knowledgebase/article").status_code == 400


def test_requests_are_sifted_and_come_latest_activity_first(
    gina: Caller, site: Site, clock: Clock, key: str
) -> None:
    clock.advance(60)
    other = site.act("gina.rossi").raise_request("Ask for something", "New phone")

    def found(**asked: Any) -> list[str]:
        return [row["issueKey"] for row in gina.ok("GET", f"{API}/request", **asked)["values"]]

    assert found() == [other, key]
    clock.advance(60)
    site.act("eva.lind").comment(key, "We found it")
    assert found() == [key, other]
    assert found(searchTerm="phone") == [other]
    assert found(serviceDeskId="1", requestTypeId="1") == [key]
    site.act("gina.rossi").transition(other, "Cancel request")
    assert found(requestStatus="OPEN_REQUESTS") == [key]
    assert found(requestStatus="CLOSED_REQUESTS") == [other]
    assert found(requestOwnership="PARTICIPATED_REQUESTS") == []
    assert gina("GET", f"{API}/request", requestOwnership="MINE").status_code == 400
    assert gina("GET", f"{API}/request", serviceDeskId="9").status_code == 404


def test_several_ownerships_are_joined_and_pages_keep_them(gina: Caller, site: Site, key: str) -> None:
    second = site.act("gina.rossi").raise_request("Report a problem", "No sound")
    asked = {"requestOwnership": ["OWNED_REQUESTS", "APPROVER"], "limit": 1}
    page = gina.ok("GET", f"{API}/request", **asked)
    rest = gina.session.get(page["_links"]["next"]).json()
    assert [row["issueKey"] for row in page["values"] + rest["values"]] == [second, key]
    assert "next" not in rest["_links"]
    assert rest["_links"]["prev"].count("requestOwnership") == 2


def test_a_page_of_nothing_is_not_asked_for(gina: Caller, key: str) -> None:
    page = gina.ok("GET", f"{API}/request", limit=0)
    assert (page["limit"], page["size"], page["isLastPage"]) == (50, 1, True)


def test_agents_list_their_own_requests_unless_they_ask_for_all(eva: Caller, key: str) -> None:
    assert eva.ok("GET", f"{API}/request")["values"] == []
    assert eva.ok("GET", f"{API}/request", requestOwnership="ALL_REQUESTS")["size"] == 1


def test_a_request_tells_its_statuses_present_one_first(
    gina: Caller, site: Site, clock: Clock, key: str
) -> None:
    clock.advance(3600)
    site.act("eva.lind").transition(key, "Start work")
    stays = gina.ok("GET", f"{API}/request/{key}/status")["values"]
    assert [stay["status"] for stay in stays] == ["In Progress", "Waiting for support"]
    assert [stay["statusDate"]["iso8601"][11:16] for stay in stays] == ["10:00", "09:00"]


def test_what_hangs_on_a_request_is_expanded(eva: Caller, site: Site, key: str) -> None:
    site.act("eva.lind").comment(key, "We found it")
    wanted = "serviceDesk,requestType,status,sla,comment,action"
    shown = eva.ok("GET", f"{API}/request/{key}", expand=wanted)
    assert shown["serviceDesk"]["projectKey"] == "HELP"
    assert shown["requestType"]["name"] == "Report a problem"
    assert [level["name"] for level in shown["sla"]["values"]] == [
        "Time to resolution",
        "Time to first response",
    ]
    assert [comment["body"] for comment in shown["comments"]["values"]] == ["We found it"]
    assert "comments" not in eva.ok("GET", f"{API}/request/{key}")


def test_long_texts_come_as_html_too(gina: Caller, eva: Caller, key: str) -> None:
    values = {v["fieldId"]: v for v in gina.ok("GET", f"{API}/request/{key}")["requestFieldValues"]}
    assert values["description"]["renderedValue"] == {"html": "<p>Since &lt;noon&gt;</p>"}
    eva.ok("POST", f"{API}/request/{key}/comment", {"body": "one\ntwo", "public": True})
    (comment,) = gina.ok("GET", f"{API}/request/{key}/comment", expand="renderedBody")["values"]
    assert comment["renderedBody"] == {"html": "<p>one<br/>two</p>"}
