"""Notification schemes: who is mailed about what happens to the issues of a project."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
SCHEMES = f"{API}/notificationscheme"
CREATED, UPDATED, ASSIGNED, COMMENTED = "1", "2", "3", "6"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def about(event: str, *kinds: str, **named: str) -> dict[str, Any]:
    rows: list[dict[str, str]] = [{"notificationType": kind} for kind in kinds]
    rows += [{"notificationType": kind, "parameter": parameter} for kind, parameter in named.items()]
    return {"event": {"id": event}, "notifications": rows}


def default(admin: Caller) -> str:
    return str(admin.ok("GET", f"{API}/project/ENG/notificationscheme")["id"])


def mailed(site: Site, event: str) -> list[str]:
    return sorted(mail.to.partition("@")[0] for mail in site.outbox if mail.body == event)


def test_a_scheme_is_created_read_changed_and_deleted(admin: Caller) -> None:
    asked = {"name": "Ours", "notificationSchemeEvents": [about(CREATED, "Reporter", Group="jira-users")]}
    at = f"{SCHEMES}/{admin.ok('POST', SCHEMES, asked)['id']}"
    shown = admin.ok("GET", at, expand="all")
    event = shown["notificationSchemeEvents"][0]
    assert (shown["name"], event["event"]["name"]) == ("Ours", "Issue Created")
    assert [one["notificationType"] for one in event["notifications"]] == ["Reporter", "Group"]
    assert event["notifications"][1]["group"]["name"] == "jira-users"
    assert "notificationSchemeEvents" not in admin.ok("GET", at)
    assert admin("PUT", at, {"name": "Theirs"}).status_code == 204
    assert [one["name"] for one in admin.ok("GET", SCHEMES)["values"]] == [
        "Default Notification Scheme",
        "Theirs",
    ]
    assert admin("DELETE", f"{at}/notification/{event['notifications'][0]['id']}").status_code == 204
    assert admin("DELETE", f"{at}/notification/{event['notifications'][0]['id']}").status_code == 404
    assert admin("DELETE", at).status_code == 204
    assert admin("GET", at).status_code == 404
    assert admin("DELETE", f"{SCHEMES}/{default(admin)}").status_code == 400


@pytest.mark.parametrize(
    "row",
    [
        about("99", "Reporter"),
        about(CREATED, "Everybody"),
        about(CREATED, User="nobody"),
        about(CREATED, Group="nobody"),
        about(CREATED, ProjectRole="1"),
        about(CREATED, EmailAddress="a@example.com"),
    ],
)
def test_a_notification_to_nobody_or_of_nothing_is_refused(admin: Caller, row: dict[str, Any]) -> None:
    assert admin("POST", SCHEMES, {"name": "Ours", "notificationSchemeEvents": [row]}).status_code == 400
    assert admin.ok("GET", SCHEMES)["total"] == 1


def test_the_scheme_of_a_project_decides_who_is_mailed(admin: Caller, call: Caller, site: Site) -> None:
    ada, bruno = (site.act(name).user.account_id for name in ("ada.keller", "bruno.silva"))
    at = f"{SCHEMES}/{default(admin)}/notification"
    events = [
        about(CREATED, "ProjectLead", "Reporter", User=bruno),
        about(ASSIGNED, "CurrentAssignee"),
        about(COMMENTED, "AllWatchers", ProjectRole="10002"),
        about(UPDATED, Group="jira-administrators"),
    ]
    assert admin("PUT", at, {"notificationSchemeEvents": events}).status_code == 204
    assert admin("PUT", at, {"notificationSchemeEvents": events}).status_code == 400
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Printer jams"}
    bug = call.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"]
    assert mailed(site, "Issue Created") == ["ada.keller", "bruno.silva"]
    call.ok("PUT", f"{API}/issue/{bug}/assignee", {"accountId": ada})
    assert mailed(site, "Issue Assigned") == ["ada.keller"]
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"labels": ["x"]}})
    assert mailed(site, "Issue Updated") == ["admin"]
    call.ok("POST", f"/rest/api/2/issue/{bug}/comment", {"body": "Why?"})
    assert mailed(site, "Issue Commented") == ["admin"]


def test_nobody_is_mailed_until_a_scheme_says_so(call: Caller, site: Site, bug: str) -> None:
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"labels": ["x"]}})
    assert site.outbox == []


def test_who_administers_a_project_reads_its_scheme_and_only_administrators_of_the_site_change_it(
    admin: Caller, call: Caller
) -> None:
    number = default(admin)
    assert call("GET", f"{API}/project/ENG/notificationscheme").status_code == 404
    assert call("GET", f"{SCHEMES}/{number}").status_code == 404
    assert call.ok("GET", SCHEMES)["total"] == 0
    assert call("POST", SCHEMES, {"name": "Ours"}).status_code == 403
    pairs = admin.ok("GET", f"{SCHEMES}/project", notificationSchemeId=number)["values"]
    assert [one["projectId"] for one in pairs] == ["10000", "10001"]
