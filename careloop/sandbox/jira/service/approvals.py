"""Approvals: a status that waits until the approvers of a request have spoken.

An approval comes into being with each stay in that status, for the people in the field Approvers. All of
them must approve; one who declines is enough. An agent who moves the request on ends it undecided.
"""

from careloop.sandbox.jira.actions.issue import moving
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.configuration import set_resolution
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.service import APPROVERS, Approval, Decision
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.service.setup import Outcome, portal
from careloop.sandbox.jira.store import FIRST_ID, Store

_DECISIONS: dict[str, Decision] = {"approve": "approved", "decline": "declined"}


def approvals(store: Store, issue: Issue) -> list[Approval]:
    """Return the approvals of a request, oldest first: those decided, and the one that waits now."""
    kept = store.service.approvals.setdefault(issue.id, [])
    step = portal().approval
    if issue.status.id != step.status:
        kept[:] = [one for one in kept if one.completed]
    elif not kept or kept[-1].completed:
        entered = [
            history.created
            for history in issue.histories
            if any(item.field_id == "status" and item.after == step.status for item in history.items)
        ]
        approvers: tuple[User, ...] = issue.get(APPROVERS) or ()
        number = store.next_id("approval", first=1)
        kept.append(Approval(number, step.name, entered[-1], dict.fromkeys(approvers, "pending")))
    return kept


def find(store: Store, issue: Issue, reference: str) -> Approval:
    """Return one approval of a request by its id; 404 when there is none."""
    for known in approvals(store, issue):
        if str(known.id) == reference:
            return known
    raise Refused(404, f"The approval with id '{reference}' does not exist.")


def may_answer(approval: Approval, user: User) -> bool:
    """Return whether an account's decision is still awaited."""
    return approval.completed is None and approval.decisions.get(user) == "pending"


def decide(store: Store, user: User, issue: Issue, approval: Approval, word: object) -> None:
    """Note a decision; the last one moves the request on.

    400 for another word than approve or decline, 403 for somebody who was not asked, 409 for a second
    decision and for an approval that is over.
    """
    decision = _DECISIONS.get(str(word))
    if decision is None:
        raise Refused(400, "The decision must be 'approve' or 'decline'.")
    if user not in approval.decisions:
        raise Refused(403, "You are not an approver of this request.")
    if not may_answer(approval, user):
        raise Refused(409, "The approval is completed, or you have already submitted a decision.")
    approval.decisions[user] = decision
    if decision == "declined" or set(approval.decisions.values()) == {"approved"}:
        approval.outcome, approval.completed = decision, store.now()
        step = portal().approval
        _move_on(store, user, issue, step.approved if decision == "approved" else step.declined)


def _move_on(store: Store, user: User, issue: Issue, outcome: Outcome) -> None:
    configuration = store.configuration
    target = configuration.statuses[outcome.status]
    actions = (set_resolution("approval", outcome.resolution),) if outcome.resolution else ()
    step = Transition(str(FIRST_ID), "Approval", "DIRECTED", frozenset(), target, actions=actions)
    moving.follow(store, user, issue, step)
