"""Moving issues out of statuses that their workflow no longer has."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from careloop.sandbox.jira.actions.issue import moving
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Transition
from careloop.sandbox.jira.store import Store


class Origin(NamedTuple):
    """Where issues come from: a status by its id, and a project and an issue type unless any will do."""

    status: str
    project: str = ""
    kind: str = ""


Moves = Mapping[Origin, Status]
"""Where issues go."""


def find(moves: Moves, issue: Issue) -> Status | None:
    """Return where an issue goes, by the most exact of the moves that are about it."""
    project, kind, status = issue.project.id, issue.kind.id, issue.status.id
    origins = (Origin(status, project, kind), Origin(status, "", kind), Origin(status))
    return next((moves[origin] for origin in origins if origin in moves), None)


def stranded(issues: Iterable[Issue], moves: Moves, kept: Mapping[str, set[Status]]) -> list[str]:
    """Return the names of statuses that issues leave for nowhere; `kept` has what stays, by issue type."""
    lost = [issue for issue in issues if issue.status not in kept[issue.kind.id]]
    return sorted({one.status.name for one in lost if find(moves, one) not in kept[one.kind.id]})


def demand(names: list[str]) -> None:
    """Refuse with 400 when issues would be left in statuses of these names."""
    if names:
        raise Refused(400, f"A mapping is required for issues in the status '{names[0]}'.")


def carry_out(store: Store, user: User, issues: Iterable[Issue], moves: Moves) -> None:
    """Move each issue whose workflow does not have its status to where it goes."""
    for issue in list(issues):
        target = find(moves, issue)
        if issue.status not in issue.workflow.statuses() and target is not None:
            moving.follow(store, user, issue, Transition("0", "Migration", "DIRECTED", frozenset(), target))
