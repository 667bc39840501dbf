"""Projects: finding, creating, changing, archiving, deleting and restoring them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.project import projects, shelving
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.tasks import lead_to
from careloop.sandbox.jira.view import show_project

MOST_FOUND = 100
MOST_RECENT = 20
_SORTS: dict[str, Callable[[Project], Any]] = {
    "key": lambda project: project.key,
    "name": lambda project: project.name.casefold(),
    "category": lambda project: project.category.name.casefold() if project.category else "",
    "owner": lambda project: project.lead,
    "archivedDate": lambda project: project.shelved.since.timestamp() if project.shelved else 0,
    "deletedDate": lambda project: project.shelved.since.timestamp() if project.shelved else 0,
}
_ISSUE_SORTS = ("issueCount", "lastIssueUpdatedDate", "lastIssueUpdatedTime")
_ACTIONS = {
    "view": ("BROWSE_PROJECTS", "ADMINISTER_PROJECTS"),
    "browse": ("BROWSE_PROJECTS",),
    "edit": ("ADMINISTER_PROJECTS",),
    "create": ("CREATE_ISSUES",),
}
_STATES = frozenset({"live", "archived", "deleted"})
_LEVELS = {-1: "Subtask", 0: "Base", 1: "Epic"}
_TYPES = {
    "software": "Software",
    "service_desk": "Service Desk",
    "business": "Business",
    "product_discovery": "Product Discovery",
}
_CREATE = (
    *("assigneeType", "avatarId", "categoryId", "description", "fieldConfigurationScheme", "url"),
    *("issueSecurityScheme", "issueTypeScheme", "issueTypeScreenScheme", "key", "lead", "leadAccountId"),
    *("name", "notificationScheme", "permissionScheme", "projectTemplateKey", "projectTypeKey"),
    *("workflowScheme", "fieldScheme"),
)
_EDIT = (
    *("assigneeType", "avatarId", "categoryId", "description", "issueSecurityScheme", "key", "lead", "url"),
    *("leadAccountId", "name", "notificationScheme", "permissionScheme", "releasedProjectKeys"),
)


def every(call: Call) -> Answer:
    rows = visible(call)
    if most := call.number("recent", 0, most=MOST_RECENT):
        seen = _visited(call)
        rows = sorted((p for p in rows if p.id in seen), key=lambda p: seen[p.id], reverse=True)[:most]
    return Answer(200, [_expanded(call, project) for project in rows])


def search(call: Call) -> Answer:
    """Return the projects in use that match, or those of the archive or the trash for administrators."""
    rows = [project for project in _in_state(call) if _matches(call, project)]
    order = call.query.get("orderBy", "key").lstrip("+")
    if order.lstrip("-") not in (*_SORTS, *_ISSUE_SORTS):
        raise Refused(400, f"The field '{order}' is not one that projects can be ordered by.")
    rows.sort(key=_order(call, order.lstrip("-")), reverse=order.startswith("-"))
    return Answer(200, bean(call, "project/search", rows, lambda p: _expanded(call, p), most=MOST_FOUND))


def recent(call: Call) -> Answer:
    """Return the projects that the caller looked at, the latest first."""
    seen = _visited(call)
    found = sorted((p for p in visible(call) if p.id in seen), key=lambda p: seen[p.id], reverse=True)
    return Answer(200, [_expanded(call, project) for project in found[:MOST_RECENT]])


def get(call: Call) -> Answer:
    project = call.project
    if call.user:
        call.store.note_visit(call.user, project)
    return Answer(200, _whole(call, project))


def create(call: Call) -> Answer:
    project = projects.create(call.store, call.actor, call.object(*_CREATE))
    call.store.note_visit(call.actor, project)
    place = f"{call.view.api}/project/{project.id}"
    return Answer(201, {"self": place, "id": int(project.id), "key": project.key})


def edit(call: Call) -> Answer:
    project = call.project
    projects.edit(call.store, call.actor, project, call.object(*_EDIT))
    return Answer(200, _whole(call, project))


def delete(call: Call) -> Answer:
    """Put a project into the trash of Cloud, or delete it for good: without `enableUndo`, or elsewhere."""
    for_good = not (call.store.is_cloud and call.flag("enableUndo", default=True))
    shelving.delete(call.store, call.actor, _deletable(call), for_good=for_good)
    return Answer(204)


def archive(call: Call) -> Answer:
    project = call.project
    administer(call.store, call.actor)
    shelving.archive(call.store, call.actor, project)
    return Answer(204)


def restore(call: Call) -> Answer:
    shelving.empty_trash(call.store)
    configuration, reference = call.store.configuration, call.parameters["project"]
    project = configuration.shelved_project(reference) or configuration.project(reference)
    if project is None or not call.store.rights.administers(call.actor):
        raise Refused(404, f"No project could be found with key '{reference}' that you may restore.")
    shelving.restore(call.store, call.actor, project)
    return Answer(200, _whole(call, project))


def statuses(call: Call) -> Answer:
    project, view = call.project, call.view
    rows = [
        {
            "self": f"{view.api}/issuetype/{kind.id}",
            "id": kind.id,
            "name": kind.name,
            "subtask": kind.subtask,
            "statuses": [view.piece(status) for status in project.schemes.workflow.of(kind.id).statuses()],
        }
        for kind in project.issue_types
    ]
    return Answer(200, rows)


def hierarchy(call: Call) -> Answer:
    project = call.project
    levels = sorted({kind.level for kind in project.issue_types})
    shown = [
        {
            "level": level,
            "name": _LEVELS.get(level, str(level)),
            "issueTypes": [
                {"id": int(kind.id), "name": kind.name, "avatarId": int(kind.avatar)}
                for kind in project.issue_types
                if kind.level == level
            ],
        }
        for level in levels
    ]
    return Answer(200, {"projectId": int(project.id), "hierarchy": shown})


def types(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, [_show_type(key) for key in _TYPES])


def get_type(call: Call) -> Answer:
    key = call.parameters["type"]
    if key not in _TYPES:
        raise Refused(404, f"There is no project type '{key}'.")
    return Answer(200, _show_type(key))


def delete_later(call: Call) -> Answer:
    """Delete a project for good as a task, and lead to it."""
    project = _deletable(call)
    shelving.delete(call.store, call.actor, project, for_good=True)
    return lead_to(call, f"Delete project {project.name}")


def validate_key(call: Call) -> Answer:
    problem = projects.key_problem(call.store, call.query.get("key", ""))
    return Answer(200, {"errorMessages": [], "errors": {"projectKey": problem} if problem else {}})


def valid_key(call: Call) -> Answer:
    """Return a key that is free, made from the one given."""
    key = "".join(c for c in call.query.get("key", "").upper() if c.isascii() and c.isalnum())[:10]
    return Answer(200, _first_free(key or "KEY", lambda one: projects.key_problem(call.store, one) is None))


def valid_name(call: Call) -> Answer:
    """Return a name that is free, made from the one given."""
    name = call.query.get("name", "")
    if not name:
        raise Refused(400, "The 'name' must be given.")
    taken = call.store.configuration.projects
    return Answer(200, _first_free(name, lambda one: not taken.named(one), " "))


def visible(call: Call) -> list[Project]:
    """Return the projects that the caller may browse or administer."""
    may = call.store.rights.may
    wanted = ("BROWSE_PROJECTS", "ADMINISTER_PROJECTS")
    return [p for p in call.store.configuration.projects if any(may(call.user, one, p) for one in wanted)]


def _visited(call: Call) -> Mapping[str, int]:
    return call.user.visited if call.user else {}


def _deletable(call: Call) -> Project:
    project = call.project
    if not call.store.rights.administers(call.actor):
        raise Refused(404, f"No project could be found with key '{project.key}' that you may delete.")
    return project


def _in_state(call: Call) -> list[Project]:
    """Return the projects of the states asked for which the action asked for is open to the caller."""
    states, action = call.words("status") or ["live"], call.query.get("action", "view")
    if action not in _ACTIONS or not _STATES.issuperset(states):
        raise Refused(400, "The action is none of view, browse, edit, create, or the status is unknown.")
    store, configuration = call.store, call.store.configuration
    shelving.empty_trash(store)
    administers, may = store.rights.administers(call.user), store.rights.may
    rows = [project for project in configuration.projects if "live" in states]
    rows = [
        project
        for project in rows
        if any(may(call.user, permission, project) for permission in _ACTIONS[action])
        or (administers and action in ("view", "edit"))
    ]
    shelf = [p for p in configuration.shelf if administers and p.shelved and p.shelved.state in states]
    return rows + shelf


def _matches(call: Call, project: Project) -> bool:
    wanted, keys, ids = call.query.get("query", "").casefold(), call.words("keys"), call.words("id")
    types, category = call.words("typeKey"), call.query.get("categoryId")
    return (
        (wanted in project.name.casefold() or wanted in project.key.casefold())
        and (not keys or project.key in keys)
        and (not ids or project.id in ids)
        and (not types or project.kind in types)
        and (not category or (project.category is not None and project.category.id == category))
    )


def _order(call: Call, field: str) -> Callable[[Project], Any]:
    """Return what projects are sorted by; those of no date come first."""
    if field in _SORTS:
        return _SORTS[field]
    counted = {project: _insight(call, project) for project in _in_state(call)}
    place = 0 if field == "issueCount" else 1
    return lambda project: (counted[project][place] is not None, counted[project][place])


def _insight(call: Call, project: Project) -> tuple[int, datetime | None]:
    """Return how many issues a project has, and when the latest change to one of them was."""
    dates = [issue.updated for issue in call.store.issues.values() if issue.project is project]
    return len(dates), max(dates, default=None)


def _brief(call: Call, project: Project) -> dict[str, Any]:
    shown = {"expand": "description,lead,issueTypes,url,projectKeys", **show_project(call.view, project)}
    if not call.store.is_cloud:
        return shown
    held = project.properties or {}
    chosen = {key: held[key] for key in call.words("properties") if key in held}
    return shown | {"style": "classic", "isPrivate": False, "properties": chosen} | _show_state(call, project)


def _show_state(call: Call, project: Project) -> dict[str, Any]:
    if project.shelved is None:
        return {}
    state, account, since = project.shelved
    who = call.view.piece(call.store.people.by_account(account))
    shown = {state: True, f"{state}By": who, f"{state}Date": call.view.instant(since)}
    if state == "deleted":
        shown["retentionTillDate"] = call.view.instant(since + shelving.RETENTION)
    return shown


def _expanded(call: Call, project: Project) -> dict[str, Any]:
    """Return a project in a page of a search, with what `expand` asks for."""
    whole, wanted = _whole(call, project), call.words("expand")
    names = ("description", "lead", "url", "issueTypes")
    extra: dict[str, Any] = {name: whole[name] for name in names if name in wanted and name in whole}
    if "projectKeys" in wanted:
        extra["projectKeys"] = [project.key, *project.former_keys]
    if "insight" in wanted:
        count, latest = _insight(call, project)
        extra["insight"] = {"totalIssueCount": count, "lastIssueUpdateTime": call.view.instant(latest)}
    return _brief(call, project) | extra


def _whole(call: Call, project: Project) -> dict[str, Any]:
    view = call.view
    shown = {
        **_brief(call, project),
        "description": project.description,
        "lead": view.piece(call.store.people.by_name(project.lead)),
        "components": [view.piece(component) for component in project.components],
        "issueTypes": [view.piece(kind) for kind in project.issue_types],
        "assigneeType": project.assignee_type,
        "versions": [view.piece(version) for version in project.versions],
        "roles": {
            role.name: f"{view.api}/project/{project.id}/role/{role.id}"
            for role in call.store.configuration.roles
        },
    }
    if project.url:
        shown["url"] = project.url
    if project.sender:
        shown["email"] = project.sender
    wanted = call.words("expand")
    if "projectKeys" in wanted:
        shown["projectKeys"] = [project.key, *project.former_keys]
    if "issueTypeHierarchy" in wanted:
        shown["issueTypeHierarchy"] = {"baseLevelId": 0, "levels": _levels(project)}
    return shown


def _levels(project: Project) -> list[dict[str, Any]]:
    """Return the levels of the types of a project, the lowest first."""
    numbers = sorted({kind.level for kind in project.issue_types})
    kinds = {level: [int(k.id) for k in project.issue_types if k.level == level] for level in numbers}
    return [
        {"level": level, "name": _LEVELS.get(level, str(level)), "issueTypeIds": kinds[level]}
        for level in numbers
    ]


def _show_type(key: str) -> dict[str, str]:
    return {
        "key": key,
        "formattedKey": _TYPES[key],
        "descriptionI18nKey": f"jira.project.type.{key}.description",
        "icon": "",
        "color": "#1D8832",
    }


def _first_free(wanted: str, free: Callable[[str], bool], separator: str = "") -> str:
    candidates = (f"{wanted}{separator}{number}" for number in range(2, 1000))
    return wanted if free(wanted) else next((one for one in candidates if free(one)), "")


ROUTES: list[Route] = [
    ("GET", "/project", every),
    ("POST", "/project", create),
    ("GET", "/project/type", types),
    ("GET", "/project/type/{type}", get_type),
    ("GET", "/project/{project}", get),
    ("PUT", "/project/{project}", edit),
    ("DELETE", "/project/{project}", delete),
    ("GET", "/project/{project}/statuses", statuses),
    ("GET", "/projectvalidate/key", validate_key),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/project/search", search),
    ("GET", "/project/recent", recent),
    ("GET", "/project/type/accessible", types),
    ("GET", "/project/type/{type}/accessible", get_type),
    ("POST", "/project/{project}/delete", delete_later),
    ("POST", "/project/{project}/archive", archive),
    ("POST", "/project/{project}/restore", restore),
    ("GET", "/project/{project}/hierarchy", hierarchy),
    ("GET", "/projectvalidate/validProjectKey", valid_key),
    ("GET", "/projectvalidate/validProjectName", valid_name),
]
