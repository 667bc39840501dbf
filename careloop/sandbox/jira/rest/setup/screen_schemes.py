"""Screen schemes, and the issue type screen schemes that projects use."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import screen_schemes as schemes
from careloop.sandbox.jira.actions.setup import type_mappings
from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.scheme import Scheme
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.scheme_lists import asked_ids, by_project, select
from careloop.sandbox.jira.rest.setup.type_schemes import known_project
from careloop.sandbox.jira.view import show_project

TypeScreens = Scheme[schemes.Screens]
_PATH = "issuetypescreenscheme"


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = select(call, call.store.configuration.screen_schemes)
    return Answer(200, bean(call, "screenscheme", rows, lambda scheme: _show(call, scheme), 25))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    made = schemes.create(call.store, call.object("description", "name", "screens"))
    return Answer(201, {"id": int(made.id)})


def edit(call: Call) -> Answer:
    administer(call.store, call.actor)
    scheme = schemes.find(call.store, call.parameters["scheme"])
    schemes.edit(call.store, scheme, call.object("description", "name", "screens"))
    return Answer(204)


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    schemes.delete(call.store, schemes.find(call.store, call.parameters["scheme"]))
    return Answer(204)


def every_of_types(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = select(call, call.store.configuration.type_screen_schemes)
    return Answer(200, bean(call, _PATH, rows, _show_of_types))


def create_of_types(call: Call) -> Answer:
    """Create a scheme that gives issue types their screen schemes, the default one among them."""
    administer(call.store, call.actor)
    asked, configuration = call.object("description", "issueTypeMappings", "name"), call.store.configuration
    name = read_name(configuration.type_screen_schemes, asked)
    given = _mappings(call, asked.get("issueTypeMappings"))
    if type_mappings.DEFAULT not in given:
        raise Refused(400, "The mappings must name the screen scheme of 'default'.")
    number = str(call.store.next_id("typescreenscheme", first=10_100))
    description = str(asked.get("description") or "")
    scheme = Scheme(number, name, given[type_mappings.DEFAULT], description=description)
    configuration.type_screen_schemes.add(scheme)
    type_mappings.apply(call.store, scheme, given)
    return Answer(201, {"id": number})


def edit_of_types(call: Call) -> Answer:
    scheme, asked = _of_types(call), call.object("description", "name")
    if "name" in asked:
        scheme.name = read_name(call.store.configuration.type_screen_schemes, asked, scheme)
    scheme.description = str(asked.get("description", scheme.description) or "")
    return Answer(204)


def delete_of_types(call: Call) -> Answer:
    scheme, configuration = _of_types(call), call.store.configuration
    every = configuration.every_project()
    if any(one.schemes.screens is scheme for one in every) or scheme is next(
        iter(configuration.type_screen_schemes)
    ):
        raise Refused(400, f"The issue type screen scheme '{scheme.name}' is used by projects.")
    configuration.type_screen_schemes.remove(scheme)
    return Answer(204)


def mapping(call: Call) -> Answer:
    """Return which screen scheme each issue type has, scheme by scheme."""
    administer(call.store, call.actor)
    ids = asked_ids(call, "issueTypeScreenSchemeId")
    rows = [
        row
        for scheme in call.store.configuration.type_screen_schemes
        if not ids or scheme.id in ids
        for row in type_mappings.show(scheme, "issueTypeScreenSchemeId", "screenSchemeId")
    ]
    return Answer(200, bean(call, f"{_PATH}/mapping", rows, lambda row: row))


def map_types(call: Call) -> Answer:
    scheme = _of_types(call)
    given = _mappings(call, call.object("issueTypeMappings").get("issueTypeMappings"))
    type_mappings.apply(call.store, scheme, given)
    return Answer(204)


def map_default(call: Call) -> Answer:
    scheme = _of_types(call)
    scheme.default = schemes.find(call.store, call.object("screenSchemeId").get("screenSchemeId"))
    call.store.configuration.revision += 1
    return Answer(204)


def drop_types(call: Call) -> Answer:
    type_mappings.drop(call.store, _of_types(call), call.object("issueTypeIds"))
    return Answer(204)


def associations(call: Call) -> Answer:
    administer(call.store, call.actor)

    def scheme_of(project: Project) -> TypeScreens:
        return project.schemes.screens

    def show(scheme: TypeScreens) -> dict[str, Any]:
        return {"issueTypeScreenScheme": _show_of_types(scheme)}

    return Answer(200, by_project(call, f"{_PATH}/project", scheme_of, show))


def assign(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked = call.object("issueTypeScreenSchemeId", "projectId")
    project = known_project(call, asked.get("projectId"))
    project.schemes.screens = _find(call, asked.get("issueTypeScreenSchemeId"))
    call.store.configuration.revision += 1
    return Answer(204)


def projects(call: Call) -> Answer:
    """Return the projects that use a scheme."""
    administer(call.store, call.actor)
    number, wanted = call.parameters["scheme"], call.query.get("query", "").casefold()
    rows = [
        project
        for project in call.store.configuration.projects
        if project.schemes.screens.id == number and wanted in f"{project.name} {project.key}".casefold()
    ]
    path = f"{_PATH}/{number}/project"
    return Answer(200, bean(call, path, rows, lambda project: show_project(call.view, project)))


def _mappings(call: Call, rows: object) -> dict[str, schemes.Screens]:
    return type_mappings.read(call.store, rows, "screenSchemeId", call.store.configuration.screen_schemes)


def _of_types(call: Call) -> TypeScreens:
    administer(call.store, call.actor)
    return _find(call, call.parameters["scheme"])


def _find(call: Call, reference: object) -> TypeScreens:
    found = call.store.configuration.type_screen_schemes.by_id(reference)
    if found is None:
        raise Refused(404, f"The issue type screen scheme with the id '{reference}' was not found.")
    return found


def _show(call: Call, scheme: schemes.Screens) -> dict[str, Any]:
    screens = {"default": scheme.default, **scheme.mapping}
    shown: dict[str, Any] = {
        "id": int(scheme.id),
        "name": scheme.name,
        "description": scheme.description,
        "screens": {operation: int(screen.id) for operation, screen in screens.items()},
    }
    if "issueTypeScreenSchemes" in call.words("expand"):
        users = [one for one in call.store.configuration.type_screen_schemes if scheme in one.things()]
        rows = [_show_of_types(one) for one in users]
        page = {"startAt": 0, "maxResults": len(rows), "total": len(rows), "isLast": True, "values": rows}
        shown["issueTypeScreenSchemes"] = page
    return shown


def _show_of_types(scheme: TypeScreens) -> dict[str, Any]:
    return {"id": scheme.id, "name": scheme.name, "description": scheme.description}


CLOUD_ROUTES: list[Route] = [
    ("GET", "/screenscheme", every),
    ("POST", "/screenscheme", create),
    ("PUT", "/screenscheme/{scheme}", edit),
    ("DELETE", "/screenscheme/{scheme}", delete),
    ("GET", f"/{_PATH}", every_of_types),
    ("POST", f"/{_PATH}", create_of_types),
    ("GET", f"/{_PATH}/mapping", mapping),
    ("GET", f"/{_PATH}/project", associations),
    ("PUT", f"/{_PATH}/project", assign),
    ("PUT", f"/{_PATH}/{{scheme}}", edit_of_types),
    ("DELETE", f"/{_PATH}/{{scheme}}", delete_of_types),
    ("PUT", f"/{_PATH}/{{scheme}}/mapping", map_types),
    ("PUT", f"/{_PATH}/{{scheme}}/mapping/default", map_default),
    ("POST", f"/{_PATH}/{{scheme}}/mapping/remove", drop_types),
    ("GET", f"/{_PATH}/{{scheme}}/project", projects),
]
