"""Issues: create, read, edit, move, delete, and their history."""

from typing import Any

from careloop.sandbox.jira.actions import creating, editing, moving
from careloop.sandbox.jira.actions.changelog import find_histories
from careloop.sandbox.jira.actions.metadata import show_screen
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Transition
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean, strings

EMBEDDED_HISTORIES = 100
MOST_FETCHED = 100


def create(call: Call) -> Answer:
    issue = creating.create(call.store, call.actor, call.object(), rich=call.rich)
    return Answer(201, {"id": str(issue.id), "key": issue.key, "self": f"{call.view.api}/issue/{issue.id}"})


def get(call: Call) -> Answer:
    issue = call.issue
    if call.flag("updateHistory"):
        call.store.note_view(call.actor, issue)
    return Answer(200, _show(call, issue))


def edit(call: Call) -> Answer:
    issue = call.issue
    project_admin = call.store.rights.may(call.actor, "ADMINISTER_PROJECTS", issue.project)
    overrides = not call.flag("notifyUsers", default=True) or call.flag("overrideScreenSecurity")
    if overrides and not project_admin and not call.store.rights.administers(call.actor):
        raise Refused(
            403, "To discard the user notification either admin or project admin permissions are required."
        )
    editing.edit(call.store, call.actor, issue, call.object(), rich=call.rich)
    return Answer(200, _show(call, issue)) if call.flag("returnIssue") else Answer(204)


def assign(call: Call) -> Answer:
    given = call.object()
    absent = given.get("accountId" if call.store.is_cloud else "name") is None
    details = {"fields": {"assignee": None if absent else given}}
    editing.edit(call.store, call.actor, call.issue, details, rich=call.rich)
    return Answer(204)


def delete(call: Call) -> Answer:
    creating.delete(call.store, call.actor, call.issue, with_children=call.flag("deleteSubtasks"))
    return Answer(204)


def transitions(call: Call) -> Answer:
    issue = call.issue
    steps = moving.available(call.store, call.user, issue)
    wanted = call.query.get("transitionId")
    with_fields = "transitions.fields" in call.words("expand")
    shown = [_show_step(call, issue, s, with_fields=with_fields) for s in steps if wanted in (None, "", s.id)]
    return Answer(200, {"expand": "transitions", "transitions": shown})


def transition(call: Call) -> Answer:
    moving.transition(call.store, call.actor, call.issue, call.object(), rich=call.rich)
    return Answer(204)


def edit_meta(call: Call) -> Answer:
    issue = call.issue
    screen = editing.screen_for(call.store, call.actor, issue.project)
    return Answer(200, {"fields": show_screen(call.store, call.view, issue.project, screen, comments=True)})


def changelog(call: Call) -> Answer:
    issue = call.issue
    rows = list(issue.histories)
    return Answer(200, bean(call, f"issue/{issue.id}/changelog", rows, call.rendering.history, 100))


def bulk_changelog(call: Call) -> Answer:
    found = find_histories(call.store, call.actor, call.object())
    return Answer(200, call.rendering.bulk_changelog(found))


def bulk_fetch(call: Call) -> Answer:
    """Return up to 100 issues in the order of their ids; what cannot be seen is named, not refused."""
    asked = call.object()
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
    shown = [rendering.issue(issues[number], chosen) for number in sorted(issues)]
    expand, properties = strings(asked, "expand"), strings(asked, "properties")
    for number, row in zip(sorted(issues), shown, strict=True):
        _expand(call, issues[number], expand, properties, row)
    return Answer(200, {"issues": shown, "issueErrors": errors})


def _show(call: Call, issue: Issue) -> dict[str, Any]:
    rendering = call.rendering
    chosen = rendering.chosen(call.words("fields"), by_default="*all")
    shown = rendering.issue(issue, chosen)
    _expand(call, issue, call.words("expand"), call.words("properties"), shown)
    return shown


def _expand(
    call: Call, issue: Issue, expand: list[str], properties: list[str], shown: dict[str, Any]
) -> None:
    """Add to a rendered issue what the caller asked to have expanded."""
    if "changelog" in expand:
        shown["changelog"] = call.rendering.changelog(issue, EMBEDDED_HISTORIES)
    if "names" in expand:
        shown["names"] = call.rendering.names(shown.get("fields", {}))
    if "schema" in expand:
        shown["schema"] = call.rendering.schemas(shown.get("fields", {}))
    if "transitions" in expand:
        steps = moving.available(call.store, call.user, issue)
        shown["transitions"] = [_show_step(call, issue, step, with_fields=False) for step in steps]
    if "editmeta" in expand:
        screen = editing.screen_for(call.store, call.actor, issue.project)
        shown["editmeta"] = {
            "fields": show_screen(call.store, call.view, issue.project, screen, comments=True)
        }
    if properties:
        shown["properties"] = call.rendering.properties(issue, properties)


def _show_step(call: Call, issue: Issue, step: Transition, *, with_fields: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": step.id,
        "name": step.name,
        "to": call.view.piece(step.target),
        "hasScreen": step.screen is not None,
        "isGlobal": False,
        "isInitial": False,
        "isAvailable": True,
        "isConditional": False,
        "isLooped": False,
    }
    if with_fields:
        fields = step.screen and show_screen(call.store, call.view, issue.project, step.screen, comments=True)
        shown["fields"] = fields or {}
    return shown


ROUTES: list[Route] = [
    ("POST", "/issue", create),
    ("GET", "/issue/{issue}", get),
    ("PUT", "/issue/{issue}", edit),
    ("DELETE", "/issue/{issue}", delete),
    ("PUT", "/issue/{issue}/assignee", assign),
    ("GET", "/issue/{issue}/transitions", transitions),
    ("POST", "/issue/{issue}/transitions", transition),
    ("GET", "/issue/{issue}/editmeta", edit_meta),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/issue/bulkfetch", bulk_fetch),
    ("POST", "/changelog/bulkfetch", bulk_changelog),
    ("GET", "/issue/{issue}/changelog", changelog),
]
