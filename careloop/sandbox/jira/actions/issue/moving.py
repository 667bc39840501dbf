"""Moving an issue through its workflow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog, comment, properties
from careloop.sandbox.jira.actions.issue.conditions import hold
from careloop.sandbox.jira.actions.issue.editing import Values, change, read_object, read_values
from careloop.sandbox.jira.actions.issue.effects import Place, read_effects
from careloop.sandbox.jira.actions.issue.forms import to_move
from careloop.sandbox.jira.actions.issue.post_functions import carry_out
from careloop.sandbox.jira.actions.issue.validators import check
from careloop.sandbox.jira.actions.issue.values import Reading
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.store import Store


def available(store: Store, user: User | None, issue: Issue) -> list[Transition]:
    """Return the transitions this account can make now; without the right to there are none."""
    if user is None or not store.rights.may(user, "TRANSITION_ISSUES", issue):
        return []
    steps = issue.workflow.leaving(issue.status)
    return [step for step in steps if hold(store, user, issue, step.conditions)]


def on_portal(store: Store, user: User | None, issue: Issue) -> list[Transition]:
    """Return the transitions that the customer portal offers on a request."""
    if not store.rights.sees_request(user, issue):
        return []
    return [transition for transition in issue.workflow.leaving(issue.status) if transition.portal]


def transition(store: Store, user: User, issue: Issue, details: Mapping[str, Any], *, rich: bool) -> None:
    """Make a transition with the fields and comments its screen admits; 400 for anything else."""
    step = chosen(details.get("transition"), available(store, user, issue))
    reading = Reading(store, user, issue.project, rich)
    values = read_values(reading, to_move(store, issue, step), details, issue)
    check(store, user, issue, step, values)
    place = Place(store, user, issue.project, issue, rich)
    effects = read_effects(place, read_object(details, "update"), admits=step.screen is not None)
    properties.write(store, issue, properties.read_properties(details.get("properties")))
    _move(store, user, issue, step, values)
    for effect in effects:
        effect(issue)


def transition_on_portal(
    store: Store, user: User, issue: Issue, step_id: object, words: comment.Draft | None
) -> None:
    """Make a portal transition, which shows no screen, with an optional public comment."""
    step = chosen({"id": step_id}, on_portal(store, user, issue))
    _move(store, user, issue, step, {})
    if words:
        comment.add(store, issue, user, words)


def follow(store: Store, user: User, issue: Issue, step: Transition) -> None:
    """Make a step without its screen, such as one that an approval brings about."""
    _move(store, user, issue, step, {})


def chosen(raw: Any, steps: list[Transition]) -> Transition:
    """Return the step that a request names among those that are open; 400 for any other."""
    reference = raw.get("id") if isinstance(raw, Mapping) else None
    if reference is None or isinstance(reference, bool):
        raise Refused(400, "Missing 'transition' identifier")
    for step in steps:
        if step.id == str(reference):
            return step
    raise Refused(400, f"Transition id '{reference}' is not valid for this issue.")


def _move(store: Store, user: User, issue: Issue, step: Transition, values: Values) -> None:
    """Change status and fields in one history entry, as the workflow's post-functions do."""
    values = carry_out(store, user, issue, step, values)
    now = store.begin_write(issue)
    was_resolved, target = issue.resolution is not None, step.leads_to(issue.status)
    _note_category(issue, target, now)
    items = change(store, issue, {"status": target, **values}, now)
    changelog.record(store, issue, user, now, items)
    if issue.resolution is not None and not was_resolved:
        words = f"{issue.resolution.name}: {issue.summary}"
        comment.tell_reporter(store, issue, user, "resolution", words)
    elif issue.resolution is None and was_resolved:
        comment.tell_reporter(store, issue, user, "reopened", f"Reopened: {issue.summary}")


def _note_category(issue: Issue, target: Status, now: datetime) -> None:
    if target.category is not issue.status.category:
        issue.category_changed = now
