"""Workflow schemes and their drafts: which workflow issues of a type go through."""

from collections.abc import Callable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.workflow import workflow_schemes as schemes
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.scheme import Draft, Scheme
from careloop.sandbox.jira.model.workflow import Workflow
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.usages import usages
from careloop.sandbox.jira.rest.tasks import lead_to

_GIVEN = (
    *("defaultWorkflow", "description", "draft", "id", "issueTypeMappings", "issueTypes", "lastModified"),
    *("lastModifiedUser", "name", "originalDefaultWorkflow", "originalIssueTypeMappings", "self"),
    "updateDraftIfNeeded",
)
Flows = Scheme[Workflow]


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = list(call.store.configuration.workflow_schemes)
    return Answer(200, bean(call, "workflowscheme", rows, lambda scheme: show_scheme(call, scheme)))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(201, show_scheme(call, schemes.create(call.store, call.object(*_GIVEN))))


def get(call: Call) -> Answer:
    scheme = _scheme(call)
    if call.flag("returnDraftIfExists") and scheme.id in call.store.configuration.workflow_drafts:
        return get_draft(call)
    return Answer(200, show_scheme(call, scheme))


def edit(call: Call) -> Answer:
    asked, scheme = call.object(*_GIVEN), _scheme(call)
    target = _target(call, scheme, asked)
    schemes.describe(call.store, target, asked)
    return _changed(call, scheme, target)


def delete(call: Call) -> Answer:
    schemes.delete(call.store, _scheme(call))
    return Answer(204)


def project_usages(call: Call) -> Answer:
    administer(call.store, call.actor, 401)
    scheme = schemes.find(call.store, call.parameters["scheme"])
    ids = [project.id for project in schemes.users(call.store, scheme)]
    return Answer(200, {"workflowSchemeId": scheme.id, "projects": usages(call, ids)})


def create_draft(call: Call) -> Answer:
    administer(call.store, call.actor)
    scheme = schemes.find(call.store, call.parameters["scheme"], 400)
    if scheme.id in call.store.configuration.workflow_drafts or not schemes.users(call.store, scheme):
        raise Refused(400, f"The workflow scheme '{scheme.name}' is not active, or has a draft already.")
    return Answer(201, _show_draft(call, scheme, schemes.draft_of(call.store, call.actor, scheme)))


def get_draft(call: Call) -> Answer:
    scheme = _scheme(call)
    return Answer(200, _show_draft(call, scheme, schemes.find_draft(call.store, scheme)))


def edit_draft(call: Call) -> Answer:
    """Change a draft, which is made if there is none."""
    asked, scheme = call.object(*_GIVEN), _scheme(call)
    draft = schemes.draft_of(call.store, call.actor, scheme)
    schemes.describe(call.store, draft.scheme, asked)
    return Answer(200, _show_draft(call, scheme, draft))


def delete_draft(call: Call) -> Answer:
    scheme = _scheme(call)
    schemes.find_draft(call.store, scheme)
    del call.store.configuration.workflow_drafts[scheme.id]
    return Answer(204)


def publish(call: Call) -> Answer:
    """Make a scheme what its draft says, as a task."""
    scheme, store = _scheme(call), call.store
    draft, only_check = schemes.find_draft(store, scheme), call.flag("validateOnly")
    rows = call.object("statusMappings").get("statusMappings") if call.body else ()
    pairs = [(str(row.get("issueTypeId")), row) for row in rows or () if isinstance(row, Mapping)]
    moves = schemes.read_moves(store, pairs, "statusId", "newStatusId")
    schemes.replace(store, call.actor, scheme, draft.scheme, moves, only_check=only_check)
    if only_check:
        return Answer(204)
    del store.configuration.workflow_drafts[scheme.id]
    return lead_to(call, f"Publish the draft of {scheme.name}")


def default(call: Call) -> Answer:
    return Answer(200, {"workflow": _shown(call).default.name})


def set_default(call: Call) -> Answer:
    asked = call.object("workflow", "updateDraftIfNeeded")
    scheme = _scheme(call)
    flow = schemes.workflow(call.store, asked.get("workflow"), 400)
    target = _target(call, scheme, asked)
    target.default = flow
    return _changed(call, scheme, target)


def reset_default(call: Call) -> Answer:
    scheme = _scheme(call)
    target = _target(call, scheme, {})
    target.default = schemes.first(call.store)
    return _changed(call, scheme, target)


def of_type(call: Call) -> Answer:
    scheme, kind = _shown(call), schemes.known_type(call.store, call.parameters["type"])
    return Answer(200, {"issueType": kind, "workflow": scheme.of(kind).name})


def set_type(call: Call) -> Answer:
    scheme, kind = _scheme(call), schemes.known_type(call.store, call.parameters["type"])
    asked = call.object("issueType", "workflow", "updateDraftIfNeeded")
    flow = schemes.workflow(call.store, asked.get("workflow"))
    target = _target(call, scheme, asked)
    target.mapping[kind] = flow
    return _changed(call, scheme, target)


def drop_type(call: Call) -> Answer:
    scheme, kind = _scheme(call), schemes.known_type(call.store, call.parameters["type"])
    target = _target(call, scheme, {})
    target.mapping.pop(kind, None)
    return _changed(call, scheme, target)


