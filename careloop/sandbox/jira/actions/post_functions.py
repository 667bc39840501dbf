"""Post-functions of transitions: what they change beside the status (Jira OpenAPI, workflowCapabilities)."""

from collections.abc import Callable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.conditions import Asked
from careloop.sandbox.jira.actions.values import Reading, read_value
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


def read_text(store: Store, user: User, issue: Issue, field: Field, text: str) -> Any:
    """Return the value that a rule writes as a text: an id, a number, a date, or the text itself.

    An empty text empties the field; 400 for what the field cannot hold.
    """
    raw: Any = None
    if text:
        match field.items or field.kind:
            case "string" | "date" | "datetime":
                raw = text
            case "number":
                raw = float(text)
            case "user":
                raw = {"accountId": text, "name": text}
            case _:
                raw = {"id": text}
        raw = [raw] if field.kind == "array" else raw
    return read_value(Reading(store, user, issue.project, rich=False), field, raw)


def _assign(asked: Asked, _: Values) -> Values:
    store, issue = asked.store, asked.issue
    match asked.parameters.get("type"):
        case "to-current-user":
            return {"assignee": asked.user}
        case "to-selected-user":
            return {"assignee": store.people.by_account(asked.parameters["accountId"])}
        case "to-default-user" if issue.project.assignee_type == "PROJECT_LEAD":
            return {"assignee": store.people.by_name(issue.project.lead)}
    return {"assignee": None}


def _update(asked: Asked, values: Values) -> Values:
    field = asked.store.configuration.fields[asked.parameters["field"]]
    value = read_text(asked.store, asked.user, asked.issue, field, asked.parameters.get("value", ""))
    if asked.parameters.get("mode") != "append":
        return {field.id: value}
    before = values[field.id] if field.id in values else asked.issue.get(field.id)
    if isinstance(value, tuple):
        return {field.id: tuple(dict.fromkeys([*(before or ()), *value]))}
    return {field.id: before + value if isinstance(before, str) and isinstance(value, str) else value}


def _copy(asked: Asked, values: Values) -> Values:
    """Copy a field of the issue, or of its parent, to another; what does not fit stays behind."""
    source, target = asked.parameters["sourceFieldKey"], asked.parameters["targetFieldKey"]
    if asked.parameters.get("issueSource") == "PARENT":
        parent = asked.issue.parent
        return {target: parent.get(source)} if parent else {}
    return {target: values[source] if source in values else asked.issue.get(source)}


PLAYED: Mapping[str, Callable[[Asked, Values], Values]] = {
    "system:change-assignee": _assign,
    "system:update-field": _update,
    "system:copy-value-from-other-field": _copy,
}
"""The post-functions that change something here, by their kinds."""
