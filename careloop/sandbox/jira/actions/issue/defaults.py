"""The values with which custom fields begin."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue.editing import Values
from careloop.sandbox.jira.actions.issue.values import Reading, read_value
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Asked = Mapping[str, Any]
Raw = Callable[[Store, Asked], Any]


def fill_in(
    store: Store, user: User, project: Project, kind: IssueType, names: Iterable[str], values: Values
) -> None:
    """Give those custom fields of a form that nobody filled in the value with which their context begins."""
    reading = Reading(store, user, project, False)
    for field in (store.configuration.fields[name] for name in names if name not in values):
        context = field.context_of(project.id, kind.id) if field.custom else None
        if context and context.default:
            values[field.id] = read_value(reading, field, as_written(store, context.default))


def as_written(store: Store, default: Asked) -> Any:
    """Return a default as the same value stands in a request to create an issue, None for no value."""
    return _RAW[str(default["type"])](store, default)


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
