"""Projects: what they are, their statuses, and what creating an issue in them takes."""

from typing import Any

from careloop.sandbox.jira.actions.editing import screen_for
from careloop.sandbox.jira.actions.metadata import show_field
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean, page
from careloop.sandbox.jira.view import show_project


def all_projects(call: Call) -> Answer:
    return Answer(200, [_brief(call, project) for project in _visible(call)])


def search(call: Call) -> Answer:
    wanted = call.query.get("query", "").casefold()
    rows = [p for p in _visible(call) if wanted in p.name.casefold() or wanted in p.key.casefold()]
    keys = call.words("keys")
    rows = [p for p in rows if not keys or p.key in keys]
    return Answer(200, bean(call, "project/search", rows, lambda project: _brief(call, project)))


def get(call: Call) -> Answer:
    project, view = call.project, call.view
    lead = call.store.people.by_name(project.lead)
    shown = {
        **_brief(call, project),
        "description": "",
        "lead": view.piece(lead),
        "components": [view.piece(component) for component in project.components],
        "issueTypes": [view.piece(kind) for kind in project.issue_types],
        "assigneeType": "UNASSIGNED",
        "versions": [view.piece(version) for version in project.versions],
        "roles": {
            role.name: f"{view.api}/project/{project.id}/role/{role.id}"
            for role in call.store.configuration.roles
        },
    }
    return Answer(200, shown)


def statuses(call: Call) -> Answer:
    project, view = call.project, call.view
    shown = [view.piece(status) for status in project.workflow.statuses()]
    rows = [
        {
            "self": f"{view.api}/issuetype/{kind.id}",
            "id": kind.id,
            "name": kind.name,
            "subtask": kind.subtask,
            "statuses": shown,
        }
        for kind in project.issue_types
    ]
    return Answer(200, rows)


def versions(call: Call) -> Answer:
    return Answer(200, [call.view.piece(version) for version in call.project.versions])


def components(call: Call) -> Answer:
    return Answer(200, [call.view.piece(component) for component in call.project.components])


def creatable_types(call: Call) -> Answer:
    """Return the issue types that one can create; Data Center has another name for the list."""
    kinds = list(_creatable(call).issue_types)
    return Answer(200, page(call, "issueTypes" if call.store.is_cloud else "values", kinds, call.view.piece))


def creatable_fields(call: Call) -> Answer:
    """Return the fields that creating an issue of one type takes."""
    project = _creatable(call)
    kind = _type(project, call.parameters["type"])
    screen = screen_for(call.store, call.actor, project)
    names = ["project", *screen.fields()]
    required = {*screen.required, "project", "issuetype", *(["parent"] if kind.subtask else [])}
    configuration = call.store.configuration

    def show(name: str) -> dict[str, Any]:
        field = configuration.fields[name]
        return {
            "fieldId": name,
            **show_field(call.store, call.view, project, field, required=name in required),
        }

    return Answer(200, page(call, "fields" if call.store.is_cloud else "values", names, show))


def _creatable(call: Call) -> Project:
    project = call.project
    if not call.store.rights.may(call.user, "CREATE_ISSUES", project):
        raise Refused(
            404, f"No project could be found with key '{project.key}' or you may not create issues in it."
        )
    return project


def _type(project: Project, reference: str) -> IssueType:
    for kind in project.issue_types:
        if kind.id == reference:
            return kind
    raise Refused(404, f"The issue type '{reference}' does not exist in project '{project.key}'.")


def _visible(call: Call) -> list[Project]:
    rights = call.store.rights
    return [p for p in call.store.configuration.projects if rights.may(call.user, "BROWSE_PROJECTS", p)]


def _brief(call: Call, project: Project) -> dict[str, Any]:
    return {"expand": "description,lead,issueTypes,url,projectKeys", **show_project(call.view, project)}


ROUTES: list[Route] = [
    ("GET", "/project", all_projects),
    ("GET", "/project/{project}", get),
    ("GET", "/project/{project}/statuses", statuses),
    ("GET", "/project/{project}/versions", versions),
    ("GET", "/project/{project}/components", components),
    ("GET", "/issue/createmeta/{project}/issuetypes", creatable_types),
    ("GET", "/issue/createmeta/{project}/issuetypes/{type}", creatable_fields),
]
CLOUD_ROUTES: list[Route] = [("GET", "/project/search", search)]
