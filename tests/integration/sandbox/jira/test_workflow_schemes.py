"""Workflow schemes: which workflow issues of a type go through."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.sandbox.jira.caller import Caller
from tests.integration.sandbox.jira.test_workflows import (
    BUG,
    DOING,
    TASK,
    TO_DO,
    field,
    flow,
    move,
    names,
    new,
    payload,
    step,
)

API = "/rest/api/3"
SCHEMES = f"{API}/workflowscheme"
SOFTWARE, SERVICE = "Software workflow", "Service workflow"
ENG, HELP = "10000", "10001"


@pytest.fixture
def admin(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("admin")


def create(admin: Caller, name: str = "Ours", **more: Any) -> str:
    return str(admin.ok("POST", SCHEMES, {"name": name, **more})["id"])


def ours(admin: Caller, **more: Any) -> str:
    """Make a workflow of our own, and a scheme that sends bugs through it."""
    admin.ok("POST", f"{API}/workflows/create", payload(flow(step("11", "Start", DOING))))
    return create(admin, issueTypeMappings={BUG: "Ours"}, **more)


def test_a_scheme_is_created_read_changed_and_deleted(admin: Caller) -> None:
    number = create(admin, description="For us", issueTypeMappings={BUG: SERVICE})
    shown = admin.ok("GET", f"{SCHEMES}/{number}")
    assert (shown["defaultWorkflow"], shown["issueTypeMappings"], shown["draft"]) == (
        SOFTWARE,
        {BUG: SERVICE},
        False,
    )
    changed = admin.ok("PUT", f"{SCHEMES}/{number}", {"name": "Theirs", "defaultWorkflow": SERVICE})
    assert (changed["name"], changed["defaultWorkflow"], changed["issueTypeMappings"]) == (
        "Theirs",
        SERVICE,
        {BUG: SERVICE},
    )
    assert admin.ok("GET", SCHEMES)["total"] == 3
    assert admin("DELETE", f"{SCHEMES}/{number}").status_code == 204
    assert admin("GET", f"{SCHEMES}/{number}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"name": ""},
        {"name": "Software workflow scheme"},
        {"name": "Ours", "defaultWorkflow": "Nothing"},
        {"name": "Ours", "issueTypeMappings": {"1": SOFTWARE}},
        {"name": "Ours", "issueTypeMappings": {BUG: "Nothing"}},
    ],
)
def test_a_scheme_has_a_name_of_its_own_and_known_parts(admin: Caller, asked: dict[str, Any]) -> None:
    assert admin("POST", SCHEMES, asked).status_code == 400
    assert admin.ok("GET", SCHEMES)["total"] == 2


def test_only_administrators_read_and_change_workflow_schemes(call: Caller) -> None:
    assert call("GET", SCHEMES).status_code == 403
    assert call("POST", SCHEMES, {"name": "Ours"}).status_code == 403
    assert (
        call("PUT", f"{SCHEMES}/project", {"projectId": ENG, "workflowSchemeId": "10001"}).status_code == 403
    )
    assert call("POST", f"{SCHEMES}/read", {"workflowSchemeIds": ["10000"]}).status_code == 401


def test_the_parts_of_a_scheme_are_set_one_by_one(admin: Caller) -> None:
    at = f"{SCHEMES}/{create(admin)}"
    assert admin.ok("PUT", f"{at}/default", {"workflow": SERVICE})["defaultWorkflow"] == SERVICE
    assert admin.ok("GET", f"{at}/default") == {"workflow": SERVICE}
    assert admin.ok("DELETE", f"{at}/default")["defaultWorkflow"] == SOFTWARE
    assert admin.ok("PUT", f"{at}/issuetype/{BUG}", {"workflow": SERVICE})["issueTypeMappings"] == {
        BUG: SERVICE
    }
    assert admin.ok("GET", f"{at}/issuetype/{BUG}")["workflow"] == SERVICE
    assert admin.ok("DELETE", f"{at}/issuetype/{BUG}")["issueTypeMappings"] == {}
    both = admin.ok("PUT", f"{at}/workflow", {"issueTypes": [BUG, TASK]}, workflowName=SERVICE)
    assert both["issueTypeMappings"] == {BUG: SERVICE, TASK: SERVICE}
    one = admin.ok(
        "PUT", f"{at}/workflow", {"issueTypes": [BUG], "defaultMapping": True}, workflowName=SERVICE
    )
    assert (one["issueTypeMappings"], one["defaultWorkflow"]) == ({BUG: SERVICE}, SERVICE)
    shown = admin.ok("GET", f"{at}/workflow", workflowName=SERVICE)
    assert shown == {"workflow": SERVICE, "issueTypes": [BUG], "defaultMapping": True}
    assert admin("DELETE", f"{at}/workflow", workflowName=SERVICE).status_code == 200
    assert admin("GET", f"{at}/workflow", workflowName=SERVICE).status_code == 404


def test_a_scheme_in_use_changes_by_a_draft_that_is_published(admin: Caller, call: Caller) -> None:
    admin.ok("POST", f"{API}/workflows/create", payload(flow(step("11", "Start", DOING))))
    at = f"{SCHEMES}/10000"
    bug = new(call)
    assert admin("PUT", f"{at}/issuetype/{BUG}", {"workflow": "Ours"}).status_code == 400
    asked = {"workflow": "Ours", "updateDraftIfNeeded": True}
    draft = admin.ok("PUT", f"{at}/issuetype/{BUG}", asked)
    assert (draft["draft"], draft["issueTypeMappings"], draft["originalIssueTypeMappings"]) == (
        True,
        {BUG: "Ours"},
        {},
    )
    assert admin.ok("GET", at)["issueTypeMappings"] == {}
    assert admin.ok("GET", at, returnDraftIfExists=True)["draft"] is True
    assert admin.ok("GET", f"{at}/draft/issuetype/{BUG}")["workflow"] == "Ours"
    assert names(call, bug) == ["Start work", "Done"]
    assert admin("POST", f"{at}/draft/publish", {"statusMappings": []}, validateOnly=True).status_code == 204
    answer = admin.session.post(f"http://jira.test{at}/draft/publish", json={}, allow_redirects=False)
    assert answer.status_code == 303
    assert names(call, bug) == ["Start"]
    assert admin("GET", f"{at}/draft").status_code == 404


def test_a_draft_is_made_changed_and_given_up(admin: Caller) -> None:
    at = f"{SCHEMES}/10000"
    assert admin("POST", f"{at}/createdraft").status_code == 201
    assert admin("POST", f"{at}/createdraft").status_code == 400
    assert admin.ok("PUT", f"{at}/draft", {"description": "Soon"})["description"] == "Soon"
    assert admin.ok("PUT", f"{at}/draft/default", {"workflow": SERVICE})["defaultWorkflow"] == SERVICE
    assert admin("DELETE", f"{at}/draft").status_code == 204
    assert admin("DELETE", f"{at}/draft").status_code == 404
    assert admin("PUT", f"{at}/draft/default", {"workflow": SERVICE}).status_code == 404


def test_a_scheme_is_assigned_to_projects_without_issues_only(admin: Caller, call: Caller) -> None:
    number = ours(admin)
    asked = {"projectId": ENG, "workflowSchemeId": number}
    assert admin("PUT", f"{SCHEMES}/project", asked).status_code == 204
    shown = admin.ok("GET", f"{SCHEMES}/project", projectId=[ENG, HELP])["values"]
    assert [(one["workflowScheme"]["name"], one["projectIds"]) for one in shown] == [
        ("Service workflow scheme", [HELP]),
        ("Ours", [ENG]),
    ]
    assert admin.ok("GET", f"{SCHEMES}/{number}/projectUsages")["projects"]["values"] == [{"id": ENG}]
    assert admin("DELETE", f"{SCHEMES}/{number}").status_code == 400
    assert names(call, new(call)) == ["Start"]
    assert admin("PUT", f"{SCHEMES}/project", asked).status_code == 400


def test_a_switch_moves_issues_out_of_statuses_that_their_workflow_lacks(admin: Caller, call: Caller) -> None:
    number, bug = ours(admin), new(call)
    move(call, bug, "11")
    move(call, bug, "21")
    asked: dict[str, Any] = {"projectId": ENG, "targetSchemeId": number}
    at = f"http://jira.test{SCHEMES}/project/switch"
    assert admin.session.post(at, json=asked, allow_redirects=False).status_code == 400
    mapping = {"issueTypeId": BUG, "statusMappings": [{"oldStatusId": "10001", "newStatusId": TO_DO}]}
    asked["mappingsByIssueTypeOverride"] = [mapping]
    done = admin.session.post(at, json=asked, allow_redirects=False)
    assert done.status_code == 303
    assert admin.session.get(done.headers["Location"]).json()["status"] == "COMPLETE"
    assert (field(call, bug, "status")["id"], names(call, bug)) == (TO_DO, ["Start"])


def test_a_scheme_is_read_and_changed_at_once_in_the_newer_form(admin: Caller, call: Caller) -> None:
    ours(admin)
    flow_id = admin.ok("POST", f"{API}/workflows", {"workflowNames": ["Ours"]})["workflows"][0]["id"]
    bug = new(call)
    move(call, bug, "11")
    move(call, bug, "21")
    shown = admin.ok("POST", f"{SCHEMES}/read", {"projectIds": [ENG]})[0]
    assert (shown["name"], shown["defaultWorkflow"]["name"]) == ("Software workflow scheme", SOFTWARE)
    rows = [{"issueTypeIds": [BUG], "workflowId": flow_id}]
    asked = {"id": shown["id"], "workflowsForIssueTypes": rows}
    needed = admin.ok("POST", f"{SCHEMES}/update/mappings", asked)
    assert needed["statusMappingsByIssueTypes"] == [{"issueTypeId": BUG, "statusIds": ["10001"]}]
    asked |= {"name": shown["name"], "description": "", "version": shown["version"]}
    at = f"http://jira.test{SCHEMES}/update"
    assert admin.session.post(at, json=asked, allow_redirects=False).status_code == 400
    pair = {"oldWorkflowId": shown["defaultWorkflow"]["id"], "newWorkflowId": flow_id}
    asked["statusMappingsByWorkflows"] = [
        {**pair, "statusMappings": [{"oldStatusId": "10001", "newStatusId": TO_DO}]}
    ]
    assert admin.session.post(at, json=asked, allow_redirects=False).status_code == 303
    assert (field(call, bug, "status")["id"], names(call, bug)) == (TO_DO, ["Start"])
    assert admin.session.post(at, json=asked, allow_redirects=False).status_code == 400
