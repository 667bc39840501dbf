"""Notification schemes: who is mailed about what happens to the issues of a project."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue.metadata import show_schema
from careloop.sandbox.jira.actions.setup import notification_schemes as schemes
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.notification import EVENTS, Notification, NotificationScheme
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.scheme_lists import asked_ids
from careloop.sandbox.jira.view import show_group

_PATH = "notificationscheme"


def every(call: Call) -> Answer:
    """Return the schemes of projects that the caller administers, by name; administrators see all."""
    call.sign_in()
    ids, projects = asked_ids(call, "id"), asked_ids(call, "projectId")
    first = next(iter(call.store.configuration.notification_schemes))
    rows = [
        scheme
        for scheme in call.store.configuration.notification_schemes
        if (not ids or scheme.id in ids)
        and (not projects or any(one.id in projects for one in _users(call, scheme)))
        and (not call.flag("onlyDefault") or scheme is first)
        and _sees(call, scheme)
    ]
    rows.sort(key=lambda scheme: scheme.name.casefold())
    return Answer(200, bean(call, _PATH, rows, lambda scheme: _show(call, scheme)))


def get(call: Call) -> Answer:
    call.sign_in()
    scheme = schemes.find(call.store, call.parameters["scheme"])
    if not _sees(call, scheme):
        raise Refused(404, f"The notification scheme with the id '{scheme.id}' was not found.")
    return Answer(200, _show(call, scheme))


def of_project(call: Call) -> Answer:
    project = call.project
    if not _administers(call, project):
        raise Refused(404, f"You do not administer the project '{project.key}'.")
    scheme = project.schemes.notifications
    if scheme is None:
        raise Refused(404, f"The project '{project.key}' has no notification scheme.")
    return Answer(200, _show(call, scheme))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    made = schemes.create(call.store, call.object("description", "name", "notificationSchemeEvents"))
    return Answer(201, {"id": made.id})


def edit(call: Call) -> Answer:
    schemes.edit(call.store, _scheme(call), call.object("description", "name"))
    return Answer(204)


def delete(call: Call) -> Answer:
    schemes.delete(call.store, _scheme(call))
    return Answer(204)


def add(call: Call) -> Answer:
    asked = call.object("notificationSchemeEvents")
    schemes.add(call.store, _scheme(call), asked.get("notificationSchemeEvents"))
    return Answer(204)


def remove(call: Call) -> Answer:
    schemes.remove(_scheme(call), call.parameters["notification"])
    return Answer(204)


def associations(call: Call) -> Answer:
    """Return which project uses which scheme, by the ids of the projects."""
    call.sign_in()
    ids, projects = asked_ids(call, "notificationSchemeId"), asked_ids(call, "projectId")
    rows = [
        {"notificationSchemeId": scheme.id, "projectId": project.id}
        for project in call.store.configuration.projects
        if (scheme := project.schemes.notifications)
        and (not ids or scheme.id in ids)
        and (not projects or project.id in projects)
        and _administers(call, project)
    ]
    return Answer(200, bean(call, f"{_PATH}/project", rows, lambda row: row))


def _scheme(call: Call) -> NotificationScheme:
    administer(call.store, call.actor)
    return schemes.find(call.store, call.parameters["scheme"])


def _users(call: Call, scheme: NotificationScheme) -> list[Project]:
    return [one for one in call.store.configuration.projects if one.schemes.notifications is scheme]


def _administers(call: Call, project: Project) -> bool:
    rights = call.store.rights
    return rights.administers(call.user) or rights.may(call.user, "ADMINISTER_PROJECTS", project)


def _sees(call: Call, scheme: NotificationScheme) -> bool:
    """Return whether the caller administers the site, or a project that uses the scheme."""
    users = _users(call, scheme)
    return call.store.rights.administers(call.user) or any(_administers(call, one) for one in users)


def _show(call: Call, scheme: NotificationScheme) -> dict[str, Any]:
    """Return a scheme; its events when anything is to be expanded."""
    shown: dict[str, Any] = {
        "expand": "notificationSchemeEvents,user,group,projectRole,field,all",
        "id": int(scheme.id),
        "self": f"{call.view.api}/{_PATH}/{scheme.id}",
        "name": scheme.name,
        "description": scheme.description,
        "projects": [int(project.id) for project in _users(call, scheme)],
    }
    if call.words("expand"):
        numbers = sorted({one.event for one in scheme.notifications})
        shown["notificationSchemeEvents"] = [
            {
                "event": {"id": number, "name": EVENTS[number - 1]},
                "notifications": [_show_one(call, one) for one in scheme.about(number)],
            }
            for number in numbers
        ]
    return shown


def _show_one(call: Call, one: Notification) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": int(one.id), "notificationType": one.kind}
    if one.parameter is None:
        return shown
    shown |= {"parameter": one.parameter, "recipient": one.parameter}
    wanted = {"all"} & set(call.words("expand")) or set(call.words("expand"))
    return shown | _details(call, one, wanted)


def _details(call: Call, one: Notification, wanted: set[str]) -> dict[str, Any]:
    """Return the account, group, role or field that a notification names, as far as it is wanted."""
    store, name = call.store, str(one.parameter)
    group = store.people.group(name) if one.kind == "Group" else None
    if group:
        details = {"group": show_group(call.view, group)} if wanted & {"all", "group"} else {}
        return {"recipient": group.id, **details}
    if one.kind == "User" and wanted & {"all", "user"}:
        return {"user": call.view.piece(store.people.by_account(name))}
    role = store.configuration.roles.by_id(name)
    if one.kind == "ProjectRole" and role and wanted & {"all", "projectRole"}:
        address = f"{call.view.api}/role/{role.id}"
        return {"projectRole": {"self": address, "id": int(role.id), "name": role.name}}
    field = store.configuration.fields.by_id(name)
    if one.kind.endswith("CustomField") and field and wanted & {"all", "field"}:
        shown = {"id": field.id, "key": field.id, "name": field.name, "custom": True}
        return {"field": {**shown, "schema": show_schema(field)}}
    return {}


ROUTES: list[Route] = [
    ("GET", f"/{_PATH}", every),
    ("GET", f"/{_PATH}/{{scheme}}", get),
    ("GET", "/project/{project}/notificationscheme", of_project),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", f"/{_PATH}", create),
    ("GET", f"/{_PATH}/project", associations),
    ("PUT", f"/{_PATH}/{{scheme}}", edit),
    ("DELETE", f"/{_PATH}/{{scheme}}", delete),
    ("PUT", f"/{_PATH}/{{scheme}}/notification", add),
    ("DELETE", f"/{_PATH}/{{scheme}}/notification/{{notification}}", remove),
]
