"""Bringing issues into another project or giving them another type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.editing import Values, change
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.model.issue import Issue, Item
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

_OF_PROJECT = {"components": "components", "fixVersions": "versions", "versions": "versions"}
"""Fields that choose from lists of the project, by the attribute of the project that holds the list."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where issues go: project, type, perhaps a parent, and what becomes of statuses that are unknown there.

    `statuses` gives the id of a status there for those here; without one the workflow's first is taken,
    unless it must be told (`infers_status`). `values` are set on arrival.
    """

    project: Project
    kind: IssueType
    parent: Issue | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    infers_status: bool = True
    takes_subtasks: bool = True


def move(store: Store, user: User, issue: Issue, goal: Goal) -> None:
    """Move one issue, and its sub-tasks with it; 400 or 403 when it cannot go there."""
    _permit(store, user, issue, goal)
    children = [child for child in issue.children if child.kind.subtask]
    other_project = issue.project is not goal.project
    if children and (goal.kind.subtask or (other_project and not goal.takes_subtasks)):
        raise Refused(400, f"The issue '{issue.key}' has sub-tasks, which must be moved with it.")
    status = _status(issue, goal)
    kinds = {child: _kind_of_child(child, goal) for child in children} if other_project else {}
    _carry(store, user, issue, goal, status)
    for child, kind in kinds.items():
        inner = Goal(goal.project, kind, issue)
        _carry(store, user, child, inner, _status(child, inner))


def _permit(store: Store, user: User, issue: Issue, goal: Goal) -> None:
    may = store.rights.may
    if not may(user, "MOVE_ISSUES", issue):
        raise Refused(403, f"You do not have permission to move the issue '{issue.key}'.")
    if not may(user, "CREATE_ISSUES", goal.project):
        raise Refused(403, f"You do not have permission to create issues in '{goal.project.key}'.")
    if goal.kind not in goal.project.issue_types:
        raise Refused(400, f"The project '{goal.project.key}' has no issue type '{goal.kind.name}'.")
    if goal.kind.subtask and (goal.parent is None or goal.parent.project is not goal.project):
        raise Refused(400, "A sub-task needs a parent in the project that it is moved to.")
    if goal.parent is not None and goal.parent.kind.level != goal.kind.level + 1:
        raise Refused(400, f"'{goal.parent.key}' cannot be the parent of an issue of this type.")


def _status(issue: Issue, goal: Goal) -> Status:
    """Return the status that an issue has on arrival: its own where the workflow there knows it."""
    workflow = goal.project.schemes.workflow.of(goal.kind.id)
    known = {status.id: status for status in workflow.statuses()}
    if issue.status.id in known:
        return issue.status
    wanted = goal.statuses.get(issue.status.id)
    if wanted in known:
        return known[str(wanted)]
    if wanted is None and goal.infers_status:
        return workflow.initial
    raise Refused(400, f"There is no status to take the place of '{issue.status.name}'.")


def _kind_of_child(child: Issue, goal: Goal) -> IssueType:
    kinds = [kind for kind in goal.project.issue_types if kind.subtask]
    if not kinds:
        raise Refused(400, f"The project '{goal.project.key}' has no type for sub-tasks.")
    return child.kind if child.kind in kinds else kinds[0]


def _carry(store: Store, user: User, issue: Issue, goal: Goal, status: Status) -> None:
    """Give an issue its new place in one history entry, and a key of the project it comes to."""
    now, former = store.begin_write(issue), issue.key
    if status.category is not issue.status.category:
        issue.category_changed = now
    values: Values = {"issuetype": goal.kind, "status": status, **_settled(issue, goal)}
    items: list[Item] = []
    if issue.project is not goal.project:
        issue.request_type = None
        number = store.next_id(f"issue of {goal.project.id}", first=1)
        store.rename(issue, f"{goal.project.key}-{number}")
        items += [Item("Key", "issuekey", "jira", None, former, None, issue.key)]
        values = {"project": goal.project, **values}
    items += change(store, issue, values, now)
    changelog.record(store, issue, user, now, items)


def _settled(issue: Issue, goal: Goal) -> dict[str, Any]:
    """Return what changes with the place: the parent, and components and versions by their names there."""
    values: dict[str, Any] = {}
    keeps = issue.parent is not None and issue.parent.kind.level == goal.kind.level + 1
    if goal.parent is not None or not keeps:
        values["parent"] = goal.parent
    if issue.project is not goal.project:
        for name, attribute in _OF_PROJECT.items():
            register = getattr(goal.project, attribute)
            values[name] = tuple(found for one in issue.get(name) for found in register.named(one.name))
    return values
