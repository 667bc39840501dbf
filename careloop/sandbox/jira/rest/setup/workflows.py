"""Workflows in the newer form: created, changed and read in bulk."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.workflow import statuses, workflow_rules, workflows
from careloop.sandbox.jira.actions.workflow.workflow_plans import Problem
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.workflow import Workflow
from careloop.sandbox.jira.rest.call import INVALID_PAYLOAD, Answer, Call, Route, page, strings
from careloop.sandbox.jira.rest.setup.usages import usages
from careloop.sandbox.jira.rest.setup.workflow_views import show_workflows

_READERS = ("ADMINISTER_PROJECTS", "VIEW_READONLY_WORKFLOW")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SORTS: Mapping[str, Callable[[Workflow], Any]] = {
    "name": lambda one: one.name.casefold(),
    "created": lambda one: one.created or _LONG_AGO,
    "updated": lambda one: one.updated or one.created or _LONG_AGO,
}
_RULES = {
    "system:restrict-issue-transition": "Restrict who can move an issue",
    "system:previous-status-condition": "Restrict by the statuses an issue has been in",
    "system:parent-or-child-blocking-condition": "Block the parent until sub-tasks move on",
    "system:separation-of-duties": "Separation of duties",
    "system:restrict-from-all-users": "Hide from all users",
    "system:check-field-value": "Restrict by the value of a field",
    "system:check-permission-validator": "Check a permission",
    "system:parent-or-child-blocking-validator": "Check the status of the parent",
    "system:previous-status-validator": "Check the statuses an issue has been in",
    "system:validate-field-value": "Check the value of a field",
    "system:change-assignee": "Assign an issue",
    "system:update-field": "Update a field",
    "system:copy-value-from-other-field": "Copy the value of a field",
    "system:transition-screen": "Show a screen",
}


def read(call: Call) -> Answer:
    """Return workflows by name, by id, or by the types of projects that go through them."""
    call.sign_in()
    asked, store = call.object("projectAndIssueTypes", "workflowIds", "workflowNames"), call.store
    names, ids = strings(asked, "workflowNames"), strings(asked, "workflowIds")
    used = [_of_type(call, pair) for pair in asked.get("projectAndIssueTypes") or ()]
    rows = [
        one
        for one in store.configuration.workflows
        if (one.name in names or one.id in ids or one in used) and _sees(call, one)
    ]
    return Answer(200, show_workflows(rows))


def search(call: Call) -> Answer:
    """Return workflows by a part of their name; their transitions when these are to be expanded."""
    call.sign_in()
    wanted, scope = call.query.get("queryString", "").casefold(), call.query.get("scope", "").upper()
    active, order = call.query.get("isActive"), call.query.get("orderBy", "name").lstrip("+")
    if order.lstrip("-") not in _SORTS:
        raise Refused(400, f"The orderBy must be one of {', '.join(_SORTS)}.")
    rows = [
        one
        for one in call.store.configuration.workflows
        if wanted in one.name.casefold()
        and (not scope or scope == ("PROJECT" if one.project else "GLOBAL"))
        and (active is None or bool(workflows.users_of(call.store, one)) is (active.lower() == "true"))
        and _sees(call, one)
    ]
    rows.sort(key=_SORTS[order.lstrip("-")], reverse=order.startswith("-"))
    content = page(call, "values", rows, lambda one: one)
    whole = "values.transitions" in call.words("expand")
    shown = show_workflows(content["values"], transitions=whole)
    last = content["startAt"] + content["maxResults"] >= len(rows)
    return Answer(
        200, {**content, "isLast": last, "values": shown["workflows"], "statuses": shown["statuses"]}
    )


def create(call: Call) -> Answer:
    made = workflows.create(call.store, call.actor, call.object("scope", "statuses", "workflows"))
    return Answer(200, show_workflows(made))


def update(call: Call) -> Answer:
    changed = workflows.update(call.store, call.actor, call.object("statuses", "workflows"))
    return Answer(200, show_workflows(changed))


def validate_new(call: Call) -> Answer:
    planning, _ = workflows.plan_new(call.store, call.actor, _payload(call))
    return Answer(200, {"errors": [_show_problem(one) for one in planning.problems]})


def validate_change(call: Call) -> Answer:
    planning, _ = workflows.plan_change(call.store, call.actor, _payload(call))
    return Answer(200, {"errors": [_show_problem(one) for one in planning.problems]})


def capabilities(call: Call) -> Answer:
    """Return the rules that a transition can have on this site."""
    call.sign_in()
    flow = call.store.configuration.workflows.by_id(call.query.get("workflowId"))
    if call.query.get("workflowId") and flow is None:
        raise Refused(400, "The workflow does not exist.")
    statuses.permit(call.store, call.actor, flow.project if flow else call.query.get("projectId"))
    rows = [
        _show_rule(kind.name, key)
        for kind in (workflow_rules.CONDITION, workflow_rules.VALIDATOR, workflow_rules.FUNCTION)
        for key in dict.fromkeys(key.partition("/")[0] for key in kind.played)
    ]
    return Answer(
        200,
        {
            "editorScope": "PROJECT" if flow and flow.project else "GLOBAL",
            "projectTypes": ["software", "service_desk", "business"],
            "systemRules": [*rows, _show_rule("Screen", workflow_rules.SCREEN)],
            "connectRules": [],
            "forgeRules": [],
            "triggerRules": [],
        },
    )


def editor(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"value": "NEW"})


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    workflows.delete(call.store, _found(call))
    return Answer(204)


def project_usages(call: Call) -> Answer:
    flow = _found(call)
    ids = [project.id for project, _ in workflows.users_of(call.store, flow)]
    return Answer(200, {"workflowId": flow.id, "projects": usages(call, ids)})


def type_usages(call: Call) -> Answer:
    flow, number = _found(call), call.parameters["project"]
    ids = [kind.id for project, kind in workflows.users_of(call.store, flow) if project.id == number]
    return Answer(200, {"workflowId": flow.id, "projectId": number, "issueTypes": usages(call, ids)})


def scheme_usages(call: Call) -> Answer:
    flow = _found(call)
    schemes = call.store.configuration.workflow_schemes
    ids = [scheme.id for scheme in schemes if flow in scheme.things()]
    return Answer(200, {"workflowId": flow.id, "workflowSchemes": usages(call, ids)})


def _payload(call: Call) -> Mapping[str, Any]:
    payload = call.object("payload", "validationOptions").get("payload")
    if not isinstance(payload, Mapping):
        raise Refused(400, INVALID_PAYLOAD)
    return payload


def _found(call: Call) -> Workflow:
    call.sign_in()
    found = call.store.configuration.workflows.by_id(call.parameters["workflow"])
    if found is None:
        raise Refused(404, f"The workflow with the id '{call.parameters['workflow']}' does not exist.")
    return found


def _of_type(call: Call, pair: object) -> Workflow | None:
    if not isinstance(pair, Mapping):
        raise Refused(400, INVALID_PAYLOAD)
    project = call.store.configuration.projects.by_id(pair.get("projectId"))
    return project.schemes.workflow.of(str(pair.get("issueTypeId"))) if project else None


def _sees(call: Call, workflow: Workflow) -> bool:
    """Return whether the caller administers the site, or may read the workflows of a project's own."""
    project = call.store.configuration.projects.by_id(workflow.project)
    rights = call.store.rights
    return rights.administers(call.user) or any(rights.may(call.user, one, project) for one in _READERS)


