"""Contexts of custom fields, and the options that a field has in one."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import field_contexts, fields, rankings
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field, Option
from careloop.sandbox.jira.model.field_context import FieldContext
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean, strings
from careloop.sandbox.jira.rest.tasks import address

_WITH_OPTIONS = frozenset({"option", "option-with-child"})


def every(call: Call) -> Answer:
    field, ids = _field(call), call.words("contextId")
    rows = [
        one
        for one in field.contexts
        if (not ids or one.id in ids)
        and call.query.get("isGlobalContext", "").lower() in ("", str(one.is_global).lower())
        and call.query.get("isAnyIssueType", "").lower() in ("", str(not one.types).lower())
    ]
    return Answer(200, bean(call, f"field/{field.id}/context", rows, _show))


def create(call: Call) -> Answer:
    administer(call.store, call.actor, 404)
    field, asked = _field(call), call.object("description", "id", "issueTypeIds", "name", "projectIds")
    projects, types = _projects(call, asked), _types(call, asked)
    made = field_contexts.create(call.store, field, asked, projects, types)
    shown = {"id": made.id, "name": made.name, "description": made.description}
    return Answer(201, {**shown, "projectIds": sorted(projects), "issueTypeIds": sorted(types)})


def edit(call: Call) -> Answer:
    _, found = _context(call)
    field_contexts.edit(call.store, found, call.object("description", "name"))
    return Answer(204)


def delete(call: Call) -> Answer:
    field_contexts.delete(call.store, *_context(call))
    return Answer(204)


def add_types(call: Call) -> Answer:
    _, found = _context(call)
    types = _types(call, call.object("issueTypeIds"), demanded=True)
    if types & found.types:
        raise Refused(400, "Some of the issue types are in the context already.")
    found.types |= types
    call.store.configuration.revision += 1
    return Answer(204)


def remove_types(call: Call) -> Answer:
    _, found = _context(call)
    types = _types(call, call.object("issueTypeIds"), demanded=True)
    if not types <= found.types:
        raise Refused(400, "Some of the issue types are not in the context.")
    found.types -= types
    call.store.configuration.revision += 1
    return Answer(204)


def add_projects(call: Call) -> Answer:
    field, found = _context(call)
    projects = _projects(call, call.object("projectIds"), demanded=True)
    if projects & found.projects:
        raise Refused(400, "Some of the projects are in the context already.")
    field_contexts.set_projects(call.store, field, found, found.projects | projects)
    return Answer(204)


def remove_projects(call: Call) -> Answer:
    field, found = _context(call)
    projects = _projects(call, call.object("projectIds"), demanded=True)
    if not projects <= found.projects:
        raise Refused(400, "Some of the projects are not in the context.")
    field_contexts.set_projects(call.store, field, found, found.projects - projects)
    return Answer(204)


def project_mapping(call: Call) -> Answer:
    field, ids = _field(call), call.words("contextId")
    rows: list[dict[str, Any]] = []
    for one in (context for context in field.contexts if not ids or context.id in ids):
        pairs = [{"contextId": one.id, "projectId": number} for number in sorted(one.projects)]
        rows += pairs or [{"contextId": one.id, "isGlobalContext": True}]
    return Answer(200, bean(call, f"field/{field.id}/context/projectmapping", rows, lambda row: row))


def type_mapping(call: Call) -> Answer:
    field, ids = _field(call), call.words("contextId")
    rows: list[dict[str, Any]] = []
    for one in (context for context in field.contexts if not ids or context.id in ids):
        pairs = [{"contextId": one.id, "issueTypeId": number} for number in sorted(one.types)]
        rows += pairs or [{"contextId": one.id, "isAnyIssueType": True}]
    return Answer(200, bean(call, f"field/{field.id}/context/issuetypemapping", rows, lambda row: row))


def mapping(call: Call) -> Answer:
    """Return which context holds for each pair of a project and an issue type."""
    field, given = _field(call), call.object("mappings").get("mappings")
    if not isinstance(given, list) or not given or not all(isinstance(row, Mapping) for row in given):
        raise Refused(400, "The mappings must be a list of objects.")
    rows = []
    for row in given:
        (project,) = _projects(call, {"projectIds": [str(row.get("projectId"))]})
        (kind,) = _types(call, {"issueTypeIds": [str(row.get("issueTypeId"))]})
        context = field.context_of(project, kind)
        rows.append({"projectId": project, "issueTypeId": kind, "contextId": context and context.id})
    return Answer(200, bean(call, f"field/{field.id}/context/mapping", rows, lambda row: row))


def defaults(call: Call) -> Answer:
    field, ids = _field(call), call.words("contextId")
    rows = [one.default for one in field.contexts if one.default and (not ids or one.id in ids)]
    return Answer(200, bean(call, f"field/{field.id}/context/defaultValue", rows, lambda row: row))


def set_defaults(call: Call) -> Answer:
    field = _field(call)
    rows = call.object("defaultValues").get("defaultValues")
    field_contexts.set_defaults(call.store, call.actor, field, rows)
    return Answer(204)


def options(call: Call) -> Answer:
    (field, context), only = _choices(call), call.query.get("optionId")
    rows = [one for one in field.options if one.context == context.id and only in (None, "", one.id)]
    return Answer(200, bean(call, f"field/{field.id}/context/{context.id}/option", rows, _show_option, 100))


def add_options(call: Call) -> Answer:
    field, context = _choices(call)
    fresh = fields.add_options(call.store, field, context, call.object("options").get("options"))
    return Answer(200, {"options": [_show_option(option) for option in fresh]})


def edit_options(call: Call) -> Answer:
    field, _ = _choices(call)
    changed = fields.edit_options(call.store, field, call.object("options").get("options"))
    return Answer(200, {"options": [_show_option(option) for option in changed]})


def move_options(call: Call) -> Answer:
    field, _ = _choices(call)
    asked = call.object("after", "customFieldOptionIds", "position")
    order = {**asked, "ids": asked.get("customFieldOptionIds")}
    rankings.move(call.store, call.actor, field.options, order)
    return Answer(204)


def delete_option(call: Call) -> Answer:
    field, _ = _choices(call)
    option = fields.find_option(field, call.parameters["option"])
    if any(option in _held(issue.get(field.id)) for issue in call.store.issues.values()):
        raise Refused(400, f"The option '{option.value}' is used by issues.")
    field.options.remove(option)
    return Answer(204)


def replace_option(call: Call) -> Answer:
    """Put another option, or none, in the place of one on the issues that a query finds, as a task."""
    field, _ = _choices(call)
    gone, reference = fields.find_option(field, call.parameters["option"]), call.query.get("replaceWith")
    other = fields.find_option(field, reference) if reference else None
    found = call.search.result(call.actor, call.query.get("jql", ""), lenient=False).issues
    issues = [issue for issue in found if gone in _held(issue.get(field.id))]
    result = field_contexts.replace_option(call.store, call.actor, field, gone, other, issues)
    number = call.store.note_task(call.actor, f"Replace option {gone.value}", result)
    return Answer(303, headers={"Location": address(call, number)})


def get_option(call: Call) -> Answer:
    reference = call.parameters["option"]
    for field in call.store.configuration.fields:
        if found := field.options.by_id(reference):
            return Answer(
                200, {"self": f"{call.view.api}/customFieldOption/{found.id}", "value": found.value}
            )
    raise Refused(404, f"A custom field option with id '{reference}' does not exist")


def _field(call: Call) -> Field:
    """Return the custom field of the address, for administrators of the site."""
    administer(call.store, call.actor)
    return fields.find_custom(call.store, call.parameters["field"])


def _context(call: Call) -> tuple[Field, FieldContext]:
    field, reference = _field(call), call.parameters["context"]
    found = field.contexts.by_id(reference)
    if found is None:
        raise Refused(404, f"There is no context '{reference}' of this field.")
    return field, found


def _choices(call: Call) -> tuple[Field, FieldContext]:
    field, context = _context(call)
    if (field.items or field.kind) not in _WITH_OPTIONS:
        raise Refused(400, f"The field '{field.name}' has no options.")
    return field, context


def _projects(call: Call, asked: Mapping[str, Any], *, demanded: bool = False) -> set[str]:
    given = strings(asked, "projectIds")
    if demanded and not given:
        raise Refused(400, "The projectIds must be given.")
    for number in given:
        if call.store.configuration.projects.by_id(number) is None:
            raise Refused(404, f"There is no project with id '{number}'.")
    return set(given)


def _types(call: Call, asked: Mapping[str, Any], *, demanded: bool = False) -> set[str]:
    given = strings(asked, "issueTypeIds")
    if demanded and not given:
        raise Refused(400, "The issueTypeIds must be given.")
    for number in given:
        if call.store.configuration.issue_types.by_id(number) is None:
            raise Refused(404, f"There is no issue type with id '{number}'.")
    return set(given)


def _held(value: Any) -> tuple[Any, ...]:
    if isinstance(value, tuple):
        return value
    return value.members() if hasattr(value, "members") else (value,)


def _show(one: FieldContext) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "isGlobalContext": one.is_global,
        "isAnyIssueType": not one.types,
    }


def _show_option(option: Option) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": option.id, "value": option.value, "disabled": option.disabled}
    return shown | {"optionId": option.parent} if option.parent else shown


ROUTES: list[Route] = [("GET", "/customFieldOption/{option}", get_option)]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/field/{field}/context", every),
    ("POST", "/field/{field}/context", create),
    ("PUT", "/field/{field}/context/{context}", edit),
    ("DELETE", "/field/{field}/context/{context}", delete),
    ("PUT", "/field/{field}/context/{context}/issuetype", add_types),
    ("POST", "/field/{field}/context/{context}/issuetype/remove", remove_types),
    ("PUT", "/field/{field}/context/{context}/project", add_projects),
    ("POST", "/field/{field}/context/{context}/project/remove", remove_projects),
    ("GET", "/field/{field}/context/projectmapping", project_mapping),
    ("GET", "/field/{field}/context/issuetypemapping", type_mapping),
    ("POST", "/field/{field}/context/mapping", mapping),
    ("GET", "/field/{field}/context/defaultValue", defaults),
    ("PUT", "/field/{field}/context/defaultValue", set_defaults),
    ("GET", "/field/{field}/context/{context}/option", options),
    ("POST", "/field/{field}/context/{context}/option", add_options),
    ("PUT", "/field/{field}/context/{context}/option", edit_options),
    ("PUT", "/field/{field}/context/{context}/option/move", move_options),
    ("DELETE", "/field/{field}/context/{context}/option/{option}", delete_option),
    ("DELETE", "/field/{field}/context/{context}/option/{option}/issue", replace_option),
]
