"""An issue and what hangs on it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from careloop.sandbox.jira.adf import RichText
from careloop.sandbox.jira.model.catalog import (
    Component,
    IssueType,
    LinkType,
    Priority,
    Project,
    RequestType,
    Resolution,
    Version,
)
from careloop.sandbox.jira.model.security import SecurityLevel
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.model.workflow import Workflow


class Item(NamedTuple):
    """One changed field; the ids are None for free text."""

    field: str
    field_id: str
    field_type: str
    before: str | None
    before_text: str | None
    after: str | None
    after_text: str | None


class History(NamedTuple):
    """What one person changed at one moment."""

    id: int
    author: User
    created: datetime
    items: tuple[Item, ...]


class Visibility(NamedTuple):
    """The role or group that alone may read a comment."""

    kind: str
    value: str


@dataclass(slots=True, eq=False)
class Comment:
    """A comment; `public` matters in a service desk only: whether the customer reads it."""

    id: int
    issue: "Issue"
    author: User
    body: RichText
    created: datetime
    updated: datetime
    update_author: User
    public: bool
    visibility: Visibility | None
    properties: dict[str, Any]


class Estimates(NamedTuple):
    """The seconds that an issue takes: as first thought, and still to go."""

    original: int | None
    remaining: int | None


@dataclass(slots=True, eq=False)
class Worklog:
    """Work that somebody did on an issue; `seconds` long from `started` on."""

    id: int
    issue: "Issue"
    author: User
    update_author: User
    created: datetime
    updated: datetime
    started: datetime
    seconds: int
    comment: RichText
    visibility: Visibility | None
    properties: dict[str, Any]


class Attachment(NamedTuple):
    """A file on an issue."""

    id: int
    issue_id: int
    name: str
    author: User
    created: datetime
    mime_type: str
    content: bytes


@dataclass(slots=True, eq=False)
class RemoteLink:
    """A link to something outside; `application` and `object` are kept as they were given."""

    id: int
    global_id: str | None
    application: dict[str, Any] | None
    relationship: str | None
    object: dict[str, Any]


class Link(NamedTuple):
    """A link between two issues: `source` <outward> `target`, as in "source blocks target"."""

    id: int
    kind: LinkType
    source: "Issue"
    target: "Issue"


class Archived(NamedTuple):
    """By whom and when an issue was put into the archive."""

    by: User
    since: datetime


ATTRIBUTES = {
    "issuetype": "kind",
    "resolutiondate": "resolved",
    "statuscategorychangedate": "category_changed",
    "duedate": "due",
    "fixVersions": "fix_versions",
    "attachment": "attachments",
    "worklog": "worklogs",
    "timeestimate": "remaining_estimate",
    "timeoriginalestimate": "original_estimate",
    "timespent": "time_spent",
}
"""Fields whose attribute is not called like their id."""


@dataclass(slots=True, eq=False)
class Issue:
    """One row of the issue store; tuples and shared objects keep it small."""

    id: int
    key: str
    number: int
    project: Project
    kind: IssueType
    status: Status
    summary: str
    priority: Priority | None
    creator: User
    reporter: User | None
    created: datetime
    updated: datetime
    category_changed: datetime
    assignee: User | None = None
    resolution: Resolution | None = None
    resolved: datetime | None = None
    due: date | None = None
    description: RichText = None
    environment: RichText = None
    labels: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    fix_versions: tuple[Version, ...] = ()
    versions: tuple[Version, ...] = ()
    parent: "Issue | None" = None
    children: tuple["Issue", ...] = ()
    request_type: RequestType | None = None
    custom: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    histories: tuple[History, ...] = ()
    comments: tuple[Comment, ...] = ()
    links: tuple[Link, ...] = ()
    remote_links: tuple[RemoteLink, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    worklogs: tuple[Worklog, ...] = ()
    watchers: tuple[User, ...] = ()
    voters: tuple[User, ...] = ()
    original_estimate: int | None = None
    remaining_estimate: int | None = None
    level: SecurityLevel | None = None
    archived: Archived | None = None

    @property
    def workflow(self) -> Workflow:
        """The workflow that the issue goes through."""
        return self.project.schemes.workflow.of(self.kind.id)

    @property
    def security(self) -> SecurityLevel | None:
        """The security level, which a sub-task shares with its parent."""
        return self.parent.security if self.kind.subtask and self.parent else self.level

    @security.setter
    def security(self, level: SecurityLevel | None) -> None:
        self.level = level

    @property
    def timetracking(self) -> Estimates:
        """Both estimates, which are set together."""
        return Estimates(self.original_estimate, self.remaining_estimate)

    @timetracking.setter
    def timetracking(self, estimates: Estimates) -> None:
        self.original_estimate, self.remaining_estimate = estimates

    @property
    def time_spent(self) -> int | None:
        """The seconds that were logged, None when none were."""
        return sum(log.seconds for log in self.worklogs) if self.worklogs else None

    @property
    def work_ratio(self) -> int:
        """The share of the original estimate that was spent, in percent; -1 without an estimate."""
        return round(100 * (self.time_spent or 0) / self.original_estimate) if self.original_estimate else -1

    def get(self, field_id: str) -> Any:
        """Return the value of a field by the field's id."""
        if field_id.startswith("customfield_"):
            return (self.custom or {}).get(field_id)
        return getattr(self, ATTRIBUTES.get(field_id, field_id))

    def set(self, field_id: str, value: Any) -> None:
        """Replace the value of a field by the field's id."""
        if field_id.startswith("customfield_"):
            self.custom = {**(self.custom or {}), field_id: value}
        elif field_id == "parent":
            self._hang_below(value)
        else:
            setattr(self, ATTRIBUTES.get(field_id, field_id), value)

    def _hang_below(self, parent: "Issue | None") -> None:
        if self.parent is not None:
            self.parent.children = tuple(child for child in self.parent.children if child is not self)
        if parent is not None:
            parent.children = (*parent.children, self)
        self.parent = parent
