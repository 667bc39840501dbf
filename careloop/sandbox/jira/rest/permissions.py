"""Permissions: which there are, which the caller has, and where."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Permission, Project
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings

SCHEME = "0"


def every(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"permissions": {one.key: _show(one) for one in call.store.configuration.permissions}})


def mine(call: Call) -> Answer:
    """Return which of the permissions asked for the caller has, in a project or on an issue."""
    known = {permission.key: permission for permission in call.store.configuration.permissions}
    asked = call.words("permissions")
    if not asked and call.store.is_cloud:
        raise Refused(400, "The 'permissions' query parameter is required.")
    if wrong := [key for key in asked if key not in known]:
        raise Refused(400, f"Unrecognized permission: {', '.join(wrong)}")
    project, rights = _place(call), call.store.rights
    shown = {}
    for key in asked or known:
        project_wide = known[key].kind == "PROJECT"
        held = _holds(call, key, project) if project_wide else rights.may(call.user, key, None)
        shown[key] = {**_show(known[key]), "havePermission": held}
    return Answer(200, {"permissions": shown})


def check(call: Call) -> Answer:
    """Return in which projects and on which issues an account has which permissions."""
    asked, store = call.object("accountId", "globalPermissions", "projectPermissions"), call.store
    user = call.actor
    if asked.get("accountId"):
        found = store.people.by_account(str(asked["accountId"]))
        if found is None or (found is not user and not store.rights.administers(user)):
            raise Refused(403, "You do not have permission to check the permissions of other users.")
        user = found
    rows = []
    given = asked.get("projectPermissions")
    for row in given if isinstance(given, list) else []:
        if not isinstance(row, Mapping):
            raise Refused(400, "Each of the projectPermissions must be an object.")
        rows += [_checked(call, user, key, row) for key in strings(row, "permissions")]
    held = [key for key in strings(asked, "globalPermissions") if store.rights.may(user, key, None)]
    return Answer(200, {"projectPermissions": rows, "globalPermissions": held})


def schemes(call: Call) -> Answer:
    call.sign_in()
    return Answer(
        200, {"permissionSchemes": [_show_scheme(call, whole="permissions" in call.words("expand"))]}
    )


def scheme(call: Call) -> Answer:
    call.sign_in()
    if call.parameters.get("scheme", SCHEME) != SCHEME:
        raise Refused(404, f"There is no permission scheme with id '{call.parameters['scheme']}'.")
    return Answer(200, _show_scheme(call, whole="permissions" in call.words("expand")))


def scheme_of_project(call: Call) -> Answer:
    _ = call.project
    return scheme(call)


def where(call: Call) -> Answer:
    """Return the projects in which the caller has all of some permissions."""
    asked = call.object("permissions")
    if "permissions" not in asked:
        raise Refused(400, "The permissions to look for are required.")
    wanted = strings(asked, "permissions")
    known = {permission.key for permission in call.store.configuration.permissions}
    if wrong := [key for key in wanted if key not in known]:
        raise Refused(400, f"Unrecognized permission: {', '.join(wrong)}")
    may = call.store.rights.may
    found = [p for p in call.store.configuration.projects if all(may(call.user, key, p) for key in wanted)]
    return Answer(200, {"projects": [{"id": int(project.id), "key": project.key} for project in found]})


def _checked(call: Call, user: Any, key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    store, may = call.store, call.store.rights.may
    projects = [(n, store.configuration.project(str(n))) for n in _numbers(row, "projects")]
    issues = [(n, store.issues.get(n)) for n in _numbers(row, "issues")]
    return {
        "permission": key,
        "projects": [number for number, project in projects if project and may(user, key, project)],
        "issues": [number for number, issue in issues if issue and may(user, key, issue.project)],
    }


def _show_scheme(call: Call, *, whole: bool) -> dict[str, Any]:
    """Return the one scheme of the site; as a whole with every permission and the role that holds it."""
    address = f"{call.view.api}/permissionscheme/{SCHEME}"
    shown = {"expand": "permissions", "id": int(SCHEME), "self": address, "name": "Default Permission Scheme"}
    if not whole:
        return shown
    pairs = [(role, key) for role in call.store.configuration.roles for key in sorted(role.permissions)]
    rows = [
        {
            "id": number,
            "self": f"{address}/permission/{number}",
            "holder": {"type": "projectRole", "parameter": role.id, "value": role.id},
            "permission": key,
        }
        for number, (role, key) in enumerate(pairs, 10_000)
    ]
    return {**shown, "permissions": rows}


def _numbers(row: Mapping[str, Any], name: str) -> list[int]:
    given = row.get(name) or []
    if not isinstance(given, list) or not all(isinstance(number, int) for number in given):
        raise Refused(400, f"The '{name}' must be a list of numbers.")
    return given


def _holds(call: Call, key: str, project: Project | None) -> bool:
    """Return whether the caller has a project permission: without a project, whether in any."""
    projects = [project] if project else list(call.store.configuration.projects)
    return any(call.store.rights.may(call.user, key, one) for one in projects)


def _place(call: Call) -> Project | None:
    issue = call.query.get("issueKey") or call.query.get("issueId")
    if issue:
        return call.store.issue_for(call.user, issue).project
    reference = call.query.get("projectKey") or call.query.get("projectId")
    if not reference:
        return None
    project = call.store.configuration.project(reference)
    if project is None or not call.store.rights.may(call.user, "BROWSE_PROJECTS", project):
        raise Refused(404, f"No project could be found with key '{reference}'.")
    return project


def _show(permission: Permission) -> dict[str, Any]:
    return {
        "id": permission.id,
        "key": permission.key,
        "name": permission.name,
        "type": permission.kind,
        "description": "",
    }


ROUTES: list[Route] = [
    ("GET", "/mypermissions", mine),
    ("GET", "/permissions", every),
    ("GET", "/permissionscheme", schemes),
    ("GET", "/permissionscheme/{scheme}", scheme),
    ("GET", "/project/{project}/permissionscheme", scheme_of_project),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/permissions/check", check),
    ("POST", "/permissions/project", where),
]
