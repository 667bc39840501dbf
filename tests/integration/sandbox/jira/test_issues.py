"""Issues by plain requests: many at once, the calls around one, and what workflows permit."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

ENG = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}}


def make(call: Caller) -> str:
    fields = {**ENG, "summary": "Screen flickers"}
    return str(call.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"])


def test_many_are_created_and_failures_are_told_beside_them(call: Caller) -> None:
    updates = [
        {"fields": {**ENG, "summary": "One"}},
        {"fields": ENG},
        {"fields": {**ENG, "summary": "Three"}},
    ]
    answer = call("POST", "/rest/api/3/issue/bulk", {"issueUpdates": updates})
    assert answer.status_code == 201
    made = answer.json()
    assert [issue["key"] for issue in made["issues"]] == ["ENG-1", "ENG-2"]
    (failure,) = made["errors"]
    assert (failure["failedElementNumber"], failure["status"]) == (1, 400)
    assert list(failure["elementErrors"]["errors"]) == ["summary"]
    assert call("POST", "/rest/api/3/issue/bulk", {"issueUpdates": [{"fields": ENG}]}).status_code == 400
    assert call("POST", "/rest/api/3/issue/bulk", {"issueUpdates": updates * 20}).status_code == 400
    assert call("POST", "/rest/api/3/issue/bulk", {"issueUpdates": []}).status_code == 400


def test_many_are_changed_by_a_task(calls_of: Callable[[str], Caller], call: Caller, bug: str) -> None:
    other = call.ok("POST", "/rest/api/2/issue", {"fields": {**ENG, "summary": "Screen"}})["key"]
    selected = {"selectedIssueIdsOrKeys": [bug, other, "ENG-99"]}
    together = call.ok("GET", "/rest/api/3/bulk/issues/transition", issueIdsOrKeys=f"{bug},{other}")
    (group,) = together["availableTransitions"]
    assert (group["issues"], group["isTransitionsFiltered"]) == ([bug, other], True)
    assert [step["transitionName"] for step in group["transitions"]] == ["Start work"]
    inputs = [{**selected, "transitionId": "11"}]
    made = call("POST", "/rest/api/3/bulk/issues/transition", {"bulkTransitionInputs": inputs})
    assert made.status_code == 201
    shown = call.ok("GET", f"/rest/api/3/bulk/queue/{made.json()['taskId']}")
    assert (shown["status"], len(shown["processedAccessibleIssues"])) == ("COMPLETE", 2)
    assert (shown["totalIssueCount"], shown["invalidOrInaccessibleIssueCount"]) == (3, 1)
    assert call.ok("GET", f"/rest/api/3/issue/{other}")["fields"]["status"]["name"] == "In Progress"
    task = call.ok("POST", "/rest/api/3/bulk/issues/unwatch", selected)["taskId"]
    assert call.ok("GET", f"/rest/api/3/issue/{bug}")["fields"]["watches"]["isWatching"] is False
    task = call.ok("POST", "/rest/api/3/bulk/issues/delete", selected)["taskId"]
    assert len(call.ok("GET", f"/rest/api/3/bulk/queue/{task}")["failedAccessibleIssues"]) == 2
    calls_of("admin").ok("POST", "/rest/api/3/bulk/issues/delete", selected)
    assert call("GET", f"/rest/api/3/issue/{bug}").status_code == 404
    assert call("POST", "/rest/api/3/bulk/issues/delete", {}).status_code == 400


def test_many_are_edited_by_a_task(call: Caller, bug: str) -> None:
    document: dict[str, Any] = {"type": "doc", "version": 1, "content": []}
    asked = {
        "selectedIssueIdsOrKeys": [bug],
        "selectedActions": ["summary", "labels", "priority", "components", "duedate", "description"],
        "editedFieldsInput": {
            "singleLineTextFields": [{"fieldId": "summary", "text": "All new"}],
            "labelsFields": [
                {"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{"name": "a"}]}
            ],
            "priority": {"priorityId": "2"},
            "multiselectComponents": {
                "fieldId": "components",
                "bulkEditMultiSelectFieldOption": "REPLACE",
                "components": [{"componentId": 10000}],
            },
            "datePickerFields": [{"fieldId": "duedate", "date": {"formattedDate": "2026-05-01"}}],
            "richTextFields": [{"fieldId": "description", "richText": {"adfValue": document}}],
        },
    }
    task = call.ok("POST", "/rest/api/3/bulk/issues/fields", asked)["taskId"]
    assert call.ok("GET", f"/rest/api/3/bulk/queue/{task}")["failedAccessibleIssues"] == {}
    fields = call.ok("GET", f"/rest/api/3/issue/{bug}")["fields"]
    assert (fields["summary"], fields["labels"], fields["priority"]["name"]) == ("All new", ["a"], "High")
    assert [one["name"] for one in fields["components"]] == ["Network"]
    assert (fields["duedate"], fields["description"]["content"]) == ("2026-05-01", [])
    nothing = asked | {"selectedActions": ["environment"]}
    assert call("POST", "/rest/api/3/bulk/issues/fields", nothing).status_code == 400


def test_an_issue_holds_so_much_and_no_more(
    calls_of: Callable[[str], Caller], call: Caller, site: Site, bug: str
) -> None:
    site.switches.issue_capacity = 2
    comment, path = {"body": "On it"}, f"/rest/api/2/issue/{bug}"
    assert [call("POST", f"{path}/comment", comment).status_code for _ in range(3)] == [201, 201, 413]
    work = {"timeSpent": "1h"}
    assert [call("POST", f"{path}/worklog", work).status_code for _ in range(3)] == [201, 201, 413]
    thing = {"object": {"url": "https://example.com", "title": "x"}}
    assert [call("POST", f"{path}/remotelink", thing).status_code for _ in range(3)] == [201, 201, 413]
    ends = {"inwardIssue": {"key": bug}, "outwardIssue": {"key": make(call)}}
    kinds = ("Relates", "Blocks", "Causes")
    links = [{"type": {"name": kind}, **ends} for kind in kinds]
    assert [call("POST", "/rest/api/2/issueLink", link).status_code for link in links] == [201, 201, 413]
    report = calls_of("admin").ok("GET", "/rest/api/3/issue/limit/report", isReturningKeys="true")
    assert report["issuesBreachingLimit"]["comments"] == {bug: 2}
    assert call("GET", "/rest/api/3/issue/limit/report").status_code == 403


def test_history_is_found_by_ids(call: Caller, bug: str) -> None:
    for summary in ("One", "Two", "Three"):
        call.ok("PUT", f"/rest/api/3/issue/{bug}", {"fields": {"summary": summary}})
    entries = call.ok("GET", f"/rest/api/3/issue/{bug}/changelog")["values"]
    wanted = {"changelogIds": [int(entries[1]["id"]), 99]}
    listed = call.ok("POST", f"/rest/api/3/issue/{bug}/changelog/list", wanted)
    assert [entry["id"] for entry in listed["histories"]] == [entries[1]["id"]]
    assert call("POST", f"/rest/api/3/issue/{bug}/changelog/list", {"changelogIds": []}).status_code == 400


def test_an_issue_is_assigned_and_unassigned(call: Caller, site: Site, bug: str) -> None:
    path, ada = f"/rest/api/3/issue/{bug}/assignee", site.act("ada.keller").user.account_id

    def assignee() -> Any:
        return call.ok("GET", f"/rest/api/3/issue/{bug}", fields="assignee")["fields"]["assignee"]

    assert call("PUT", path, {"accountId": ada}).status_code == 204
    assert assignee()["accountId"] == ada
    assert call("PUT", path, {"accountId": None}).status_code == 204
    assert assignee() is None
    call.ok("PUT", path, {"accountId": "-1"})
    assert assignee() is None
    assert call("PUT", path, {}).status_code == 400
    assert call("PUT", path, {"accountId": "nobody"}).status_code == 400
    site.take_away("bot", "ENG", "ASSIGN_ISSUES")
    assert call("PUT", path, {"accountId": ada}).status_code == 403


def test_a_transition_may_take_a_permission_of_its_own(call: Caller, site: Site, bug: str) -> None:
    path = f"/rest/api/3/issue/{bug}/transitions"
    assert [(s["name"], s["isConditional"]) for s in call.ok("GET", path)["transitions"]] == [
        ("Start work", False),
        ("Done", True),
    ]
    site.take_away("bot", "ENG", "RESOLVE_ISSUES")
    assert [step["name"] for step in call.ok("GET", path)["transitions"]] == ["Start work"]
    every = call.ok("GET", path, includeUnavailableTransitions="true")["transitions"]
    assert [(step["name"], step["isAvailable"]) for step in every] == [("Start work", True), ("Done", False)]
    done = {"transition": {"id": "31"}, "fields": {"resolution": {"name": "Done"}}}
    assert call("POST", path, done).status_code == 400


def test_people_are_told_of_an_issue_on_demand(call: Caller, site: Site, bug: str) -> None:
    site.act("ada.keller").comment(bug, "On it")
    path = f"/rest/api/3/issue/{bug}/notify"
    asked = {"subject": "Look", "textBody": "Please", "to": {"watchers": True, "reporter": True}}
    assert call("POST", path, asked).status_code == 204
    (mail,) = site.outbox
    assert (mail.to, mail.subject, mail.body) == ("ada.keller@example.com", "Look", "Please")
    assert call("POST", path, {"to": {"reporter": True}}).status_code == 400  # nobody but the caller


def test_long_texts_are_rendered_when_asked(call: Caller, bug: str) -> None:
    call.ok("PUT", f"/rest/api/2/issue/{bug}", {"fields": {"description": "Since <noon>\n\nEvery day"}})
    shown = call.ok("GET", f"/rest/api/2/issue/{bug}", expand="renderedFields")["renderedFields"]
    assert shown["description"] == "<p>Since &lt;noon&gt;</p>\n<p>Every day</p>"
    assert shown["summary"] is None
    made = call.ok("POST", f"/rest/api/2/issue/{bug}/comment", {"body": "On it"}, expand="renderedBody")
    assert made["renderedBody"] == "<p>On it</p>"


def test_a_comment_is_restricted_by_name_or_id(calls_of: Callable[[str], Caller], bug: str) -> None:
    ada, path = calls_of("ada.keller"), f"/rest/api/3/issue/{bug}/comment"
    role = next(r for r in ada.ok("GET", "/rest/api/3/project/ENG")["roles"].items() if r[0] == "Developers")
    body: dict[str, Any] = {"body": {"type": "doc", "version": 1, "content": [{"type": "paragraph"}]}}
    assert ada("POST", path, body).status_code == 400  # it says nothing
    text = [{"type": "text", "text": "x"}]
    body["body"]["content"] = [{"type": "paragraph", "content": text}]
    by_id = {"type": "role", "identifier": role[1].rpartition("/")[2]}
    made = ada.ok("POST", path, body | {"visibility": by_id})
    assert made["visibility"] == {"type": "role", "value": "Developers", "identifier": by_id["identifier"]}
    wrong = {"type": "role", "value": "Administrators"}
    assert ada("POST", path, body | {"visibility": wrong}).status_code == 400
    group = {"type": "group", "value": "jira-users"}
    assert ada.ok("POST", path, body | {"visibility": group})["visibility"]["value"] == "jira-users"
    assert ada("POST", path, body | {"visibility": {"type": "group", "value": "elves"}}).status_code == 400
