"""Editing many issues at once: the forms of values that this operation has to itself."""

from collections.abc import Callable, Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused

Row = Mapping[str, Any]
_OPERATIONS = {"ADD": "add", "REMOVE": "remove"}


def read_edit(asked: Row) -> dict[str, Any]:
    """Return the edit, as `fields` and `update`, of what `selectedActions` names; 400 for anything else."""
    given, actions = asked.get("editedFieldsInput"), asked.get("selectedActions")
    if not isinstance(given, Mapping) or not isinstance(actions, list) or not actions:
        raise Refused(400, "The selectedActions and the editedFieldsInput must be given.")
    fields: dict[str, Any] = {}
    update: dict[str, Any] = {}
    for form, rows in given.items():
        for row in rows if isinstance(rows, list) else [rows]:
            if not isinstance(row, Mapping):
                raise Refused(400, f"The '{form}' must be objects.")
            name = str(row.get("fieldId") or _SINGLE.get(form) or "")
            if name not in actions:
                continue
            if form in _VALUES:
                fields[name] = _VALUES[form](row)
            elif form in _LISTS:
                _read_list(form, name, row, fields, update)
            else:
                raise Refused(400, f"The '{form}' cannot be edited in bulk on this site.")
    if missing := [name for name in actions if name not in fields and name not in update]:
        raise Refused(400, f"There is no value for the fields {', '.join(map(str, missing))}.")
    return {"fields": fields, "update": update}


def _read_list(form: str, name: str, row: Row, fields: dict[str, Any], update: dict[str, Any]) -> None:
    """Note the members that are added to a list, taken from it, or put in its place."""
    noun, key, known = _LISTS[form]
    raw = row.get(noun) or []
    members = [one.get(key) for one in (raw if isinstance(raw, list) else [raw]) if isinstance(one, Mapping)]
    values: list[Any] = [member if known is None else {known: str(member)} for member in members]
    operation = row.get("bulkEditMultiSelectFieldOption", "REPLACE")
    if operation in _OPERATIONS:
        update[name] = [{_OPERATIONS[operation]: value} for value in values]
    else:
        fields[name] = [] if operation == "REMOVE_ALL" else values


def _inside(row: Row, noun: str, key: str) -> Any:
    inner = row.get(noun)
    return inner.get(key) if isinstance(inner, Mapping) else None


def _chosen(row: Row, noun: str, key: str, known: str) -> dict[str, str] | None:
    value = _inside(row, noun, key)
    return None if value is None else {known: str(value)}


_SINGLE = {"priority": "priority"}
_VALUES: dict[str, Callable[[Row], Any]] = {
    "singleLineTextFields": lambda row: row.get("text"),
    "richTextFields": lambda row: _inside(row, "richText", "adfValue"),
    "urlFields": lambda row: row.get("url"),
    "clearableNumberFields": lambda row: row.get("value"),
    "datePickerFields": lambda row: _inside(row, "date", "formattedDate") or None,
    "dateTimePickerFields": lambda row: _inside(row, "dateTime", "formattedDateTime") or None,
    "priority": lambda row: {"id": str(row.get("priorityId"))},
    "singleSelectFields": lambda row: _chosen(row, "option", "optionId", "id"),
    "singleVersionPickerFields": lambda row: _chosen(row, "version", "versionId", "id"),
    "singleSelectClearableUserPickerFields": lambda row: _chosen(row, "user", "accountId", "accountId"),
}
_LISTS: dict[str, tuple[str, str, str | None]] = {
    "labelsFields": ("labels", "name", None),
    "multiselectComponents": ("components", "componentId", "id"),
    "multipleVersionPickerFields": ("versions", "versionId", "id"),
    "multipleSelectFields": ("options", "optionId", "id"),
}
"""For each form of a list: what holds its members, the key in each, and the key of a plain edit."""
