"""What becomes of projects: the archive, the trash, other keys, avatars, features, roles."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.picture import draw_png, measure
from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/api/3"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def found(call: Caller, **query: Any) -> list[str]:
    return [one["key"] for one in call.ok("GET", f"{API}/project/search", **query)["values"]]


# -- archive and trash --------------------------------------------------------------------------------------


def test_an_archived_project_is_read_but_neither_found_nor_changed(
    admin: Caller, call: Caller, bug: str, site: Site
) -> None:
    assert call("POST", f"{API}/project/ENG/archive").status_code == 403
    assert admin("POST", f"{API}/project/ENG/archive").status_code == 204
    assert found(admin) == ["HELP"]
    assert found(admin, status="archived") == ["ENG"]
    assert found(call, status="archived") == []
    assert found(admin, status=["live", "archived"]) == ["ENG", "HELP"]
    shown = call.ok("GET", f"{API}/project/ENG")
    admins = site.act("admin").user.account_id
    assert (shown["archived"], shown["archivedBy"]["accountId"]) == (True, admins)
    assert call.ok("GET", f"{API}/issue/{bug}")["key"] == bug
    assert call.ok("GET", f"{API}/search/jql", jql="summary ~ printer")["issues"] == []
    assert call("GET", f"{API}/search/jql", jql="project = ENG").status_code == 400
    assert admin("PUT", f"{API}/issue/{bug}", {"fields": {"summary": "x"}}).status_code == 403
    assert admin("PUT", f"{API}/project/ENG", {"name": "x"}).status_code == 403
    assert admin("POST", f"{API}/project/ENG/archive").status_code == 400
    assert admin("DELETE", f"{API}/project/ENG").status_code == 404
    assert admin.ok("POST", f"{API}/project/ENG/restore")["key"] == "ENG"
    assert "archived" not in admin.ok("GET", f"{API}/project/ENG")
    assert len(call.ok("GET", f"{API}/search/jql", jql="summary ~ printer")["issues"]) == 1
    assert admin("POST", f"{API}/project/ENG/restore").status_code == 400


def test_a_deleted_project_comes_back_from_the_trash(admin: Caller, call: Caller, site: Site) -> None:
    request = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    gina = site.act("gina.rossi")
    assert admin("DELETE", f"{API}/project/HELP").status_code == 204
    assert call("GET", f"{API}/project/HELP").status_code == 404
    assert call("GET", f"{API}/issue/{request}").status_code == 404
    assert admin.ok("GET", "/rest/servicedeskapi/servicedesk")["size"] == 0
    trash = admin.ok("GET", f"{API}/project/search", status="deleted")["values"]
    assert [(one["key"], one["deleted"]) for one in trash] == [("HELP", True)]
    assert trash[0]["retentionTillDate"].startswith("2026-05-01")
    taken = call.ok("GET", f"{API}/projectvalidate/key", key="HELP")["errors"]
    assert taken == {"projectKey": "Project 'Help Desk' uses this project key."}
    assert call("POST", f"{API}/project/HELP/restore").status_code == 404
    admin.ok("POST", f"{API}/project/HELP/restore")
    assert gina.get(request)["key"] == request
    assert admin.ok("GET", "/rest/servicedeskapi/servicedesk")["size"] == 1


def test_the_trash_forgets_after_two_months(admin: Caller, bug: str, site: Site, clock: Clock) -> None:
    admin.ok("DELETE", f"{API}/project/ENG")
    clock.advance(timedelta(days=60).total_seconds())
    assert found(admin, status="deleted") == []
    assert admin("POST", f"{API}/project/ENG/restore").status_code == 404
    assert site.store.issue(bug) is None


def test_a_project_can_be_deleted_past_the_trash(admin: Caller, bug: str) -> None:
    admin.ok("DELETE", f"{API}/project/ENG", enableUndo="false")
    assert found(admin, status="deleted") == []
    assert admin("POST", f"{API}/project/ENG/restore").status_code == 404
    assert admin("GET", f"{API}/issue/{bug}").status_code == 404


# -- keys ---------------------------------------------------------------------------------------------------


def test_a_former_key_goes_on_leading_to_a_project_and_its_issues(
    admin: Caller, call: Caller, bug: str, site: Site
) -> None:
    assert call("PUT", f"{API}/project/ENG", {"key": "CORE"}).status_code == 403
    assert admin("PUT", f"{API}/project/ENG", {"key": "HELP"}).status_code == 400
    assert admin.ok("PUT", f"{API}/project/ENG", {"key": "CORE"})["key"] == "CORE"
    shown = call.ok("GET", f"{API}/project/ENG", expand="projectKeys")
    assert (shown["key"], shown["projectKeys"]) == ("CORE", ["CORE", "ENG"])
    assert call.ok("GET", f"{API}/issue/{bug}")["key"] == "CORE-1"
    query = {"jql": "key = ENG-1 AND project = ENG", "fields": "summary"}
    assert [one["key"] for one in call.ok("GET", f"{API}/search/jql", **query)["issues"]] == ["CORE-1"]
    assert site.act("bot").create_issue("CORE", "Bug", "Screen flickers") == "CORE-2"
    assert call("GET", f"{API}/component/10000").json()["project"] == "CORE"
    assert admin("POST", f"{API}/project", new("ENG", site)).status_code == 400
    assert admin("PUT", f"{API}/project/CORE", {"releasedProjectKeys": ["HELP"]}).status_code == 400
    admin.ok("PUT", f"{API}/project/CORE", {"releasedProjectKeys": ["ENG"]})
    assert admin("POST", f"{API}/project", new("ENG", site)).status_code == 201


def new(key: str, site: Site, **more: Any) -> dict[str, Any]:
    lead = site.act("ada.keller").user.account_id
    return {"key": key, "name": f"Project {key}", "projectTypeKey": "software", "leadAccountId": lead} | more


def test_a_project_is_set_up_with_the_schemes_that_are_named(admin: Caller, call: Caller, site: Site) -> None:
    scheme = admin.ok("POST", f"{API}/permissionscheme", {"name": "Nobody"})["id"]
    assert admin("POST", f"{API}/project", new("OPS", site, permissionScheme=99)).status_code == 400
    admin.ok("POST", f"{API}/project", new("OPS", site, permissionScheme=scheme))
    assert call("GET", f"{API}/project/OPS").status_code == 404
    site.act("ada.keller").user.roles["ENG"] = ("Administrators",)
    admin.ok("PUT", f"{API}/project/ENG", {"permissionScheme": scheme})
    assert call("GET", f"{API}/project/ENG").status_code == 404


def test_schemes_are_for_administrators_of_the_site(calls_of: Callable[[str], Caller], site: Site) -> None:
    ada = calls_of("ada.keller")
    site.act("ada.keller").user.roles["ENG"] = ("Administrators",)
    ada.ok("PUT", f"{API}/project/ENG", {"description": "Ours"})
    assert ada("PUT", f"{API}/project/ENG", {"permissionScheme": 0}).status_code == 403


def test_what_was_taken_away_stays_so_under_another_key(admin: Caller, call: Caller, site: Site) -> None:
    site.take_away("bot", "ENG", "CREATE_ISSUES")
    admin.ok("PUT", f"{API}/project/ENG", {"key": "CORE"})
    fields = {"project": {"key": "CORE"}, "issuetype": {"name": "Bug"}, "summary": "Printer jams"}
    assert call("POST", f"{API}/issue", {"fields": fields}).status_code == 400


# -- finding ------------------------------------------------------------------------------------------------


def test_projects_are_ordered_by_their_issues(admin: Caller, call: Caller, bug: str) -> None:
    assert found(call, orderBy="-issueCount") == ["ENG", "HELP"]
    assert found(call, orderBy="+lastIssueUpdatedDate") == ["HELP", "ENG"]
    assert call("GET", f"{API}/project/search", orderBy="colour").status_code == 400
    insight = call.ok("GET", f"{API}/project/search", expand="insight", keys="ENG")["values"][0]["insight"]
    assert insight["totalIssueCount"] == 1
    assert call.ok("GET", f"{API}/project/search", maxResults=500)["maxResults"] == 100


def test_recent_projects_are_those_one_looked_at(call: Caller) -> None:
    assert call.ok("GET", f"{API}/project/recent") == []
    for key in ("ENG", "HELP", "ENG"):
        call.ok("GET", f"{API}/project/{key}")
    assert [one["key"] for one in call.ok("GET", f"{API}/project/recent")] == ["ENG", "HELP"]
    assert [one["key"] for one in call.ok("GET", f"{API}/project", recent=1)] == ["ENG"]


def test_properties_and_levels_come_with_a_project(admin: Caller, call: Caller) -> None:
    admin.ok("PUT", f"{API}/project/ENG/properties/team", {"size": 4})
    shown = call.ok("GET", f"{API}/project/ENG", properties="team,colour", expand="issueTypeHierarchy")
    assert shown["properties"] == {"team": {"size": 4}}
    assert [one["name"] for one in shown["issueTypeHierarchy"]["levels"]] == ["Subtask", "Base", "Epic"]


def test_versions_and_components_come_in_the_order_asked_for(admin: Caller, call: Caller, bug: str) -> None:
    def found(noun: str, **query: str) -> list[str]:
        return [one["name"] for one in call.ok("GET", f"{API}/project/ENG/{noun}", **query)["values"]]

    assert found("version", orderBy="-name") == ["2.0", "1.1", "1.0"]
    assert found("version", orderBy="-sequence") == ["2.0", "1.1", "1.0"]
    assert found("version", orderBy="+releaseDate") == ["1.0", "1.1", "2.0"]
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"components": [{"name": "Portal"}]}})
    assert found("component", orderBy="-issueCount")[0] == "Portal"
    assert found("component", orderBy="-name") == ["Portal", "Network", "Mail"]
    listed = call.ok("GET", f"{API}/component", projectIdsOrKeys="ENG", orderBy="name")["values"]
    assert [one["name"] for one in listed] == ["Mail", "Network", "Portal"]


def test_a_version_tells_how_far_its_issues_are(call: Caller, bug: str, site: Site) -> None:
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"fixVersions": [{"id": "10001"}]}})
    path = f"{API}/version/10001"
    todo = {"unmapped": 0, "toDo": 1, "inProgress": 0, "done": 0}
    assert call.ok("GET", path, expand="issuesstatus")["issuesStatusForFixVersion"] == todo
    site.act("bot").transition(bug, "Done", resolution={"name": "Done"})
    done = call.ok("GET", path, expand="issuesstatus")["issuesStatusForFixVersion"]
    assert done == todo | {"toDo": 0, "done": 1}
    assert "issuesStatusForFixVersion" not in call.ok("GET", path)


# -- avatars ------------------------------------------------------------------------------------------------


def load(caller: Caller, path: str, content: bytes, **query: Any) -> Any:
    headers = {"X-Atlassian-Token": "no-check", "Content-Type": "image/png"}
    return caller.session.post(URL + path, data=content, headers=headers, params=query)


def test_a_project_shows_the_picture_it_was_given(admin: Caller, call: Caller) -> None:
    picture = draw_png(3, 60)
    assert load(call, f"{API}/project/ENG/avatar2", picture).status_code == 403
    assert admin("POST", f"{API}/project/ENG/avatar2").status_code == 403  # without the header
    made = load(admin, f"{API}/project/ENG/avatar2", picture, x=10, y=10, size=50)
    assert made.status_code == 201
    number = made.json()["id"]
    assert admin("PUT", f"{API}/project/ENG/avatar", {"id": number}).status_code == 204
    address = call.ok("GET", f"{API}/project/ENG")["avatarUrls"]["48x48"]
    given = call.session.get(address)
    assert (given.content, given.headers["content-type"]) == (picture, "image/png")
    shown = call.ok("GET", f"{API}/project/ENG/avatars")
    assert [(one["id"], one["isSelected"], one["owner"]) for one in shown["custom"]] == [
        (number, True, "10000")
    ]
    assert not any(one["isSelected"] for one in shown["system"])
    assert admin("DELETE", f"{API}/project/ENG/avatar/{number}").status_code == 204
    assert admin("DELETE", f"{API}/project/ENG/avatar/{number}").status_code == 404
    assert call.ok("GET", f"{API}/project/ENG/avatars")["system"][0]["isSelected"]
    assert admin("DELETE", f"{API}/project/ENG/avatar/10400").status_code == 403
    assert admin("PUT", f"{API}/project/ENG/avatar", {"id": "1"}).status_code == 404


def test_only_pictures_that_hold_the_crop_are_loaded(admin: Caller) -> None:
    path = f"{API}/project/ENG/avatar2"
    assert load(admin, path, b"{}").status_code == 400
    assert load(admin, path, draw_png(1, 40), size=41).status_code == 400
    assert load(admin, path, draw_png(1, 40), x=30, size=20).status_code == 400


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (draw_png(0, 17), ("image/png", 17, 17)),
        (b"GIF89a" + bytes([7, 0, 9, 0, 0, 0]), ("image/gif", 7, 9)),
        (b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08\0\x05\0\x06\x01", ("image/jpeg", 6, 5)),
        (b"\xff\xd8\xff\xe0\0\4ab", None),
        (b"<svg/>", None),
    ],
)
def test_a_picture_is_measured(content: bytes, expected: object) -> None:
    assert measure(content) == expected


def test_the_site_draws_pictures_of_its_own(admin: Caller, call: Caller) -> None:
    system = call.ok("GET", f"{API}/avatar/issuetype/system")["system"]
    assert all(one["isSystemAvatar"] and not one["isDeletable"] for one in system)
    svg = call.session.get(system[0]["urls"]["16x16"])
    assert svg.headers["content-type"] == "image/svg+xml"
    png = call("GET", f"{API}/universal_avatar/view/type/project", size="small", format="png").content
    assert measure(png) == ("image/png", 24, 24)
    assert call("GET", f"{API}/universal_avatar/view/type/project", size="huge").status_code == 404
    assert call("GET", f"{API}/universal_avatar/view/type/cat").status_code == 404
    assert call("GET", f"{API}/avatar/cat/system").status_code == 404
    portrait = call.session.get(call.ok("GET", f"{API}/myself")["avatarUrls"]["32x32"])
    assert measure(portrait.content) == ("image/png", 32, 32)


def test_types_and_priorities_have_avatars_too(admin: Caller, call: Caller) -> None:
    path = f"{API}/universal_avatar/type/priority/owner/3"
    number = load(admin, path, draw_png(3, 60), size=60).json()["id"]
    assert [one["id"] for one in call.ok("GET", path)["custom"]] == [number]
    assert admin("DELETE", f"{path}/avatar/10550").status_code == 403
    assert admin("DELETE", f"{path}/avatar/{number}").status_code == 204
    assert load(call, path, draw_png(3, 60)).status_code == 403
    assert load(admin, f"{API}/issuetype/10004/avatar2", draw_png(3, 60), size=9).status_code == 201
    assert len(call.ok("GET", f"{API}/universal_avatar/type/issuetype/owner/10004")["custom"]) == 1
    owned = call("GET", f"{API}/universal_avatar/view/type/issuetype/owner/10004")
    icon = next(one for one in call.ok("GET", f"{API}/issuetype") if one["id"] == "10004")["iconUrl"]
    assert owned.content == call.session.get(icon).content
    assert call("GET", f"{API}/universal_avatar/type/issuetype/owner/1").status_code == 404


# -- features, mail, roles ----------------------------------------------------------------------------------


def test_features_are_switched(admin: Caller, call: Caller) -> None:
    path = f"{API}/project/ENG/features"

    def state(key: str) -> str:
        rows = call.ok("GET", path)["features"]
        return str(next(one["state"] for one in rows if one["feature"] == key))

    assert state("jsw.classic.reports") == "ENABLED"
    admin.ok("PUT", f"{path}/jsw.classic.reports", {"state": "DISABLED"})
    assert state("jsw.classic.reports") == "DISABLED"
    assert admin("PUT", f"{path}/jsw.classic.sprints", {"state": "DISABLED"}).status_code == 400
    assert admin("PUT", f"{path}/jsw.classic.reports", {"state": "MAYBE"}).status_code == 400
    assert admin("PUT", f"{path}/kitchen", {"state": "ENABLED"}).status_code == 404
    assert call("PUT", f"{path}/jsw.classic.reports", {"state": "ENABLED"}).status_code == 403


def test_mails_of_a_project_come_from_an_address_of_its_own(admin: Caller, call: Caller) -> None:
    path = f"{API}/project/10000/email"
    default = call.ok("GET", path)["emailAddress"]
    assert admin("PUT", path, {"emailAddress": "nobody"}).status_code == 400
    assert call("PUT", path, {"emailAddress": "ops@example.com"}).status_code == 403
    assert admin("PUT", path, {"emailAddress": "ops@example.com"}).status_code == 204
    assert call.ok("GET", path)["emailAddress"] == "ops@example.com"
    assert call.ok("GET", f"{API}/project/ENG")["email"] == "ops@example.com"
    admin.ok("PUT", path, {"emailAddress": ""})
    assert call.ok("GET", path)["emailAddress"] == default


def test_default_members_hold_a_role_in_new_projects(admin: Caller, call: Caller, site: Site) -> None:
    bot = site.act("bot").user.account_id
    role = admin.ok("POST", f"{API}/role", {"name": "Guests"})["id"]
    path = f"{API}/role/{role}/actors"
    assert admin("POST", path, {"user": [bot], "group": ["jira-users"]}).status_code == 400
    assert admin("POST", path, {"user": ["nobody"]}).status_code == 404
    assert [one["displayName"] for one in admin.ok("POST", path, {"user": [bot]})["actors"]] == [
        site.act("bot").user.display_name
    ]
    admin.ok("POST", path, {"group": ["jira-users"]})
    admin.ok("POST", f"{API}/project", new("OPS", site))
    held = admin.ok("GET", f"{API}/project/OPS/role/{role}")["actors"]
    assert {one["type"] for one in held} == {"atlassian-user-role-actor", "atlassian-group-role-actor"}
    assert admin.ok("DELETE", path, user=bot)["actors"][0]["name"] == "jira-users"
    assert admin.ok("DELETE", path, group="jira-users")["actors"] == []
    assert admin("DELETE", path).status_code == 400
    assert call("GET", path).status_code == 403
    assert admin.ok("GET", f"{API}/project/OPS/role/{role}")["actors"] == held


def test_a_role_that_takes_the_place_of_another_may_do_what_that_one_might(
    admin: Caller, call: Caller, site: Site
) -> None:
    role = admin.ok("POST", f"{API}/role", {"name": "Guests"})["id"]
    grants = f"{API}/permissionscheme/0/permission"
    holder = {"type": "projectRole", "parameter": str(role), "value": str(role)}
    admin.ok("POST", grants, {"holder": holder, "permission": "DELETE_ISSUES"})
    admin.ok("DELETE", f"{API}/role/{role}", swap=10004)
    issue = site.act("bot").create_issue("ENG", "Bug", "Printer jams")
    assert call("DELETE", f"{API}/issue/{issue}").status_code == 204


def test_a_role_is_renamed_and_replaced_wherever_it_is_held(admin: Caller, call: Caller, bug: str) -> None:
    visible = {"type": "role", "value": "Service Account"}
    path = f"/rest/api/2/issue/{bug}/comment"
    note = call.ok("POST", path, {"body": "Hush", "visibility": visible})["id"]
    assert admin("PUT", f"{API}/role/10004", {"name": "Machines"}).status_code == 400
    assert admin("POST", f"{API}/role/10004", {"name": "Developers"}).status_code == 400
    assert admin("POST", f"{API}/role/10004", {}).status_code == 400
    shown = admin.ok("PUT", f"{API}/role/10004", {"name": "Machines", "description": "No people"})
    assert (shown["name"], shown["description"]) == ("Machines", "No people")
    assert call.ok("GET", f"{path}/{note}")["visibility"]["value"] == "Machines"
    assert admin("DELETE", f"{API}/role/10004").status_code == 409
    assert admin("DELETE", f"{API}/role/10004", swap=10004).status_code == 400
    assert admin("DELETE", f"{API}/role/10004", swap=10003).status_code == 204
    assert call.ok("GET", f"{path}/{note}")["visibility"]["value"] == "Developers"
    assert admin("GET", f"{API}/role/10004").status_code == 404
