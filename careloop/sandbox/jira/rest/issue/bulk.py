"""Operations on many issues at once: tasks in Jira, which are done here by the time anybody asks."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from careloop.sandbox.jira.actions.issue import creating, editing, forms, moving, watching
from careloop.sandbox.jira.dates import epoch_millis
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Handler, Route, strings
from careloop.sandbox.jira.rest.issue.bulk_edit import read_edit

MOST_ISSUES = 1000
_EDIT = ("editedFieldsInput", "selectedActions", "selectedIssueIdsOrKeys", "sendBulkNotification")
_TASKS = UUID("7b6a0c1e-52a4-4b8e-9d0f-3f3a5f0b9c11")


def told(handler: Handler) -> Handler:
    """Return a handler whose refusals have the form that bulk operations give them."""

    def answer(call: Call) -> Answer:
        try:
            return handler(call)
        except Refused as refusal:
            if refusal.status not in (400, 403, 404):
                raise
            messages = [*refusal.messages, *refusal.errors.values()]
            return Answer(refusal.status, {"errors": [{"message": message} for message in messages]})

    return answer


def delete(call: Call) -> Answer:
    asked = call.object("selectedIssueIdsOrKeys", "sendBulkNotification")
    store, user = call.store, call.actor
    return carry_out(call, selected(asked), lambda i: creating.delete(store, user, i, with_children=True))


def edit(call: Call) -> Answer:
    """Set fields of issues to the same values."""
    asked = call.object(*_EDIT)
    details, references = read_edit(asked), selected(asked)
    store, user = call.store, call.actor
    return carry_out(call, references, lambda issue: editing.edit(store, user, issue, details, rich=True))


def watch(call: Call) -> Answer:
    store, user = call.store, call.actor
    references = selected(call.object("selectedIssueIdsOrKeys"))
    return carry_out(call, references, lambda issue: watching.watch(store, user, issue, user))


def unwatch(call: Call) -> Answer:
    store, user = call.store, call.actor
    references = selected(call.object("selectedIssueIdsOrKeys"))
    return carry_out(call, references, lambda issue: watching.unwatch(store, user, issue, user))


def transition(call: Call) -> Answer:
    """Make transitions that need no fields, each on the issues that are named with it."""
    inputs = call.object("bulkTransitionInputs", "sendBulkNotification").get("bulkTransitionInputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(row, Mapping) for row in inputs):
        raise Refused(400, "The 'bulkTransitionInputs' must be a list of objects.")
    steps: dict[str, str] = {}
    for row in inputs:
        steps |= dict.fromkeys(selected(row), str(row.get("transitionId") or ""))
    store, user, rich = call.store, call.actor, call.rich

    def move(issue: Issue) -> None:
        step = steps.get(issue.key) or steps.get(str(issue.id))
        moving.transition(store, user, issue, {"transition": {"id": step}}, rich=rich)

    return carry_out(call, list(steps), move)


def transitions(call: Call) -> Answer:
    """Return what can be done with issues, those of one workflow and status together."""
    call.require("issueIdsOrKeys")
    together: dict[object, list[Issue]] = {}
    for reference in call.words("issueIdsOrKeys"):
        issue = call.store.issue_for(call.user, reference)
        together.setdefault((issue.workflow, issue.status), []).append(issue)
    rows = []
    for issues in together.values():
        open_to = [moving.available(call.store, call.user, issue) for issue in issues]
        steps = [step for step in open_to[0] if all(step in others for others in open_to)]
        free = [
            s for s in steps if (form := forms.to_move(call.store, issues[0], s)) is None or not form.required
        ]
        shown = [
            {
                "transitionId": int(step.id),
                "transitionName": step.name,
                "to": {"statusId": int(target.id), "statusName": target.name},
            }
            for step in free
            for target in [step.leads_to(issues[0].status)]
        ]
        filtered = len(free) < len(steps)
        keys = [issue.key for issue in issues]
        rows.append({"issues": keys, "transitions": shown, "isTransitionsFiltered": filtered})
    return Answer(200, {"availableTransitions": rows})


def progress(call: Call) -> Answer:
    call.sign_in()
    found = call.store.bulk_tasks.get(call.parameters["task"])
    if found is None:
        raise Refused(400, f"There is no bulk operation with the task id '{call.parameters['task']}'.")
    return Answer(200, {**found, "submittedBy": {"accountId": found["submittedBy"]}})


def selected(asked: Mapping[str, Any], name: str = "selectedIssueIdsOrKeys") -> list[str]:
    """Return the ids and keys of the issues that a request is about; 400 for none or too many."""
    references = strings(asked, name)
    if not 0 < len(references) <= MOST_ISSUES:
        raise Refused(400, f"Between 1 and {MOST_ISSUES} issues must be selected.")
    return references


def carry_out(call: Call, references: list[str], act: Callable[[Issue], object]) -> Answer:
    """Do something to each issue and keep what came of it; 403 without the right to change in bulk."""
    store = call.store
    if not store.rights.may(call.actor, "BULK_CHANGE", None):
        raise Refused(403, "You do not have the global permission to make bulk changes.")
    done: list[int] = []
    failed: dict[str, list[str]] = {}
    unknown = 0
    for reference in dict.fromkeys(references):
        try:
            issue = store.issue_for(call.user, reference)
        except Refused:
            unknown += 1
            continue
        try:
            with store.in_bulk():
                act(issue)
            done.append(issue.id)
        except Refused as refusal:
            failed[str(issue.id)] = [*refusal.messages, *refusal.errors.values()]
    now = epoch_millis(store.now())
    number = str(uuid5(_TASKS, str(store.next_id("bulk", first=1))))
    store.bulk_tasks[number] = {
        "taskId": number,
        "status": "COMPLETE",
        "progressPercent": 100,
        "created": now,
        "started": now,
        "updated": now,
        "submittedBy": call.actor.account_id,
        "totalIssueCount": len(done) + len(failed) + unknown,
        "processedAccessibleIssues": done,
        "failedAccessibleIssues": failed,
        "invalidOrInaccessibleIssueCount": unknown,
    }
    return Answer(201, {"taskId": number})


CLOUD_ROUTES: list[Route] = [
    ("POST", "/bulk/issues/delete", told(delete)),
    ("POST", "/bulk/issues/fields", told(edit)),
    ("POST", "/bulk/issues/watch", told(watch)),
    ("POST", "/bulk/issues/unwatch", told(unwatch)),
    ("GET", "/bulk/issues/transition", told(transitions)),
    ("POST", "/bulk/issues/transition", told(transition)),
    ("GET", "/bulk/queue/{task}", told(progress)),
]
