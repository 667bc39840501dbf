"""Field configurations, and the schemes by which projects use them."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import type_mappings
from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field, Project
from careloop.sandbox.jira.model.field_configuration import Behaviour, FieldConfiguration
from careloop.sandbox.jira.model.scheme import Scheme
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.scheme_lists import asked_ids, by_project, select
from careloop.sandbox.jira.rest.setup.type_schemes import known_project

Demands = Scheme[FieldConfiguration]
_RENDERERS = ("text-renderer", "wiki-renderer")
_ITEM = frozenset({"description", "id", "isHidden", "isRequired", "renderer"})


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = select(call, call.store.configuration.field_configurations, "query")
    if call.flag("isDefault"):
        rows = [one for one in rows if one is _default(call)]
    return Answer(200, bean(call, "fieldconfiguration", rows, lambda one: _show(call, one)))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked, known = call.object("description", "name"), call.store.configuration.field_configurations
    name = read_name(known, asked)
    number = str(call.store.next_id("fieldconfiguration", first=10_100))
    made = known.add(FieldConfiguration(number, name, str(asked.get("description") or "")))
    return Answer(200, _show(call, made))


def edit(call: Call) -> Answer:
    found, asked = _configuration(call), call.object("description", "name")
    found.name = read_name(call.store.configuration.field_configurations, asked, found)
    found.description = str(asked.get("description") or "")
    return Answer(204)


def delete(call: Call) -> Answer:
    """Delete a configuration that no scheme uses."""
    found, configuration = _configuration(call), call.store.configuration
    if any(found in scheme.things() for scheme in configuration.field_schemes) or found is _default(call):
        raise Refused(400, f"The field configuration '{found.name}' is used by a scheme.")
    configuration.field_configurations.remove(found)
    return Answer(204)


def items(call: Call) -> Answer:
    """Return how each field behaves."""
    found = _configuration(call)
    rows = list(call.store.configuration.fields)
    path = f"fieldconfiguration/{found.id}/fields"
    return Answer(200, bean(call, path, rows, lambda field: _show_item(field, found.of(field.id))))


def edit_items(call: Call) -> Answer:
    """Say how fields behave, all or none; hiding one makes it forget the rest."""
    found = _configuration(call)
    rows = call.object("fieldConfigurationItems").get("fieldConfigurationItems")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'fieldConfigurationItems' must be a list of objects.")
    fresh = {str(row.get("id")): _read_item(call, found, row) for row in rows}
    found.fields |= fresh
    call.store.configuration.revision += 1
    return Answer(204)


def schemes(call: Call) -> Answer:
    """Return the schemes; that of the site has no name that anybody sees."""
    administer(call.store, call.actor)
    rows = [one for one in select(call, call.store.configuration.field_schemes) if one is not _common(call)]
    return Answer(200, bean(call, "fieldconfigurationscheme", rows, _show_scheme))


def create_scheme(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked, known = call.object("description", "name"), call.store.configuration.field_schemes
    name = read_name(known, asked)
    number = str(call.store.next_id("fieldscheme", first=10_100))
    description = str(asked.get("description") or "")
    made = known.add(Scheme(number, name, _default(call), description=description))
    return Answer(201, _show_scheme(made))


def edit_scheme(call: Call) -> Answer:
    scheme, asked = _scheme(call), call.object("description", "name")
    scheme.name = read_name(call.store.configuration.field_schemes, asked, scheme)
    scheme.description = str(asked.get("description") or "")
    return Answer(204)


def delete_scheme(call: Call) -> Answer:
    scheme, configuration = _scheme(call), call.store.configuration
    if any(one.schemes.fields is scheme for one in configuration.every_project()):
        raise Refused(400, f"The field configuration scheme '{scheme.name}' is used by projects.")
    configuration.field_schemes.remove(scheme)
    return Answer(204)


def mapping(call: Call) -> Answer:
    """Return which configuration each issue type has, scheme by scheme."""
    administer(call.store, call.actor)
    ids, known = asked_ids(call, "fieldConfigurationSchemeId"), call.store.configuration.field_schemes
    if ids and not any(known.by_id(number) for number in ids):
        raise Refused(404, "No field configuration scheme was found.")
    rows = [
        row
        for scheme in known
        if scheme is not _common(call) and (not ids or scheme.id in ids)
        for row in type_mappings.show(scheme, "fieldConfigurationSchemeId", "fieldConfigurationId")
    ]
    return Answer(200, bean(call, "fieldconfigurationscheme/mapping", rows, lambda row: row))


def map_types(call: Call) -> Answer:
    scheme, known = _scheme(call), call.store.configuration.field_configurations
    rows = call.object("mappings").get("mappings")
    type_mappings.apply(
        call.store, scheme, type_mappings.read(call.store, rows, "fieldConfigurationId", known)
    )
    return Answer(204)


def drop_types(call: Call) -> Answer:
    type_mappings.drop(call.store, _scheme(call), call.object("issueTypeIds"))
    return Answer(204)


def associations(call: Call) -> Answer:
    administer(call.store, call.actor)

    def scheme_of(project: Project) -> Demands:
        return project.schemes.fields

    def show(scheme: Demands) -> dict[str, Any]:
        return {} if scheme is _common(call) else {"fieldConfigurationScheme": _show_scheme(scheme)}

    return Answer(200, by_project(call, "fieldconfigurationscheme/project", scheme_of, show))


def assign(call: Call) -> Answer:
    """Have a project use a scheme, that of the site when none is named."""
    administer(call.store, call.actor)
    asked = call.object("fieldConfigurationSchemeId", "projectId")
    project, number = known_project(call, asked.get("projectId")), asked.get("fieldConfigurationSchemeId")
    project.schemes.fields = _find(call, number) if number is not None else _common(call)
    call.store.configuration.revision += 1
    return Answer(204)


def _default(call: Call) -> FieldConfiguration:
    return next(iter(call.store.configuration.field_configurations))


def _common(call: Call) -> Demands:
    return next(iter(call.store.configuration.field_schemes))


def _configuration(call: Call) -> FieldConfiguration:
    administer(call.store, call.actor)
    found = call.store.configuration.field_configurations.by_id(call.parameters["configuration"])
    if found is None:
        raise Refused(404, f"There is no field configuration '{call.parameters['configuration']}'.")
    return found


def _scheme(call: Call) -> Demands:
    administer(call.store, call.actor)
    return _find(call, call.parameters["scheme"])


def _find(call: Call, reference: object) -> Demands:
    found = call.store.configuration.field_schemes.by_id(reference)
    if found is None or found is _common(call):
        raise Refused(404, f"The field configuration scheme with the id '{reference}' was not found.")
    return found


def _read_item(call: Call, configuration: FieldConfiguration, row: Mapping[str, Any]) -> Behaviour:
    field = call.store.configuration.fields.by_id(row.get("id"))
    if field is None or not row.keys() <= _ITEM:
        raise Refused(400, f"The field '{row.get('id')}' does not exist, or more is said than can be.")
    known, renderer = configuration.of(field.id), row.get("renderer")
    if renderer not in (None, known.renderer, *(_RENDERERS if field.kind == "string" else ())):
        raise Refused(400, f"The field '{field.id}' cannot have the renderer '{renderer}'.")
    if row.get("isHidden") is True:
        if field.id == "summary" or row.get("isRequired") is True:
            raise Refused(400, f"The field '{field.id}' cannot be hidden.")
        return Behaviour(hidden=True)
    return Behaviour(
        required=row.get("isRequired", known.required) is True,
        hidden=row.get("isHidden", known.hidden) is True,
        description=str(row.get("description", known.description) or ""),
        renderer=str(renderer or known.renderer),
    )


def _show(call: Call, one: FieldConfiguration) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": int(one.id), "name": one.name, "description": one.description}
    return shown | ({"isDefault": True} if one is _default(call) else {})


def _show_item(field: Field, behaviour: Behaviour) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": field.id,
        "description": behaviour.description,
        "isHidden": behaviour.hidden,
        "isRequired": behaviour.required or field.id == "summary",
    }
    renderer = behaviour.renderer or ("wiki-renderer" if field.rich else "")
    return shown | ({"renderer": renderer} if renderer else {})


def _show_scheme(scheme: Demands) -> dict[str, Any]:
    return {"id": scheme.id, "name": scheme.name, "description": scheme.description}


CLOUD_ROUTES: list[Route] = [
    ("GET", "/fieldconfiguration", every),
    ("POST", "/fieldconfiguration", create),
    ("PUT", "/fieldconfiguration/{configuration}", edit),
    ("DELETE", "/fieldconfiguration/{configuration}", delete),
    ("GET", "/fieldconfiguration/{configuration}/fields", items),
    ("PUT", "/fieldconfiguration/{configuration}/fields", edit_items),
    ("GET", "/fieldconfigurationscheme", schemes),
    ("POST", "/fieldconfigurationscheme", create_scheme),
    ("GET", "/fieldconfigurationscheme/mapping", mapping),
    ("GET", "/fieldconfigurationscheme/project", associations),
    ("PUT", "/fieldconfigurationscheme/project", assign),
    ("PUT", "/fieldconfigurationscheme/{scheme}", edit_scheme),
    ("DELETE", "/fieldconfigurationscheme/{scheme}", delete_scheme),
    ("PUT", "/fieldconfigurationscheme/{scheme}/mapping", map_types),
    ("POST", "/fieldconfigurationscheme/{scheme}/mapping/delete", drop_types),
]
