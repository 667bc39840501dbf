"""Deciding where custom fields exist, and with which value they begin."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.defaults import as_written
from careloop.sandbox.jira.actions.issue.editing import change
from careloop.sandbox.jira.actions.issue.values import Reading, read_value
from careloop.sandbox.jira.actions.setup.fields import PREFIX
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Cascade, Field, Option
from careloop.sandbox.jira.model.field_context import FieldContext
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 20_000
Asked = Mapping[str, Any]


def create(store: Store, field: Field, asked: Asked, projects: set[str], types: set[str]) -> FieldContext:
    """Create a context; 400 without a name, or where another context holds already."""
    name = str(asked.get("name") or "").strip()
    if not name:
        raise invalid("name", "The name of the context must be given.")
    _check_free(field, projects, None)
    number = str(store.next_id("fieldcontext", first=FIRST_ID))
    made = FieldContext(number, name, str(asked.get("description") or ""), projects, types)
    store.configuration.revision += 1
    return field.contexts.add(made)


def edit(store: Store, found: FieldContext, asked: Asked) -> None:
    """Change the name and description of a context as far as they are named."""
    if "name" in asked and not str(asked["name"] or "").strip():
        raise invalid("name", "The name of the context must be given.")
    found.name = str(asked.get("name", found.name))
    found.description = str(asked.get("description", found.description) or "")
    store.configuration.revision += 1


def delete(store: Store, field: Field, gone: FieldContext) -> None:
    """Give up a context with its options; where it held, the field is to be had no more."""
    for option in [one for one in field.options if one.context == gone.id]:
        field.options.remove(option)
    field.contexts.remove(gone)
    store.configuration.revision += 1


def set_projects(store: Store, field: Field, found: FieldContext, projects: set[str]) -> None:
    """Have a context hold in exactly these projects, in all for none; 400 where another one holds."""
    _check_free(field, projects, found)
    found.projects = projects
    store.configuration.revision += 1


def set_defaults(store: Store, user: User, field: Field, rows: Any) -> None:
    """Set the values with which contexts begin; 400 for one of another kind, 404 for an unknown one."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The defaultValues must be a list of objects.")
    kind = (field.custom or "").removeprefix(PREFIX)
    for row in rows:
        context = field.contexts.by_id(row.get("contextId"))
        if context is None:
            raise Refused(404, f"There is no context '{row.get('contextId')}' of this field.")
        if row.get("type") != _TYPES.get(kind):
            raise invalid("type", f"The default of this field must be of the type '{_TYPES.get(kind)}'.")
        raw = as_written(store, row)
        if raw is not None:
            read_value(Reading(store, user, next(iter(store.configuration.projects)), False), field, raw)
    for row in rows:
        raw = as_written(store, row)
        field.contexts[str(row["contextId"])].default = dict(row) if raw is not None else None


def replace_option(
    store: Store, user: User, field: Field, gone: Option, other: Option | None, issues: list[Issue]
) -> dict[str, Any]:
    """Put another option, or none, in the place of one on some issues, and return which these were."""
    changed, kept = [], []
    for issue in issues:
        value = issue.get(field.id)
        fresh = _exchanged(value, gone, other)
        if fresh == value or not store.rights.may(user, "EDIT_ISSUES", issue) or issue.archived:
            kept.append(issue.id)
            continue
        now = store.begin_write(issue)
        with store.in_bulk():
            changelog.record(store, issue, user, now, change(store, issue, {field.id: fresh}, now))
        changed.append(issue.id)
    return {"modifiedIssues": changed, "unmodifiedIssues": kept}


def _exchanged(value: Any, gone: Option, other: Option | None) -> Any:
    if isinstance(value, tuple):
        members = [other if one is gone else one for one in value]
        return tuple(dict.fromkeys(one for one in members if one is not None))
    if isinstance(value, Cascade):
        if value.parent is gone:
            return Cascade(other, None) if other else None
        return Cascade(value.parent, other) if value.child is gone else value
    return other if value is gone else value


def _check_free(field: Field, projects: set[str], own: FieldContext | None) -> None:
    others = [one for one in field.contexts if one is not own]
    if not projects and any(one.is_global for one in others):
        raise Refused(400, "The field has a context for all projects already.")
    if taken := [number for one in others for number in one.projects & projects]:
        raise Refused(400, f"The projects {', '.join(taken)} have a context of this field already.")


_TYPES: Mapping[str, str] = {
    "select": "option.single",
    "radiobuttons": "option.single",
    "multiselect": "option.multiple",
    "multicheckboxes": "option.multiple",
    "cascadingselect": "option.cascading",
    "userpicker": "single.user.select",
    "multiuserpicker": "multi.user.select",
    "grouppicker": "grouppicker.single",
    "multigrouppicker": "grouppicker.multiple",
    "datepicker": "datepicker",
    "datetime": "datetimepicker",
    "url": "url",
    "float": "float",
    "labels": "labels",
    "textfield": "textfield",
    "textarea": "textarea",
    "readonlyfield": "readonly",
}
"""For each type of custom field the type of its default."""
