"""What is done to many issues at once: the archive, properties everywhere, worklogs in numbers."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import URL, Caller

API = "/rest/api/3"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


@pytest.fixture
def child(call: Caller, bug: str) -> str:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Sub-task"}, "summary": "Clean the rollers"}
    return str(call.ok("POST", "/rest/api/2/issue", {"fields": fields | {"parent": {"key": bug}}})["key"])


def found(call: Caller, jql: str = "project = ENG") -> list[str]:
    query = {"jql": f"{jql} ORDER BY key", "fields": "summary"}
    return [one["key"] for one in call.ok("GET", f"{API}/search/jql", **query)["issues"]]


def task_of(call: Caller, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Return the task that a call leads to."""
    answer = call.session.request(method, URL + path, json=body, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return dict(call.session.get(answer.headers["location"]).json())


# -- the archive --------------------------------------------------------------------------------------------


def test_an_archived_issue_is_read_but_neither_found_nor_changed(
    admin: Caller, call: Caller, bug: str, child: str
) -> None:
    asked = {"issueIdsOrKeys": [bug, child, "ENG-99"]}
    assert call("PUT", f"{API}/issue/archive", asked).status_code == 403
    told = admin.ok("PUT", f"{API}/issue/archive", asked)
    assert told["numberOfIssuesUpdated"] == 2  # the sub-task goes with its parent
    assert told["errors"]["issueIsSubtask"]["issueIdsOrKeys"] == [child]
    assert told["errors"]["issuesNotFound"]["count"] == 1
    assert found(call) == []
    assert call.ok("GET", f"{API}/issue/{bug}")["key"] == bug
    assert admin("PUT", f"{API}/issue/{bug}", {"fields": {"summary": "x"}}).status_code == 400
    assert call("POST", f"/rest/api/2/issue/{child}/comment", {"body": "x"}).status_code == 400
    assert admin("PUT", f"{API}/issue/archive", {"issueIdsOrKeys": ["ENG-99"]}).status_code == 400
    assert admin("PUT", f"{API}/issue/archive", {}).status_code == 400
    back = admin.ok("PUT", f"{API}/issue/unarchive", {"issueIdsOrKeys": [bug]})
    assert (back["numberOfIssuesUpdated"], found(call)) == (2, [bug, child])
    call.ok("PUT", f"{API}/issue/{bug}", {"fields": {"summary": "x"}})


def test_the_first_thousand_are_archived(admin: Caller, bug: str) -> None:
    asked = {"issueIdsOrKeys": [bug, *(f"ENG-{number}" for number in range(2, 1002))]}
    assert admin("PUT", f"{API}/issue/archive", asked).status_code == 412
    assert found(admin) == []


def test_issues_of_an_archived_project_are_left_alone(admin: Caller, bug: str) -> None:
    admin.ok("POST", f"{API}/project/ENG/archive")
    told = admin("PUT", f"{API}/issue/archive", {"issueIdsOrKeys": [bug]})
    assert (told.status_code, told.json()["errorMessages"]) == (
        400,
        [f"Issue exists in archived project. {bug}"],
    )


def test_a_query_archives_what_it_finds(admin: Caller, call: Caller, bug: str) -> None:
    assert admin("POST", f"{API}/issue/archive", {"jql": "colour = red"}).status_code == 400
    assert call("POST", f"{API}/issue/archive", {"jql": "project = ENG"}).status_code == 403
    started = admin("POST", f"{API}/issue/archive", {"jql": "project = ENG"})
    assert started.status_code == 202
    task = admin.session.get(started.json()).json()
    assert (task["status"], task["result"]) == ("COMPLETE", {"numberOfIssuesUpdated": 1})
    assert found(call) == []


def test_the_archive_is_mailed_as_a_table(admin: Caller, call: Caller, bug: str, site: Site) -> None:
    admin.ok("PUT", f"{API}/issue/archive", {"issueIdsOrKeys": [bug]})
    path = f"{API}/issues/archive/export"
    assert call("PUT", path, {}).status_code == 403
    for asked, expected in (
        ({}, [bug]),
        ({"projects": ["HELP"]}, []),
        ({"projects": ["ENG"], "archivedBy": [site.act("admin").user.account_id]}, [bug]),
        ({"archivedDateRange": {"dateAfter": "2026-03-01", "dateBefore": "2026-03-02"}}, [bug]),
        ({"archivedDateRange": {"dateAfter": "2026-04-01", "dateBefore": "2026-04-02"}}, []),
    ):
        started = admin("PUT", path, asked)
        assert (started.status_code, started.json()["status"]) == (202, "COMPLETE")
        mail = site.outbox.pop()
        assert [row["Key"] for row in csv.DictReader(StringIO(mail.body))] == expected
    assert admin("PUT", path, {"archivedDateRange": {"dateAfter": "x", "dateBefore": "y"}}).status_code == 400


def test_a_task_that_is_done_cannot_be_cancelled(admin: Caller, call: Caller, bug: str) -> None:
    task = task_of(call, "PUT", f"{API}/issue/properties/team", {"value": 1})["id"]
    assert call("POST", f"{API}/task/{task}/cancel").status_code == 400
    assert admin("POST", f"{API}/task/{task}/cancel").status_code == 400
    assert call("POST", f"{API}/task/99/cancel").status_code == 404
    assert call("GET", f"{API}/task/99").status_code == 404


def test_only_who_began_a_task_cancels_it(calls_of: Callable[[str], Caller], call: Caller, bug: str) -> None:
    task = task_of(call, "PUT", f"{API}/issue/properties/team", {"value": 1})["id"]
    assert calls_of("ada.keller")("POST", f"{API}/task/{task}/cancel").status_code == 403


# -- one property on many issues ----------------------------------------------------------------------------


def test_a_property_is_set_and_removed_on_what_a_filter_lets_through(call: Caller, site: Site) -> None:
    issues = [site.act("bot").create_issue("ENG", "Bug", f"Bug {number}") for number in range(3)]
    numbers = [int(call.ok("GET", f"{API}/issue/{key}")["id"]) for key in issues]
    path = f"{API}/issue/properties/team"

    def values() -> list[Any]:
        shown = (call.ok("GET", f"{API}/issue/{key}", properties="team") for key in issues)
        return [one.get("properties", {}).get("team") for one in shown]

    assert task_of(call, "PUT", path, {"value": "red"})["status"] == "COMPLETE"
    assert values() == ["red"] * 3
    task_of(call, "PUT", path, {"value": "blue", "filter": {"entityIds": numbers[:2]}})
    task_of(call, "PUT", path, {"value": {"size": 4}, "filter": {"currentValue": "red"}})
    assert values() == ["blue", "blue", {"size": 4}]
    task_of(call, "DELETE", path, {"currentValue": "blue", "entityIds": numbers[1:]})
    assert values() == ["blue", None, {"size": 4}]
    task_of(call, "PUT", path, {"value": "new", "filter": {"hasProperty": False}})
    assert values() == ["blue", "new", {"size": 4}]
    task_of(call, "DELETE", path, {})
    assert values() == [None] * 3


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"expression": "issue.key"},
        {"value": 1, "filter": {"hasProperty": False, "currentValue": 1}},
        {"value": 1, "filter": {"entityIds": ["ENG-1"]}},
        {"value": 1, "filter": {"colour": "red"}},
        {"value": "x" * 40_000},
    ],
)
def test_a_wrong_property_for_many_is_refused(call: Caller, bug: str, asked: dict[str, Any]) -> None:
    assert call("PUT", f"{API}/issue/properties/team", asked).status_code == 400


