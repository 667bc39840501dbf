"""Who watches an issue, and who votes for it."""

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


def watch(store: Store, user: User, issue: Issue, watcher: User) -> None:
    """Have somebody watch an issue; 403 without the right to manage others."""
    _permit(store, user, issue, watcher)
    if not store.rights.sees(watcher, issue):
        raise Refused(401, f"The user '{watcher.display_name}' does not have permission to view this issue.")
    add_watcher(store, issue, watcher)


def add_watcher(store: Store, issue: Issue, watcher: User) -> None:
    """Have somebody watch an issue, as everybody does who creates or comments on one."""
    if watcher not in issue.watchers:
        store.begin_write(issue, moves_updated=False)
        issue.watchers = (*issue.watchers, watcher)


def unwatch(store: Store, user: User, issue: Issue, watcher: User) -> None:
    """Have somebody no longer watch an issue."""
    _permit(store, user, issue, watcher)
    store.begin_write(issue, moves_updated=False)
    issue.watchers = tuple(other for other in issue.watchers if other is not watcher)


def vote(store: Store, user: User, issue: Issue) -> None:
    """Vote for an issue; 404 for one's own or a resolved one (Jira OpenAPI, addVote)."""
    if issue.reporter is user:
        raise Refused(404, "You cannot vote for an issue you have reported.")
    if issue.resolution is not None:
        raise Refused(404, "You cannot vote for an issue that is resolved.")
    if user not in issue.voters:
        store.begin_write(issue, moves_updated=False)
        issue.voters = (*issue.voters, user)


def withdraw_vote(store: Store, user: User, issue: Issue) -> None:
    """Take one's vote back; 404 without one."""
    if user not in issue.voters:
        raise Refused(404, "Cannot remove a vote that you have not made.")
    store.begin_write(issue, moves_updated=False)
    issue.voters = tuple(other for other in issue.voters if other is not user)


def _permit(store: Store, user: User, issue: Issue, watcher: User) -> None:
    if watcher is not user and not store.rights.may(user, "MANAGE_WATCHERS", issue):
        raise Refused(403, "You do not have permission to manage the watcher list.")
