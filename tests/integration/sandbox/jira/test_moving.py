"""Issues that go to another project or get another type, and the fields that many let one edit."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/api/3"
PATH = f"{API}/bulk/issues/move"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


@pytest.fixture
def ops(admin: Caller, site: Site) -> str:
    """A second software project with a component and a version of its own."""
    lead = site.act("ada.keller").user.account_id
    asked = {"key": "OPS", "name": "Operations", "projectTypeKey": "software", "leadAccountId": lead}
    admin.ok("POST", f"{API}/project", asked)
    admin.ok("POST", f"{API}/component", {"name": "Network", "project": "OPS"})
    return "OPS"


def move(call: Caller, goal: str, *issues: str, **more: Any) -> dict[str, Any]:
    """Move issues and return what came of it."""
    mapping = {goal: {"issueIdsOrKeys": list(issues), "inferStatusDefaults": True, **more}}
    task = call.ok("POST", PATH, {"targetToSourcesMapping": mapping})["taskId"]
    return dict(call.ok("GET", f"{API}/bulk/queue/{task}"))


def test_an_issue_moves_with_its_sub_tasks_and_keeps_what_is_known_there(
    call: Caller, site: Site, ops: str
) -> None:
    bot = site.act("bot")
    bug = bot.create_issue("ENG", "Bug", "Printer jams", components=[{"name": "Network"}, {"name": "Mail"}])
    child = bot.create_issue("ENG", "Sub-task", "Clean it", parent={"key": bug})
    bot.transition(bug, bot.transitions(bug)[0])
    status = bot.get(bug)["fields"]["status"]["name"]
    told = move(call, f"{ops},10002", bug, "ENG-99")
    assert (len(told["processedAccessibleIssues"]), told["invalidOrInaccessibleIssueCount"]) == (1, 1)
    moved = bot.get(bug)
    assert (moved["key"], moved["fields"]["project"]["key"]) == ("OPS-1", "OPS")
    assert moved["fields"]["issuetype"]["name"] == "Task"
    assert moved["fields"]["status"]["name"] == status
    assert [one["name"] for one in moved["fields"]["components"]] == ["Network"]
    assert moved["fields"]["components"][0]["id"] not in ("10000", "10001")
    assert [one["key"] for one in moved["fields"]["subtasks"]] == ["OPS-2"]
    assert bot.get(child)["key"] == "OPS-2"
    changed = {item["field"]: item["toString"] for item in bot.history(bug)[-1]["items"]}
    assert (changed["Key"], changed["project"], changed["issuetype"]) == ("OPS-1", "Operations", "Task")
    assert bot.search("project = OPS order by key") == ["OPS-1", "OPS-2"]
    assert bot.search(f"key = {bug}") == ["OPS-1"]


def test_an_issue_gets_another_type_and_keeps_its_key(call: Caller, bug: str, site: Site) -> None:
    move(call, "ENG,10002", bug)
    shown = site.act("bot").get(bug)
    assert (shown["key"], shown["fields"]["issuetype"]["name"]) == (bug, "Task")


def test_an_edit_gives_another_type_of_the_same_level(call: Caller, bug: str, site: Site) -> None:
    path = f"/rest/api/2/issue/{bug}"
    assert call("PUT", path, {"fields": {"issuetype": {"name": "Task"}}}).status_code == 204
    assert site.act("bot").get(bug)["fields"]["issuetype"]["name"] == "Task"
    for other in ({"name": "Epic"}, {"name": "Sub-task"}, {"name": "Incident"}, None):
        wrong = call("PUT", path, {"fields": {"issuetype": other}})
        assert (wrong.status_code, set(wrong.json()["errors"])) == (400, {"issuetype"})


def test_an_issue_becomes_a_sub_task_and_back(call: Caller, bug: str, site: Site) -> None:
    bot = site.act("bot")
    parent = bot.create_issue("ENG", "Task", "Parent")
    assert move(call, "ENG,10003", bug)["failedAccessibleIssues"]  # of nobody
    move(call, f"ENG,10003,{parent}", bug)
    assert bot.get(bug)["fields"]["parent"]["key"] == parent
    move(call, "ENG,10004", bug)
    assert "parent" not in bot.get(bug)["fields"] or bot.get(bug)["fields"]["parent"] is None


def test_an_unknown_status_is_replaced_as_told(call: Caller, bug: str, site: Site, admin: Caller) -> None:
    bot = site.act("bot")
    service = call.ok("GET", f"{API}/project/HELP/statuses")[0]
    there = {one["name"]: one["id"] for one in service["statuses"]}
    here = bot.get(bug)["fields"]["status"]
    assert here["name"] not in there
    goal = f"HELP,{service['id']}"
    site.take_away("bot", "HELP", "CREATE_ISSUES")
    assert move(call, goal, bug)["failedAccessibleIssues"]
    assert move(admin, goal, bug, inferStatusDefaults=False)["failedAccessibleIssues"]
    statuses = [{"statuses": {there["In Progress"]: [here["id"]]}}]
    move(admin, goal, bug, inferStatusDefaults=False, targetStatus=statuses)
    moved = bot.get(bug)["fields"]
    assert (moved["project"]["key"], moved["status"]["name"]) == ("HELP", "In Progress")


def test_who_may_not_move_does_not(call: Caller, bug: str, ops: str, site: Site) -> None:
    site.take_away("bot", "ENG", "MOVE_ISSUES")
    failed = move(call, f"{ops},10002", bug)["failedAccessibleIssues"]
    assert list(failed.values()) == [[f"You do not have permission to move the issue '{bug}'."]]
    assert site.act("bot").get(bug)["key"] == bug


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"ENG": {"issueIdsOrKeys": ["ENG-1"]}},
        {"NOPE,10002": {"issueIdsOrKeys": ["ENG-1"]}},
        {"ENG,1": {"issueIdsOrKeys": ["ENG-1"]}},
        {"ENG,10003,ENG-99": {"issueIdsOrKeys": ["ENG-1"]}},
        {"ENG,10002": {"issueIdsOrKeys": []}},
        {"ENG,10002": {"issueIdsOrKeys": ["ENG-1"], "colour": "red"}},
    ],
)
def test_a_wrong_move_is_refused(call: Caller, bug: str, mapping: dict[str, Any]) -> None:
    assert call("POST", PATH, {"targetToSourcesMapping": mapping}).status_code == 400


def test_the_fields_that_all_issues_let_one_edit_are_listed(call: Caller, bug: str, site: Site) -> None:
    request = site.act("gina.rossi").raise_request("Report a problem", "No mail")

    def names(*issues: str, **more: str) -> list[str]:
        query = {"issueIdsOrKeys": ",".join(issues), **more}
        return [one["id"] for one in call.ok("GET", f"{API}/bulk/issues/fields", **query)["fields"]]

    assert {"summary", "priority", "fixVersions"} <= set(names(bug))
    assert "fixVersions" not in names(bug, request)
    assert names(bug, searchText="PRIOR") == ["priority"]
    first = names(bug)[0]
    assert names(bug, startingAfter=first) == names(bug)[1:]
    assert names(bug, endingBefore=names(bug)[1]) == [first]
    shown = call.ok("GET", f"{API}/bulk/issues/fields", issueIdsOrKeys=bug, searchText="comp")["fields"][0]
    assert shown["multiSelectFieldOptions"] == ["ADD", "REMOVE", "REPLACE", "REMOVE_ALL"]
    assert "Network" in [one["value"] for one in shown["fieldOptions"]]
    path = f"{API}/bulk/issues/fields"
    assert call("GET", path, issueIdsOrKeys=bug, searchText="colour").status_code == 404
    assert call("GET", path, issueIdsOrKeys=bug, startingAfter="colour").status_code == 400
