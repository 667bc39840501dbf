"""The workflow schemes of projects, and schemes in the newer form, which knows no drafts."""

from collections.abc import Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.workflow import workflow_schemes as schemes
from careloop.sandbox.jira.actions.workflow.migrations import Moves, Origin
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.scheme import Scheme
from careloop.sandbox.jira.model.workflow import Workflow
from careloop.sandbox.jira.rest.call import INVALID_PAYLOAD, Answer, Call, Route, strings
from careloop.sandbox.jira.rest.setup.workflow_schemes import show_scheme
from careloop.sandbox.jira.rest.tasks import lead_to

Flows = Scheme[Workflow]
_UPDATE = (
    *("defaultWorkflowId", "description", "id", "name", "statusMappingsByIssueTypeOverride"),
    *("statusMappingsByWorkflows", "version", "workflowsForIssueTypes"),
)
_MOST = 100


def associations(call: Call) -> Answer:
    """Return the schemes of some projects, each with those of the projects that use it."""
    administer(call.store, call.actor)
    wanted = call.words("projectId")
    if not 0 < len(wanted) <= _MOST:
        raise Refused(400, f"Between 1 and {_MOST} project ids must be given.")
    rows = []
    for scheme in call.store.configuration.workflow_schemes:
        ids = [project.id for project in schemes.users(call.store, scheme) if project.id in wanted]
        if ids:
            rows.append({"projectIds": ids, "workflowScheme": show_scheme(call, scheme)})
    return Answer(200, {"values": rows})


