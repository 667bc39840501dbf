"""Issue security: levels that only their members see the issues of."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/api/3"
SCHEMES = f"{API}/issuesecurityschemes"
ENG = "10000"
ADMINS = {"type": "projectRole", "parameter": "10002"}
REPORTER = {"type": "reporter"}


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


@pytest.fixture
def other(calls_of: Callable[[str], Caller]) -> Caller:
    """Somebody else who works in ENG."""
    return calls_of("bruno.silva")


def level(name: str, *members: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"name": name, "members": list(members), **more}


def use(admin: Caller, *levels: dict[str, Any]) -> dict[str, str]:
    """Have ENG use a scheme of these levels, and return their ids by name."""
    number = admin.ok("POST", SCHEMES, {"name": "Ours", "levels": list(levels)})["id"]
    asked = {"projectId": ENG, "schemeId": number}
    answer = admin.session.put(f"{URL}{SCHEMES}/project", json=asked, allow_redirects=False)
    assert answer.status_code == 303
    return {one["name"]: one["id"] for one in admin.ok("GET", f"{SCHEMES}/{number}")["levels"]}


def new(call: Caller, **more: Any) -> str:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Printer jams", **more}
    return str(call.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"])


def count(call: Caller, jql: str = "project = ENG") -> int:
    return int(call.ok("POST", f"{API}/search/approximate-count", {"jql": jql})["count"])


def test_a_scheme_is_created_read_changed_and_deleted(admin: Caller) -> None:
    number = admin.ok("POST", SCHEMES, {"name": "Ours", "levels": [level("Secret", ADMINS, isDefault=True)]})[
        "id"
    ]
    at = f"{SCHEMES}/{number}"
    shown = admin.ok("GET", at)
    first = shown["levels"][0]
    assert (shown["name"], first["name"], first["isDefault"]) == ("Ours", "Secret", True)
    assert shown["defaultSecurityLevelId"] == int(first["id"])
    assert admin("PUT", at, {"name": "Theirs"}).status_code == 204
    assert admin("PUT", f"{at}/level", {"levels": [level("Open", REPORTER)]}).status_code == 204
    assert admin("PUT", f"{at}/level", {"levels": [level("open")]}).status_code == 400
    found = admin.ok("GET", f"{SCHEMES}/level", schemeId=number)["values"]
    assert [one["name"] for one in found] == ["Secret", "Open"]
    assert admin("PUT", f"{at}/level/{found[1]['id']}", {"name": "Wide"}).status_code == 204
    assert admin.ok("GET", f"{API}/securitylevel/{found[1]['id']}")["name"] == "Wide"
    defaults = {"defaultValues": [{"issueSecuritySchemeId": number, "defaultLevelId": found[1]["id"]}]}
    assert admin("PUT", f"{SCHEMES}/level/default", defaults).status_code == 204
    assert [one["name"] for one in admin.ok("GET", f"{SCHEMES}/level", onlyDefault=True)["values"]] == [
        "Wide"
    ]
    assert admin.ok("GET", f"{SCHEMES}/search")["values"][0]["name"] == "Theirs"
    assert admin("DELETE", at).status_code == 204
    assert admin("DELETE", at).status_code == 404
    assert admin.ok("GET", SCHEMES) == {"issueSecuritySchemes": []}


def test_members_are_added_listed_and_removed(admin: Caller) -> None:
    number = admin.ok("POST", SCHEMES, {"name": "Ours", "levels": [level("Secret", ADMINS)]})["id"]
    at = f"{SCHEMES}/{number}/level/{admin.ok('GET', f'{SCHEMES}/{number}')['levels'][0]['id']}/member"
    group = {"type": "group", "parameter": "jira-users"}
    assert admin("PUT", at, {"members": [group, ADMINS]}).status_code == 204
    assert admin("PUT", at, {"members": [{"type": "group", "parameter": "nobody"}]}).status_code == 400
    found = admin.ok("GET", f"{SCHEMES}/level/member", schemeId=number)["values"]
    assert [one["holder"]["type"] for one in found] == ["projectRole", "group"]
    assert len(admin.ok("GET", f"{SCHEMES}/{number}/members")["values"]) == 2
    assert admin("DELETE", f"{at}/{found[0]['id']}").status_code == 204
    assert admin("DELETE", f"{at}/{found[0]['id']}").status_code == 404
    assert len(admin.ok("GET", f"{SCHEMES}/{number}/members")["values"]) == 1


def test_only_members_of_its_level_see_find_and_count_an_issue(
    admin: Caller, call: Caller, other: Caller
) -> None:
    levels = use(admin, level("Secret", REPORTER))
    bug, plain = new(call), new(call)
    assert count(other) == 2
    assert (
        admin("PUT", f"{API}/issue/{bug}", {"fields": {"security": {"id": levels["Secret"]}}}).status_code
        == 204
    )
    assert call.ok("GET", f"{API}/issue/{bug}")["fields"]["security"]["name"] == "Secret"
    assert other("GET", f"{API}/issue/{bug}").status_code == 404
    assert (count(other), count(call)) == (1, 2)
    assert (
        other.ok("GET", f"{API}/search/jql", jql="project = ENG", fields="key")["issues"][0]["key"] == plain
    )
    assert count(call, "level = Secret") == 1
    assert count(call, f"level = {levels['Secret']}") == 1
    assert count(call, "project = ENG AND level IS EMPTY") == 1
    assert count(other, "level = Secret") == 0


def test_the_change_of_a_level_is_in_the_history(admin: Caller) -> None:
    levels = use(admin, level("Secret", ADMINS))
    bug = new(admin)
    admin.ok("PUT", f"{API}/issue/{bug}", {"fields": {"security": {"name": "Secret"}}})
    item = admin.ok("GET", f"{API}/issue/{bug}/changelog")["values"][-1]["items"][0]
    assert (item["field"], item["to"], item["toString"]) == ("security", levels["Secret"], "Secret")


def test_a_level_is_set_by_who_may_and_is_a_member(admin: Caller, call: Caller, bug: str) -> None:
    levels = use(
        admin, level("Secret", ADMINS), level("Closed", {"type": "assignee"}, {"type": "projectLead"})
    )
    edit = {"fields": {"security": {"id": levels["Secret"]}}}
    assert call("PUT", f"{API}/issue/{bug}", edit).status_code == 400
    assert "security" not in call.ok("GET", f"{API}/issue/{bug}/editmeta")["fields"]
    assert "security" in admin.ok("GET", f"{API}/issue/{bug}/editmeta")["fields"]
    offered = admin.ok("GET", f"{API}/project/ENG/securitylevel")["levels"]
    assert "Secret" in [one["name"] for one in offered]
    assert call.ok("GET", f"{API}/project/ENG/securitylevel")["levels"] == []
    assert admin("PUT", f"{API}/issue/{bug}", edit).status_code == 204


def test_a_new_issue_has_the_default_level_and_a_sub_task_that_of_its_parent(
    admin: Caller, call: Caller, other: Caller
) -> None:
    use(admin, level("Secret", REPORTER, isDefault=True))
    parent = new(call)
    child = new(call, issuetype={"name": "Sub-task"}, parent={"key": parent})
    for key in (parent, child):
        assert call.ok("GET", f"{API}/issue/{key}")["fields"]["security"]["name"] == "Secret"
        assert other("GET", f"{API}/issue/{key}").status_code == 404
    admin_view = admin("PUT", f"{API}/issue/{parent}", {"fields": {"security": None}})
    assert admin_view.status_code == 404


def test_issues_of_a_level_that_goes_get_another_or_none(admin: Caller, other: Caller) -> None:
    levels = use(admin, level("Secret", ADMINS), level("Closed", ADMINS))
    bug = new(admin, security={"id": levels["Secret"]})
    scheme = admin.ok("GET", f"{API}/project/ENG/issuesecuritylevelscheme")["id"]
    at = f"{URL}{SCHEMES}/{scheme}/level"
    heir = {"replaceWith": levels["Closed"]}
    gone = admin.session.delete(f"{at}/{levels['Secret']}", params=heir, allow_redirects=False)
    assert gone.status_code == 303
    assert admin.ok("GET", f"{API}/issue/{bug}")["fields"]["security"]["name"] == "Closed"
    assert other("GET", f"{API}/issue/{bug}").status_code == 404
    assert admin.session.delete(f"{at}/{levels['Closed']}", allow_redirects=False).status_code == 303
    assert other.ok("GET", f"{API}/issue/{bug}")["fields"]["security"] is None


def test_a_scheme_in_use_is_not_deleted_and_says_by_whom(admin: Caller, call: Caller) -> None:
    use(admin, level("Secret", ADMINS))
    scheme = admin.ok("GET", f"{SCHEMES}/project", projectId=ENG)["values"][0]["issueSecuritySchemeId"]
    assert admin("DELETE", f"{SCHEMES}/{scheme}").status_code == 400
    assert admin.ok("GET", f"{SCHEMES}/search", projectId=ENG)["values"][0]["projectIds"] == [int(ENG)]
    assert admin("GET", f"{API}/project/HELP/issuesecuritylevelscheme").status_code == 404
    assert call("GET", SCHEMES).status_code == 403
    assert call("POST", SCHEMES, {"name": "Mine"}).status_code == 403


def test_the_portal_shows_a_request_to_its_reporter_unless_its_level_hides_it(
    admin: Caller, calls_of: Callable[[str], Caller]
) -> None:
    customer = calls_of("gina.rossi")
    asked = {
        "serviceDeskId": "1",
        "requestTypeId": customer.ok("GET", "/rest/servicedeskapi/servicedesk/1/requesttype")["values"][0][
            "id"
        ],
        "requestFieldValues": {"summary": "No mail"},
    }
    key = customer.ok("POST", "/rest/servicedeskapi/request", asked)["issueKey"]
    portal = {"type": "sd.customer.portal.only"}
    number = admin.ok(
        "POST", SCHEMES, {"name": "Ours", "levels": [level("Secret", ADMINS), level("Desk", ADMINS, portal)]}
    )["id"]
    admin.session.put(
        f"{URL}{SCHEMES}/project", json={"projectId": "10001", "schemeId": number}, allow_redirects=False
    )
    for name, status in (("Secret", 404), ("Desk", 200)):
        admin.ok("PUT", f"{API}/issue/{key}", {"fields": {"security": {"name": name}}})
        assert customer("GET", f"/rest/servicedeskapi/request/{key}").status_code == status
