"""Statuses in the newer form: in bulk, for the whole site or one project, with what uses them."""

from typing import Any

from careloop.sandbox.jira.actions.workflow import statuses
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.usages import usages

_MOST = 50


def several(call: Call) -> Answer:
    """Return statuses by their ids; unknown ones are left out."""
    call.sign_in()
    found = [call.store.configuration.statuses.by_id(one) for one in _asked(call, "id")]
    return Answer(200, [show_status(status) for status in found if status])


def named(call: Call) -> Answer:
    """Return statuses by their names: those of a project, or those of the whole site."""
    call.sign_in()
    names = {name.casefold() for name in _asked(call, "name")}
    rows = [one for one in _in_scope(call) if one.name.casefold() in names]
    return Answer(200, [show_status(status) for status in rows])


def search(call: Call) -> Answer:
    """Return statuses by a part of their name, perhaps those of one project or category only."""
    call.sign_in()
    wanted, code = call.query.get("searchString", "").casefold(), call.query.get("statusCategory")
    if code:
        statuses.category(call.store, code)
    scope = _in_scope(call) if call.query.get("projectId") else call.store.configuration.statuses
    rows = [one for one in scope if wanted in one.name.casefold() and code in (None, "", one.category.code)]
    return Answer(200, bean(call, "statuses/search", rows, show_status, 200))


def create(call: Call) -> Answer:
    asked = call.object("scope", "statuses")
    if "scope" not in asked:
        raise Refused(400, "The scope must be given.")
    scope = statuses.read_scope(call.store, asked["scope"])
    statuses.permit(call.store, call.actor, scope)
    made = statuses.create(call.store, scope, asked.get("statuses"))
    return Answer(200, [show_status(status) for status in made])


def edit(call: Call) -> Answer:
    statuses.edit(call.store, call.actor, call.object("statuses").get("statuses"))
    return Answer(204)


def delete(call: Call) -> Answer:
    statuses.delete(call.store, call.actor, _asked(call, "id"))
    return Answer(204)


def project_usages(call: Call) -> Answer:
    status = _found(call)
    ids = [project.id for project in call.store.configuration.projects if _types(project, status)]
    return Answer(200, {"statusId": status.id, "projects": usages(call, ids)})


def type_usages(call: Call) -> Answer:
    status = _found(call)
    project = call.store.configuration.projects.by_id(call.parameters["project"])
    ids = [kind.id for kind in _types(project, status)] if project else []
    number = call.parameters["project"]
    return Answer(200, {"statusId": status.id, "projectId": number, "issueTypes": usages(call, ids)})


def workflow_usages(call: Call) -> Answer:
    status = _found(call)
    ids = [flow.id for flow in call.store.configuration.workflows if status in flow.statuses()]
    return Answer(200, {"statusId": status.id, "workflows": usages(call, ids)})


def show_status(status: Status) -> dict[str, Any]:
    """Return a status as the newer operations show it."""
    return {
        "id": status.id,
        "name": status.name,
        "statusCategory": status.category.code,
        "scope": show_scope(status.project),
        "description": status.description,
    }


def show_scope(project: str | None) -> dict[str, Any]:
    """Return where a status or workflow can be used: in a project, by its id, or everywhere."""
    return {"type": "PROJECT", "project": {"id": project}} if project else {"type": "GLOBAL"}


def _asked(call: Call, name: str) -> list[str]:
    given = call.query.getlist(name) if name == "name" else call.words(name)
    if not 0 < len(given) <= _MOST:
        raise Refused(400, f"Between 1 and {_MOST} values of '{name}' must be given.")
    return given


def _in_scope(call: Call) -> list[Status]:
    """Return the statuses that a project has for itself or in its workflows, without one those of all."""
    every, number = call.store.configuration.statuses, call.query.get("projectId")
    project = call.store.configuration.projects.by_id(number)
    used = [one for one in every if project and _types(project, one)]
    return [one for one in every if one.project == (number or None) or one in used]


def _found(call: Call) -> Status:
    call.sign_in()
    return statuses.find(call.store, call.parameters["status"], 404)


def _types(project: Project, status: Status) -> list[IssueType]:
    flows = project.schemes.workflow
    return [kind for kind in project.issue_types if status in flows.of(kind.id).statuses()]


CLOUD_ROUTES: list[Route] = [
    ("GET", "/statuses", several),
    ("POST", "/statuses", create),
    ("PUT", "/statuses", edit),
    ("DELETE", "/statuses", delete),
    ("GET", "/statuses/byNames", named),
    ("GET", "/statuses/search", search),
    ("GET", "/statuses/{status}/projectUsages", project_usages),
    ("GET", "/statuses/{status}/project/{project}/issueTypeUsages", type_usages),
    ("GET", "/statuses/{status}/workflowUsages", workflow_usages),
]
