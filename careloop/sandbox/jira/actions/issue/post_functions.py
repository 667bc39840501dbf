"""Post-functions of transitions: what they change beside the status (Jira OpenAPI, workflowCapabilities)."""

from collections.abc import Callable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue.assigning import assignee_by_default
from careloop.sandbox.jira.actions.issue.conditions import Asked
from careloop.sandbox.jira.actions.issue.values import Reading, can_read, read_value
from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.store import Store

Values = Mapping[str, Any]


def carry_out(store: Store, user: User, issue: Issue, step: Transition, values: Values) -> dict[str, Any]:
    """Return the new values of fields: those given, and over them what the post-functions of a step set."""
    found = dict(values)
    for rule in step.actions:
        found |= PLAYED[rule.key](Asked(store, user, issue, rule.parameters), found)
    return found


def can_write(field: Field) -> bool:
    """Return whether a rule can set a field: one that holds texts, numbers, dates, people or choices."""
    return can_read(field) and (field.items or field.kind) in _FORMS


def _write(asked: Asked, field: Field, text: str) -> Any:
    """Return the value that a text means for a field, empty for an empty one; 400 for what it cannot hold."""
    raw: Any = _FORMS[field.items or field.kind](text) if text else None
    if text and field.kind == "array":
        raw = [raw]
    return read_value(Reading(asked.store, asked.user, asked.issue.project, rich=False), field, raw)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


_FORMS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "date": str,
    "datetime": str,
    "number": _number,
    "user": lambda text: {"accountId": text, "name": text},
    "group": lambda text: {"name": text},
    **dict.fromkeys(("option", "resolution", "priority", "version", "component"), lambda text: {"id": text}),
}
"""How a text stands in a request for the value of a field, by the type of the value."""


def _assign(asked: Asked, _: Values) -> Values:
    store, issue = asked.store, asked.issue
    match asked.parameters.get("type"):
        case "to-current-user":
            return {"assignee": asked.user}
        case "to-selected-user":
            return {"assignee": store.people.by_account(asked.parameters["accountId"])}
        case "to-default-user":
            return {"assignee": assignee_by_default(store, issue.project, issue.components)}
    return {"assignee": None}


def _update(asked: Asked, values: Values) -> Values:
    """Set a field, or add to it; one that was deleted since is left alone."""
    field = asked.store.configuration.fields.by_id(asked.parameters["field"])
    if field is None:
        return {}
    value = _write(asked, field, asked.parameters.get("value", ""))
    if asked.parameters.get("mode") != "append":
        return {field.id: value}
    before = values[field.id] if field.id in values else asked.issue.get(field.id)
    if isinstance(value, tuple):
        return {field.id: tuple(dict.fromkeys([*(before or ()), *value]))}
    return {field.id: before + value if isinstance(before, str) and isinstance(value, str) else value}


def _copy(asked: Asked, values: Values) -> Values:
    """Copy a field of the issue, or of its parent, to another; what does not fit stays behind."""
    fields, issue = asked.store.configuration.fields, asked.issue
    source = fields.by_id(asked.parameters["sourceFieldKey"])
    target = fields.by_id(asked.parameters["targetFieldKey"])
    origin = issue.parent if asked.parameters.get("issueSource") == "PARENT" else issue
    if source is None or target is None or origin is None:
        return {}
    value = values[source.id] if origin is issue and source.id in values else origin.get(source.id)
    if (source.kind, source.items, source.rich) == (target.kind, target.items, target.rich):
        return {target.id: value}
    if target.kind != "string":
        return {}
    return {target.id: to_text(value) if isinstance(value, str | dict) else getattr(value, "name", None)}


PLAYED: Mapping[str, Callable[[Asked, Values], Values]] = {
    "system:change-assignee": _assign,
    "system:update-field": _update,
    "system:copy-value-from-other-field": _copy,
}
"""The post-functions that change something here, by their kinds."""
