"""What administrators set for the whole site: priorities, resolutions, issue types, properties, the log."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/api/3"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def names(call: Caller, noun: str) -> list[str]:
    return [one["name"] for one in call.ok("GET", f"{API}/{noun}")]


def carried_out(call: Caller, path: str, **query: str) -> bool:
    answer = call.session.delete(URL + path, params=query, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return bool(call.session.get(answer.headers["location"]).json()["status"] == "COMPLETE")


# -- priorities and resolutions -----------------------------------------------------------------------------


def test_a_priority_is_made_used_moved_and_deleted(admin: Caller, call: Caller, bug: str, site: Site) -> None:
    asked = {"name": "Blocker", "statusColor": "#abc", "description": "All stop"}
    assert call("POST", f"{API}/priority", asked).status_code == 403
    number = admin.ok("POST", f"{API}/priority", asked)["id"]
    assert admin.ok("GET", f"{API}/priority/{number}")["description"] == "All stop"
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"priority": {"name": "Blocker"}}})
    assert site.act("bot").search("priority < Lowest") == [bug]
    assert admin("PUT", f"{API}/priority/move", {"ids": [number], "position": "First"}).status_code == 204
    assert names(call, "priority")[:2] == ["Blocker", "Highest"]
    assert site.act("bot").search("priority > Highest") == [bug]
    admin.ok("PUT", f"{API}/priority/move", {"ids": [number], "after": "1"})
    assert names(call, "priority")[:2] == ["Highest", "Blocker"]
    admin.ok("PUT", f"{API}/priority/{number}", {"name": "Showstopper"})
    assert site.act("bot").get(bug)["fields"]["priority"]["name"] == "Showstopper"
    assert carried_out(admin, f"{API}/priority/{number}")
    assert site.act("bot").get(bug)["fields"]["priority"]["name"] == "Medium"
    assert site.act("bot").history(bug)[-1]["items"][0]["toString"] == "Medium"


def test_the_default_priority_is_that_of_new_issues(admin: Caller, site: Site) -> None:
    assert admin("PUT", f"{API}/priority/default", {"id": "2"}).status_code == 204
    assert admin("PUT", f"{API}/priority/default", {"id": "99"}).status_code == 404
    issue = site.act("bot").create_issue("ENG", "Bug", "Printer jams")
    assert site.act("bot").get(issue)["fields"]["priority"]["name"] == "High"
    found = admin.ok("GET", f"{API}/priority/search", onlyDefault="true")["values"]
    assert [one["name"] for one in found] == ["High"]
    assert admin("DELETE", f"{API}/priority/2").status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "X"},
        {"name": "X", "statusColor": "red"},
        {"name": "medium", "statusColor": "#fff"},
        {"name": "", "statusColor": "#fff"},
        {"name": "x" * 61, "statusColor": "#fff"},
        {"name": "X", "statusColor": "#fff", "description": "x" * 256},
        {"name": "X", "statusColor": "#fff", "avatarId": 1},
        {"name": "X", "statusColor": "#fff", "iconUrl": "http://example.com/x.png"},
    ],
)
def test_a_wrong_priority_is_refused(admin: Caller, asked: dict[str, Any]) -> None:
    assert admin("POST", f"{API}/priority", asked).status_code == 400


@pytest.mark.parametrize("noun", ["priority", "resolution"])
def test_a_wrong_move_is_refused(admin: Caller, noun: str) -> None:
    first = admin.ok("GET", f"{API}/{noun}")[0]["id"]
    for asked, status in (
        ({"ids": [first]}, 400),
        ({"ids": [], "position": "First"}, 400),
        ({"ids": [first], "position": "Middle"}, 400),
        ({"ids": [first], "after": first}, 400),
        ({"ids": ["99"], "position": "Last"}, 404),
        ({"ids": [first], "after": "99"}, 404),
    ):
        assert admin("PUT", f"{API}/{noun}/move", asked).status_code == status


def test_a_resolution_is_made_moved_and_replaced(admin: Caller, call: Caller, bug: str, site: Site) -> None:
    assert call("POST", f"{API}/resolution", {"name": "Obsolete"}).status_code == 403
    assert admin("POST", f"{API}/resolution", {"name": "done"}).status_code == 400
    number = admin.ok("POST", f"{API}/resolution", {"name": "Obsolete"})["id"]
    assert names(call, "resolution")[-1] == "Obsolete"
    admin.ok("PUT", f"{API}/resolution/move", {"ids": [number], "position": "First"})
    assert names(call, "resolution")[0] == "Obsolete"
    change = {"name": "Outdated", "description": "Nobody needs it"}
    assert admin("PUT", f"{API}/resolution/{number}", change).status_code == 204
    assert admin("PUT", f"{API}/resolution/{number}", {}).status_code == 400
    admin.ok("PUT", f"{API}/resolution/default", {"id": number})
    default = admin.ok("GET", f"{API}/resolution/search", onlyDefault="true")["values"]
    assert [one["name"] for one in default] == ["Outdated"]
    bot = site.act("bot")
    bot.transition(bug, "Done", resolution={"name": "Outdated"})
    before = bot.get(bug)["fields"]
    assert before["resolution"]["name"] == "Outdated"
    assert admin("DELETE", f"{API}/resolution/{number}", replaceWith=number).status_code == 400
    assert admin("DELETE", f"{API}/resolution/99", replaceWith="10000").status_code == 404
    assert carried_out(admin, f"{API}/resolution/{number}", replaceWith="10001")
    after = bot.get(bug)["fields"]
    assert after["resolution"]["name"] == "Won't Do"
    assert after["resolutiondate"] == before["resolutiondate"]
    assert admin.ok("GET", f"{API}/resolution/search", onlyDefault="true")["values"] == []


# -- issue types --------------------------------------------------------------------------------------------


def test_a_type_is_made_used_changed_and_replaced(admin: Caller, call: Caller, site: Site) -> None:
    asked = {"name": "Risk", "description": "What may go wrong", "type": "standard"}
    assert call("POST", f"{API}/issuetype", asked).status_code == 403
    made = admin.ok("POST", f"{API}/issuetype", asked)
    assert (made["subtask"], made["hierarchyLevel"]) == (False, 0)
    assert admin("POST", f"{API}/issuetype", asked).status_code == 409
    add_type(site, "ENG", made["id"])
    issue = site.act("bot").create_issue("ENG", "Risk", "Printer burns")
    path = f"{API}/issuetype/{made['id']}"
    assert admin.ok("PUT", path, {"name": "Hazard", "avatarId": 10305})["avatarId"] == 10305
    assert admin("PUT", path, {"avatarId": 1}).status_code == 400
    assert admin("PUT", path, {"name": "bug"}).status_code == 409
    assert "Task" in [one["name"] for one in call.ok("GET", f"{path}/alternatives")]
    assert admin("DELETE", path).status_code == 404
    assert admin("DELETE", path, alternativeIssueTypeId="10003").status_code == 409
    assert admin("DELETE", path, alternativeIssueTypeId="10010").status_code == 400
    assert admin("DELETE", path, alternativeIssueTypeId="10002").status_code == 204
    assert site.act("bot").get(issue)["fields"]["issuetype"]["name"] == "Task"
    assert call("GET", path).status_code == 404


def add_type(site: Site, project: str, number: str) -> None:
    """Have a project choose from a type that is in the default scheme only."""
    found = site.store.configuration.project(project)
    assert found is not None
    found.schemes.types.members.append(site.store.configuration.issue_types[number])


@pytest.mark.parametrize("asked", [{}, {"name": "x" * 61}, {"name": "X", "type": "epic"}])
def test_a_wrong_type_is_refused(admin: Caller, asked: dict[str, Any]) -> None:
    assert admin("POST", f"{API}/issuetype", asked).status_code == 400


def test_a_type_has_properties(admin: Caller, call: Caller) -> None:
    path = f"{API}/issuetype/10004/properties"
    assert call("PUT", f"{path}/team", {"size": 4}).status_code == 403
    assert admin("PUT", f"{path}/team", {"size": 4}).status_code == 201
    assert call.ok("GET", f"{path}/team")["value"] == {"size": 4}
    assert [one["key"] for one in call.ok("GET", path)["keys"]] == ["team"]
    assert admin("DELETE", f"{path}/team").status_code == 204
    assert call("GET", f"{path}/team").status_code == 404


# -- settings -----------------------------------------------------------------------------------------------


def test_properties_of_the_site_are_changed_within_their_type(admin: Caller, call: Caller) -> None:
    path = f"{API}/application-properties"
    assert call("GET", path).status_code == 404
    keys = [one["key"] for one in admin.ok("GET", path)]
    assert "jira.title" in keys
    assert [one["key"] for one in admin.ok("GET", path, keyFilter="jira.clone.*")] == ["jira.clone.prefix"]
    assert admin.ok("GET", f"{path}/advanced-settings")[0]["key"] == "jira.clone.prefix"
    assert admin.ok("PUT", f"{path}/jira.title", {"id": "jira.title", "value": "Ours"})["value"] == "Ours"
    title = next(one for one in admin.ok("GET", path) if one["key"] == "jira.title")
    assert (title["value"], title["defaultValue"]) == ("Ours", "Jira")
    assert admin("PUT", f"{path}/jira.newsletter.tip.delay.days", {"value": "soon"}).status_code == 400
    assert admin("PUT", f"{path}/jira.option.globalsharing", {"value": "maybe"}).status_code == 400
    assert admin("PUT", f"{path}/nothing", {"value": "1"}).status_code == 404
    assert call("PUT", f"{path}/jira.title", {"value": "Mine"}).status_code == 403


def test_the_banner_is_set_part_by_part(admin: Caller, call: Caller) -> None:
    path = f"{API}/announcementBanner"
    assert call("GET", path).status_code == 403
    before = admin.ok("GET", path)
    assert admin("PUT", path, {"message": "Down at noon", "isEnabled": True}).status_code == 204
    shown = admin.ok("GET", path)
    assert (shown["message"], shown["isEnabled"], shown["visibility"]) == ("Down at noon", True, "private")
    assert shown["hashId"] != before["hashId"]
    assert admin("PUT", path, {"visibility": "friends"}).status_code == 400
    assert admin("PUT", path, {"isEnabled": "yes"}).status_code == 400


def test_time_tracking_is_set(admin: Caller, call: Caller) -> None:
    path = f"{API}/configuration/timetracking"
    assert admin.ok("GET", f"{path}/list")[0]["key"] == admin.ok("GET", path)["key"]
    assert admin("PUT", path, {"key": "Jira"}).status_code == 204
    assert admin("PUT", path, {"key": "Tempo"}).status_code == 400
    asked = {"defaultUnit": "hour", "timeFormat": "days", "workingDaysPerWeek": 4, "workingHoursPerDay": 7.5}
    assert admin.ok("PUT", f"{path}/options", asked) == asked
    assert call.ok("GET", f"{API}/configuration")["timeTrackingConfiguration"] == asked
    assert admin("PUT", f"{path}/options", asked | {"workingHoursPerDay": 25}).status_code == 400
    assert admin("PUT", f"{path}/options", asked | {"defaultUnit": "year"}).status_code == 400
    assert call("PUT", f"{path}/options", asked).status_code == 403


def test_products_and_licenses_are_told(admin: Caller, call: Caller) -> None:
    assert call("GET", f"{API}/applicationrole").status_code == 403
    keys = [one["key"] for one in admin.ok("GET", f"{API}/applicationrole")]
    assert keys == [one["id"] for one in call.ok("GET", f"{API}/instance/license")["applications"]]
    role = admin.ok("GET", f"{API}/applicationrole/jira-software")
    assert str(role["userCount"]) == admin.ok("GET", f"{API}/license/approximateLicenseCount")["value"]
    path = f"{API}/license/approximateLicenseCount/product"
    assert admin.ok("GET", f"{path}/jira-software")["value"] == str(role["userCount"])
    assert admin("GET", f"{API}/applicationrole/cat").status_code == 404


def test_the_log_tells_what_was_done(admin: Caller, call: Caller) -> None:
    admin.ok("PUT", f"{API}/project/ENG", {"description": "Ours"})
    admin.ok("POST", f"{API}/project/HELP/archive")
    assert call("GET", f"{API}/auditing/record").status_code == 403
    told = admin.ok("GET", f"{API}/auditing/record")
    assert [one["summary"] for one in told["records"]] == ["Project archived", "Project updated"]
    assert admin.ok("GET", f"{API}/auditing/record", filter="help arch")["total"] == 1
    assert admin.ok("GET", f"{API}/auditing/record", offset=1)["records"][0]["objectItem"]["name"] == (
        "Engineering"
    )
    late = {"from": "2026-03-03T00:00:00.000+0000"}
    assert admin.ok("GET", f"{API}/auditing/record", **late)["total"] == 0


def test_a_version_has_related_work(admin: Caller, call: Caller, site: Site) -> None:
    path = f"{API}/version/10000/relatedwork"
    asked = {"category": "Design", "title": "Sketch", "url": "https://example.com/sketch"}
    made = call("POST", path, asked)
    assert made.status_code == 201
    number = made.json()["relatedWorkId"]
    change = {"relatedWorkId": number, "category": "Testing", "title": "Plan"}
    assert call.ok("PUT", path, change) == change
    assert call.ok("GET", path) == [change]
    assert call("POST", path, {"category": "Design", "url": "sketch"}).status_code == 400
    assert call("PUT", path, change | {"relatedWorkId": "1"}).status_code == 404
    assert call("DELETE", f"{path}/{number}").status_code == 204
    assert call.ok("GET", path) == []
    site.take_away("bot", "ENG", "RESOLVE_ISSUES")
    assert call("POST", path, asked).status_code == 403


def test_fields_in_the_trash_are_found(admin: Caller, call: Caller) -> None:
    asked = {"name": "Colour", "type": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}
    field = admin.ok("POST", f"{API}/field", asked)["id"]
    path = f"{API}/field/search/trashed"
    assert admin.ok("GET", path)["values"] == []
    admin.ok("POST", f"{API}/field/{field}/trash")
    assert [one["id"] for one in admin.ok("GET", path, query="col")["values"]] == [field]
    assert admin.ok("GET", path, query="shape")["values"] == []
    assert call("GET", path).status_code == 403
