"""Saved searches, an epic's children, and documents that are no documents."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"


def make(call: Caller, name: str, jql: str, **more: Any) -> str:
    return str(call.ok("POST", f"{API}/filter", {"name": name, "jql": jql, **more})["id"])


def found(call: Caller, jql: str) -> list[str]:
    query = {"jql": jql, "fields": ["summary"]}
    return [issue["key"] for issue in call.ok("POST", f"{API}/search/jql", query)["issues"]]


def test_a_filter_is_saved_used_changed_and_deleted(call: Caller, bug: str) -> None:
    number = make(call, "Bugs", "type = Bug order by key", description="All")
    assert found(call, f"filter = {number}") == [bug]
    assert found(call, "filter = Bugs and summary ~ screen") == []
    assert found(call, "project = ENG and filter != Bugs") == []
    shown = call.ok("PUT", f"{API}/filter/{number}", {"name": "Tasks", "jql": "type = Task"})
    assert (shown["name"], shown["jql"], shown["description"]) == ("Tasks", "type = Task", "All")
    assert found(call, f"filter = {number}") == found(call, "filter = Tasks") == []
    assert call("POST", f"{API}/search/jql", {"jql": "filter = Bugs"}).status_code == 400
    assert call("DELETE", f"{API}/filter/{number}").status_code == 204
    assert call("GET", f"{API}/filter/{number}").status_code == 400


def test_a_wrong_filter_is_refused(call: Caller) -> None:
    make(call, "Bugs", "type = Bug")
    for wrong in ({"jql": "type = Bug"}, {"name": "bugs"}, {"name": "New", "jql": "type ="}):
        assert call("POST", f"{API}/filter", wrong).status_code == 400
    circle = make(call, "Circle", "")
    call.ok("PUT", f"{API}/filter/{circle}", {"name": "Circle", "jql": "filter = Circle"})
    assert call("POST", f"{API}/search/jql", {"jql": "filter = Circle"}).status_code == 400


def test_a_filter_is_seen_by_those_it_is_shared_with(calls_of: Callable[[str], Caller], call: Caller) -> None:
    ada = calls_of("ada.keller")
    secret = make(call, "Mine", "type = Bug")
    shared = make(call, "Ours", "type = Bug", sharePermissions=[{"type": "authenticated"}])
    assert ada("GET", f"{API}/filter/{secret}").status_code == 400
    assert ada.ok("GET", f"{API}/filter/{shared}")["owner"]["displayName"] == "Careloop Bot"
    assert ada("PUT", f"{API}/filter/{shared}", {"name": "Hers"}).status_code == 400
    assert [one["name"] for one in ada.ok("GET", f"{API}/filter/search")["values"]] == ["Ours"]
    assert ada.ok("GET", f"{API}/filter/my") == []
    assert ada.ok("PUT", f"{API}/filter/{shared}/favourite")["favourite"] is True
    assert [one["id"] for one in ada.ok("GET", f"{API}/filter/favourite")] == [shared]
    assert [one["id"] for one in ada.ok("GET", f"{API}/filter/my", includeFavourites="true")] == [shared]
    assert ada.ok("DELETE", f"{API}/filter/{shared}/favourite")["favourite"] is False
    searched = call.ok("GET", f"{API}/filter/search", expand="jql,owner", filterName="mi")["values"]
    assert [(one["name"], one["jql"]) for one in searched] == [("Mine", "type = Bug")]


def test_a_filter_is_shared_one_by_one(calls_of: Callable[[str], Caller], call: Caller, site: Site) -> None:
    ada, number = calls_of("ada.keller"), make(call, "Mine", "type = Bug")
    path = f"{API}/filter/{number}/permission"
    assert call.ok("GET", path) == []
    assert ada("GET", path).status_code == 404
    shares = call("POST", path, {"type": "group", "groupname": "jira-administrators"})
    assert (shares.status_code, len(shares.json())) == (201, 1)
    call.ok("POST", path, {"type": "project", "projectId": "10000"})
    role = call.ok("POST", path, {"type": "projectRole", "projectId": "10001", "projectRoleId": "10005"})[2]
    assert (role["type"], role["role"]["name"]) == ("project", "Service Desk Team")
    assert [one["type"] for one in ada.ok("GET", path)] == ["group", "project", "project-unknown"]
    assert ada("POST", path, {"type": "global"}).status_code == 400
    assert ada("DELETE", f"{path}/{role['id']}").status_code == 404
    assert call("DELETE", f"{path}/{role['id']}").status_code == 204
    assert call("GET", f"{path}/{role['id']}").status_code == 404
    assert [one["type"] for one in call.ok("POST", path, {"type": "global"})] == ["global"]
    for wrong in ({"type": "cat"}, {"type": "group", "groupId": "1"}, {"type": "user", "accountId": "1"}):
        assert call("POST", path, wrong).status_code == 400


def test_an_editor_changes_a_filter_but_not_whose_it_is(
    calls_of: Callable[[str], Caller], call: Caller, site: Site
) -> None:
    ada = calls_of("ada.keller")
    editor = {"type": "user", "user": {"accountId": site.act("ada.keller").user.account_id}}
    number = make(call, "Ours", "type = Bug", editPermissions=[editor])
    assert ada.ok("PUT", f"{API}/filter/{number}", {"name": "Hers"})["name"] == "Hers"
    assert ada("DELETE", f"{API}/filter/{number}").status_code == 400
    assert ada("PUT", f"{API}/filter/{number}/owner", editor["user"]).status_code == 403


def test_filters_are_found_by_whom_they_are_shared_with(call: Caller) -> None:
    make(call, "Group", "", sharePermissions=[{"type": "group", "group": {"name": "jira-users"}}])
    make(call, "Project", "", sharePermissions=[{"type": "project", "project": {"id": "10000"}}])
    make(call, "Alone", "", description="z")

    def names(**query: Any) -> list[str]:
        return [one["name"] for one in call.ok("GET", f"{API}/filter/search", **query)["values"]]

    assert names() == ["Alone", "Group", "Project"]
    assert names(groupname="jira-users") == ["Group"]
    assert names(projectId=10000) == ["Project"]
    assert names(orderBy="-id") == ["Alone", "Project", "Group"]
    assert names(orderBy="description")[-1] == "Alone"
    for wrong in ({"orderBy": "colour"}, {"expand": "colour"}, {"id": list(range(201))}):
        assert call("GET", f"{API}/filter/search", **wrong).status_code == 400


def test_an_epic_shows_its_children(call: Caller) -> None:
    epic = {"project": {"key": "ENG"}, "issuetype": {"name": "Epic"}, "summary": "Printing"}
    above = call.ok("POST", f"{API}/issue", {"fields": epic})["key"]
    story = {**epic, "issuetype": {"name": "Story"}, "summary": "From a phone", "parent": {"key": above}}
    below = call.ok("POST", f"{API}/issue", {"fields": story})["key"]
    path = "/rest/agile/1.0/epic"
    assert call.ok("GET", f"{path}/{above}")["name"] == "Printing"
    page = call.ok("GET", f"{path}/{above}/issue", fields="summary")
    assert [issue["key"] for issue in page["issues"]] == [below]
    assert page["total"] == 1
    assert call.ok("GET", f"{path}/{above}/issue", jql="summary ~ nothing")["total"] == 0
    assert call("GET", f"{path}/{below}/issue").status_code == 404
    assert call("GET", "/rest/agile/1.0/board").status_code == 404


def test_a_field_in_the_trash_comes_back_with_its_values(calls_of: Callable[[str], Caller], bug: str) -> None:
    admin = calls_of("admin")
    kind = "com.atlassian.jira.plugin.system.customfieldtypes:float"
    field = admin.ok("POST", f"{API}/field", {"name": "Floor", "type": kind})["id"]
    admin.ok("POST", f"{API}/screens/addToDefault/{field}")
    admin.ok("PUT", f"{API}/issue/{bug}", {"fields": {field: 3}})
    admin.ok("POST", f"{API}/field/{field}/trash")
    assert field not in admin.ok("GET", f"{API}/issue/{bug}")["fields"]
    admin.ok("POST", f"{API}/field/{field}/restore")
    assert admin.ok("GET", f"{API}/issue/{bug}")["fields"][field] == 3
    assert admin("POST", f"{API}/field/{field}/restore").status_code == 404


def test_a_document_with_something_in_a_wrong_place_is_refused(call: Caller, bug: str) -> None:
    wrong = {"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]}
    for method, path, body in (
        ("POST", f"{API}/issue/{bug}/comment", {"body": wrong}),
        ("PUT", f"{API}/issue/{bug}", {"fields": {"description": wrong, "summary": "New"}}),
        ("POST", f"{API}/issue/{bug}/worklog", {"timeSpent": "1h", "comment": wrong}),
    ):
        refused = call(method, path, body)
        assert (refused.status_code, refused.json()["errorMessages"]) == (400, ["INVALID_INPUT"])
    assert call.ok("GET", f"{API}/issue/{bug}")["fields"]["summary"] == "Printer jams"


def test_wiki_text_is_read_as_a_document_and_the_other_way_round(call: Caller, bug: str) -> None:
    call.ok("PUT", f"/rest/api/2/issue/{bug}", {"fields": {"description": "It *jams*"}})
    (block,) = call.ok("GET", f"{API}/issue/{bug}")["fields"]["description"]["content"]
    assert block["content"][1] == {"type": "text", "text": "jams", "marks": [{"type": "strong"}]}
    heading = {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Steps"}]}
    document = {"type": "doc", "version": 1, "content": [heading]}
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"description": document}})
    assert call.ok("GET", f"/rest/api/2/issue/{bug}")["fields"]["description"] == "h1. Steps"
