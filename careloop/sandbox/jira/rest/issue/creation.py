"""What creating an issue takes, by project and issue type."""

from collections.abc import Callable
from typing import Any

import orjson

from careloop.sandbox.jira.actions.issue.forms import to_create
from careloop.sandbox.jira.actions.issue.metadata import show_field
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.rest.call import Answer, Call, Route, page


def types(call: Call) -> Answer:
    """Return the issue types that one can create; Data Center has another name for the list."""
    return Answer(200, _page(call, "issueTypes", list(_creatable(call).issue_types), call.view.piece))


def fields(call: Call) -> Answer:
    """Return the fields that creating an issue of one type takes."""
    project = _creatable(call)
    kind = _type(project, call.parameters["type"])
    rows = [{"fieldId": name, **row} for name, row in _fields(call, project, kind).items()]
    return Answer(200, _page(call, "fields", rows, lambda row: row))


def _page(call: Call, name: str, rows: list[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page of rows, which Data Center calls `values` and marks the last of."""
    if call.store.is_cloud:
        return page(call, name, rows, show)
    shown = page(call, "values", rows, show)
    return shown | {"isLast": shown["startAt"] + shown["maxResults"] >= len(rows)}


def everything(call: Call) -> Answer:
    """Return projects with their issue types, in the form that Cloud calls deprecated."""
    keys, ids = call.words("projectKeys"), call.words("projectIds")
    names, type_ids = call.words("issuetypeNames"), call.words("issuetypeIds")
    expand = "projects.issuetypes.fields" in call.words("expand")
    rights, shown = call.store.rights, []
    for project in call.store.configuration.projects:
        meant = (not keys and not ids) or project.key in keys or project.id in ids
        if not meant or not rights.may(call.user, "CREATE_ISSUES", project):
            continue
        kinds = [
            kind
            for kind in project.issue_types
            if (not names and not type_ids) or kind.name in names or kind.id in type_ids
        ]
        shown.append(_show_project(call, project, kinds, expand=expand))
    return Answer(200, {"expand": "projects", "projects": shown})


def _show_project(call: Call, project: Project, kinds: list[IssueType], *, expand: bool) -> dict[str, Any]:
    known = orjson.loads(orjson.dumps(call.view.piece(project)))
    rows = []
    for kind in kinds:
        row = {**orjson.loads(orjson.dumps(call.view.piece(kind))), "expand": "fields"}
        if expand:
            row["fields"] = _fields(call, project, kind)
        rows.append(row)
    brief = {name: known[name] for name in ("self", "id", "key", "name", "avatarUrls")}
    return {"expand": "issuetypes", **brief, "issuetypes": rows}


def _fields(call: Call, project: Project, kind: IssueType) -> dict[str, dict[str, Any]]:
    form = to_create(call.store, call.actor, project, kind)
    required = {*form.required, "project", "issuetype", *(["parent"] if kind.subtask else [])}
    known = call.store.configuration.fields

    def show(name: str) -> dict[str, Any]:
        return show_field(call.store, call.view, project, known[name], required=name in required)

    extra = [name for name in ("attachment", "issuelinks") if name not in form.fields]
    return {name: show(name) for name in ["project", *form.fields, *extra]}


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


ROUTES: list[Route] = [
    ("GET", "/issue/createmeta/{project}/issuetypes", types),
    ("GET", "/issue/createmeta/{project}/issuetypes/{type}", fields),
]
CLOUD_ROUTES: list[Route] = [("GET", "/issue/createmeta", everything)]
