"""Statuses that administrators create, change and delete."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.sandbox.jira.caller import Caller

STATUSES = "/rest/api/3/statuses"
ENG = "10000"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def create(admin: Caller, *names: str, scope: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    rows = [{"name": name, "statusCategory": "IN_PROGRESS", "description": ""} for name in names]
    made: list[dict[str, Any]] = admin.ok(
        "POST", STATUSES, {"scope": scope or {"type": "GLOBAL"}, "statuses": rows}
    )
    return made


def test_statuses_are_created_changed_and_deleted_in_bulk(admin: Caller, call: Caller) -> None:
    made = create(admin, "On the way", "At the customer")
    assert [(one["name"], one["statusCategory"], one["scope"]["type"]) for one in made] == [
        ("On the way", "IN_PROGRESS", "GLOBAL"),
        ("At the customer", "IN_PROGRESS", "GLOBAL"),
    ]
    first, second = (one["id"] for one in made)
    changed = {"id": first, "name": "Under way", "statusCategory": "DONE", "description": "By van"}
    assert admin("PUT", STATUSES, {"statuses": [changed]}).status_code == 204
    assert call.ok("GET", f"/rest/api/3/status/{first}")["description"] == "By van"
    assert call.ok("GET", STATUSES, id=[first])[0]["statusCategory"] == "DONE"
    assert [one["id"] for one in admin.ok("GET", f"{STATUSES}/byNames", name=["UNDER WAY", "Nothing"])] == [
        first
    ]
    assert (
        admin.ok("GET", f"{STATUSES}/search", searchString="customer", statusCategory="IN_PROGRESS")["total"]
        == 2
    )
    assert admin("DELETE", STATUSES, id=[first, second]).status_code == 204
    assert admin.ok("GET", STATUSES, id=[first, second]) == []


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Done", "statusCategory": "DONE"},
        {"name": "done", "statusCategory": "DONE"},
        {"name": "", "statusCategory": "DONE"},
        {"name": "x" * 61, "statusCategory": "DONE"},
        {"name": "New", "statusCategory": "LATER"},
        {"name": "New", "statusCategory": "DONE", "description": "x" * 256},
    ],
)
def test_a_status_has_a_name_of_its_own_and_a_category(admin: Caller, row: dict[str, str]) -> None:
    answer = admin("POST", STATUSES, {"scope": {"type": "GLOBAL"}, "statuses": [row]})
    assert answer.status_code == 400
    fine = {"name": "Other", "statusCategory": "DONE"}
    assert admin("POST", STATUSES, {"scope": {"type": "GLOBAL"}, "statuses": [fine, row]}).status_code == 400
    assert admin.ok("GET", f"{STATUSES}/search", searchString="Other")["total"] == 0


def test_a_project_has_statuses_of_its_own(admin: Caller) -> None:
    made = create(admin, "Done", scope={"type": "PROJECT", "project": {"id": ENG}})[0]
    assert made["scope"] == {"type": "PROJECT", "project": {"id": ENG}}
    of_project = admin.ok("GET", f"{STATUSES}/byNames", name="Done", projectId=ENG)
    assert {one["id"] for one in of_project} == {made["id"], "10002"}
    assert [one["id"] for one in admin.ok("GET", f"{STATUSES}/byNames", name="Done")] == ["10002"]


def test_a_status_in_use_is_not_deleted_and_says_where_it_is(admin: Caller) -> None:
    assert admin("DELETE", STATUSES, id="10001").status_code == 400
    flow = admin.ok("GET", f"{STATUSES}/10001/workflowUsages")["workflows"]["values"][0]["id"]
    assert (
        admin.ok("POST", "/rest/api/3/workflows", {"workflowIds": [flow]})["workflows"][0]["name"]
        == "Software workflow"
    )
    assert admin.ok("GET", f"{STATUSES}/10001/projectUsages")["projects"] == {"values": [{"id": ENG}]}
    page = admin.ok("GET", f"{STATUSES}/10001/project/{ENG}/issueTypeUsages", maxResults=3)["issueTypes"]
    rest = admin.ok(
        "GET", f"{STATUSES}/10001/project/{ENG}/issueTypeUsages", nextPageToken=page["nextPageToken"]
    )["issueTypes"]
    assert (len(page["values"]), len(rest["values"])) == (3, 2)
    assert "nextPageToken" not in rest
    assert admin("GET", f"{STATUSES}/1/workflowUsages").status_code == 404


def test_only_administrators_of_the_site_or_project_change_statuses(
    call: Caller, calls_of: Callable[[str], Caller]
) -> None:
    row = {"name": "New", "statusCategory": "DONE"}
    assert call("POST", STATUSES, {"scope": {"type": "GLOBAL"}, "statuses": [row]}).status_code == 401
    assert call("DELETE", STATUSES, id="10001").status_code == 401
    changed = {"id": "10001", "name": "New", "statusCategory": "DONE"}
    assert call("PUT", STATUSES, {"statuses": [changed]}).status_code == 401


def test_a_renamed_status_is_found_by_its_new_name(admin: Caller, call: Caller, bug: str) -> None:
    changed = {"id": "10000", "name": "Waiting", "statusCategory": "TODO"}
    assert call.ok("GET", "/rest/api/3/search/jql", jql='status = "To Do"', fields="status")["issues"]
    admin.ok("PUT", STATUSES, {"statuses": [changed]})
    found = call.ok("GET", "/rest/api/3/search/jql", jql="status = Waiting", fields="status")["issues"]
    assert found[0]["fields"]["status"]["name"] == "Waiting"
