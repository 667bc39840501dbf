"""Who has to do with a request besides its reporter: participants, followers, and who wants no mails."""

from collections.abc import Iterable

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.editing import change
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.service import PARTICIPANTS, participants
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


def may_manage(store: Store, user: User, issue: Issue) -> bool:
    """Return whether an account may add and remove participants: agents and the reporter."""
    return issue.reporter is user or store.rights.is_agent(user, issue.project)


def add_participants(store: Store, user: User, issue: Issue, fresh: Iterable[User]) -> None:
    """Share a request with more people."""
    present = participants(issue)
    _set_participants(store, user, issue, (*present, *(one for one in fresh if one not in present)))


def remove_participants(store: Store, user: User, issue: Issue, gone: Iterable[User]) -> None:
    """Stop sharing a request with people."""
    leaving = list(gone)
    _set_participants(store, user, issue, tuple(p for p in participants(issue) if p not in leaving))


def _set_participants(store: Store, user: User, issue: Issue, people: tuple[User, ...]) -> None:
    if not may_manage(store, user, issue):
        raise Refused(403, "You do not have permission to manage the participants of this request.")
    if people != participants(issue):
        now = store.begin_write(issue)
        items = change(store, issue, {PARTICIPANTS: people or None}, now)
        changelog.record(store, issue, user, now, items)


def subscribe(store: Store, user: User, issue: Issue) -> None:
    """Have mails about a request sent to an account."""
    store.service.silenced.get(issue.id, set()).discard(user)
    if user is not issue.reporter and user not in participants(issue):
        store.service.followers.setdefault(issue.id, set()).add(user)


def unsubscribe(store: Store, user: User, issue: Issue) -> None:
    """Send an account no more mails about a request."""
    store.service.followers.get(issue.id, set()).discard(user)
    store.service.silenced.setdefault(issue.id, set()).add(user)
