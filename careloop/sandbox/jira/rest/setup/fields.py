"""Fields, system and custom ones."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue.metadata import show_schema
from careloop.sandbox.jira.actions.setup import fields
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.tasks import lead_to


def every(call: Call) -> Answer:
    return Answer(200, [_show(field) for field in call.store.configuration.fields])


def search(call: Call) -> Answer:
    wanted, ids, types = call.query.get("query", "").casefold(), call.words("id"), call.words("type")
    order = call.query.get("orderBy", "name").lstrip("+")
    rows = [
        field
        for field in call.store.configuration.fields
        if wanted in f"{field.name} {field.description}".casefold()
        and (not ids or field.id in ids)
        and (not types or ("custom" if field.custom else "system") in types)
    ]
    rows.sort(key=lambda field: field.name.casefold(), reverse=order.startswith("-"))
    return Answer(200, bean(call, "field/search", rows, lambda field: _show_found(call, field)))


def create(call: Call) -> Answer:
    administer(call.store, call.actor, 400)  # the document lists no 403 (createCustomField)
    asked = call.object("description", "name", "searcherKey", "type")
    return Answer(201, _show(fields.create(call.store, asked)))


def edit(call: Call) -> Answer:
    administer(call.store, call.actor)
    fields.edit(
        call.store,
        fields.find_custom(call.store, call.parameters["field"]),
        call.object("description", "name", "searcherKey"),
    )
    return Answer(204)


def delete(call: Call) -> Answer:
    """Delete a field, and lead to the task that does so."""
    administer(call.store, call.actor)
    field = fields.find_custom(call.store, call.parameters["field"])
    fields.remove(call.store, field)
    return lead_to(call, f"Delete custom field {field.name}")


def add_to_screen(call: Call) -> Answer:
    administer(call.store, call.actor)
    fields.show_on_default_screen(call.store, fields.find_custom(call.store, call.parameters["field"]))
    return Answer(200, {})


def trash(call: Call) -> Answer:
    """Put a field aside, with all its values, until it is restored."""
    administer(call.store, call.actor)
    field = fields.find_custom(call.store, call.parameters["field"])
    fields.remove(call.store, field)
    call.store.trash[field.id] = field
    return Answer(200, {})


def trashed(call: Call) -> Answer:
    """Return the fields in the trash, by their names."""
    administer(call.store, call.actor)
    wanted, ids = call.query.get("query", "").casefold(), call.words("id")
    order = call.query.get("orderBy", "name").lstrip("+")
    rows = [
        field
        for field in call.store.trash.values()
        if wanted in f"{field.name} {field.description}".casefold() and (not ids or field.id in ids)
    ]
    rows.sort(key=lambda field: field.name.casefold(), reverse=order.startswith("-"))
    return Answer(200, bean(call, "field/search/trashed", rows, lambda field: _show_found(call, field)))


def restore(call: Call) -> Answer:
    administer(call.store, call.actor)
    field = call.store.trash.pop(call.parameters["field"], None)
    if field is None:
        raise Refused(404, f"The field '{call.parameters['field']}' is not in the trash.")
    call.store.configuration.fields.add(field)
    call.store.configuration.revision += 1
    return Answer(200, {})


def _show(field: Field) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "custom": bool(field.custom),
        "orderable": field.orderable,
        "navigable": True,
        "searchable": bool(field.clauses),
        "clauseNames": list(field.clauses),
    }
    if field.custom:
        shown["clauseNames"] = [f"cf[{field.id.removeprefix('customfield_')}]", *field.clauses]
        shown["untranslatedName"] = field.name
    if field.kind:
        shown["schema"] = show_schema(field)
    return shown


def _show_found(call: Call, field: Field) -> dict[str, Any]:
    """Return a field as the search for fields shows it."""
    shown: dict[str, Any] = {
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "schema": show_schema(field) if field.kind else {"type": "string"},
        "description": field.description,
    }
    wanted = call.words("expand")
    if "isLocked" in wanted:
        shown["isLocked"] = False
    if "contextsCount" in wanted and field.custom:
        shown["contextsCount"] = len(field.contexts)
    if "screensCount" in wanted:
        screens = call.store.configuration.screens
        shown["screensCount"] = sum(field.id in screen.fields() for screen in screens)
    if "searcherKey" in wanted and field.custom:
        shown["searcherKey"] = f"{fields.PREFIX}{field.kind}searcher"
    return shown


ROUTES: list[Route] = [
    ("GET", "/field", every),
    ("POST", "/field", create),
    ("POST", "/screens/addToDefault/{field}", add_to_screen),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/field/search", search),
    ("GET", "/field/search/trashed", trashed),
    ("PUT", "/field/{field}", edit),
    ("DELETE", "/field/{field}", delete),
    ("POST", "/field/{field}/trash", trash),
    ("POST", "/field/{field}/restore", restore),
]
