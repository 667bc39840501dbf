"""Screens, their schemes and field configurations: which fields can and have to be filled in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
BUG, TASK = "10004", "10002"
ENG = "10000"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def screen(admin: Caller, *fields: str, name: str = "Ours") -> int:
    """Make a screen that shows these fields, and return its id."""
    made: int = admin.ok("POST", f"{API}/screens", {"name": name})["id"]
    tab = admin.ok("GET", f"{API}/screens/{made}/tabs")[0]["id"]
    for field in fields:
        admin.ok("POST", f"{API}/screens/{made}/tabs/{tab}/fields", {"fieldId": field})
    return made


def use_screens(admin: Caller, **screens: int) -> None:
    """Have bugs of ENG show these screens for operations."""
    scheme = admin.ok("POST", f"{API}/screenscheme", {"name": "Ours", "screens": {"default": 1, **screens}})[
        "id"
    ]
    rows = [
        {"issueTypeId": "default", "screenSchemeId": "1"},
        {"issueTypeId": BUG, "screenSchemeId": str(scheme)},
    ]
    made = admin.ok("POST", f"{API}/issuetypescreenscheme", {"name": "Ours", "issueTypeMappings": rows})["id"]
    asked = {"issueTypeScreenSchemeId": made, "projectId": ENG}
    assert admin("PUT", f"{API}/issuetypescreenscheme/project", asked).status_code == 204


def demand(admin: Caller, kind: str, *items: dict[str, Any]) -> None:
    """Have issues of a type of ENG behave as these items say."""
    number = admin.ok("POST", f"{API}/fieldconfiguration", {"name": "Ours"})["id"]
    at = f"{API}/fieldconfiguration/{number}/fields"
    assert admin("PUT", at, {"fieldConfigurationItems": list(items)}).status_code == 204
    scheme = admin.ok("POST", f"{API}/fieldconfigurationscheme", {"name": "Ours"})["id"]
    rows = [{"issueTypeId": kind, "fieldConfigurationId": str(number)}]
    assert (
        admin("PUT", f"{API}/fieldconfigurationscheme/{scheme}/mapping", {"mappings": rows}).status_code
        == 204
    )
    asked = {"fieldConfigurationSchemeId": scheme, "projectId": ENG}
    assert admin("PUT", f"{API}/fieldconfigurationscheme/project", asked).status_code == 204


def create(call: Caller, kind: str = "Bug", **more: Any) -> Any:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": kind}, "summary": "Printer jams", **more}
    return call("POST", "/rest/api/2/issue", {"fields": fields})


# -- screens ------------------------------------------------------------------------------------------------


def test_a_screen_is_created_found_renamed_and_deleted(admin: Caller) -> None:
    number = screen(admin, "summary")
    found = admin.ok("GET", f"{API}/screens", queryString="ours")
    assert [one["id"] for one in found["values"]] == [number]
    changed = admin.ok("PUT", f"{API}/screens/{number}", {"name": "Theirs", "description": "Of others"})
    assert changed == {"id": number, "name": "Theirs", "description": "Of others"}
    assert admin("POST", f"{API}/screens", {"name": "Theirs"}).status_code == 400
    on = admin.ok("GET", f"{API}/field/summary/screens")["values"]
    assert number in [one["id"] for one in on]
    assert admin("DELETE", f"{API}/screens/{number}").status_code == 204
    assert admin("DELETE", f"{API}/screens/{number}").status_code == 404


@pytest.mark.parametrize("used", ["1", "3", "10000"])
def test_a_screen_in_use_is_not_deleted(admin: Caller, used: str) -> None:
    assert admin("DELETE", f"{API}/screens/{used}").status_code == 400


def test_tabs_are_added_renamed_moved_and_deleted(admin: Caller) -> None:
    at = f"{API}/screens/{screen(admin)}/tabs"
    made = admin.ok("POST", at, {"name": "More"})
    assert admin("POST", at, {"name": "more"}).status_code == 400
    assert admin.ok("PUT", f"{at}/{made['id']}", {"name": "Less"}) == {"id": made["id"], "name": "Less"}
    assert admin("POST", f"{at}/{made['id']}/move/0").status_code == 204
    assert [tab["name"] for tab in admin.ok("GET", at)] == ["Less", "Field Tab"]
    assert admin("POST", f"{at}/{made['id']}/move/2").status_code == 404
    assert admin("DELETE", f"{at}/{made['id']}").status_code == 204
    assert [tab["name"] for tab in admin.ok("GET", at)] == ["Field Tab"]


def test_fields_are_put_on_a_tab_moved_and_taken_off(admin: Caller) -> None:
    number = screen(admin, "summary", "labels", "priority")
    tab = admin.ok("GET", f"{API}/screens/{number}/tabs")[0]["id"]
    at = f"{API}/screens/{number}/tabs/{tab}/fields"

    def order() -> list[str]:
        return [one["id"] for one in admin.ok("GET", at)]

    assert admin("POST", at, {"fieldId": "labels"}).status_code == 400
    assert admin("POST", at, {"fieldId": "nothing"}).status_code == 404
    free = {one["id"] for one in admin.ok("GET", f"{API}/screens/{number}/availableFields")}
    assert "duedate" in free
    assert free.isdisjoint({"labels", "created"})
    assert admin("POST", f"{at}/priority/move", {"position": "First"}).status_code == 204
    assert order() == ["priority", "summary", "labels"]
    assert admin("POST", f"{at}/priority/move", {"position": "Later"}).status_code == 204
    assert order() == ["summary", "priority", "labels"]
    assert admin("POST", f"{at}/summary/move", {"after": f"{at}/labels"}).status_code == 204
    assert order() == ["priority", "labels", "summary"]
    assert admin("POST", f"{at}/priority/move", {"position": "Earlier"}).status_code == 404
    assert admin("DELETE", f"{at}/labels").status_code == 204
    assert order() == ["priority", "summary"]
    assert admin("DELETE", f"{at}/labels").status_code == 404


def test_only_administrators_set_up_screens(call: Caller) -> None:
    assert call("GET", f"{API}/screens").status_code == 403
    assert call("POST", f"{API}/screens", {"name": "Ours"}).status_code == 403
    assert call("POST", f"{API}/screenscheme", {"name": "Ours", "screens": {"default": 1}}).status_code == 403
    assert call("GET", f"{API}/issuetypescreenscheme").status_code == 403
    assert call("POST", f"{API}/fieldconfiguration", {"name": "Ours"}).status_code == 403


# -- schemes of screens -------------------------------------------------------------------------------------


def test_the_screens_of_a_type_decide_what_can_be_filled_in(admin: Caller, call: Caller) -> None:
    use_screens(
        admin, create=screen(admin, "summary", "duedate", name="A"), edit=screen(admin, "labels", name="B")
    )
    assert create(call, labels=["x"]).json()["errors"].keys() == {"labels"}
    assert create(call, "Task", labels=["x"]).status_code == 201
    bug = create(call, duedate="2026-04-01").json()["key"]
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {"duedate": None}}).status_code == 400
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {"labels": ["x"]}}).status_code == 204
    shown = call.ok("GET", f"{API}/issue/{bug}/editmeta")["fields"]
    assert {"labels", "duedate", "summary"} & shown.keys() == {"labels"}
    fields = call.ok("GET", f"{API}/issue/createmeta/ENG/issuetypes/{BUG}")["fields"]
    assert {"labels", "duedate", "summary"} & {one["fieldId"] for one in fields} == {"summary", "duedate"}


def test_a_screen_scheme_is_created_changed_and_deleted(admin: Caller) -> None:
    asked = {"name": "Ours", "screens": {"default": 1, "edit": 2}}
    number = admin.ok("POST", f"{API}/screenscheme", asked)["id"]
    at = f"{API}/screenscheme/{number}"
    assert admin("PUT", at, {"name": "Theirs", "screens": {"edit": None, "create": "3"}}).status_code == 204
    shown = admin.ok("GET", f"{API}/screenscheme", id=number)["values"][0]
    assert (shown["name"], shown["screens"]) == ("Theirs", {"default": 1, "create": 3})
    expanded = admin.ok("GET", f"{API}/screenscheme", id=1, expand="issueTypeScreenSchemes")["values"][0]
    assert expanded["issueTypeScreenSchemes"]["values"][0]["id"] == "1"
    assert admin("DELETE", at).status_code == 204
    assert admin("DELETE", f"{API}/screenscheme/1").status_code == 400
    assert (
        admin("POST", f"{API}/screenscheme", {"name": "Ours", "screens": {"default": 77}}).status_code == 404
    )


def test_an_issue_type_screen_scheme_maps_types_and_is_deleted(admin: Caller) -> None:
    rows = [{"issueTypeId": "default", "screenSchemeId": "1"}]
    number = admin.ok("POST", f"{API}/issuetypescreenscheme", {"name": "Ours", "issueTypeMappings": rows})[
        "id"
    ]
    at = f"{API}/issuetypescreenscheme/{number}"
    more = {"issueTypeMappings": [{"issueTypeId": TASK, "screenSchemeId": "10000"}]}
    assert admin("PUT", f"{at}/mapping", more).status_code == 204
    assert admin("PUT", f"{at}/mapping/default", {"screenSchemeId": "10000"}).status_code == 204
    found = admin.ok("GET", f"{API}/issuetypescreenscheme/mapping", issueTypeScreenSchemeId=number)["values"]
    assert [(one["issueTypeId"], one["screenSchemeId"]) for one in found] == [
        (TASK, "10000"),
        ("default", "10000"),
    ]
    assert admin("POST", f"{at}/mapping/remove", {"issueTypeIds": [TASK]}).status_code == 204
    assert admin("POST", f"{at}/mapping/remove", {"issueTypeIds": [TASK]}).status_code == 404
    assert admin("PUT", at, {"name": "Theirs"}).status_code == 204
    assert admin.ok("GET", f"{API}/issuetypescreenscheme", id=number)["values"][0]["name"] == "Theirs"
    assert admin.ok("GET", f"{API}/issuetypescreenscheme/1/project")["values"][0]["key"] == "ENG"
    used = admin.ok("GET", f"{API}/issuetypescreenscheme/project", projectId=ENG)["values"]
    assert [(one["issueTypeScreenScheme"]["id"], one["projectIds"]) for one in used] == [("1", [ENG])]
    assert admin("DELETE", at).status_code == 204
    assert admin("DELETE", f"{API}/issuetypescreenscheme/1").status_code == 400


# -- field configurations -----------------------------------------------------------------------------------


def test_a_field_configuration_is_created_read_changed_and_deleted(admin: Caller) -> None:
    number = admin.ok("POST", f"{API}/fieldconfiguration", {"name": "Ours"})["id"]
    at = f"{API}/fieldconfiguration/{number}"
    items = [
        {"id": "duedate", "isRequired": True, "description": "When?"},
        {"id": "labels", "isHidden": True},
    ]
    assert admin("PUT", f"{at}/fields", {"fieldConfigurationItems": items}).status_code == 204
    shown = {one["id"]: one for one in admin.ok("GET", f"{at}/fields", maxResults=200)["values"]}
    assert (shown["duedate"]["isRequired"], shown["duedate"]["description"]) == (True, "When?")
    assert (shown["labels"]["isHidden"], shown["summary"]["isRequired"]) == (True, True)
    for wrong in ({"id": "nothing"}, {"id": "duedate", "renderer": "x"}, {"id": "summary", "isHidden": True}):
        assert admin("PUT", f"{at}/fields", {"fieldConfigurationItems": [wrong]}).status_code == 400
    assert admin("PUT", at, {"name": "Theirs"}).status_code == 204
    assert admin.ok("GET", f"{API}/fieldconfiguration", query="their")["values"][0]["name"] == "Theirs"
    assert admin.ok("GET", f"{API}/fieldconfiguration", isDefault=True)["total"] == 1
    assert admin("DELETE", at).status_code == 204
    assert admin("DELETE", f"{API}/fieldconfiguration/10000").status_code == 400


def test_a_required_field_is_asked_for_and_not_to_be_emptied(admin: Caller, call: Caller) -> None:
    demand(admin, BUG, {"id": "duedate", "isRequired": True})
    assert create(call).json()["errors"] == {"duedate": "Due date is required."}
    assert create(call, "Task").status_code == 201
    bug = create(call, duedate="2026-04-01").json()["key"]
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {"duedate": None}}).status_code == 400
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {"labels": ["x"]}}).status_code == 204
    fields = call.ok("GET", f"{API}/issue/createmeta/ENG/issuetypes/{BUG}")["fields"]
    assert next(one for one in fields if one["fieldId"] == "duedate")["required"] is True


def test_a_required_field_that_is_deleted_is_not_asked_for(admin: Caller, call: Caller) -> None:
    asked = {"name": "Answer", "type": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}
    made = admin.ok("POST", f"{API}/field", asked)["id"]
    demand(admin, BUG, {"id": made, "isRequired": True})
    assert create(call).status_code == 400
    assert (
        admin.session.delete(f"http://jira.test{API}/field/{made}", allow_redirects=False).status_code == 303
    )
    assert create(call).status_code == 201


def test_a_hidden_field_cannot_be_filled_in(admin: Caller, call: Caller) -> None:
    demand(admin, BUG, {"id": "labels", "isHidden": True})
    assert create(call, labels=["x"]).json()["errors"].keys() == {"labels"}


def test_a_required_field_that_is_on_no_screen_keeps_issues_from_being_created(
    admin: Caller, call: Caller
) -> None:
    demand(admin, BUG, {"id": "customfield_10033", "isRequired": True})
    assert create(call).status_code == 400
    assert create(call, "Task").status_code == 201


def test_a_field_configuration_scheme_maps_types_and_goes_back_to_that_of_the_site(
    admin: Caller, call: Caller
) -> None:
    demand(admin, BUG, {"id": "duedate", "isRequired": True})
    rows = admin.ok("GET", f"{API}/fieldconfigurationscheme/mapping")["values"]
    assert [one["issueTypeId"] for one in rows] == [BUG, "default"]
    scheme = rows[0]["fieldConfigurationSchemeId"]
    at = f"{API}/fieldconfigurationscheme/{scheme}"
    assert admin("DELETE", at).status_code == 400
    used = admin.ok("GET", f"{API}/fieldconfigurationscheme/project", projectId=[ENG, "10001"])["values"]
    assert [(one.get("fieldConfigurationScheme", {}).get("id"), one["projectIds"]) for one in used] == [
        (None, ["10001"]),
        (scheme, [ENG]),
    ]
    assert admin("POST", f"{at}/mapping/delete", {"issueTypeIds": [BUG]}).status_code == 204
    assert create(call).status_code == 201
    asked = {"fieldConfigurationSchemeId": None, "projectId": ENG}
    assert admin("PUT", f"{API}/fieldconfigurationscheme/project", asked).status_code == 204
    assert admin("PUT", at, {"name": "Theirs"}).status_code == 204
    assert admin("DELETE", at).status_code == 204
    assert admin.ok("GET", f"{API}/fieldconfigurationscheme")["total"] == 0