def assign(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked = call.object("projectId", "workflowSchemeId")
    project = _project(call, asked.get("projectId"), 404)
    number = asked.get("workflowSchemeId")
    every = call.store.configuration.workflow_schemes
    scheme = schemes.find(call.store, number) if number else next(iter(every))
    schemes.assign(call.store, project, scheme)
    return Answer(204)


def switch(call: Call) -> Answer:
    """Have a project use another scheme, as a task."""
    administer(call.store, call.actor, 401)
    asked = call.object("mappingsByIssueTypeOverride", "projectId", "targetSchemeId")
    project = _project(call, asked.get("projectId"), 400)
    scheme = schemes.find(call.store, asked.get("targetSchemeId"), 400)
    moves = _by_type(call, asked.get("mappingsByIssueTypeOverride"))
    schemes.switch(call.store, call.actor, project, scheme, moves)
    return lead_to(call, f"Switch the workflow scheme of {project.name}")


def read(call: Call) -> Answer:
    """Return schemes by their ids or by projects that use them."""
    administer(call.store, call.actor, 401)
    asked = call.object("projectIds", "workflowSchemeIds")
    ids, projects = strings(asked, "workflowSchemeIds"), strings(asked, "projectIds")
    rows = [
        scheme
        for scheme in call.store.configuration.workflow_schemes
        if scheme.id in ids or any(one.id in projects for one in schemes.users(call.store, scheme))
    ]
    return Answer(200, [_show(scheme) for scheme in rows])


def update(call: Call) -> Answer:
    """Change a scheme at once, in use or not; issues that have to move do so as a task."""
    administer(call.store, call.actor, 401)
    asked = call.object(*_UPDATE)
    scheme = schemes.find(call.store, asked.get("id"), 400)
    version = asked.get("version")
    if not isinstance(version, Mapping) or version.get("versionNumber") != scheme.version:
        raise Refused(400, f"The version of the workflow scheme is {scheme.version} by now.")
    fresh = _desired(call, scheme, asked)
    schemes.describe(call.store, fresh, {name: asked.get(name) for name in ("name", "description")})
    moves = {
        **_by_workflow(call, scheme, fresh, asked.get("statusMappingsByWorkflows")),
        **_by_type(call, asked.get("statusMappingsByIssueTypeOverride")),
    }
    moved = schemes.replace(call.store, call.actor, scheme, fresh, moves, only_check=False)
    return lead_to(call, f"Update the workflow scheme {scheme.name}") if moved else Answer(200)


def required(call: Call) -> Answer:
    """Return the statuses that issues would lose by a change, by type and by workflow."""
    administer(call.store, call.actor, 401)
    asked = call.object("defaultWorkflowId", "id", "workflowsForIssueTypes")
    scheme = schemes.find(call.store, asked.get("id"), 400)
    fresh = _desired(call, scheme, asked)
    by_type: dict[str, list[str]] = {}
    by_pair: dict[tuple[str, str], list[str]] = {}
    kinds = {kind.id for project in schemes.users(call.store, scheme) for kind in project.issue_types}
    for kind in sorted(kinds):
        before, after = scheme.of(kind), fresh.of(kind)
        lost = [one.id for one in before.statuses() if one not in after.statuses()]
        if lost:
            by_type[kind], by_pair[before.id, after.id] = lost, lost
    return Answer(
        200, {**_show_lost(by_type, by_pair), **_show_statuses([*scheme.things(), *fresh.things()])}
    )


def _desired(call: Call, scheme: Flows, asked: Mapping[str, Any]) -> Flows:
    """Return a scheme as a request wants it; without a word of workflows these stay."""
    default = (
        _workflow(call, asked["defaultWorkflowId"]) if asked.get("defaultWorkflowId") else scheme.default
    )
    fresh = Scheme(scheme.id, scheme.name, default, dict(scheme.mapping), scheme.description)
    rows = asked.get("workflowsForIssueTypes")
    if rows is not None:
        fresh.mapping = {
            schemes.known_type(call.store, kind, 400): _workflow(call, row.get("workflowId"))
            for row in _objects(rows)
            for kind in strings(row, "issueTypeIds")
        }
    return fresh


def _by_type(call: Call, rows: object) -> Moves:
    pairs = [
        (str(row.get("issueTypeId")), one)
        for row in _objects(rows)
        for one in _objects(row.get("statusMappings"))
    ]
    return schemes.read_moves(call.store, pairs, "oldStatusId", "newStatusId")


def _by_workflow(call: Call, scheme: Flows, fresh: Flows, rows: object) -> Moves:
    """Return where issues go by the workflows that their types come from and go to."""
    found: dict[Origin, Any] = {}
    for row in _objects(rows):
        before, after = row.get("oldWorkflowId"), row.get("newWorkflowId")
        kinds = [
            kind.id
            for kind in call.store.configuration.issue_types
            if scheme.of(kind.id).id == before and fresh.of(kind.id).id == after
        ]
        pairs = [(kind, one) for kind in kinds for one in _objects(row.get("statusMappings"))]
        found |= schemes.read_moves(call.store, pairs, "oldStatusId", "newStatusId")
    return found


def _objects(rows: object) -> list[Mapping[str, Any]]:
    given = rows or []
    if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
        raise Refused(400, INVALID_PAYLOAD)
    return given


def _workflow(call: Call, reference: object) -> Workflow:
    found = call.store.configuration.workflows.by_id(reference)
    if found is None:
        raise Refused(400, f"The workflow with the id '{reference}' does not exist.")
    return found


def _project(call: Call, reference: object, status: int) -> Project:
    found = call.store.configuration.projects.by_id(reference)
    if found is None:
        raise Refused(status, f"The project with the id '{reference}' does not exist.")
    return found


def _show(scheme: Flows) -> dict[str, Any]:
    kinds: dict[Workflow, list[str]] = {}
    for kind, flow in scheme.mapping.items():
        kinds.setdefault(flow, []).append(kind)
    return {
        "id": scheme.id,
        "name": scheme.name,
        "description": scheme.description,
        "scope": {"type": "GLOBAL"},
        "version": {"id": scheme.id, "versionNumber": scheme.version},
        "defaultWorkflow": _show_workflow(scheme.default),
        "workflowsForIssueTypes": [
            {"workflow": _show_workflow(flow), "issueTypeIds": ids} for flow, ids in kinds.items()
        ],
    }


def _show_workflow(flow: Workflow) -> dict[str, Any]:
    version = {"id": flow.id, "versionNumber": flow.version}
    return {"id": flow.id, "name": flow.name, "description": flow.description, "version": version}


def _show_lost(
    by_type: Mapping[str, list[str]], by_pair: Mapping[tuple[str, str], list[str]]
) -> dict[str, Any]:
    return {
        "statusMappingsByIssueTypes": [{"issueTypeId": k, "statusIds": ids} for k, ids in by_type.items()],
        "statusMappingsByWorkflows": [
            {"sourceWorkflowId": before, "targetWorkflowId": after, "statusIds": ids}
            for (before, after), ids in by_pair.items()
        ],
    }


def _show_statuses(flows: Iterable[Workflow]) -> dict[str, Any]:
    known = list(dict.fromkeys(flows))
    statuses = dict.fromkeys(one for flow in known for one in flow.statuses())
    return {
        "statuses": [{"id": one.id, "name": one.name, "category": one.category.code} for one in statuses],
        "statusesPerWorkflow": [
            {
                "workflowId": flow.id,
                "initialStatusId": flow.initial.id,
                "statuses": [one.id for one in flow.statuses()],
            }
            for flow in known
        ],
    }


CLOUD_ROUTES: list[Route] = [
    ("GET", "/workflowscheme/project", associations),
    ("PUT", "/workflowscheme/project", assign),
    ("POST", "/workflowscheme/project/switch", switch),
    ("POST", "/workflowscheme/read", read),
    ("POST", "/workflowscheme/update", update),
    ("POST", "/workflowscheme/update/mappings", required),
]
