"""A mail about an issue that somebody asks for."""

from collections.abc import Callable, Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


def notify(store: Store, user: User, issue: Issue, asked: Mapping[str, Any]) -> None:
    """Send a mail to the people that `to` names, the caller apart; 400 when that is nobody."""
    to = asked.get("to")
    restrict = asked.get("restrict")
    admits = _restriction(store, issue, restrict if isinstance(restrict, Mapping) else {})
    found = _recipients(store, issue, to if isinstance(to, Mapping) else {})
    people = [one for one in found if one is not user and admits(one)]
    if not people:
        raise Refused(400, "No recipients were defined for notification.")
    subject = str(asked.get("subject") or f"({issue.key}) {issue.summary}")
    body = str(asked.get("textBody") or asked.get("htmlBody") or "")
    for one in dict.fromkeys(people):
        store.outbox.append(Mail(store.now(), one.email, subject, body, issue.key, "notify"))


def _recipients(store: Store, issue: Issue, to: Mapping[str, Any]) -> list[User]:
    found: list[User | None] = [
        issue.reporter if to.get("reporter") else None,
        issue.assignee if to.get("assignee") else None,
        *(issue.watchers if to.get("watchers") else ()),
        *(issue.voters if to.get("voters") else ()),
    ]
    for row in _rows(to.get("users")):
        reference = str(row.get("accountId" if store.is_cloud else "name", ""))
        found.append(store.people.by_account(reference) or store.people.by_name(reference))
    references = [row.get("groupId") or row.get("name") for row in _rows(to.get("groups"))]
    given = to.get("groupIds")
    for reference in [*references, *(given if isinstance(given, list) else ())]:
        group = store.people.group(str(reference))
        found += store.people.members(group) if group else []
    return [user for user in found if user is not None and store.rights.sees(user, issue)]


def _restriction(store: Store, issue: Issue, restrict: Mapping[str, Any]) -> Callable[[User], bool]:
    """Return whether somebody is in the groups named, if any are, and has every permission named."""
    named = [*(row.get("groupId") or row.get("name") for row in _rows(restrict.get("groups")))]
    given = restrict.get("groupIds")
    found = [store.people.group(str(one)) for one in (*named, *(given if isinstance(given, list) else ()))]
    groups = {group.name for group in found if group}
    known = {permission.id: permission.key for permission in store.configuration.permissions}
    keys = [
        str(row.get("key") or known.get(str(row.get("id")))) for row in _rows(restrict.get("permissions"))
    ]

    def admits(user: User) -> bool:
        belongs = not found or not groups.isdisjoint(user.groups)
        return belongs and all(store.rights.may(user, key, issue) for key in keys)

    return admits


def _rows(raw: Any) -> list[Mapping[str, Any]]:
    return [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