def of_workflow(call: Call) -> Answer:
    """Return the types that go through a workflow, the default one when none is named."""
    scheme, name = _shown(call), call.query.get("workflowName")
    flow = schemes.workflow(call.store, name) if name else scheme.default
    if flow not in scheme.things():
        raise Refused(404, f"The workflow '{flow.name}' is not in the workflow scheme.")
    kinds = [kind for kind, one in scheme.mapping.items() if one is flow]
    shown = {"workflow": flow.name, "issueTypes": kinds, "defaultMapping": scheme.default is flow}
    return Answer(200, shown)


def set_workflow(call: Call) -> Answer:
    scheme, flow = _scheme(call), _named_workflow(call)
    asked = call.object("defaultMapping", "issueTypes", "updateDraftIfNeeded", "workflow")
    target = _target(call, scheme, asked)
    schemes.set_types(call.store, target, flow, asked)
    return _changed(call, scheme, target)


def drop_workflow(call: Call) -> Answer:
    scheme, flow = _scheme(call), _named_workflow(call)
    target = _target(call, scheme, {})
    schemes.drop(call.store, target, flow)
    _changed(call, scheme, target)
    return Answer(200)


def _named_workflow(call: Call) -> Workflow:
    return schemes.workflow(call.store, call.query.get("workflowName") or "")


def _scheme(call: Call) -> Flows:
    administer(call.store, call.actor)
    return schemes.find(call.store, call.parameters["scheme"])


def _shown(call: Call) -> Flows:
    """Return the scheme that is read: its draft where the address or the caller says so."""
    scheme = _scheme(call)
    drafts = call.store.configuration.workflow_drafts
    if _is_draft(call) or (call.flag("returnDraftIfExists") and scheme.id in drafts):
        return schemes.find_draft(call.store, scheme).scheme
    return scheme


def _target(call: Call, scheme: Flows, asked: Mapping[str, Any]) -> Flows:
    """Return the scheme that is changed: the draft where the address says so, or one has to be."""
    if _is_draft(call):
        schemes.find_draft(call.store, scheme)
        return schemes.draft_of(call.store, call.actor, scheme).scheme
    wanted = asked.get("updateDraftIfNeeded") is True or call.flag("updateDraftIfNeeded")
    return schemes.editable(call.store, call.actor, scheme, draft=wanted)


def _is_draft(call: Call) -> bool:
    return call.parameters.get("place") == "draft"


def _changed(call: Call, scheme: Flows, target: Flows) -> Answer:
    call.store.configuration.revision += 1
    if target is scheme:
        scheme.version += 1
        return Answer(200, show_scheme(call, scheme))
    return Answer(200, _show_draft(call, scheme, schemes.find_draft(call.store, scheme)))


def show_scheme(call: Call, scheme: Flows) -> dict[str, Any]:
    """Return a scheme in the older form, which names workflows."""
    return {
        "id": int(scheme.id),
        "name": scheme.name,
        "description": scheme.description,
        "defaultWorkflow": scheme.default.name,
        "issueTypeMappings": {kind: flow.name for kind, flow in scheme.mapping.items()},
        "draft": False,
        "self": f"{call.view.api}/workflowscheme/{scheme.id}",
    }


def _show_draft(call: Call, scheme: Flows, draft: Draft[Workflow]) -> dict[str, Any]:
    return {
        **show_scheme(call, draft.scheme),
        "id": int(draft.id),
        "draft": True,
        "originalDefaultWorkflow": scheme.default.name,
        "originalIssueTypeMappings": {kind: flow.name for kind, flow in scheme.mapping.items()},
        "lastModified": call.view.instant(draft.edited),
        "lastModifiedUser": call.view.piece(call.store.people.by_account(draft.editor)),
        "self": f"{call.view.api}/workflowscheme/{scheme.id}/draft",
    }


def _in_draft(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """Return a handler that does the same to the draft of a scheme."""

    def answer(call: Call) -> Answer:
        call.parameters = {**call.parameters, "place": "draft"}
        return handler(call)

    return answer


_PARTS: list[Route] = [
    ("GET", "/default", default),
    ("PUT", "/default", set_default),
    ("DELETE", "/default", reset_default),
    ("GET", "/issuetype/{type}", of_type),
    ("PUT", "/issuetype/{type}", set_type),
    ("DELETE", "/issuetype/{type}", drop_type),
    ("GET", "/workflow", of_workflow),
    ("PUT", "/workflow", set_workflow),
    ("DELETE", "/workflow", drop_workflow),
]
ROUTES: list[Route] = [
    ("POST", "/workflowscheme", create),
    ("GET", "/workflowscheme/{scheme}", get),
    ("PUT", "/workflowscheme/{scheme}", edit),
    ("DELETE", "/workflowscheme/{scheme}", delete),
    ("POST", "/workflowscheme/{scheme}/createdraft", create_draft),
    ("GET", "/workflowscheme/{scheme}/draft", get_draft),
    ("PUT", "/workflowscheme/{scheme}/draft", edit_draft),
    ("DELETE", "/workflowscheme/{scheme}/draft", delete_draft),
    *((method, f"/workflowscheme/{{scheme}}{path}", handler) for method, path, handler in _PARTS),
    *((m, f"/workflowscheme/{{scheme}}/draft{path}", _in_draft(handler)) for m, path, handler in _PARTS),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/workflowscheme", every),
    ("GET", "/workflowscheme/{scheme}/projectUsages", project_usages),
    ("POST", "/workflowscheme/{scheme}/draft/publish", publish),
]
