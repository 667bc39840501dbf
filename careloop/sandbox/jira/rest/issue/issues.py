"""Issues: create, read, edit, move, notify about, delete."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue import creating, editing, forms, moving, notifying
from careloop.sandbox.jira.actions.issue.assigning import assignee_by_default
from careloop.sandbox.jira.actions.issue.metadata import show_form
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings
from careloop.sandbox.jira.rest.issue.expansion import (
    HISTORIES_OF_MANY,
    expand,
    read_properties,
    show_issue,
    show_step,
)
from careloop.sandbox.jira.store import CAPACITY

MOST_CREATED = 50
MOST_FETCHED = 100
_HELD = {
    "comments": "comments",
    "worklogs": "worklogs",
    "attachments": "attachments",
    "issueLinks": "links",
    "remoteIssueLinks": "remote_links",
}


def create(call: Call) -> Answer:
    issue = creating.create(call.store, call.actor, call.object(), rich=call.rich)
    if call.flag("updateHistory"):
        call.store.note_view(call.actor, issue)
    return Answer(201, _created(call, issue))


def create_many(call: Call) -> Answer:
    """Create up to 50 issues; failures are told beside the others (Jira OpenAPI, createIssues)."""
    call.sign_in()
    try:
        updates = _read_updates(call)
    except Refused as refusal:
        return Answer(400, {"issues": [], "errors": [_failure(0, refusal)]})
    issues, errors = [], []
    for number, details in enumerate(updates):
        given = details if isinstance(details, Mapping) else {}
        try:
            issues.append(_created(call, creating.create(call.store, call.actor, given, rich=call.rich)))
        except Refused as refusal:
            errors.append(_failure(number, refusal))
    return Answer(201 if issues else 400, {"issues": issues, "errors": errors})


def get(call: Call) -> Answer:
    issue = call.issue
    if call.flag("updateHistory"):
        call.store.note_view(call.actor, issue)
    return Answer(200, show_issue(call, issue))


def edit(call: Call) -> Answer:
    issue = call.issue
    project_admin = call.store.rights.may(call.actor, "ADMINISTER_PROJECTS", issue)
    overrides = not call.flag("notifyUsers", default=True) or call.flag("overrideScreenSecurity")
    if overrides and not project_admin and not call.store.rights.administers(call.actor):
        raise Refused(
            403, "To discard the user notification either admin or project admin permissions are required."
        )
    editing.edit(call.store, call.actor, issue, call.object(), rich=call.rich)
    return Answer(200, show_issue(call, issue)) if call.flag("returnIssue") else Answer(204)


def assign(call: Call) -> Answer:
    """Assign an issue to an account, to nobody (null) or to whom the project says (-1)."""
    key, given, issue = "accountId" if call.store.is_cloud else "name", call.object(), call.issue
    if key not in given:
        raise Refused(400, f"The '{key}' of the assignee must be given, or null for nobody.")
    assignee: Any = {key: given[key]} if given[key] is not None else None
    if given[key] == "-1":
        by_default = assignee_by_default(call.store, issue.project, issue.components)
        assignee = by_default and {key: by_default.account_id if call.store.is_cloud else by_default.name}
    if not call.store.rights.may(call.actor, "ASSIGN_ISSUES", issue):
        raise Refused(403, "You do not have permission to assign issues.")
    editing.edit(call.store, call.actor, issue, {"fields": {"assignee": assignee}}, rich=call.rich)
    return Answer(204)


def delete(call: Call) -> Answer:
    creating.delete(call.store, call.actor, call.issue, with_children=call.flag("deleteSubtasks"))
    return Answer(204)


def notify(call: Call) -> Answer:
    notifying.notify(call.store, call.actor, call.issue, call.object())
    return Answer(204)


def limits(call: Call) -> Answer:
    """Return how much issues hold at most, and which are at the limit or near it."""
    administer(call.store, call.actor)
    by_key, capacity = call.flag("isReturningKeys"), call.store.switches.issue_capacity
    most = {noun: capacity or number for noun, number in CAPACITY.items()}
    near: dict[str, dict[str, int]] = {}
    full: dict[str, dict[str, int]] = {}
    for noun, attribute in _HELD.items():
        for issue in call.store.issues.values():
            count = len(getattr(issue, attribute))
            if count >= 0.8 * most[noun]:
                shown = full if count >= most[noun] else near
                shown.setdefault(noun, {})[issue.key if by_key else str(issue.id)] = count
    return Answer(200, {"limits": most, "issuesApproachingLimit": near, "issuesBreachingLimit": full})


def transitions(call: Call) -> Answer:
    """Return what this account can do now, and with `includeUnavailableTransitions` what it cannot."""
    issue = call.issue
    open_now = moving.available(call.store, call.user, issue)
    hidden = issue.workflow.leaving(issue.status) if call.flag("includeUnavailableTransitions") else []
    wanted, with_fields = call.query.get("transitionId"), "transitions.fields" in call.words("expand")
    shown = [
        show_step(call, issue, step, with_fields=with_fields, available=step in open_now)
        for step in [*open_now, *(step for step in hidden if step not in open_now)]
        if wanted in (None, "", step.id)
    ]
    return Answer(200, {"expand": "transitions", "transitions": shown})


def transition(call: Call) -> Answer:
    moving.transition(call.store, call.actor, call.issue, call.object(), rich=call.rich)
    return Answer(204)


def edit_meta(call: Call) -> Answer:
    issue = call.issue
    form = forms.to_edit(call.store, call.actor, issue)
    return Answer(200, {"fields": show_form(call.store, call.view, issue.project, form, comments=True)})


def fetch_many(call: Call) -> Answer:
    """Return up to 100 issues in the order of their ids; what cannot be seen is named, not refused."""
    asked = call.object("issueIdsOrKeys", "fields", "fieldsByKeys", "expand", "properties")
    references = asked.get("issueIdsOrKeys")
    if not isinstance(references, list) or not 0 < len(references) <= MOST_FETCHED:
        raise Refused(400, f"Between 1 and {MOST_FETCHED} issue IDs or keys must be given.")
    issues: dict[int, Issue] = {}
    errors = []
    for reference in map(str, references):
        try:
            issue = call.store.issue_for(call.user, reference)
            issues[issue.id] = issue
        except Refused as refusal:
            errors.append({"id": reference, "errorMessage": refusal.messages[0]})
    rendering = call.rendering
    chosen = rendering.chosen(strings(asked, "fields"), by_default="*navigable")
    wanted, properties = strings(asked, "expand"), read_properties(asked)
    rows = []
    for number in sorted(issues):
        row = rendering.issue(issues[number], chosen)
        expand(call, issues[number], wanted, row, HISTORIES_OF_MANY)
        if properties:
            row["properties"] = rendering.properties(issues[number], properties)
        rows.append(row)
    return Answer(200, {"issues": rows, "issueErrors": errors})


def _read_updates(call: Call) -> list[Any]:
    """Return the bodies of the issues to create."""
    updates = call.object().get("issueUpdates")
    if not isinstance(updates, list) or not 0 < len(updates) <= MOST_CREATED:
        raise Refused(400, f"Between 1 and {MOST_CREATED} issues can be created at once.")
    return updates


def _failure(number: int, refusal: Refused) -> dict[str, Any]:
    told = {**refusal.platform_body(), "status": refusal.status}
    return {"status": refusal.status, "elementErrors": told, "failedElementNumber": number}


def _created(call: Call, issue: Issue) -> dict[str, str]:
    return {"id": str(issue.id), "key": issue.key, "self": f"{call.view.api}/issue/{issue.id}"}


ROUTES: list[Route] = [
    ("POST", "/issue", create),
    ("POST", "/issue/bulk", create_many),
    ("GET", "/issue/{issue}", get),
    ("PUT", "/issue/{issue}", edit),
    ("DELETE", "/issue/{issue}", delete),
    ("PUT", "/issue/{issue}/assignee", assign),
    ("POST", "/issue/{issue}/notify", notify),
    ("GET", "/issue/{issue}/transitions", transitions),
    ("POST", "/issue/{issue}/transitions", transition),
    ("GET", "/issue/{issue}/editmeta", edit_meta),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/issue/bulkfetch", fetch_many),
    ("GET", "/issue/limit/report", limits),
]
