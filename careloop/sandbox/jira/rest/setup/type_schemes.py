"""Issue type schemes: which types the issues of a project can have."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import type_schemes as schemes
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.scheme_lists import asked_ids, by_project, select


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = select(call, call.store.configuration.type_schemes)
    return Answer(200, bean(call, "issuetypescheme", rows, lambda scheme: _show(call, scheme)))


def mapping(call: Call) -> Answer:
    """Return the types of schemes, one pair after the other."""
    administer(call.store, call.actor)
    ids = asked_ids(call, "issueTypeSchemeId")
    rows = [
        {"issueTypeSchemeId": scheme.id, "issueTypeId": kind.id}
        for scheme in call.store.configuration.type_schemes
        if not ids or scheme.id in ids
        for kind in scheme.members
    ]
    return Answer(200, bean(call, "issuetypescheme/mapping", rows, lambda row: row))


def projects(call: Call) -> Answer:
    administer(call.store, call.actor)

    def show(scheme: schemes.Types) -> dict[str, Any]:
        return {"issueTypeScheme": _show(call, scheme)}

    path = "issuetypescheme/project"
    return Answer(200, by_project(call, path, lambda project: project.schemes.types, show))


def assign(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked = call.object("issueTypeSchemeId", "projectId")
    project = known_project(call, asked.get("projectId"))
    schemes.assign(call.store, project, schemes.find(call.store, asked.get("issueTypeSchemeId")))
    return Answer(204)


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked = call.object("defaultIssueTypeId", "description", "issueTypeIds", "name")
    return Answer(201, {"issueTypeSchemeId": schemes.create(call.store, asked).id})


def edit(call: Call) -> Answer:
    asked = call.object("defaultIssueTypeId", "description", "name")
    schemes.edit(call.store, _scheme(call), asked)
    return Answer(204)


def delete(call: Call) -> Answer:
    schemes.delete(call.store, _scheme(call))
    return Answer(204)


def add(call: Call) -> Answer:
    schemes.add(call.store, _scheme(call), call.object("issueTypeIds"))
    return Answer(204)


def move(call: Call) -> Answer:
    schemes.move(call.store, _scheme(call), call.object("after", "issueTypeIds", "position"))
    return Answer(204)


def remove(call: Call) -> Answer:
    schemes.remove(call.store, _scheme(call), call.parameters["type"])
    return Answer(204)


def known_project(call: Call, reference: object) -> Project:
    """Return a project by its id; 404 when there is none."""
    found = call.store.configuration.projects.by_id(reference)
    if found is None:
        raise Refused(404, f"The project with the id '{reference}' does not exist.")
    return found


def _scheme(call: Call) -> schemes.Types:
    administer(call.store, call.actor)
    return schemes.find(call.store, call.parameters["scheme"])


def _show(call: Call, scheme: schemes.Types) -> dict[str, Any]:
    shown = {"id": scheme.id, "name": scheme.name, "description": scheme.description}
    default = {"defaultIssueTypeId": scheme.default.id} if scheme.default else {}
    return {**shown, **default, "isDefault": scheme is schemes.default(call.store)}


CLOUD_ROUTES: list[Route] = [
    ("GET", "/issuetypescheme", every),
    ("POST", "/issuetypescheme", create),
    ("GET", "/issuetypescheme/mapping", mapping),
    ("GET", "/issuetypescheme/project", projects),
    ("PUT", "/issuetypescheme/project", assign),
    ("PUT", "/issuetypescheme/{scheme}", edit),
    ("DELETE", "/issuetypescheme/{scheme}", delete),
    ("PUT", "/issuetypescheme/{scheme}/issuetype", add),
    ("PUT", "/issuetypescheme/{scheme}/issuetype/move", move),
    ("DELETE", "/issuetypescheme/{scheme}/issuetype/{type}", remove),
]
