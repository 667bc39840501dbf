"""What administrators set up: projects, versions, components, roles, people, groups, fields."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def make_project(admin: Caller, site: Site, key: str = "OPS", **more: Any) -> Any:
    lead = site.act("ada.keller").user.account_id
    asked = {"key": key, "name": f"Project {key}", "projectTypeKey": "software", "leadAccountId": lead}
    return admin("POST", f"{API}/project", asked | more)


def account(site: Site, name: str) -> str:
    return site.act(name).user.account_id


# -- projects -----------------------------------------------------------------------------------------------


def test_a_project_is_created_used_changed_and_deleted(admin: Caller, call: Caller, site: Site) -> None:
    made = make_project(admin, site, description="Operations")
    assert made.status_code == 201
    assert made.json()["key"] == "OPS"
    shown = call.ok("GET", f"{API}/project/OPS")
    assert (shown["description"], shown["lead"]["displayName"]) == ("Operations", "Ada Keller")
    assert [kind["name"] for kind in shown["issueTypes"]][:2] == ["Bug", "Task"]
    issue = call.ok("POST", "/rest/api/2/issue", {"fields": new("OPS")})["key"]
    assert issue == "OPS-1"
    assert call.ok("GET", f"{API}/search/jql", jql="project = OPS")["issues"]
    assert call("PUT", f"{API}/project/OPS", {"name": "Mine"}).status_code == 403
    assert admin.ok("PUT", f"{API}/project/OPS", {"name": "Operations"})["name"] == "Operations"
    assert call("DELETE", f"{API}/project/OPS").status_code == 404
    assert admin("DELETE", f"{API}/project/OPS").status_code == 204
    assert call("GET", f"{API}/project/OPS").status_code == 404
    assert call("GET", f"{API}/issue/{issue}").status_code == 404
    assert site.act("bot").search("order by key") == []


def new(project: str, **more: Any) -> dict[str, Any]:
    return {"project": {"key": project}, "issuetype": {"name": "Bug"}, "summary": "Printer jams", **more}


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({}, {"projectKey", "projectName", "projectLead"}),
        ({"key": "ENG"}, {"projectKey", "projectName", "projectLead"}),
        ({"key": "ops", "name": "Ops"}, {"projectKey", "projectLead"}),
        ({"key": "OPS", "name": "Engineering"}, {"projectName", "projectLead"}),
        ({"key": "OPS", "name": "Ops", "projectTypeKey": "kitchen"}, {"projectType", "projectLead"}),
    ],
)
def test_a_wrong_project_names_what_is_wrong(admin: Caller, asked: dict[str, Any], wrong: set[str]) -> None:
    refused = admin("POST", f"{API}/project", asked)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == wrong


def test_only_an_administrator_creates_projects(call: Caller, site: Site) -> None:
    assert make_project(call, site).status_code == 403


def test_an_account_can_be_made_an_administrator(call: Caller, site: Site) -> None:
    site.promote("bot")
    assert make_project(call, site).status_code == 201
    assert call.ok("GET", f"{API}/mypermissions", permissions="ADMINISTER")["permissions"]["ADMINISTER"][
        "havePermission"
    ]
    for project in ("ENG", "OPS"):
        issue = call.ok("POST", "/rest/api/2/issue", {"fields": new(project)})["key"]
        assert call("DELETE", f"{API}/issue/{issue}").status_code == 204


def test_a_new_service_desk_takes_requests(admin: Caller, site: Site) -> None:
    assert make_project(admin, site, "CARE", projectTypeKey="service_desk").status_code == 201
    desks = admin.ok("GET", "/rest/servicedeskapi/servicedesk")["values"]
    assert [desk["projectKey"] for desk in desks] == ["HELP", "CARE"]
    admin.ok("DELETE", f"{API}/project/CARE")
    assert admin.ok("GET", "/rest/servicedeskapi/servicedesk")["size"] == 1


def test_projects_are_searched(admin: Caller, call: Caller, site: Site) -> None:
    category = admin.ok("POST", f"{API}/projectCategory", {"name": "Inside", "description": "Ours"})["id"]
    make_project(admin, site, categoryId=int(category))

    def found(**query: Any) -> list[str]:
        return [one["key"] for one in call.ok("GET", f"{API}/project/search", **query)["values"]]

    assert found() == ["ENG", "HELP", "OPS"]
    assert found(orderBy="-key", maxResults=2) == ["OPS", "HELP"]
    assert found(query="engin") == ["ENG"]
    assert found(typeKey="service_desk") == ["HELP"]
    assert found(categoryId=category) == ["OPS"]
    assert found(keys=["ENG", "OPS"]) == ["ENG", "OPS"]
    assert found(action="edit") == []
    assert call("GET", f"{API}/project/search", action="eat").status_code == 400
    assert site.act("bot").search("category = Inside") == []
    assert admin("POST", f"{API}/projectCategory", {"name": "inside"}).status_code == 409


def test_a_key_is_checked_before_it_is_used(call: Caller) -> None:
    assert call.ok("GET", f"{API}/projectvalidate/key", key="ENG")["errors"] == {
        "projectKey": "Project 'Engineering' uses this project key."
    }
    assert call.ok("GET", f"{API}/projectvalidate/key", key="OPS")["errors"] == {}
    assert call.ok("GET", f"{API}/projectvalidate/validProjectKey", key="ENG") == "ENG2"
    assert call.ok("GET", f"{API}/projectvalidate/validProjectName", name="Engineering") == "Engineering 2"


# -- versions and components --------------------------------------------------------------------------------


def test_a_version_is_made_used_and_swapped(admin: Caller, call: Caller, bug: str) -> None:
    asked = {"name": "3.0", "projectId": 10000, "releaseDate": "2026-09-01", "description": "Soon"}
    made = admin("POST", f"{API}/version", asked)
    assert made.status_code == 201
    version = made.json()
    assert (version["released"], version["releaseDate"], version["projectId"]) == (False, "2026-09-01", 10000)
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"fixVersions": [{"id": version["id"]}]}})
    admin.ok("PUT", f"{API}/version/{version['id']}", {"released": True, "name": "3.0.0"})
    shown = call.ok("GET", f"{API}/issue/{bug}")["fields"]["fixVersions"]
    assert [(one["name"], one["released"]) for one in shown] == [("3.0.0", True)]
    counts = call.ok("GET", f"{API}/version/{version['id']}/relatedIssueCounts")
    assert (counts["issuesFixedCount"], counts["issuesAffectedCount"]) == (1, 0)
    assert call.ok("GET", f"{API}/version/{version['id']}/unresolvedIssueCount")["issuesUnresolvedCount"] == 1
    swap = {"moveFixIssuesTo": 10001}
    assert admin("POST", f"{API}/version/{version['id']}/removeAndSwap", swap).status_code == 204
    shown = call.ok("GET", f"{API}/issue/{bug}")["fields"]["fixVersions"]
    assert [one["name"] for one in shown] == ["1.1"]
    assert call("GET", f"{API}/version/{version['id']}").status_code == 404
    assert admin("POST", f"{API}/version", {"name": "1.1", "project": "ENG"}).status_code == 400
    assert call("POST", f"{API}/version", {"name": "4", "project": "ENG"}).status_code == 404


def test_versions_are_listed_ordered_and_filtered(admin: Caller, call: Caller) -> None:
    path = f"{API}/project/ENG/version"

    def names(**query: str) -> list[str]:
        return [one["name"] for one in call.ok("GET", path, **query)["values"]]

    assert names() == ["1.0", "1.1", "2.0"]
    assert names(status="released") == ["1.0"]
    assert names(query="1.") == ["1.0", "1.1"]
    admin.ok("POST", f"{API}/version/10002/move", {"position": "First"})
    assert names() == ["2.0", "1.0", "1.1"]
    assert [one["name"] for one in call.ok("GET", f"{API}/project/ENG/versions")] == names()


def test_a_component_is_made_used_and_removed(admin: Caller, call: Caller, site: Site, bug: str) -> None:
    asked = {
        "name": "Printers",
        "project": "ENG",
        "leadAccountId": account(site, "ada.keller"),
        "assigneeType": "COMPONENT_LEAD",
    }
    assert call("POST", f"{API}/component", asked).status_code == 403
    made = admin.ok("POST", f"{API}/component", asked)
    assert (made["lead"]["displayName"], made["realAssigneeType"]) == ("Ada Keller", "COMPONENT_LEAD")
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"components": [{"name": "Printers"}]}})
    page = call.ok("GET", f"{API}/project/ENG/component", query="print")
    assert [(one["name"], one["issueCount"]) for one in page["values"]] == [("Printers", 1)]
    renamed = admin.ok("PUT", f"{API}/component/{made['id']}", {"name": "Printing"})
    assert (renamed["name"], renamed["assigneeType"]) == ("Printing", "COMPONENT_LEAD")
    assert admin("DELETE", f"{API}/component/{made['id']}", moveIssuesTo="10000").status_code == 204
    components = call.ok("GET", f"{API}/issue/{bug}")["fields"]["components"]
    assert [one["name"] for one in components] == ["Network"]
    assert admin("POST", f"{API}/component", {"name": "Network", "project": "ENG"}).status_code == 400


def test_a_new_issue_falls_to_whom_its_components_or_its_project_name(
    admin: Caller, call: Caller, site: Site
) -> None:
    def assignee(*components: str, **more: Any) -> str | None:
        asked = new("OPS", components=[{"name": name} for name in components], **more)
        made = call.ok("POST", f"{API}/issue", {"fields": asked})["key"]
        found = call.ok("GET", f"{API}/issue/{made}")["fields"]["assignee"]
        return found and str(found["displayName"])

    make_project(admin, site)
    bruno = account(site, "bruno.silva")
    for name, asked in {
        "Cables": {"assigneeType": "UNASSIGNED"},
        "Printers": {"assigneeType": "COMPONENT_LEAD", "leadAccountId": bruno},
        "Adapters": {"assigneeType": "COMPONENT_LEAD"},
    }.items():
        admin.ok("POST", f"{API}/component", {"name": name, "project": "OPS", **asked})
    listed = call.ok("GET", f"{API}/project/OPS/components")
    real = {one["name"]: (one["realAssigneeType"], one["isAssigneeTypeValid"]) for one in listed}

    assert assignee() is None
    assert assignee("Printers") == "Bruno Silva"
    assert assignee("Printers", "Cables") is None
    assert assignee("Printers", assignee={"accountId": account(site, "ada.keller")}) == "Ada Keller"
    assert assignee("Printers", assignee=None) is None
    assert real["Adapters"] == ("PROJECT_DEFAULT", False)
    assert real["Printers"] == ("COMPONENT_LEAD", True)
    admin.ok("PUT", f"{API}/project/OPS", {"assigneeType": "PROJECT_LEAD"})
    assert assignee() == assignee("Adapters") == "Ada Keller"


# -- roles, people, groups ----------------------------------------------------------------------------------


def test_a_role_opens_a_project(admin: Caller, calls_of: Callable[[str], Caller], site: Site) -> None:
    roles = admin.ok("GET", f"{API}/project/HELP/role")
    path = f"{API}/project/HELP/role/" + roles["Service Desk Team"].rpartition("/")[2]
    ada = account(site, "ada.keller")
    assert calls_of("ada.keller")("GET", f"{API}/project/HELP").status_code == 404
    assert calls_of("ada.keller")("GET", f"{API}/project/ENG/role/10002").status_code == 404
    actors = admin.ok("POST", path, {"user": [ada]})["actors"]
    assert {"accountId": ada} in [actor.get("actorUser") for actor in actors]
    assert calls_of("ada.keller")("GET", f"{API}/project/HELP").status_code == 200
    assert admin("POST", path, {"user": [ada]}).status_code == 400
    assert admin("DELETE", path, user=ada).status_code == 204
    assert calls_of("ada.keller")("GET", f"{API}/project/HELP").status_code == 404
    group = admin.ok("POST", path, {"group": ["jira-users"]})["actors"][-1]
    assert (group["type"], group["name"]) == ("atlassian-group-role-actor", "jira-users")
    assert calls_of("ada.keller")("GET", f"{API}/project/HELP").status_code == 200
    assert admin("POST", path, {"user": ["nobody"]}).status_code == 404


def test_people_are_found_in_many_ways(call: Caller, site: Site) -> None:
    ada, bruno = account(site, "ada.keller"), account(site, "bruno.silva")

    def names(path: str, **query: Any) -> list[str]:
        return [user["displayName"] for user in call.ok("GET", f"{API}/{path}", **query)]

    assert names("user/search", query="ada") == ["Ada Keller"]
    assert names("user/search", query="bruno.silva@") == ["Bruno Silva"]
    assert names("user/search", accountId=ada) == ["Ada Keller"]
    assert call("GET", f"{API}/user/search").status_code == 400
    assert call("GET", f"{API}/user/search", query="a", accountId=ada).status_code == 400
    assert "Gina Rossi" not in names("user/assignable/search", project="ENG")
    everywhere = names("user/assignable/multiProjectSearch", projectKeys="ENG,HELP", query="dilan")
    assert everywhere == ["Dilan Aydin"]
    assert names("user/viewissue/search", projectKey="ENG", query="gina") == []
    found = names("user/permission/search", permissions="ADMINISTER_PROJECTS", projectKey="ENG", query="")
    assert found == ["Petra Admin"]
    page = call.ok("GET", f"{API}/user/bulk", accountId=[ada, bruno, "nobody"])
    assert [user["displayName"] for user in page["values"]] == ["Ada Keller", "Bruno Silva"]
    picked = call.ok("GET", f"{API}/user/picker", query="ada")
    assert picked["users"][0]["html"] == "<strong>Ada</strong> Keller"
    assert len(call.ok("GET", f"{API}/users/search", maxResults=3)) == 3
    assert call("GET", f"{API}/user/email", accountId=ada).status_code == 401


def test_accounts_come_and_go(admin: Caller, call: Caller) -> None:
    asked = {"emailAddress": "nia.obi@example.com", "products": ["jira-software"]}
    assert call("POST", f"{API}/user", asked).status_code == 403
    made = admin("POST", f"{API}/user", asked)
    assert made.status_code == 201
    number = made.json()["accountId"]
    assert call.ok("GET", f"{API}/user", accountId=number)["emailAddress"] == "nia.obi@example.com"
    groups = call.ok("GET", f"{API}/user", accountId=number, expand="groups")["groups"]
    assert [group["name"] for group in groups["items"]] == ["jira-users"]
    assert admin("DELETE", f"{API}/user", accountId=number).status_code == 204
    assert call("GET", f"{API}/user", accountId=number).status_code == 404
    assert admin("POST", f"{API}/user", {"emailAddress": "nia"}).status_code == 400


def test_groups_come_and_go_with_their_members(admin: Caller, call: Caller, site: Site) -> None:
    ada = account(site, "ada.keller")
    made = admin("POST", f"{API}/group", {"name": "printers"})
    assert made.status_code == 201
    group = made.json()["groupId"]
    assert admin("POST", f"{API}/group", {"name": "Printers"}).status_code == 400
    assert admin("POST", f"{API}/group/user", {"accountId": ada}, groupId=group).status_code == 201
    assert admin("POST", f"{API}/group/user", {"accountId": ada}, groupId=group).status_code == 400
    members = call.ok("GET", f"{API}/group/member", groupname="printers")["values"]
    assert [user["displayName"] for user in members] == ["Ada Keller"]
    assert site.act("bot").search("assignee in membersOf(printers)") == []
    assert call.ok("GET", f"{API}/group/bulk", groupName="printers")["total"] == 1
    picked = call.ok("GET", f"{API}/groups/picker", query="print")["groups"]
    assert [one["name"] for one in picked] == ["printers"]
    assert call.ok("GET", f"{API}/groupuserpicker", query="ada")["users"]["total"] == 1
    assert "printers" in {g["name"] for g in call.ok("GET", f"{API}/user/groups", accountId=ada)}
    assert admin("DELETE", f"{API}/group/user", groupId=group, accountId=ada).status_code == 200
    assert admin("DELETE", f"{API}/group", groupId=group).status_code == 200
    assert call("GET", f"{API}/group/member", groupname="printers").status_code == 404


def test_permissions_are_checked_in_bulk(call: Caller) -> None:
    asked = {
        "globalPermissions": ["ADMINISTER", "USER_PICKER"],
        "projectPermissions": [{"projects": [10000, 99], "permissions": ["EDIT_ISSUES", "DELETE_ISSUES"]}],
    }
    answer = call.ok("POST", f"{API}/permissions/check", asked)
    assert answer["globalPermissions"] == ["USER_PICKER"]
    assert [(row["permission"], row["projects"]) for row in answer["projectPermissions"]] == [
        ("EDIT_ISSUES", [10000]),
        ("DELETE_ISSUES", []),
    ]
    found = call.ok("POST", f"{API}/permissions/project", {"permissions": ["CREATE_ISSUES"]})["projects"]
    assert [project["key"] for project in found] == ["ENG", "HELP"]
    assert "EDIT_ISSUES" in call.ok("GET", f"{API}/permissions")["permissions"]


# -- fields -------------------------------------------------------------------------------------------------

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"


def make_field(admin: Caller, name: str, kind: str) -> str:
    field = admin.ok("POST", f"{API}/field", {"name": name, "type": TYPES + kind})["id"]
    admin.ok("POST", f"{API}/screens/addToDefault/{field}")
    return str(field)


def add_options(admin: Caller, field: str, *values: str, below: str | None = None) -> list[str]:
    context = admin.ok("GET", f"{API}/field/{field}/context")["values"][0]["id"]
    rows = [{"value": value} | ({"optionId": below} if below else {}) for value in values]
    made = admin.ok("POST", f"{API}/field/{field}/context/{context}/option", {"options": rows})
    return [option["id"] for option in made["options"]]


def test_a_new_field_is_set_once_it_is_on_a_screen(admin: Caller, call: Caller, bug: str) -> None:
    field = admin.ok("POST", f"{API}/field", {"name": "Floor", "type": TYPES + "float"})["id"]
    edit = {"fields": {field: 3}}
    assert call("PUT", f"{API}/issue/{bug}", edit).status_code == 400
    admin.ok("POST", f"{API}/screens/addToDefault/{field}")
    assert call("PUT", f"{API}/issue/{bug}", edit).status_code == 204
    assert call.ok("GET", f"{API}/issue/{bug}")["fields"][field] == 3
    assert call.ok("GET", f"{API}/search/jql", jql="Floor > 2 order by Floor")["issues"]
    assert call.ok("GET", f"{API}/search/jql", jql=f"cf[{field[12:]}] = 4")["issues"] == []
    assert admin("PUT", f"{API}/field/{field}", {"name": "Storey"}).status_code == 204
    assert call.ok("GET", f"{API}/search/jql", jql="Storey = 3")["issues"]
    assert field in {one["id"] for one in call.ok("GET", f"{API}/field/search", query="storey")["values"]}
    led = admin.ok("DELETE", f"{API}/field/{field}")
    assert (led["status"], led["progress"]) == ("COMPLETE", 100)
    assert field not in call.ok("GET", f"{API}/issue/{bug}")["fields"]
    assert call("POST", f"{API}/field", {"name": "x", "type": TYPES + "float"}).status_code == 400
    assert admin("POST", f"{API}/field", {"name": "x", "type": "kitchen"}).status_code == 400


def test_choices_are_made_offered_and_chosen(admin: Caller, call: Caller, bug: str) -> None:
    kinds = ("select", "multiselect", "cascadingselect")
    one, many, stairs = (make_field(admin, kind, kind) for kind in kinds)
    red, blue = add_options(admin, one, "Red", "Blue")
    add_options(admin, many, "North", "South")
    (house,) = add_options(admin, stairs, "House")
    add_options(admin, stairs, "Cellar", below=house)
    allowed = call.ok("GET", f"{API}/issue/{bug}/editmeta")["fields"][one]["allowedValues"]
    assert [option["value"] for option in allowed] == ["Red", "Blue"]
    fields = {
        one: {"value": "Red"},
        many: [{"value": "North"}, {"value": "South"}],
        stairs: {"value": "House", "child": {"value": "Cellar"}},
    }
    assert call("PUT", f"{API}/issue/{bug}", {"fields": fields}).status_code == 204
    shown = call.ok("GET", f"{API}/issue/{bug}")["fields"]
    assert (shown[one]["id"], [option["value"] for option in shown[many]]) == (red, ["North", "South"])
    assert shown[stairs]["child"]["value"] == "Cellar"
    queries = (
        "'select' = Red",
        "multiselect in (South)",
        "cascadingselect = Cellar",
        f"cf[{one[12:]}] != Blue",
    )
    for jql in queries:
        assert len(call.ok("GET", f"{API}/search/jql", jql=jql)["issues"]) == 1, jql
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {one: {"value": "Green"}}}).status_code == 400
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {many: {"value": "North"}}}).status_code == 400
    update = {"update": {many: [{"remove": {"value": "North"}}]}}
    call.ok("PUT", f"{API}/issue/{bug}", update)
    assert [o["value"] for o in call.ok("GET", f"{API}/issue/{bug}")["fields"][many]] == ["South"]
    assert call.ok("GET", f"{API}/customFieldOption/{blue}")["value"] == "Blue"
    path = f"{API}/field/{one}/context/{one[12:]}/option"
    admin.ok("PUT", path, {"options": [{"id": blue, "value": "Navy", "disabled": True}]})
    options = admin.ok("GET", path)["values"]
    assert [(o["value"], o["disabled"]) for o in options] == [("Red", False), ("Navy", True)]
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {one: {"id": blue}}}).status_code == 400
    assert admin("DELETE", f"{path}/{red}").status_code == 400  # an issue uses it
    assert admin("DELETE", f"{path}/{blue}").status_code == 204


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        ("textarea", {"type": "doc", "version": 1, "content": []}, "text"),
        ("url", "https://example.com", 3),
        ("datetime", "2026-03-02T09:00:00.000+0000", "today"),
        ("labels", ["a", "b"], ["a b"]),
        ("grouppicker", {"name": "jira-users"}, {"name": "elves"}),
        ("project", {"key": "ENG"}, {"key": "NONE"}),
        ("version", {"name": "1.0"}, {"name": "9"}),
        ("multiversion", [{"name": "1.0"}], [{"name": "9"}]),
    ],
)
def test_each_type_of_field_takes_its_values(
    admin: Caller, call: Caller, bug: str, kind: str, value: Any, wrong: Any
) -> None:
    field = make_field(admin, "Custom", kind)
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {field: wrong}}).status_code == 400
    assert call("PUT", f"{API}/issue/{bug}", {"fields": {field: value}}).status_code == 204
    shown = call.ok("GET", f"{API}/issue/{bug}")["fields"][field]
    first, given = (one[0] if isinstance(one, list) else one for one in (shown, value))
    assert first == (first | given if isinstance(given, dict) else given)
    assert call("GET", f"{API}/issue/{bug}", expand="changelog").status_code == 200


# -- lists --------------------------------------------------------------------------------------------------


def test_lists_of_the_site_are_paged(call: Caller, site: Site) -> None:
    site.act("bot").create_issue("ENG", "Bug", "x", labels=["b", "a"])
    assert call.ok("GET", f"{API}/label")["values"] == ["a", "b"]
    assert call.ok("GET", f"{API}/priority/search", onlyDefault="true")["values"][0]["name"] == "Medium"
    assert call.ok("GET", f"{API}/resolution/search", maxResults=2)["total"] == 6
    found = call.ok("GET", f"{API}/statuses/search", searchString="in ", statusCategory="IN_PROGRESS")
    assert [status["name"] for status in found["values"]] == ["In Progress", "In Review"]
    assert call("GET", f"{API}/statuses/search", statusCategory="LATE").status_code == 400
    named = call.ok("GET", f"{API}/statuses", id=["3", "5"])
    assert [one["name"] for one in named] == ["In Progress", "Resolved"]
    kinds = call.ok("GET", f"{API}/issuetype/project", projectId=10000, level=-1)
    assert [kind["name"] for kind in kinds] == ["Sub-task"]
    assert call.ok("GET", f"{API}/configuration")["timeTrackingConfiguration"]["workingHoursPerDay"] == 8
    assert call.ok("GET", f"{API}/mypreferences/locale") == {"locale": "en_US"}


def test_small_things_are_told(admin: Caller, call: Caller) -> None:
    found = call.ok("GET", f"{API}/component", projectIdsOrKeys="ENG", query="mail")["values"]
    assert [one["name"] for one in found] == ["Mail"]
    others = [kind["name"] for kind in call.ok("GET", f"{API}/issuetype/10004/alternatives")]
    assert "Task" in others
    assert "Epic" not in others
    assert call.ok("GET", f"{API}/configuration/timetracking")["key"] == "JIRA"
    rows = call.ok("GET", f"{API}/user/bulk/migration", username=["bot", "nobody"])
    assert [row["username"] for row in rows] == ["bot"]
    queries = {"queries": [{"query": "project = ENG"}, {"query": "project ="}]}
    right, wrong = admin.ok("POST", f"{API}/jql/sanitize", queries)["queries"]
    assert (right["sanitizedQuery"], "errors" in wrong) == ("project = ENG", True)
    assert call("POST", f"{API}/jql/sanitize", queries).status_code == 403


def test_all_of_what_creating_takes_comes_at_once_in_the_older_form(call: Caller) -> None:
    path = f"{API}/issue/createmeta"
    brief = call.ok("GET", path, projectKeys="ENG", issuetypeNames="Bug")["projects"]
    assert [kind["name"] for kind in brief[0]["issuetypes"]] == ["Bug"]
    assert "fields" not in brief[0]["issuetypes"][0]
    whole = call.ok("GET", path, projectKeys="ENG", expand="projects.issuetypes.fields")["projects"][0]
    sub_task = next(kind for kind in whole["issuetypes"] if kind["subtask"])
    assert sub_task["fields"]["parent"]["required"]