def test_issues_that_one_may_not_edit_keep_their_properties(call: Caller, bug: str, site: Site) -> None:
    site.take_away("bot", "ENG", "EDIT_ISSUES")
    task_of(call, "PUT", f"{API}/issue/properties/team", {"value": 1})
    assert call.ok("GET", f"{API}/issue/{bug}/properties")["keys"] == []


# -- worklogs -----------------------------------------------------------------------------------------------


def log(call: Caller, issue: str, spent: str, **more: Any) -> int:
    return int(call.ok("POST", f"/rest/api/2/issue/{issue}/worklog", {"timeSpent": spent, **more})["id"])


def test_worklogs_move_to_another_issue(admin: Caller, call: Caller, bug: str, site: Site) -> None:
    other = site.act("bot").create_issue("ENG", "Bug", "Other")
    for key in (bug, other):
        call.ok("PUT", f"{API}/issue/{key}", {"fields": {"timetracking": {"originalEstimate": "1d"}}})
    logs = [log(call, bug, "1h"), log(call, bug, "2h")]
    asked = {"ids": logs, "issueIdOrKey": other}
    path = f"{API}/issue/{bug}/worklog/move"
    assert call("POST", path, asked).status_code == 400  # takes the right to touch anybody's
    before = len(site.act("bot").history(bug))
    assert admin("POST", path, asked).status_code == 204
    assert [one["id"] for one in call.ok("GET", f"{API}/issue/{other}/worklog")["worklogs"]] == [
        str(number) for number in logs
    ]
    assert call.ok("GET", f"{API}/issue/{bug}/worklog")["total"] == 0
    estimates = [site.act("bot").get(key)["fields"]["timetracking"] for key in (bug, other)]
    assert [one["remainingEstimate"] for one in estimates] == ["2h", "1d 3h"]
    assert len(site.act("bot").history(bug)) == before
    assert admin("POST", path, asked).status_code == 404
    back = f"{API}/issue/{other}/worklog/move"
    assert admin("POST", back, {"ids": logs, "issueIdOrKey": other}).status_code == 400
    assert admin("POST", back, {"ids": [], "issueIdOrKey": bug}).status_code == 400


