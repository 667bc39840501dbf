"""Fields, system and custom ones, with the contexts and options of the latter."""

from typing import Any

from careloop.sandbox.jira.actions import fields
from careloop.sandbox.jira.actions.metadata import show_schema
from careloop.sandbox.jira.actions.projects import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field, Option
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.tasks import lead_to

_WITH_OPTIONS = frozenset({"option", "option-with-child"})


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
    fields.edit(call.store, _custom(call), call.object("description", "name", "searcherKey"))
    return Answer(204)


def delete(call: Call) -> Answer:
    """Delete a field, and lead to the task that does so."""
    administer(call.store, call.actor)
    field = _custom(call)
    fields.remove(call.store, field)
    return lead_to(call, f"Delete custom field {field.name}")


def add_to_screen(call: Call) -> Answer:
    administer(call.store, call.actor)
    fields.show_on_default_screen(call.store, _custom(call))
    return Answer(200, {})


def contexts(call: Call) -> Answer:
    """Return the one context that a field has here: it holds everywhere."""
    administer(call.store, call.actor)
    field = _custom(call)
    return Answer(200, bean(call, f"field/{field.id}/context", [_context(field)], lambda row: row))


def options(call: Call) -> Answer:
    administer(call.store, call.actor)
    field, only = _in_context(call), call.query.get("optionId")
    rows = [one for one in field.options if only in (None, "", one.id)]
    path = f"field/{field.id}/context/{call.parameters['context']}/option"
    return Answer(200, bean(call, path, rows, _show_option, 100))


def add_options(call: Call) -> Answer:
    administer(call.store, call.actor)
    fresh = fields.add_options(call.store, _in_context(call), call.object("options").get("options"))
    return Answer(200, {"options": [_show_option(option) for option in fresh]})


def edit_options(call: Call) -> Answer:
    administer(call.store, call.actor)
    changed = fields.edit_options(call.store, _in_context(call), call.object("options").get("options"))
    return Answer(200, {"options": [_show_option(option) for option in changed]})


def delete_option(call: Call) -> Answer:
    administer(call.store, call.actor)
    field = _in_context(call)
    option = fields.find_option(field, call.parameters["option"])
    if any(option in _held(issue.get(field.id)) for issue in call.store.issues.values()):
        raise Refused(400, f"The option '{option.value}' is used by issues.")
    field.options.remove(option)
    return Answer(204)


def get_option(call: Call) -> Answer:
    reference = call.parameters["option"]
    for field in call.store.configuration.fields:
        if found := field.options.by_id(reference):
            address = f"{call.view.api}/customFieldOption/{found.id}"
            return Answer(200, {"self": address, "value": found.value})
    raise Refused(404, f"A custom field option with id '{reference}' does not exist")


def trash(call: Call) -> Answer:
    """Put a field aside, with all its values, until it is restored."""
    administer(call.store, call.actor)
    field = _custom(call)
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


def _custom(call: Call) -> Field:
    reference = call.parameters["field"]
    field = call.store.configuration.fields.by_id(reference)
    if field is None or not field.custom:
        raise Refused(404, f"The custom field was not found: '{reference}'.")
    return field


def _in_context(call: Call) -> Field:
    field = _custom(call)
    if call.parameters["context"] != _context(field)["id"]:
        raise Refused(404, f"There is no context '{call.parameters['context']}' of this field.")
    if (field.items or field.kind) not in _WITH_OPTIONS:
        raise Refused(400, f"The field '{field.name}' has no options.")
    return field


def _context(field: Field) -> dict[str, Any]:
    return {
        "id": field.id.removeprefix("customfield_"),
        "name": f"Default Configuration Scheme for {field.name}",
        "description": "Default configuration scheme generated by Jira",
        "isGlobalContext": True,
        "isAnyIssueType": True,
    }


def _held(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


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
        shown["contextsCount"] = 1
    if "screensCount" in wanted:
        screens = call.store.configuration.screens
        shown["screensCount"] = sum(field.id in screen.fields() for screen in screens)
    if "searcherKey" in wanted and field.custom:
        shown["searcherKey"] = f"{fields.PREFIX}{field.kind}searcher"
    return shown


def _show_option(option: Option) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": option.id, "value": option.value, "disabled": option.disabled}
    return shown | {"optionId": option.parent} if option.parent else shown


ROUTES: list[Route] = [
    ("GET", "/field", every),
    ("POST", "/field", create),
    ("GET", "/customFieldOption/{option}", get_option),
    ("POST", "/screens/addToDefault/{field}", add_to_screen),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/field/search", search),
    ("GET", "/field/search/trashed", trashed),
    ("PUT", "/field/{field}", edit),
    ("DELETE", "/field/{field}", delete),
    ("POST", "/field/{field}/trash", trash),
    ("POST", "/field/{field}/restore", restore),
    ("GET", "/field/{field}/context", contexts),
    ("GET", "/field/{field}/context/{context}/option", options),
    ("POST", "/field/{field}/context/{context}/option", add_options),
    ("PUT", "/field/{field}/context/{context}/option", edit_options),
    ("DELETE", "/field/{field}/context/{context}/option/{option}", delete_option),
]
