"""Versions and components."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from careloop.sandbox.jira.actions.issue.assigning import assignee_of
from careloop.sandbox.jira.actions.project import releases
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Component, Project, Version
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.view import show_version

MISSING = 404
FORBIDDEN = 403
_VERSION_KEYS = (
    *("archived", "description", "driver", "expand", "id", "moveUnfixedIssuesTo", "name", "overdue"),
    *("project", "projectId", "releaseDate", "released", "self", "startDate", "userReleaseDate"),
    *("userStartDate", "approvers", "issuesStatusForFixVersion", "operations"),
)

_VERSION_ORDERS: Mapping[str, Callable[[Version], Any]] = {
    "name": lambda one: one.name.casefold(),
    "description": lambda one: one.description.casefold(),
    "releaseDate": lambda one: one.release_date or date.max,
    "startDate": lambda one: one.start_date or date.max,
}
_COMPONENT_ORDERS: Mapping[str, Callable[[Component], Any]] = {
    "name": lambda one: one.name.casefold(),
    "description": lambda one: one.description.casefold(),
    "lead": lambda one: one.lead or "",
}
_PROGRESS = {"toDo": "new", "inProgress": "indeterminate", "done": "done"}
T = TypeVar("T")


def versions(call: Call) -> Answer:
    return Answer(200, [_expanded(call, version) for version in call.project.versions])


def version_page(call: Call) -> Answer:
    wanted, states = call.query.get("query", "").casefold(), call.words("status")
    rows = [
        version
        for version in call.project.versions
        if wanted in f"{version.name} {version.description}".casefold()
        and (not states or _state(version) in states)
    ]
    rows = _ordered(call, rows, {**_VERSION_ORDERS, "sequence": rows.index})
    return Answer(
        200, bean(call, f"project/{call.project.id}/version", rows, lambda one: _expanded(call, one))
    )


def create_version(call: Call) -> Answer:
    asked = call.object(*_VERSION_KEYS)
    project = _project(call, asked.get("projectId"), asked.get("project"))
    releases.permit(call.store, call.actor, project, MISSING)
    return Answer(201, call.view.piece(releases.create_version(call.store, call.actor, project, asked)))


def get_version(call: Call) -> Answer:
    return Answer(200, _expanded(call, find_version(call)[1]))


def edit_version(call: Call) -> Answer:
    project, version = find_version(call)
    releases.permit(call.store, call.actor, project, MISSING)
    releases.edit_version(call.store, call.actor, project, version, call.object(*_VERSION_KEYS))
    return Answer(200, call.view.piece(version))


def move_version(call: Call) -> Answer:
    project, version = find_version(call)
    releases.permit(call.store, call.actor, project, MISSING)
    releases.move_version(call.store, call.actor, project, version, call.object("after", "position"))
    return Answer(200, call.view.piece(version))


def delete_version(call: Call) -> Answer:
    """Delete a version; the parameters or the body say which take its place on issues."""
    names = {"fixVersions": "moveFixIssuesTo", "versions": "moveAffectedIssuesTo"}
    asked: dict[str, Any] = dict(call.query)
    if call.body:
        asked = call.object("customFieldReplacementList", *names.values())
    _remove_version(call, {field: asked.get(name) for field, name in names.items()})
    return Answer(204)


def merge_version(call: Call) -> Answer:
    _remove_version(call, dict.fromkeys(("fixVersions", "versions"), call.parameters["other"]))
    return Answer(204)


def version_issues(call: Call) -> Answer:
    _, version = find_version(call)
    return Answer(
        200,
        {
            "self": f"{call.view.api}/version/{version.id}",
            "issuesFixedCount": _count(call, lambda issue: version in issue.fix_versions),
            "issuesAffectedCount": _count(call, lambda issue: version in issue.versions),
            "issueCountWithCustomFieldsShowingVersion": 0,
            "customFieldUsage": [],
        },
    )


def unresolved_issues(call: Call) -> Answer:
    _, version = find_version(call)
    shown = {
        "self": f"{call.view.api}/version/{version.id}",
        "issuesUnresolvedCount": _count(call, lambda i: version in i.fix_versions and i.resolution is None),
        "issuesCount": _count(call, lambda issue: version in issue.fix_versions),
    }
    return Answer(200, shown)


def components(call: Call) -> Answer:
    project = call.project
    return Answer(200, [_show_component(call, project, component) for component in project.components])


def component_page(call: Call) -> Answer:
    project, wanted = call.project, call.query.get("query", "").casefold()
    rows = [one for one in project.components if wanted in f"{one.name} {one.description}".casefold()]
    counted = {"issueCount": lambda one: _count(call, lambda issue: one in issue.components)}
    rows = _ordered(call, rows, {**_COMPONENT_ORDERS, **counted})

    def show(component: Component) -> dict[str, Any]:
        return {
            **_show_component(call, project, component),
            "issueCount": _count(call, lambda issue: component in issue.components),
        }

    return Answer(200, bean(call, f"project/{project.id}/component", rows, show))


def component_search(call: Call) -> Answer:
    """Return the components of some projects, or of all, in pages."""
    keys, wanted = call.words("projectIdsOrKeys"), call.query.get("query", "").casefold()
    projects = [one for one in _visible(call) if not keys or one.key in keys or one.id in keys]
    rows = [
        component
        for project in projects
        for component in project.components
        if wanted in f"{component.name} {component.description}".casefold()
    ]
    rows = _ordered(call, rows, _COMPONENT_ORDERS)
    return Answer(200, bean(call, "component", rows, call.view.piece))


def create_component(call: Call) -> Answer:
    asked = call.object()
    project = _project(call, asked.get("projectId"), asked.get("project"))
    releases.permit(call.store, call.actor, project, FORBIDDEN)
    component = releases.create_component(call.store, project, asked)
    return Answer(201, _show_component(call, project, component))


def get_component(call: Call) -> Answer:
    return Answer(200, _show_component(call, *_component(call)))


def edit_component(call: Call) -> Answer:
    project, component = _component(call)
    releases.permit(call.store, call.actor, project, FORBIDDEN)
    releases.edit_component(call.store, project, component, call.object())
    return Answer(200, _show_component(call, project, component))


def delete_component(call: Call) -> Answer:
    project, component = _component(call)
    releases.permit(call.store, call.actor, project, FORBIDDEN)
    other = project.components.by_id(call.query.get("moveIssuesTo"))
    releases.remove_component(call.store, call.actor, project, component, other)
    return Answer(204)


def component_issues(call: Call) -> Answer:
    _, component = _component(call)
    count = _count(call, lambda issue: component in issue.components)
    return Answer(200, {"self": f"{call.view.api}/component/{component.id}", "issueCount": count})


def _remove_version(call: Call, successors: dict[str, Any]) -> None:
    project, version = find_version(call)
    releases.permit(call.store, call.actor, project, MISSING)
    swaps: dict[str, Version | None] = {}
    for field, reference in successors.items():
        swaps[field] = project.versions.by_id(reference) if reference is not None else None
        if reference is not None and swaps[field] in (None, version):
            raise Refused(400, f"The version with id '{reference}' cannot take the place of this one.")
    releases.remove_version(call.store, call.actor, project, version, swaps)


def _project(call: Call, *references: Any) -> Project:
    """Return the project that a body names; 404 when the caller cannot see it."""
    reference = next((str(one) for one in references if one), "")
    project = call.store.configuration.project(reference)
    if project is None or not call.store.rights.may(call.user, "BROWSE_PROJECTS", project):
        raise Refused(404, f"No project could be found with id or key '{reference}'.")
    return project


def find_version(call: Call) -> tuple[Project, Version]:
    """Return the version that the address names, behind its project; 404 when the caller sees neither."""
    reference = call.parameters["release"]
    for project in _visible(call):
        if found := project.versions.by_id(reference):
            return project, found
    raise Refused(404, f"Could not find version for id '{reference}'")


def _component(call: Call) -> tuple[Project, Component]:
    reference = call.parameters["component"]
    for project in _visible(call):
        if found := project.components.by_id(reference):
            return project, found
    raise Refused(404, f"The component with id {reference} does not exist.")


def _visible(call: Call) -> list[Project]:
    rights = call.store.rights
    return [p for p in call.store.configuration.projects if rights.may(call.user, "BROWSE_PROJECTS", p)]


def _ordered(call: Call, rows: list[T], orders: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """Return rows as `orderBy` asks for, which knows a few words; any other leaves them as they are."""
    wanted = call.query.get("orderBy", "").lstrip("+")
    key = orders.get(wanted.lstrip("-"))
    return sorted(rows, key=key, reverse=wanted.startswith("-")) if key else rows


def _expanded(call: Call, version: Version) -> Any:
    """Return a version, on demand with how far the issues are that it fixes, and what can be done to it."""
    wanted, shown = call.words("expand"), show_version(call.view, version)
    if "issuesstatus" in wanted:
        keys = [i.status.category.key for i in call.store.issues.values() if version in i.fix_versions]
        counts = {name: keys.count(key) for name, key in _PROGRESS.items()}
        shown["issuesStatusForFixVersion"] = {"unmapped": 0, **counts}
    if "operations" in wanted:
        shown["operations"] = []
    return shown


def _state(version: Version) -> str:
    return "archived" if version.archived else "released" if version.released else "unreleased"


def _count(call: Call, test: Callable[[Issue], bool]) -> int:
    return sum(1 for issue in call.store.issues.values() if test(issue))


def _show_component(call: Call, project: Project, component: Component) -> dict[str, Any]:
    people, view = call.store.people, call.view
    lead = people.by_account(component.lead) if component.lead else None
    real, assignee = assignee_of(call.store, project, component)
    nominal = {"COMPONENT_LEAD": lead, "PROJECT_LEAD": people.by_name(project.lead)}
    shown = {
        "self": f"{view.api}/component/{component.id}",
        "id": component.id,
        "name": component.name,
        "description": component.description,
        "lead": view.piece(lead),
        "assigneeType": component.assignee_type,
        "assignee": view.piece(nominal.get(component.assignee_type, assignee)),
        "realAssigneeType": real,
        "realAssignee": view.piece(assignee),
        "isAssigneeTypeValid": real == component.assignee_type,
        "project": project.key,
        "projectId": int(project.id),
    }
    return {name: value for name, value in shown.items() if value not in (None, "")}


ROUTES: list[Route] = [
    ("GET", "/project/{project}/versions", versions),
    ("GET", "/project/{project}/version", version_page),
    ("POST", "/version", create_version),
    ("GET", "/version/{release}", get_version),
    ("PUT", "/version/{release}", edit_version),
    ("DELETE", "/version/{release}", delete_version),
    ("POST", "/version/{release}/move", move_version),
    ("POST", "/version/{release}/removeAndSwap", delete_version),
    ("PUT", "/version/{release}/mergeto/{other}", merge_version),
    ("GET", "/version/{release}/relatedIssueCounts", version_issues),
    ("GET", "/version/{release}/unresolvedIssueCount", unresolved_issues),
    ("GET", "/project/{project}/components", components),
    ("POST", "/component", create_component),
    ("GET", "/component/{component}", get_component),
    ("PUT", "/component/{component}", edit_component),
    ("DELETE", "/component/{component}", delete_component),
    ("GET", "/component/{component}/relatedIssueCounts", component_issues),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/component", component_search),
    ("GET", "/project/{project}/component", component_page),
]
