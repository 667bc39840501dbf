"""What Service Management keeps beside the issues: organizations, approvals, feedback, files on their way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User

ORGANIZATIONS = "customfield_10002"
PARTICIPANTS = "customfield_10027"
SATISFACTION = "customfield_10028"
APPROVERS = "customfield_10033"
"""Ids of the custom fields that Service Management brings along."""


Decision = Literal["approved", "declined", "pending"]


@dataclass(slots=True, eq=False)
class Organization:
    """A group of customers who may see one another's requests; `desks` are the ids of its service desks."""

    id: str
    uuid: str
    name: str
    created: datetime
    members: list[User] = field(default_factory=list)
    desks: set[str] = field(default_factory=set)
    properties: dict[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Approval:
    """One stay of a request in a status that waits for approval."""

    id: int
    name: str
    created: datetime
    decisions: dict[User, Decision]
    completed: datetime | None = None
    outcome: Decision = "pending"


def participants(issue: Issue) -> tuple[User, ...]:
    """Return whom a request is shared with, one by one."""
    found: tuple[User, ...] = issue.get(PARTICIPANTS) or ()
    return found


def organizations(issue: Issue) -> tuple[Organization, ...]:
    """Return the organizations that a request is shared with."""
    found: tuple[Organization, ...] = issue.get(ORGANIZATIONS) or ()
    return found


def shares(issue: Issue, user: User) -> bool:
    """Return whether a request is shared with an account, or waits for its approval."""
    if issue.custom is None:
        return False
    if user in participants(issue) or user in (issue.get(APPROVERS) or ()):
        return True
    return any(user in one.members for one in organizations(issue))


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the reporter thinks of how a request was handled: one to five stars and words."""

    rating: int
    words: str | None


@dataclass(frozen=True, slots=True)
class TemporaryFile:
    """A file that was sent to a service desk and waits to be attached to a request."""

    id: str
    desk: str
    name: str
    media_type: str
    content: bytes
    sent: datetime


@dataclass(slots=True)
class Service:
    """All of it, by the ids of issues, organizations, files and request types."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    approvals: dict[int, list[Approval]] = field(default_factory=dict)
    feedback: dict[int, Feedback] = field(default_factory=dict)
    silenced: dict[int, set[User]] = field(default_factory=dict)
    """Who, of those involved in a request, wants no mails about it."""
    followers: dict[int, set[User]] = field(default_factory=dict)
    """Who wants mails about a request without being involved in it."""
    files: dict[str, TemporaryFile] = field(default_factory=dict)
    attached: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """The ids of the attachments that came with a comment, by the comment's id."""
    type_properties: dict[str, dict[str, Any]] = field(default_factory=dict)

    def subscribers(self, issue: Issue) -> list[User]:
        """Return who gets mails about a request: the reporter, the participants, and who asked for them."""
        involved = [*([issue.reporter] if issue.reporter else ()), *participants(issue)]
        silenced = self.silenced.get(issue.id, ())
        followers = sorted(self.followers.get(issue.id, ()), key=lambda user: user.account_id)
        return [user for user in dict.fromkeys([*involved, *followers]) if user not in silenced]
