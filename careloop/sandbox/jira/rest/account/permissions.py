"""Permissions: which there are, which the caller has, and where."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Permission, Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings


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
    place, rights = _place(call), call.store.rights
    shown = {}
    for key in asked or known:
        project_wide = known[key].kind == "PROJECT"
        held = _holds(call, key, place) if project_wide else rights.may(call.user, key, None)
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
        "issues": [number for number, issue in issues if issue and may(user, key, issue)],
    }


def _numbers(row: Mapping[str, Any], name: str) -> list[int]:
    given = row.get(name) or []
    if not isinstance(given, list) or not all(isinstance(number, int) for number in given):
        raise Refused(400, f"The '{name}' must be a list of numbers.")
    return given


def _holds(call: Call, key: str, place: Project | Issue | None) -> bool:
    """Return whether the caller has a project permission: without a place, whether in any project."""
    places = [place] if place else list(call.store.configuration.projects)
    return any(call.store.rights.may(call.user, key, one) for one in places)


def _place(call: Call) -> Project | Issue | None:
    issue = call.query.get("issueKey") or call.query.get("issueId")
    if issue:
        return call.store.issue_for(call.user, issue)
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
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/permissions/check", check),
    ("POST", "/permissions/project", where),
]