def test_a_worklog_for_a_role_stays(admin: Caller, call: Caller, bug: str, site: Site) -> None:
    other = site.act("bot").create_issue("ENG", "Bug", "Other")
    logged = log(admin, bug, "1h", visibility={"type": "role", "value": "Administrators"})
    asked = {"ids": [logged], "issueIdOrKey": other}
    assert admin("POST", f"{API}/issue/{bug}/worklog/move", asked).status_code == 400


def test_worklogs_are_deleted_together(admin: Caller, call: Caller, bug: str) -> None:
    logs = [log(call, bug, "1h"), log(call, bug, "2h"), log(call, bug, "3h")]
    path = f"{API}/issue/{bug}/worklog"
    assert call("DELETE", path, {"ids": logs[:2]}).status_code == 400
    assert admin("DELETE", path, {"ids": logs[:2]}, adjustEstimate="leave").status_code == 204
    assert [one["id"] for one in call.ok("GET", path)["worklogs"]] == [str(logs[2])]
    assert admin("DELETE", path, {"ids": logs[:1]}).status_code == 404


# -- the rest -----------------------------------------------------------------------------------------------


def test_a_new_issue_makes_a_transition_at_once(call: Caller, site: Site, bug: str) -> None:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Half done"}
    step = call.ok("GET", f"{API}/issue/{bug}/transitions")["transitions"][0]
    asked = {"fields": fields, "transition": {"id": step["id"]}}
    key = call.ok("POST", f"{API}/issue", asked)["key"]
    assert site.act("bot").get(key)["fields"]["status"]["name"] == step["to"]["name"]
    assert call("POST", f"{API}/issue", asked | {"transition": {"id": "999"}}).status_code == 400
    assert found(call, "summary ~ half") == [key]


def test_a_mail_goes_only_to_whom_the_restriction_admits(call: Caller, bug: str, site: Site) -> None:
    accounts = [site.act(name).user.account_id for name in ("ada.keller", "admin")]
    to = {"users": [{"accountId": account} for account in accounts]}

    def mailed(restrict: dict[str, Any]) -> list[str]:
        site.outbox.clear()
        asked = {"textBody": "Look", "to": to, "restrict": restrict}
        assert call("POST", f"{API}/issue/{bug}/notify", asked).status_code in (204, 400)
        return [mail.to for mail in site.outbox]

    people = [site.act(name).user.email for name in ("ada.keller", "admin")]
    assert mailed({}) == people
    assert mailed({"permissions": [{"key": "DELETE_ISSUES"}]}) == people[1:]
    assert mailed({"groups": [{"name": "jira-administrators"}]}) == people[1:]
    assert mailed({"permissions": [{"key": "SERVICEDESK_AGENT"}]}) == []


def test_the_events_of_the_site_are_for_administrators(admin: Caller, call: Caller) -> None:
    assert admin.ok("GET", f"{API}/events")[:2] == [
        {"id": 1, "name": "Issue Created"},
        {"id": 2, "name": "Issue Updated"},
    ]
    assert call("GET", f"{API}/events").status_code == 403
