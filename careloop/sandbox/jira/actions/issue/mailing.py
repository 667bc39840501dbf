"""Mails about what happens to issues, to whom the notification scheme of the project names."""

from collections.abc import Iterator

from careloop.sandbox.jira.model.catalog import Component
from careloop.sandbox.jira.model.grant import Holder
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.model.notification import EVENTS, NAMED, Notification
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

_BY_NAME = {
    "jira:issue_created": 1,
    "jira:issue_deleted": 8,
    "comment_created": 6,
    "comment_updated": 14,
    "comment_deleted": 17,
    "worklog_created": 10,
    "worklog_updated": 15,
    "worklog_deleted": 16,
}
UPDATED, ASSIGNED, RESOLVED, CLOSED, REOPENED = 2, 3, 4, 5, 7


def mail(store: Store, happening: Happening) -> None:
    """Mail what happened to those the scheme names who may see the issue, but not to who did it."""
    issue, event = happening.issue, _event(happening)
    scheme = issue.project.schemes.notifications if issue else None
    if issue is None or scheme is None or event is None:
        return
    named = [one for row in scheme.about(event) for one in _recipients(store, happening, issue, row)]
    comment = happening.comment
    for user in dict.fromkeys(named):
        if user is happening.actor or not store.rights.sees(user, issue):
            continue
        if comment is None or store.rights.reads(user, comment):
            subject = f"({issue.key}) {issue.summary}"
            store.outbox.append(Mail(store.now(), user.email, subject, EVENTS[event - 1], issue.key, "event"))


def _event(happening: Happening) -> int | None:
    """Return the id of the event that a happening is: changes are of several kinds."""
    if happening.name != "jira:issue_updated":
        return _BY_NAME.get(happening.name)
    if happening.history is None:
        return None
    changed = {item.field_id: item for item in happening.history.items}
    if "resolution" in changed:
        return RESOLVED if changed["resolution"].after else REOPENED
    if "status" in changed and str(changed["status"].after_text).casefold() == "closed":
        return CLOSED
    return ASSIGNED if changed.keys() == {"assignee"} else UPDATED


def _recipients(store: Store, happening: Happening, issue: Issue, one: Notification) -> Iterator[User]:
    match one.kind:
        case "CurrentAssignee":
            yield from filter(None, [issue.assignee])
        case "Reporter":
            yield from filter(None, [issue.reporter])
        case "CurrentUser":
            yield happening.actor
        case "ProjectLead":
            yield from filter(None, [store.people.by_name(issue.project.lead)])
        case "ComponentLead":
            yield from (lead for part in issue.components for lead in _leads(store, part))
        case "AllWatchers":
            yield from issue.watchers
        case _:
            holder = Holder(NAMED[one.kind], one.parameter)
            yield from (user for user in store.people if store.rights.is_among(user, holder, issue))


def _leads(store: Store, component: Component) -> list[User]:
    lead = store.people.by_account(component.lead) if component.lead else None
    return [lead] if lead else []
