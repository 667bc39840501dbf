"""Issue types and their properties."""

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import issue_types
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.issue.properties import Holder, Properties, routes

_CREATE = ("description", "hierarchyLevel", "name", "type")
_EDIT = ("avatarId", "description", "name")


def every(call: Call) -> Answer:
    return Answer(200, [call.view.piece(kind) for kind in call.store.configuration.issue_types])


def get(call: Call) -> Answer:
    return Answer(200, call.view.piece(_type(call)))


def create(call: Call) -> Answer:
    made = issue_types.create(call.store, call.actor, call.object(*_CREATE))
    return Answer(201, call.view.piece(made))


def edit(call: Call) -> Answer:
    administer(call.store, call.actor)
    found = _type(call)
    issue_types.edit(call.store, call.actor, found, call.object(*_EDIT))
    return Answer(200, call.view.piece(found))


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    issue_types.delete(call.store, call.actor, _type(call), call.query.get("alternativeIssueTypeId"))
    return Answer(204)


def alternatives(call: Call) -> Answer:
    return Answer(200, [call.view.piece(one) for one in issue_types.alternatives(call.store, _type(call))])


def of_project(call: Call) -> Answer:
    reference, level = call.query.get("projectId", ""), call.query.get("level")
    project = call.store.configuration.project(reference)
    if project is None or not call.store.rights.may(call.user, "BROWSE_PROJECTS", project):
        raise Refused(404, f"No project could be found with id '{reference}'.")
    kinds = [kind for kind in project.issue_types if level is None or str(kind.level) == level]
    return Answer(200, [call.view.piece(kind) for kind in kinds])


def _type(call: Call) -> IssueType:
    reference = call.parameters["id"]
    found = call.store.configuration.issue_types.find(reference)
    if not found:
        raise Refused(404, f"The issue type '{reference}' does not exist.")
    return found[0]


def _properties(call: Call) -> Holder:
    found = _type(call)

    def save(fresh: Properties) -> None:
        found.properties = fresh or None

    address = f"{call.view.api}/issuetype/{found.id}/properties"
    return Holder(found.properties, address, lambda: administer(call.store, call.actor), save)


ROUTES: list[Route] = [
    ("GET", "/issuetype", every),
    ("POST", "/issuetype", create),
    ("GET", "/issuetype/{id}", get),
    ("PUT", "/issuetype/{id}", edit),
    ("DELETE", "/issuetype/{id}", delete),
    ("GET", "/issuetype/{id}/alternatives", alternatives),
    *routes("/issuetype/{id}/properties", _properties),
]
CLOUD_ROUTES: list[Route] = [("GET", "/issuetype/project", of_project)]
