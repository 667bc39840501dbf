"""What a screen tells a program about its fields."""

from typing import Any

from careloop.sandbox.jira.model.catalog import Field, Project
from careloop.sandbox.jira.model.screen import Form
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.view import View

_OPERATIONS = {
    "array": ["add", "set", "remove"],
    "comment": ["add", "edit", "remove"],
    "timetracking": ["set", "edit"],
    "attachment": ["set", "copy"],
    "issuelinks": ["add", "copy"],
}


def show_schema(field: Field) -> dict[str, Any]:
    """Return the schema of a field's values."""
    shown: dict[str, Any] = {"type": field.kind}
    if field.items:
        shown["items"] = field.items
    if field.custom:
        shown |= {"custom": field.custom, "customId": int(field.id.removeprefix("customfield_"))}
    elif field.system:
        shown["system"] = field.system
    return shown


def show_field(store: Store, view: View, project: Project, field: Field, *, required: bool) -> dict[str, Any]:
    """Return a field of a screen: whether it must be filled, with what, and by which operations."""
    shown: dict[str, Any] = {
        "required": required,
        "schema": show_schema(field),
        "name": field.name,
        "key": field.id,
        "hasDefaultValue": field.id == "priority",
        "operations": _OPERATIONS.get(field.id) or _OPERATIONS.get(field.kind, ["set"]),
    }
    allowed = allowed_values(store, project, field)
    if allowed is not None:
        shown["allowedValues"] = [view.piece(value) for value in allowed]
    return shown


def show_form(
    store: Store, view: View, project: Project, form: Form, *, comments: bool = False
) -> dict[str, dict[str, Any]]:
    """Return every field of a form by its id; forms of existing issues take comments too."""
    names = [*form.fields, "comment"] if comments else form.fields
    fields = [store.configuration.fields[name] for name in names]
    return {f.id: show_field(store, view, project, f, required=f.id in form.required) for f in fields}


def allowed_values(store: Store, project: Project, field: Field) -> list[Any] | None:
    """Return what a field can be filled with in a project, None when it takes more than a choice."""
    match field.items or field.kind:
        case "priority":
            return list(store.configuration.priorities)
        case "securitylevel":
            return list(project.schemes.security.levels) if project.schemes.security else []
        case "resolution":
            return list(store.configuration.resolutions)
        case "issuetype":
            return list(project.issue_types)
        case "component":
            return list(project.components)
        case "version":
            return list(project.versions)
        case "option" | "option-with-child":
            known = field.choices(project.id)
            return [option for option in known if option.parent is None and not option.disabled]
        case _:
            return None
