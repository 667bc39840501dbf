"""Screens, their tabs, and the fields on them."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import screens
from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.screen import Screen, Tab
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.scheme_lists import select


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    scopes = call.words("scope")
    rows = select(call, call.store.configuration.screens)
    found = rows if not scopes or "GLOBAL" in scopes else []
    return Answer(200, bean(call, "screens", found, _show, 100))


def of_field(call: Call) -> Answer:
    """Return the screens that a field is on."""
    administer(call.store, call.actor)
    field = call.parameters["field"]
    rows = [screen for screen in call.store.configuration.screens if field in screen.fields()]
    return Answer(200, bean(call, f"field/{field}/screens", rows, _show, 100))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(201, _show(screens.create(call.store, call.object("description", "name"))))


def edit(call: Call) -> Answer:
    screen = _screen(call)
    screens.edit(call.store, screen, call.object("description", "name"))
    return Answer(200, _show(screen))


def delete(call: Call) -> Answer:
    screens.delete(call.store, _screen(call))
    return Answer(204)


def available(call: Call) -> Answer:
    return Answer(200, [_show_field(one) for one in screens.available(call.store, _screen(call))])


def tabs(call: Call) -> Answer:
    return Answer(200, [_show_tab(tab) for tab in _readable(call).tabs])


def add_tab(call: Call) -> Answer:
    screen = _screen(call)
    return Answer(200, _show_tab(screens.add_tab(call.store, screen, call.object("id", "name"))))


def rename_tab(call: Call) -> Answer:
    screen, tab = _screen_and_tab(call)
    tab.name = read_name(screen.tabs, call.object("id", "name"), tab)
    return Answer(200, _show_tab(tab))


def move_tab(call: Call) -> Answer:
    screen, tab = _screen_and_tab(call)
    screens.move_tab(screen, tab, call.parameters["position"])
    return Answer(204)


def delete_tab(call: Call) -> Answer:
    screen, tab = _screen_and_tab(call)
    screens.delete_tab(call.store, screen, tab)
    return Answer(204)


def fields(call: Call) -> Answer:
    tab = screens.find_tab(_readable(call), call.parameters["tab"])
    known = call.store.configuration.fields
    return Answer(200, [_show_field(known[name]) for name in tab.fields])


def add_field(call: Call) -> Answer:
    screen, tab = _screen_and_tab(call)
    return Answer(200, _show_field(screens.add_field(call.store, screen, tab, call.object("fieldId"))))


def remove_field(call: Call) -> Answer:
    _, tab = _screen_and_tab(call)
    screens.remove_field(call.store, tab, call.parameters["field"])
    return Answer(204)


def move_field(call: Call) -> Answer:
    _, tab = _screen_and_tab(call)
    screens.move_field(tab, call.parameters["field"], call.object("after", "position"))
    return Answer(204)


def _screen(call: Call) -> Screen:
    administer(call.store, call.actor)
    return screens.find(call.store, call.parameters["screen"])


def _screen_and_tab(call: Call) -> tuple[Screen, Tab]:
    screen = _screen(call)
    return screen, screens.find_tab(screen, call.parameters["tab"])


def _readable(call: Call) -> Screen:
    """Return the screen, which who administers a project may read, too, when the project shows it."""
    reference = call.query.get("projectKey")
    project = call.store.configuration.project(reference) if reference else None
    if project is None or not call.store.rights.may(call.user, "ADMINISTER_PROJECTS", project):
        return _screen(call)
    screen = screens.find(call.store, call.parameters["screen"])
    if not any(screen in scheme.things() for scheme in project.schemes.screens.things()):
        return _screen(call)
    return screen


def _show(screen: Screen) -> dict[str, Any]:
    return {"id": int(screen.id), "name": screen.name, "description": screen.description}


def _show_tab(tab: Tab) -> dict[str, Any]:
    return {"id": int(tab.id), "name": tab.name}


def _show_field(field: Field) -> dict[str, str]:
    return {"id": field.id, "name": field.name}


_TABS = "/screens/{screen}/tabs"
ROUTES: list[Route] = [
    ("GET", "/screens", every),
    ("GET", "/screens/{screen}/availableFields", available),
    ("GET", _TABS, tabs),
    ("POST", _TABS, add_tab),
    ("PUT", f"{_TABS}/{{tab}}", rename_tab),
    ("DELETE", f"{_TABS}/{{tab}}", delete_tab),
    ("POST", f"{_TABS}/{{tab}}/move/{{position}}", move_tab),
    ("GET", f"{_TABS}/{{tab}}/fields", fields),
    ("POST", f"{_TABS}/{{tab}}/fields", add_field),
    ("DELETE", f"{_TABS}/{{tab}}/fields/{{field}}", remove_field),
    ("POST", f"{_TABS}/{{tab}}/fields/{{field}}/move", move_field),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/screens", create),
    ("PUT", "/screens/{screen}", edit),
    ("DELETE", "/screens/{screen}", delete),
    ("GET", "/field/{field}/screens", of_field),
]