def _show_problem(problem: Problem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": problem.part,
        "code": problem.code,
        "level": "ERROR",
        "message": problem.message,
    }
    return shown | ({"elementReference": dict(problem.at)} if problem.at else {})


def _show_rule(kind: str, key: str) -> dict[str, Any]:
    return {
        "ruleKey": key,
        "ruleType": kind,
        "name": _RULES[key],
        "description": "",
        "incompatibleRuleKeys": [],
        "isAvailableForInitialTransition": False,
        "isVisible": True,
    }


CLOUD_ROUTES: list[Route] = [
    ("POST", "/workflows", read),
    ("GET", "/workflows/search", search),
    ("POST", "/workflows/create", create),
    ("POST", "/workflows/create/validation", validate_new),
    ("POST", "/workflows/update", update),
    ("POST", "/workflows/update/validation", validate_change),
    ("GET", "/workflows/capabilities", capabilities),
    ("GET", "/workflows/defaultEditor", editor),
    ("DELETE", "/workflow/{workflow}", delete),
    ("GET", "/workflow/{workflow}/projectUsages", project_usages),
    ("GET", "/workflow/{workflow}/project/{project}/issueTypeUsages", type_usages),
    ("GET", "/workflow/{workflow}/workflowSchemes", scheme_usages),
]
