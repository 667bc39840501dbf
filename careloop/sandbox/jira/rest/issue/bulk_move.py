"""Moving many issues at once, and which fields many issues let one edit."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import relocating
from careloop.sandbox.jira.actions.issue.forms import to_edit
from careloop.sandbox.jira.actions.issue.metadata import allowed_values
from careloop.sandbox.jira.actions.issue.relocating import Goal
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.issue.bulk import carry_out, selected, told

FIELDS_A_PAGE = 50
_MAPPING = frozenset(
    {
        *("inferClassificationDefaults", "inferFieldDefaults", "inferStatusDefaults", "issueIdsOrKeys"),
        *("inferSubtaskTypeDefault", "targetClassification", "targetMandatoryFields", "targetStatus"),
    }
)
_EDITABLE = frozenset(
    {
        *("assignee", "reporter", "priority", "labels", "components", "fixVersions", "versions"),
        *("summary", "description", "environment", "duedate"),
    }
)
_SEVERAL = ["ADD", "REMOVE", "REPLACE", "REMOVE_ALL"]


def move(call: Call) -> Answer:
    """Move issues to the places that the keys of the mapping name, as a task."""
    asked = call.object("sendBulkNotification", "targetToSourcesMapping")
    mapping = asked.get("targetToSourcesMapping")
    if not isinstance(mapping, dict) or not mapping:
        raise Refused(400, "The targetToSourcesMapping must be given.")
    goals: dict[str, Goal] = {}
    for key, details in mapping.items():
        if not isinstance(details, Mapping) or not _MAPPING.issuperset(details):
            raise Refused(400, f"What is to be moved to '{key}' is not described rightly.")
        goal = _goal(call, key, details)
        goals |= dict.fromkeys(selected(details, "issueIdsOrKeys"), goal)
    store, user = call.store, call.actor
    numbered = {found.id: goal for one, goal in goals.items() if (found := store.issue(one))}
    return carry_out(call, list(goals), lambda issue: relocating.move(store, user, issue, numbered[issue.id]))


def fields(call: Call) -> Answer:
    """Return the fields that all of some issues let the caller edit in bulk, a page of them."""
    store, user = call.store, call.actor
    if not store.rights.may(user, "BULK_CHANGE", None):
        raise Refused(403, "You do not have the global permission to make bulk changes.")
    references = call.words("issueIdsOrKeys")
    if not references:
        raise Refused(400, "The issueIdsOrKeys must be given.")
    issues = [store.issue_for(user, one) for one in references]
    wanted, known = call.query.get("searchText", "").casefold(), store.configuration.fields
    shared = set.intersection(*({*to_edit(store, user, issue).fields} for issue in issues))
    rows = [one for one in known if one.id in shared and (one.id in _EDITABLE or one.custom)]
    rows = [one for one in rows if wanted in one.name.casefold()]
    if not rows:
        raise Refused(404, "There are no fields that all of these issues let you edit.")
    return Answer(200, _page(call, issues, rows))


def _page(call: Call, issues: list[Issue], rows: list[Field]) -> dict[str, Any]:
    """Return the fields behind or before the one that the query string names."""
    names = [row.id for row in rows]
    after, before = call.query.get("startingAfter"), call.query.get("endingBefore")
    if any(cursor is not None and cursor not in names for cursor in (after, before)):
        raise Refused(400, "The cursor belongs to no field.")
    end = names.index(before) if before is not None else len(rows)
    start = names.index(after) + 1 if after is not None else max(end - FIELDS_A_PAGE, 0) if before else 0
    shown = rows[start : min(start + FIELDS_A_PAGE, end)]
    content: dict[str, Any] = {"fields": [_show(call, issues, one) for one in shown]}
    if shown and start > 0:
        content["endingBefore"] = shown[0].id
    if shown and start + len(shown) < len(rows):
        content["startingAfter"] = shown[-1].id
    return content


def _show(call: Call, issues: list[Issue], field: Field) -> dict[str, Any]:
    store, project = call.store, issues[0].project
    required = any(field.id in to_edit(store, call.actor, issue).required for issue in issues)
    kind = field.id if field.system else (field.custom or field.kind).rpartition(":")[2]
    shown: dict[str, Any] = {"id": field.id, "name": field.name, "type": kind, "isRequired": required}
    if field.kind == "array":
        shown["multiSelectFieldOptions"] = _SEVERAL
    choices = allowed_values(store, project, field)
    if choices is not None:
        shown["fieldOptions"] = [{"id": one.id, "value": one.name} for one in choices]
    if field.kind == "user":
        keys = ",".join(dict.fromkeys(issue.project.key for issue in issues))
        shown["searchUrl"] = f"{call.view.api}/user/assignable/multiProjectSearch?projectKeys={keys}&query="
    return shown


def _goal(call: Call, key: str, details: Mapping[str, Any]) -> Goal:
    """Return the place that a key such as `ENG,10001,ENG-7` names; 400 for an unknown one."""
    parts = [part.strip() for part in key.split(",")]
    configuration = call.store.configuration
    project = configuration.project(parts[0])
    kind = configuration.issue_types.by_id(parts[1]) if len(parts) in (2, 3) else None
    if project is None or kind is None or not call.store.rights.may(call.actor, "BROWSE_PROJECTS", project):
        raise Refused(400, f"'{key}' names no project and issue type.")
    try:
        parent = call.store.issue_for(call.actor, parts[2]) if len(parts) == 3 else None
    except Refused:
        raise Refused(400, f"'{key}' names no parent.") from None
    return Goal(
        project,
        kind,
        parent,
        statuses=_statuses(details.get("targetStatus")),
        infers_status=details.get("inferStatusDefaults", True) is True,
        takes_subtasks=details.get("inferSubtaskTypeDefault", True) is True,
    )


def _statuses(raw: Any) -> dict[str, str]:
    """Return which status there takes the place of each here, from lists of those by the one there."""
    rows = [row.get("statuses") for row in raw or () if isinstance(row, Mapping)]
    return {
        str(source): str(target)
        for row in rows
        if isinstance(row, Mapping)
        for target, sources in row.items()
        if isinstance(sources, list)
        for source in sources
    }


CLOUD_ROUTES: list[Route] = [
    ("POST", "/bulk/issues/move", told(move)),
    ("GET", "/bulk/issues/fields", told(fields)),
]
