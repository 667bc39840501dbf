"""Deciding where custom fields exist, and with which value they begin."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.actions import changelog
from careloop.sandbox.jira.actions.editing import Values, change
from careloop.sandbox.jira.actions.fields import PREFIX
from careloop.sandbox.jira.actions.values import Reading, read_value
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Cascade, Field, IssueType, Option, Project
from careloop.sandbox.jira.model.field_context import FieldContext
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 20_000
Asked = Mapping[str, Any]
Raw = Callable[[Store, Asked], Any]


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
        raw = _RAW[str(row["type"])](store, row)
        if raw is not None:
            read_value(Reading(store, user, next(iter(store.configuration.projects)), False), field, raw)
    for row in rows:
        raw = _RAW[str(row["type"])](store, row)
        field.contexts[str(row["contextId"])].default = dict(row) if raw is not None else None


def fill_in(
    store: Store, user: User, project: Project, kind: IssueType, names: Iterable[str], values: Values
) -> None:
    """Give those custom fields of a form that nobody filled in the value with which their context begins."""
    reading = Reading(store, user, project, False)
    for field in (store.configuration.fields[name] for name in names if name not in values):
        context = field.context_of(project.id, kind.id) if field.custom else None
        if context and context.default:
            raw = _RAW[str(context.default["type"])](store, context.default)
            values[field.id] = read_value(reading, field, raw)


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


def _day(store: Store, row: Asked) -> Any:
    return store.now().date().isoformat() if row.get("useCurrent") else row.get("date")


def _moment(store: Store, row: Asked) -> Any:
    return store.now().isoformat(timespec="milliseconds") if row.get("useCurrent") else row.get("dateTime")


def _cascade(_: Store, row: Asked) -> Any:
    child = {"child": {"id": row["cascadingOptionId"]}} if row.get("cascadingOptionId") else {}
    return {"id": row.get("optionId"), **child}


def _plain(name: str) -> Raw:
    return lambda _, row: row.get(name)


def _one(name: str, key: str) -> Raw:
    return lambda _, row: {key: row[name]} if row.get(name) else None


def _many(name: str, key: str) -> Raw:
    return lambda _, row: [{key: one} for one in row.get(name) or ()] or None


_RAW: Mapping[str, Raw] = {
    "option.single": _one("optionId", "id"),
    "option.multiple": _many("optionIds", "id"),
    "option.cascading": _cascade,
    "single.user.select": _one("accountId", "accountId"),
    "multi.user.select": _many("accountIds", "accountId"),
    "grouppicker.single": _one("groupId", "groupId"),
    "grouppicker.multiple": _many("groupIds", "groupId"),
    "datepicker": _day,
    "datetimepicker": _moment,
    "url": _plain("url"),
    "float": _plain("number"),
    "labels": _plain("labels"),
    "textfield": _plain("text"),
    "textarea": _plain("text"),
    "readonly": _plain("text"),
}
"""For each type of default: how the same value stands in a request to create an issue (version 2)."""
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
