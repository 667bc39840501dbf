"""Notification schemes: who is mailed about what happens to issues."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

EVENTS = (
    *("Issue Created", "Issue Updated", "Issue Assigned", "Issue Resolved", "Issue Closed"),
    *("Issue Commented", "Issue Reopened", "Issue Deleted", "Issue Moved", "Work Logged On Issue"),
    *("Work Started On Issue", "Work Stopped On Issue", "Generic Event", "Issue Comment Edited"),
    *("Issue Worklog Updated", "Issue Worklog Deleted", "Issue Comment Deleted"),
)
"""The events of the system in the order of their ids, from 1 on (Atlassian docs, notification schemes)."""

NAMED = {
    "User": "user",
    "Group": "group",
    "ProjectRole": "projectRole",
    "UserCustomField": "userCustomField",
    "GroupCustomField": "groupCustomField",
}
"""Types of recipients that need a parameter, with the holders of the same kind."""


class Notification(NamedTuple):
    """A mail about one event, by its id, to one kind of people; `parameter` says which."""

    id: str
    event: int
    kind: str
    parameter: str | None = None


@dataclass(slots=True, eq=False)
class NotificationScheme:
    """Who is mailed about the issues of every project that uses the scheme."""

    id: str
    name: str
    description: str = ""
    notifications: list[Notification] = field(default_factory=list)

    def about(self, event: int) -> Iterator[Notification]:
        """Yield the notifications of one event."""
        return (one for one in self.notifications if one.event == event)
