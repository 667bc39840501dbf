"""Permission schemes: who may do what, by what administrators grant."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
SCHEMES = f"{API}/permissionscheme"
READER = ("BROWSE_PROJECTS", "CREATE_ISSUES")


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def grants(holder: dict[str, str], *permissions: str) -> list[dict[str, Any]]:
    return [{"permission": key, "holder": holder} for key in permissions]


def use(admin: Caller, *rows: dict[str, Any]) -> str:
    """Make a scheme of these grants, have ENG use it, and return its id."""
    made = admin.ok("POST", SCHEMES, {"name": "Ours", "permissions": list(rows)})
    admin.ok("PUT", f"{API}/project/ENG/permissionscheme", {"id": made["id"]})
    return str(made["id"])


def test_a_permission_scheme_is_created_read_renamed_and_deleted(admin: Caller) -> None:
    role = {"type": "projectRole", "parameter": "10002"}
    made = admin.ok("POST", SCHEMES, {"name": "Ours", "permissions": grants(role, *READER)})
    assert [(g["permission"], g["holder"]["parameter"]) for g in made["permissions"]] == [
        (key, "10002") for key in READER
    ]
    address = f"{SCHEMES}/{made['id']}"
    assert "permissions" not in admin.ok("GET", address)
    assert len(admin.ok("GET", address, expand="all")["permissions"]) == 2
    changed = admin.ok("PUT", address, {"name": "Theirs", "description": "Of others"})
    assert (changed["name"], len(changed["permissions"])) == ("Theirs", 2)
    assert admin.ok("PUT", address, {"name": "Theirs", "permissions": []})["permissions"] == []
    names = [one["name"] for one in admin.ok("GET", SCHEMES)["permissionSchemes"]]
    assert names == ["Default Permission Scheme", "Theirs"]
    assert admin("DELETE", address).status_code == 204
    assert admin("GET", address).status_code == 404


def test_a_grant_is_added_found_and_taken_back_once(admin: Caller) -> None:
    address = f"{SCHEMES}/{admin.ok('POST', SCHEMES, {'name': 'Ours'})['id']}/permission"
    holder = {"type": "group", "parameter": "jira-users"}
    made = admin("POST", address, grants(holder, "EDIT_ISSUES")[0])
    assert made.status_code == 201
    number, shown = made.json()["id"], made.json()["holder"]
    assert shown["parameter"] == "jira-users"
    assert shown["value"] != "jira-users"
    assert admin("POST", address, grants(holder, "EDIT_ISSUES")[0]).status_code == 400
    assert (
        admin(
            "POST",
            address,
            {"permission": "EDIT_ISSUES", "holder": {"type": "group", "value": shown["value"]}},
        ).status_code
        == 400
    )
    assert [one["id"] for one in admin.ok("GET", address)["permissions"]] == [number]
    assert admin.ok("GET", f"{address}/{number}")["permission"] == "EDIT_ISSUES"
    assert admin("DELETE", f"{address}/{number}").status_code == 204
    assert admin("DELETE", f"{address}/{number}").status_code == 400
    assert admin("GET", f"{address}/{number}").status_code == 404


@pytest.mark.parametrize(
    "row",
    [
        {"permission": "FLY", "holder": {"type": "anyone"}},
        {"permission": "ADMINISTER", "holder": {"type": "anyone"}},
        {"permission": "EDIT_ISSUES", "holder": {"type": "wizard"}},
        {"permission": "EDIT_ISSUES", "holder": {"type": "group", "parameter": "nobody"}},
        {"permission": "EDIT_ISSUES", "holder": {"type": "user", "parameter": "nobody"}},
        {"permission": "EDIT_ISSUES", "holder": {"type": "projectRole", "parameter": "1"}},
        {"permission": "EDIT_ISSUES", "holder": {"type": "userCustomField", "parameter": "summary"}},
        {"permission": "EDIT_ISSUES"},
    ],
)
def test_a_grant_of_nothing_or_to_nobody_is_refused(admin: Caller, row: dict[str, Any]) -> None:
    assert admin("POST", SCHEMES, {"name": "Ours", "permissions": [row]}).status_code == 400
    assert len(admin.ok("GET", SCHEMES)["permissionSchemes"]) == 1


def test_only_administrators_change_permission_schemes(call: Caller) -> None:
    assert call("POST", SCHEMES, {"name": "Ours"}).status_code == 403
    assert call("PUT", f"{SCHEMES}/0", {"name": "Ours"}).status_code == 403
    assert call("DELETE", f"{SCHEMES}/0").status_code == 403
    assert (
        call("POST", f"{SCHEMES}/0/permission", grants({"type": "anyone"}, "EDIT_ISSUES")[0]).status_code
        == 403
    )
    assert call("PUT", f"{API}/project/ENG/permissionscheme", {"id": 0}).status_code == 403


def test_projects_of_a_deleted_scheme_use_that_of_the_site_which_stays(admin: Caller) -> None:
    number = use(
        admin, *grants({"type": "projectLead"}, *READER), *grants({"type": "applicationRole"}, *READER)
    )
    assert admin("DELETE", f"{SCHEMES}/{number}").status_code == 204
    assert admin.ok("GET", f"{API}/project/ENG/permissionscheme")["id"] == 0
    assert admin("DELETE", f"{SCHEMES}/0").status_code == 403


@pytest.mark.parametrize("name", ["", "Default Permission Scheme"])
def test_the_name_of_a_permission_scheme_is_given_and_its_own(admin: Caller, name: str) -> None:
    assert admin("POST", SCHEMES, {"name": name}).status_code == 400


def test_the_scheme_of_a_project_decides_what_its_people_may_do(
    admin: Caller, call: Caller, bug: str
) -> None:
    number = use(admin, *grants({"type": "applicationRole"}, *READER))
    assert call.ok("GET", f"{API}/project/ENG/permissionscheme")["id"] == int(number)
    edit = {"fields": {"summary": "Printer sings"}}
    assert call("PUT", f"{API}/issue/{bug}", edit).status_code == 403
    assert call.ok("GET", f"{API}/issue/{bug}/transitions")["transitions"] == []
    address = f"{SCHEMES}/{number}/permission"
    admin.ok("POST", address, grants({"type": "applicationRole"}, "EDIT_ISSUES")[0])
    assert call("PUT", f"{API}/issue/{bug}", edit).status_code == 204


@pytest.mark.parametrize(
    ("holder", "allowed"),
    [
        ({"type": "anyone"}, "yes"),
        ({"type": "applicationRole"}, "yes"),
        ({"type": "group", "parameter": "jira-users"}, "yes"),
        ({"type": "group", "parameter": "jira-administrators"}, "no"),
        ({"type": "projectRole", "parameter": "10004"}, "yes"),
        ({"type": "projectRole", "parameter": "10005"}, "no"),
        ({"type": "reporter"}, "yes"),
        ({"type": "assignee"}, "no"),
        ({"type": "projectLead"}, "no"),
        ({"type": "sd.customer.portal.only"}, "no"),
    ],
)
def test_each_kind_of_holder_is_granted_what_a_scheme_says(
    admin: Caller, call: Caller, bug: str, holder: dict[str, str], allowed: str
) -> None:
    use(admin, *grants({"type": "anyone"}, *READER), *grants(holder, "DELETE_ISSUES"))
    shown = call.ok("GET", f"{API}/mypermissions", permissions="DELETE_ISSUES", issueKey=bug)
    assert shown["permissions"]["DELETE_ISSUES"]["havePermission"] is (allowed == "yes")
    assert call("DELETE", f"{API}/issue/{bug}").status_code == (204 if allowed == "yes" else 403)


def test_an_account_is_granted_a_permission_by_its_id(
    admin: Caller, call: Caller, site: Site, bug: str
) -> None:
    bot = site.act("bot").user.account_id
    use(admin, *grants({"type": "user", "parameter": bot}, *READER, "DELETE_ISSUES"))
    assert call("DELETE", f"{API}/issue/{bug}").status_code == 204
    assert admin("GET", f"{API}/project/ENG").status_code == 404


def test_who_may_only_see_what_they_reported_finds_nothing_else(
    admin: Caller, call: Caller, calls_of: Callable[[str], Caller], bug: str
) -> None:
    other = calls_of("ada.keller")
    count = f"{API}/search/approximate-count"
    assert other.ok("POST", count, {"jql": "project = ENG"})["count"] == 1
    use(admin, *grants({"type": "reporter"}, *READER))
    assert other.ok("POST", count, {"jql": "project = ENG"})["count"] == 0
    assert other("GET", f"{API}/issue/{bug}").status_code == 404
    assert other("GET", f"{API}/project/ENG").status_code == 200
    assert call.ok("POST", count, {"jql": "project = ENG"})["count"] == 1
    assert call("GET", f"{API}/issue/{bug}").status_code == 200
