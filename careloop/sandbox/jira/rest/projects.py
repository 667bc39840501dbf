"""Projects and their categories."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira.actions import projects
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project, ProjectCategory
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.view import show_project

_SORTS: dict[str, Callable[[Project], Any]] = {
    "key": lambda project: project.key,
    "name": lambda project: project.name.casefold(),
    "category": lambda project: project.category.name.casefold() if project.category else "",
    "owner": lambda project: project.lead,
}
_ACTIONS = {"view": "BROWSE_PROJECTS", "browse": "BROWSE_PROJECTS", "edit": "ADMINISTER_PROJECTS"}
_ACTIONS |= {"create": "CREATE_ISSUES"}
_TYPES = {"software": "Software", "service_desk": "Service Desk", "business": "Business"}
_CLOUD_ONLY = {"style": "classic", "isPrivate": False, "properties": {}}
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
    return Answer(200, [_brief(call, project) for project in visible(call)])


def search(call: Call) -> Answer:
    wanted, keys, ids = call.query.get("query", "").casefold(), call.words("keys"), call.words("id")
    types, category = call.words("typeKey"), call.query.get("categoryId")
    permission = _ACTIONS.get(call.query.get("action", "view"))
    if permission is None:
        raise Refused(400, "The 'action' must be one of view, browse, edit and create.")
    rows = [
        project
        for project in visible(call)
        if (wanted in project.name.casefold() or wanted in project.key.casefold())
        and (not keys or project.key in keys)
        and (not ids or project.id in ids)
        and (not types or project.kind in types)
        and (not category or (project.category is not None and project.category.id == category))
        and call.store.rights.may(call.user, permission, project)
    ]
    order = call.query.get("orderBy", "key").lstrip("+")
    rows.sort(key=_SORTS.get(order.lstrip("-"), _SORTS["key"]), reverse=order.startswith("-"))
    return Answer(200, bean(call, "project/search", rows, lambda project: _expanded(call, project)))


def recent(call: Call) -> Answer:
    return Answer(200, [_brief(call, project) for project in visible(call)[:20]])


def get(call: Call) -> Answer:
    return Answer(200, _whole(call, call.project))


def create(call: Call) -> Answer:
    project = projects.create(call.store, call.actor, call.object(*_CREATE))
    address = f"{call.view.api}/project/{project.id}"
    return Answer(201, {"self": address, "id": int(project.id), "key": project.key})


def edit(call: Call) -> Answer:
    project = call.project
    projects.edit(call.store, call.actor, project, call.object(*_EDIT))
    return Answer(200, _whole(call, project))


def delete(call: Call) -> Answer:
    projects.delete(call.store, call.actor, call.project)
    return Answer(204)


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


def hierarchy(call: Call) -> Answer:
    project = call.project
    levels = sorted({kind.level for kind in project.issue_types})
    names = {-1: "Subtask", 0: "Base", 1: "Epic"}
    shown = [
        {
            "level": level,
            "name": names.get(level, str(level)),
            "issueTypes": [
                {"id": int(kind.id), "name": kind.name, "avatarId": 10_300 + int(kind.id) % 100}
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
    """Delete a project as a task, and lead to it."""
    project = call.project
    projects.delete(call.store, call.actor, project)
    number = call.store.note_task(call.actor, f"Delete project {project.name}")
    return Answer(303, headers={"Location": f"{call.view.api}/task/{number}"})


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


def categories(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, [show_category(call, one) for one in call.store.configuration.project_categories])


def create_category(call: Call) -> Answer:
    projects.administer(call.store, call.actor)
    asked, configuration = call.object("description", "id", "name", "self"), call.store.configuration
    name = str(asked.get("name") or "").strip()
    if not name:
        raise Refused(400, errors={"name": "You must specify a valid project category name."})
    if configuration.project_categories.named(name):
        raise Refused(409, f"The project category name '{name}' already exists.")
    number = str(call.store.next_id("projectcategory"))
    made = ProjectCategory(number, name, str(asked.get("description") or ""))
    configuration.project_categories.add(made)
    return Answer(201, show_category(call, made))


def get_category(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, show_category(call, _category(call)))


def edit_category(call: Call) -> Answer:
    projects.administer(call.store, call.actor)
    found, asked = _category(call), call.object("description", "id", "name", "self")
    found.name = str(asked.get("name") or found.name)
    found.description = str(asked.get("description", found.description) or "")
    call.store.configuration.revision += 1
    return Answer(200, show_category(call, found))


def delete_category(call: Call) -> Answer:
    projects.administer(call.store, call.actor)
    found, configuration = _category(call), call.store.configuration
    for project in configuration.projects:
        if project.category is found:
            project.category = None
    configuration.project_categories.remove(found)
    configuration.revision += 1
    return Answer(204)


def visible(call: Call) -> list[Project]:
    """Return the projects that the caller sees."""
    rights = call.store.rights
    return [p for p in call.store.configuration.projects if rights.may(call.user, "BROWSE_PROJECTS", p)]


def show_category(call: Call, category: ProjectCategory) -> dict[str, str]:
    """Return a project category."""
    return {
        "self": f"{call.view.api}/projectCategory/{category.id}",
        "id": category.id,
        "name": category.name,
        "description": category.description,
    }


def _category(call: Call) -> ProjectCategory:
    reference = call.parameters["category"]
    found = call.store.configuration.project_categories.by_id(reference)
    if found is None:
        raise Refused(404, f"The project category with id '{reference}' does not exist.")
    return found


def _brief(call: Call, project: Project) -> dict[str, Any]:
    shown = {"expand": "description,lead,issueTypes,url,projectKeys", **show_project(call.view, project)}
    return (
        shown | {"style": "classic", "isPrivate": False, "properties": {}} if call.store.is_cloud else shown
    )


def _expanded(call: Call, project: Project) -> dict[str, Any]:
    """Return a project in a page of a search, with what `expand` asks for."""
    whole, wanted = _whole(call, project), call.words("expand")
    names = ("description", "lead", "url", "issueTypes")
    extra: dict[str, Any] = {name: whole[name] for name in names if name in wanted and name in whole}
    if "projectKeys" in wanted:
        extra["projectKeys"] = [project.key]
    if "insight" in wanted:
        dates = [issue.updated for issue in call.store.issues.values() if issue.project is project]
        latest = {"lastIssueUpdateTime": call.view.instant(max(dates))} if dates else {}
        extra["insight"] = {"totalIssueCount": len(dates), **latest}
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
    return shown | {"url": project.url} if project.url else shown


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
    ("GET", "/projectCategory", categories),
    ("POST", "/projectCategory", create_category),
    ("GET", "/projectCategory/{category}", get_category),
    ("PUT", "/projectCategory/{category}", edit_category),
    ("DELETE", "/projectCategory/{category}", delete_category),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/project/search", search),
    ("GET", "/project/recent", recent),
    ("GET", "/project/type/accessible", types),
    ("GET", "/project/type/{type}/accessible", get_type),
    ("POST", "/project/{project}/delete", delete_later),
    ("GET", "/project/{project}/hierarchy", hierarchy),
    ("GET", "/projectvalidate/validProjectKey", valid_key),
    ("GET", "/projectvalidate/validProjectName", valid_name),
]
