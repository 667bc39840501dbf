"""Issue type schemes: which types the issues of a project can have."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
SCHEMES = f"{API}/issuetypescheme"
BUG, TASK, STORY, SUBTASK = "10004", "10002", "10001", "10003"
ENG = "10000"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def create(admin: Caller, *kinds: str, **more: Any) -> str:
    asked = {"name": "Ours", "issueTypeIds": list(kinds), **more}
    return str(admin.ok("POST", SCHEMES, asked)["issueTypeSchemeId"])


def kinds_of(admin: Caller, scheme: str) -> list[str]:
    rows = admin.ok("GET", f"{SCHEMES}/mapping", issueTypeSchemeId=scheme)["values"]
    return [row["issueTypeId"] for row in rows]


def test_a_scheme_is_created_listed_changed_and_deleted(admin: Caller) -> None:
    number = create(admin, BUG, TASK, defaultIssueTypeId=TASK)
    shown = admin.ok("GET", SCHEMES, id=number)["values"][0]
    assert (shown["name"], shown["defaultIssueTypeId"], shown["isDefault"]) == ("Ours", TASK, False)
    assert (
        admin("PUT", f"{SCHEMES}/{number}", {"name": "Theirs", "defaultIssueTypeId": BUG}).status_code == 204
    )
    assert admin.ok("GET", SCHEMES, queryString="theirs")["values"][0]["defaultIssueTypeId"] == BUG
    first = admin.ok("GET", SCHEMES, maxResults=1)["values"][0]
    assert (first["name"], first["isDefault"]) == ("Default Issue Type Scheme", True)
    assert admin("DELETE", f"{SCHEMES}/{number}").status_code == 204
    assert admin("DELETE", f"{SCHEMES}/{number}").status_code == 404
    assert admin("DELETE", f"{SCHEMES}/{first['id']}").status_code == 400


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"issueTypeIds": [SUBTASK]}, 400),
        ({"issueTypeIds": []}, 400),
        ({"issueTypeIds": ["1"]}, 400),
        ({"issueTypeIds": [BUG], "defaultIssueTypeId": TASK}, 400),
        ({"issueTypeIds": [BUG], "name": ""}, 400),
        ({"issueTypeIds": [BUG], "name": "Default Issue Type Scheme"}, 409),
    ],
)
def test_a_scheme_has_a_standard_type_and_a_name_of_its_own(
    admin: Caller, asked: dict[str, Any], status: int
) -> None:
    assert admin("POST", SCHEMES, {"name": "Ours", **asked}).status_code == status


def test_types_are_added_moved_and_removed(admin: Caller) -> None:
    number = create(admin, BUG)
    at = f"{SCHEMES}/{number}/issuetype"
    assert admin("PUT", at, {"issueTypeIds": [TASK, STORY]}).status_code == 204
    assert admin("PUT", at, {"issueTypeIds": [TASK]}).status_code == 400
    assert admin("PUT", f"{at}/move", {"issueTypeIds": [STORY], "position": "First"}).status_code == 204
    assert kinds_of(admin, number) == [STORY, BUG, TASK]
    assert admin("PUT", f"{at}/move", {"issueTypeIds": [STORY, BUG], "after": TASK}).status_code == 204
    assert kinds_of(admin, number) == [TASK, STORY, BUG]
    assert admin("PUT", f"{at}/move", {"issueTypeIds": [STORY], "after": STORY}).status_code == 400
    assert admin("PUT", f"{at}/move", {"issueTypeIds": [STORY]}).status_code == 400
    assert admin("DELETE", f"{at}/{TASK}").status_code == 204
    assert admin("DELETE", f"{at}/{TASK}").status_code == 404
    assert admin("DELETE", f"{at}/{STORY}").status_code == 204
    assert admin("DELETE", f"{at}/{BUG}").status_code == 400


def test_the_scheme_of_a_project_decides_which_types_its_issues_can_have(
    admin: Caller, call: Caller, bug: str
) -> None:
    asked = {"issueTypeSchemeId": create(admin, TASK), "projectId": ENG}
    assert admin("PUT", f"{SCHEMES}/project", asked).status_code == 400
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"issuetype": {"id": TASK}}})
    assert admin("PUT", f"{SCHEMES}/project", asked).status_code == 204
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Printer jams"}
    assert call("POST", "/rest/api/2/issue", {"fields": fields}).json()["errors"].keys() == {"issuetype"}
    assert [
        one["name"] for one in call.ok("GET", f"{API}/issue/createmeta/ENG/issuetypes")["issueTypes"]
    ] == ["Task"]
    assert [one["name"] for one in call.ok("GET", f"{API}/project/ENG")["issueTypes"]] == ["Task"]
    used = admin.ok("GET", f"{SCHEMES}/project", projectId=ENG)["values"]
    assert (used[0]["issueTypeScheme"]["name"], used[0]["projectIds"]) == ("Ours", [ENG])
    assert admin("DELETE", f"{SCHEMES}/{asked['issueTypeSchemeId']}/issuetype/{TASK}").status_code == 400
    assert admin("DELETE", f"{SCHEMES}/{asked['issueTypeSchemeId']}").status_code == 204
    assert len(call.ok("GET", f"{API}/project/ENG")["issueTypes"]) == 7


def test_a_new_project_is_given_the_schemes_that_are_named(admin: Caller, site: Site) -> None:
    lead = site.act("ada.keller").user.account_id
    asked = {"key": "OPS", "name": "Operations", "projectTypeKey": "software", "leadAccountId": lead}
    assert admin("POST", f"{API}/project", {**asked, "issueTypeScheme": 77}).status_code == 400
    admin.ok("POST", f"{API}/project", {**asked, "issueTypeScheme": int(create(admin, TASK))})
    assert [one["name"] for one in admin.ok("GET", f"{API}/project/OPS")["issueTypes"]] == ["Task"]


def test_only_administrators_read_and_change_issue_type_schemes(call: Caller) -> None:
    assert call("GET", SCHEMES).status_code == 403
    assert call("POST", SCHEMES, {"name": "Ours", "issueTypeIds": [BUG]}).status_code == 403
