"""Where custom fields exist, which options they have there, and with which value they begin."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/api/3"
ENG, HELP, BUG, TASK = "10000", "10001", "10004", "10002"
TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


@pytest.fixture
def colour(admin: Caller) -> str:
    return make_field(admin, "Colour", "select")


def make_field(admin: Caller, name: str, kind: str) -> str:
    """Create a field that is on the screen of the software project."""
    field = str(admin.ok("POST", f"{API}/field", {"name": name, "type": f"{TYPES}:{kind}"})["id"])
    admin.ok("POST", f"{API}/screens/addToDefault/{field}")
    return field


def contexts(admin: Caller, field: str, **query: Any) -> list[str]:
    return [one["id"] for one in admin.ok("GET", f"{API}/field/{field}/context", **query)["values"]]


def add_option(admin: Caller, field: str, context: str, *values: str) -> list[str]:
    asked = {"options": [{"value": value} for value in values]}
    made = admin.ok("POST", f"{API}/field/{field}/context/{context}/option", asked)
    return [one["id"] for one in made["options"]]


def choices(call: Caller, field: str, kind: str = BUG, project: str = "ENG") -> list[str] | None:
    """Return what a new issue can have in a field, None where it does not have the field."""
    path = f"{API}/issue/createmeta/{project}/issuetypes/{kind}"
    fields = {one["fieldId"]: one for one in call.ok("GET", path)["fields"]}
    return [one["value"] for one in fields[field]["allowedValues"]] if field in fields else None


def new(**fields: Any) -> dict[str, Any]:
    return {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Printer jams", **fields}


def test_a_context_of_its_own_gives_a_project_other_options(admin: Caller, call: Caller, colour: str) -> None:
    (default,) = contexts(admin, colour)
    add_option(admin, colour, default, "Red")
    path = f"{API}/field/{colour}/context"
    assert call("POST", path, {"name": "Ours"}).status_code == 404
    assert call("GET", path).status_code == 403
    asked = {"name": "Ours", "description": "For us", "projectIds": [ENG], "issueTypeIds": []}
    made = admin.ok("POST", path, asked)
    assert made == {**asked, "id": made["id"]}
    assert choices(call, colour) == []
    (blue,) = add_option(admin, colour, made["id"], "Blue")
    assert choices(call, colour) == ["Blue"]
    issue = call.ok("POST", "/rest/api/2/issue", {"fields": new(**{colour: {"value": "Blue"}})})["key"]
    wrong = call("POST", "/rest/api/2/issue", {"fields": new(**{colour: {"value": "Red"}})})
    assert set(wrong.json()["errors"]) == {colour}
    assert admin("DELETE", f"{path}/{made['id']}/option/{blue}").status_code == 400
    admin.ok("DELETE", f"{API}/issue/{issue}")
    assert admin("DELETE", f"{path}/{made['id']}").status_code == 204
    assert choices(call, colour) == ["Red"]


def test_a_field_exists_for_the_types_of_its_context(admin: Caller, call: Caller, colour: str) -> None:
    (default,) = contexts(admin, colour)
    path = f"{API}/field/{colour}/context/{default}/issuetype"
    assert admin("PUT", path, {"issueTypeIds": [TASK]}).status_code == 204
    assert (choices(call, colour), choices(call, colour, TASK)) == (None, [])
    refused = call("POST", "/rest/api/2/issue", {"fields": new(**{colour: None})})
    assert refused.status_code == 400
    assert admin("PUT", path, {"issueTypeIds": [TASK]}).status_code == 400
    assert admin("PUT", path, {"issueTypeIds": ["1"]}).status_code == 404
    assert admin("POST", f"{path}/remove", {"issueTypeIds": [BUG]}).status_code == 400
    assert admin("POST", f"{path}/remove", {"issueTypeIds": [TASK]}).status_code == 204
    assert choices(call, colour) == []


def test_projects_belong_to_one_context_of_a_field(admin: Caller, call: Caller, colour: str) -> None:
    (default,) = contexts(admin, colour)
    path = f"{API}/field/{colour}/context"
    assert admin("POST", path, {"name": "Everywhere"}).status_code == 400
    assert admin("POST", path, {"name": ""}).status_code == 400
    assert admin("POST", path, {"name": "X", "projectIds": ["1"]}).status_code == 404
    ours = admin.ok("POST", path, {"name": "Ours", "projectIds": [ENG]})["id"]
    assert admin("POST", path, {"name": "Ours too", "projectIds": [ENG]}).status_code == 400
    assert admin("PUT", f"{path}/{default}/project", {"projectIds": [ENG]}).status_code == 400
    assert admin("PUT", f"{path}/{ours}/project", {"projectIds": [HELP]}).status_code == 204
    assert contexts(admin, colour, isGlobalContext="false") == [ours]
    assert contexts(admin, colour, isAnyIssueType="true") == [default, ours]
    mapped = admin.ok("GET", f"{path}/projectmapping")["values"]
    assert mapped == [
        {"contextId": default, "isGlobalContext": True},
        {"contextId": ours, "projectId": ENG},
        {"contextId": ours, "projectId": HELP},
    ]
    assert admin.ok("GET", f"{path}/issuetypemapping", contextId=ours)["values"] == [
        {"contextId": ours, "isAnyIssueType": True}
    ]
    pair = {"projectId": ENG, "issueTypeId": BUG}
    found = admin.ok("POST", f"{path}/mapping", {"mappings": [pair]})["values"]
    assert found == [{**pair, "contextId": ours}]
    both = {"projectIds": [ENG, HELP]}
    assert admin("POST", f"{path}/{ours}/project/remove", both).status_code == 400  # a second global one
    assert admin("POST", f"{path}/{ours}/project/remove", {"projectIds": [HELP]}).status_code == 204
    assert admin("PUT", f"{path}/{ours}", {"name": "Theirs"}).status_code == 204
    assert admin("PUT", f"{path}/99", {"name": "Theirs"}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "default", "shown"),
    [
        ("textfield", {"type": "textfield", "text": "None yet"}, "None yet"),
        ("float", {"type": "float", "number": 4.5}, 4.5),
        ("labels", {"type": "labels", "labels": ["new"]}, ["new"]),
        ("datepicker", {"type": "datepicker", "date": "2026-05-01"}, "2026-05-01"),
        ("datepicker", {"type": "datepicker", "useCurrent": True}, "2026-03-02"),
        ("url", {"type": "url", "url": "https://example.com"}, "https://example.com"),
    ],
)
def test_a_field_begins_with_its_default(
    admin: Caller, call: Caller, kind: str, default: dict[str, Any], shown: Any
) -> None:
    field = make_field(admin, "Extra", kind)
    (context,) = contexts(admin, field)
    path = f"{API}/field/{field}/context/defaultValue"
    assert admin.ok("GET", path)["values"] == []
    row = {"contextId": context, **default}
    assert admin("PUT", path, {"defaultValues": [row]}).status_code == 204
    assert admin.ok("GET", path)["values"] == [row]
    issue = call.ok("POST", "/rest/api/2/issue", {"fields": new()})["key"]
    assert call.ok("GET", f"/rest/api/2/issue/{issue}")["fields"][field] == shown
    other = call.ok("POST", "/rest/api/2/issue", {"fields": new(**{field: None})})["key"]
    assert not call.ok("GET", f"/rest/api/2/issue/{other}")["fields"][field]


def test_a_wrong_default_is_refused(admin: Caller, call: Caller, colour: str) -> None:
    (context,) = contexts(admin, colour)
    (red,) = add_option(admin, colour, context, "Red")
    path = f"{API}/field/{colour}/context/defaultValue"
    right = {"contextId": context, "type": "option.single", "optionId": red}
    for wrong, status in (
        ({**right, "type": "textfield", "text": "x"}, 400),
        ({**right, "optionId": "99"}, 400),
        ({**right, "contextId": "99"}, 404),
    ):
        assert admin("PUT", path, {"defaultValues": [wrong]}).status_code == status
    admin.ok("PUT", path, {"defaultValues": [right]})
    issue = call.ok("POST", "/rest/api/2/issue", {"fields": new()})["key"]
    assert call.ok("GET", f"/rest/api/2/issue/{issue}")["fields"][colour]["value"] == "Red"


def test_options_are_moved_and_replaced(admin: Caller, call: Caller, colour: str, site: Site) -> None:
    (context,) = contexts(admin, colour)
    red, blue, green = add_option(admin, colour, context, "Red", "Blue", "Green")
    path = f"{API}/field/{colour}/context/{context}/option"
    asked = {"customFieldOptionIds": [green], "position": "First"}
    assert admin("PUT", f"{path}/move", asked).status_code == 204
    admin.ok("PUT", f"{path}/move", {"customFieldOptionIds": [red], "after": blue})
    assert choices(call, colour) == ["Green", "Blue", "Red"]
    assert (
        admin("PUT", f"{path}/move", {"customFieldOptionIds": ["99"], "position": "Last"}).status_code == 404
    )
    issues = [
        call.ok("POST", "/rest/api/2/issue", {"fields": new(**{colour: {"id": red}})})["key"]
        for _ in range(2)
    ]
    query = {"replaceWith": blue, "jql": f"key = {issues[0]}"}
    begun = admin.session.delete(f"{URL}{path}/{red}/issue", params=query, allow_redirects=False)
    assert begun.status_code == 303
    result = admin.session.get(begun.headers["location"]).json()["result"]
    assert len(result["modifiedIssues"]) == 1
    values = [call.ok("GET", f"/rest/api/2/issue/{key}")["fields"][colour]["value"] for key in issues]
    assert values == ["Blue", "Red"]
