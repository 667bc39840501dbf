"""An issue in an answer, with what the caller asked to have expanded."""

from collections.abc import Collection, Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import forms, moving
from careloop.sandbox.jira.actions.issue.metadata import show_form
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.rest.call import Call, strings

EMBEDDED_HISTORIES = 100
HISTORIES_OF_MANY = 40
"""How many histories an issue carries on Cloud among others (JRACLOUD-96459)."""

MOST_PROPERTIES = 5


def read_properties(asked: Mapping[str, Any]) -> list[str]:
    """Return the keys of issue properties that a body asks for beside several issues; 400 for too many."""
    keys = strings(asked, "properties")
    if len(keys) > MOST_PROPERTIES:
        raise Refused(400, f"At most {MOST_PROPERTIES} properties can be requested.")
    return keys


def show_issue(call: Call, issue: Issue) -> dict[str, Any]:
    """Return an issue with the fields and expansions that the query string asks for."""
    rendering = call.rendering
    chosen = rendering.chosen(call.words("fields"), by_default="*all")
    shown = rendering.issue(issue, chosen)
    expand(call, issue, call.words("expand"), shown)
    if properties := call.words("properties"):
        shown["properties"] = rendering.properties(issue, properties)
    return shown


def expand(
    call: Call,
    issue: Issue,
    wanted: Collection[str],
    shown: dict[str, Any],
    histories: int = EMBEDDED_HISTORIES,
) -> None:
    """Add to a rendered issue what is wanted, with at most so many `histories`."""
    if "changelog" in wanted:
        shown["changelog"] = call.rendering.changelog(issue, histories)
    if "names" in wanted:
        shown["names"] = call.rendering.names(shown.get("fields", {}))
    if "schema" in wanted:
        shown["schema"] = call.rendering.schemas(shown.get("fields", {}))
    if "transitions" in wanted:
        steps = moving.available(call.store, call.user, issue)
        shown["transitions"] = [show_step(call, issue, step, with_fields=False) for step in steps]
    if "editmeta" in wanted:
        form = forms.to_edit(call.store, call.actor, issue)
        shown["editmeta"] = {"fields": show_form(call.store, call.view, issue.project, form, comments=True)}
    if "renderedFields" in wanted:
        shown["renderedFields"] = call.rendering.rendered(issue, shown.get("fields", {}))
    if "operations" in wanted:
        shown["operations"] = {"linkGroups": []}


def show_step(
    call: Call, issue: Issue, step: Transition, *, with_fields: bool, available: bool = True
) -> dict[str, Any]:
    """Return a transition, perhaps with the fields of its screen."""
    shown: dict[str, Any] = {
        "id": step.id,
        "name": step.name,
        "to": call.view.piece(step.leads_to(issue.status)),
        "hasScreen": step.screen is not None,
        "isGlobal": step.kind == "GLOBAL",
        "isInitial": False,
        "isAvailable": available,
        "isConditional": step.conditions is not None,
        "isLooped": step.target is None,
    }
    if with_fields:
        form = forms.to_move(call.store, issue, step)
        fields = form and show_form(call.store, call.view, issue.project, form, comments=True)
        shown["fields"] = fields or {}
    return shown
