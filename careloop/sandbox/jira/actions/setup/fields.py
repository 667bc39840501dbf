"""Custom fields and their options: the work of an administrator of the site."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field, Option
from careloop.sandbox.jira.model.field_context import FieldContext
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_100
FIRST_OPTION = 10_000
PREFIX = "com.atlassian.jira.plugin.system.customfieldtypes:"


class Shape(NamedTuple):
    """What a type of custom field holds."""

    kind: str
    items: str | None = None
    rich: bool = False


SHAPES = {
    "textfield": Shape("string"),
    "textarea": Shape("string", rich=True),
    "readonlyfield": Shape("string"),
    "url": Shape("string"),
    "float": Shape("number"),
    "datepicker": Shape("date"),
    "datetime": Shape("datetime"),
    "userpicker": Shape("user"),
    "multiuserpicker": Shape("array", "user"),
    "grouppicker": Shape("group"),
    "multigrouppicker": Shape("array", "group"),
    "labels": Shape("array", "string"),
    "select": Shape("option"),
    "radiobuttons": Shape("option"),
    "multiselect": Shape("array", "option"),
    "multicheckboxes": Shape("array", "option"),
    "cascadingselect": Shape("option-with-child"),
    "project": Shape("project"),
    "version": Shape("version"),
    "multiversion": Shape("array", "version"),
}
"""The types of fields that Jira brings along (Jira OpenAPI, createCustomField)."""


def create(store: Store, asked: Mapping[str, Any]) -> Field:
    """Create a custom field, which is on no screen yet."""
    name, kind = str(asked.get("name") or "").strip(), str(asked.get("type") or "")
    shape = SHAPES.get(kind.removeprefix(PREFIX)) if kind.startswith(PREFIX) else None
    if not name:
        raise Refused(400, errors={"name": "The name of the custom field must be given."})
    if shape is None:
        raise Refused(400, errors={"type": f"There is no type of custom fields '{kind}'."})
    number = store.next_id("customfield", first=FIRST_ID)
    field = Field(
        id=f"customfield_{number}",
        name=name,
        kind=shape.kind,
        items=shape.items,
        system=None,
        custom=kind,
        clauses=(name,),
        log_name=name,
        rich=shape.rich,
        orderable=True,
        kept=True,
        description=str(asked.get("description") or ""),
    )
    store.configuration.revision += 1
    return store.configuration.fields.add(field)


def edit(store: Store, field: Field, asked: Mapping[str, Any]) -> None:
    """Rename or describe a custom field."""
    if asked.get("name"):
        field.name = field.log_name = str(asked["name"])
        field.clauses = (field.name,)
    if "description" in asked:
        field.description = str(asked["description"] or "")
    store.configuration.revision += 1


def show_on_default_screen(store: Store, field: Field) -> None:
    """Put a field on the first tab of the default screen; 400 where it is already."""
    screen = next(iter(store.configuration.screens))
    if field.id in screen.fields():
        raise Refused(400, f"The field with id '{field.id}' already exists on the screen.")
    screen.tabs[0].fields.append(field.id)
    store.configuration.revision += 1


def remove(store: Store, field: Field) -> None:
    """Give up a custom field with all its values."""
    store.configuration.fields.remove(field)
    for screen in store.configuration.screens:
        screen.remove(field.id)
    for configuration in store.configuration.field_configurations:
        configuration.fields.pop(field.id, None)
    store.configuration.revision += 1


def add_options(store: Store, field: Field, context: FieldContext, rows: Any) -> list[Option]:
    """Add choices to a select field in a context; 400 for one that exists there."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'options' must be a list of objects.")
    fresh: list[Option] = []
    for row in rows:
        value, parent = str(row.get("value") or "").strip(), row.get("optionId")
        known = (one for one in (*field.options, *fresh) if one.context == context.id)
        siblings = [one for one in known if one.parent == parent]
        if not value or any(one.value.casefold() == value.casefold() for one in siblings):
            raise Refused(400, f"The option value '{value}' is empty or exists already.")
        if parent is not None and field.options.by_id(parent) is None:
            raise Refused(404, f"There is no option with id '{parent}'.")
        number = str(store.next_id("option", first=FIRST_OPTION))
        disabled = row.get("disabled") is True
        fresh.append(Option(number, value, disabled, parent and str(parent), context.id))
    for option in fresh:
        field.options.add(option)
    store.configuration.revision += 1
    return fresh


def edit_options(store: Store, field: Field, rows: Any) -> list[Option]:
    """Rename, enable or disable choices."""
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'options' must be a list of objects.")
    changed = []
    for row in rows:
        option = find_option(field, row.get("id"))
        option.value = str(row.get("value") or option.value)
        option.disabled = row.get("disabled", option.disabled) is True
        changed.append(option)
    store.configuration.revision += 1
    return changed


def find_custom(store: Store, reference: str) -> Field:
    """Return a custom field by its id; 404 when there is none."""
    field = store.configuration.fields.by_id(reference)
    if field is None or not field.custom:
        raise Refused(404, f"The custom field was not found: '{reference}'.")
    return field


def find_option(field: Field, reference: Any) -> Option:
    """Return a choice by its id; 404 when there is none."""
    option = field.options.by_id(reference)
    if option is None:
        raise Refused(404, f"There is no option with id '{reference}'.")
    return option
