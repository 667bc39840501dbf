"""Changing the fields of an issue through a screen: the one rule set behind create, edit and transition."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog, properties
from careloop.sandbox.jira.actions.issue.effects import NOT_ON_SCREEN, READERS, Place, read_effects
from careloop.sandbox.jira.actions.issue.forms import to_edit
from careloop.sandbox.jira.actions.issue.values import Reading, can_read, read_value
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Field, IssueType
from careloop.sandbox.jira.model.issue import Estimates, Issue, Item
from careloop.sandbox.jira.model.screen import Form
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Values = dict[str, Any]


def read_values(
    reading: Reading,
    form: Form | None,
    details: Mapping[str, Any],
    issue: Issue | None,
    skip: Iterable[str] = (),
    *,
    partly: bool = False,
) -> Values:
    """Return the new values that `fields` and `update` ask for; 400 with a message for each wrong field.

    A field may stand in one of the two only. What else `update` asks for is read apart (`effects.py`).
    When only some of a form is filled in, `partly`, what is left out stays as it is.
    """
    fields, update = read_object(details, "fields"), read_object(details, "update")
    values: Values = {}
    errors: dict[str, str] = {}
    for name in [*fields, *update]:
        if name in skip or (name in READERS and name in update):
            continue
        try:
            field = _field_on(reading, form, name)
            if name in fields and name in update:
                raise invalid(name, f"Field '{name}' cannot be set in 'fields' and 'update' together.")
            if name in fields:
                values[name] = read_value(reading, field, fields[name])
            else:
                values[name] = _operate(reading, field, issue, update[name])
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors.update(refusal.errors)
    _demand(reading, form, values, errors, issue, partly=partly)
    if errors:
        raise Refused(400, errors=errors)
    return values


def change(store: Store, issue: Issue, values: Values, now: datetime) -> list[Item]:
    """Set new values and return what changed, for the history; equal values change nothing."""
    items: list[Item] = []
    for name, value in values.items():
        before = issue.get(name)
        after = _complete(issue, value) if isinstance(value, Estimates) else value
        if before != after:
            issue.set(name, after)
            items += changelog.describe(store.configuration.fields[name], before, after, cloud=store.is_cloud)
    if any(item.field_id == "resolution" for item in items):
        issue.resolved = now if issue.resolution else None
    return items


def _complete(issue: Issue, given: Estimates) -> Estimates:
    """Return estimates of which a request names one: once work is logged, the remaining one stays."""
    if given.original is None:
        return Estimates(issue.original_estimate, given.remaining)
    return Estimates(given.original, issue.remaining_estimate if issue.worklogs else given.remaining)


def edit(store: Store, user: User, issue: Issue, details: Mapping[str, Any], *, rich: bool) -> None:
    """Edit an issue with `fields`, `update` (comments too) and `properties`; 403 without the right to."""
    if not store.rights.may(user, "EDIT_ISSUES", issue):
        raise Refused(403, "You do not have permission to edit issues in this project.")
    reading = Reading(store, user, issue.project, rich)
    values = read_values(reading, to_edit(store, user, issue), details, issue, partly=True)
    _check_type(issue, values.get("issuetype", issue.kind))
    place = Place(store, user, issue.project, issue, rich)
    effects = read_effects(place, read_object(details, "update"))
    properties.write(store, issue, properties.read_properties(details.get("properties")))
    if values:
        before = issue.updated
        now = store.begin_write(issue)
        items = change(store, issue, values, now)
        changelog.record(store, issue, user, now, items)
        if not items:
            issue.updated = before
    for effect in effects:
        effect(issue)


def _check_type(issue: Issue, kind: IssueType) -> None:
    """Refuse a type that only moving the issue can give it: of another level, or that lacks its status."""
    if kind is None:
        raise invalid("issuetype", "Specify an issue type")
    workflow = issue.project.schemes.workflow.of(kind.id)
    if kind.level != issue.kind.level or issue.status not in workflow.statuses():
        raise invalid("issuetype", "The issue type selected is invalid.")


def read_object(details: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object in a request, an empty one when it is left out; 400 for anything else."""
    value = details.get(key) or {}
    if not isinstance(value, Mapping):
        raise Refused(400, f"'{key}' must be an object.")
    return value


def _field_on(reading: Reading, form: Form | None, name: str) -> Field:
    field = reading.store.configuration.fields.by_id(name)
    if field is None or form is None or name not in form.fields or not can_read(field):
        raise invalid(name, NOT_ON_SCREEN.format(name))
    return field


def _demand(
    reading: Reading,
    form: Form | None,
    values: Values,
    errors: dict[str, str],
    issue: Issue | None,
    *,
    partly: bool,
) -> None:
    for name in sorted(form.required) if form else ():
        kept = issue is not None and name not in values and (partly or issue.get(name) not in (None, ()))
        if values.get(name) in (None, ()) and not kept and name not in errors:
            field = reading.store.configuration.fields[name]
            asked = (
                "You must specify a summary of the issue."
                if name == "summary"
                else f"{field.name} is required."
            )
            errors[name] = asked


def _operate(reading: Reading, field: Field, issue: Issue | None, operations: Any) -> Any:
    """Return the value after a list of set, add and remove operations."""
    if not isinstance(operations, list):
        raise invalid(field.id, "data was not an array")
    value: Any = issue.get(field.id) if issue else None
    if field.kind == "array":
        value = value or ()
    for operation in operations:
        if not isinstance(operation, Mapping) or len(operation) != 1:
            raise invalid(field.id, "An operation must be an object with one key.")
        verb, raw = next(iter(operation.items()))
        if verb == "set" or (verb == "edit" and field.kind != "array"):
            value = read_value(reading, field, raw)
        elif verb in ("add", "remove") and field.kind == "array":
            members = read_value(reading, field, [raw])
            kept = tuple(member for member in value if member not in members)
            value = (
                kept + members
                if verb == "add" and members[0] not in value
                else kept
                if verb == "remove"
                else value
            )
        else:
            raise invalid(field.id, f"Field with id '{field.id}' does not support operation '{verb}'.")
    return value
