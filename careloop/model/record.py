"""One row or issue on a platform, in words both platforms share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class RecordKind(StrEnum):
    """What a record is to the people who work with it; the policies differ by it."""

    INCIDENT = "incident"
    REQUEST_ITEM = "request_item"
    SERVICE_REQUEST = "service_request"
    TASK = "task"
    PROBLEM_RECORD = "problem_record"
    CHANGE = "change"
    ISSUE = "issue"
    DEMAND = "demand"
    PROJECT_TASK = "project_task"


class State(StrEnum):
    """The states that every platform's own states are read as."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    AWAITING_CALLER = "awaiting_caller"
    ON_HOLD = "on_hold"
    DEFERRED = "deferred"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELED = "canceled"

    @property
    def is_open(self) -> bool:
        """Tell whether IT still has work to do in this state."""
        return self not in (State.RESOLVED, State.CLOSED, State.CANCELED)


@dataclass(frozen=True, slots=True, order=True)
class RecordRef:
    """Where a record is: the instance's name in the settings, the table, and the platform's own id."""

    instance: str
    table: str
    id: str

    def __str__(self) -> str:
        return f"{self.instance}/{self.table}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> "RecordRef":
        """Read what `str()` wrote; raises ValueError for anything else."""
        instance, table, native = text.split("/", 2)
        return cls(instance, table, native)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One version of a record, times in UTC.

    `container` is the ServiceNow table or the Jira project it was pulled from. Persons are pseudonymous ids
    (see `person.person_id`). `fields` holds the mapped fields in the platform's own form: what sync compares.
    `matches` names the link rules whose query the record satisfies; `references` holds numbers of records
    elsewhere that it names (such as a correlation id), `link_types` the kinds of its links. `version` only
    tells versions apart; `updated` orders them.
    """

    ref: RecordRef
    container: str
    number: str
    kind: RecordKind
    state: State
    native_state: str
    version: str
    updated: datetime
    created: datetime
    title: str = ""
    requester: str | None = None
    affected: str | None = None
    opened_by: str | None = None
    assignee: str | None = None
    group: str | None = None
    group_name: str = ""
    resolver: str | None = None
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    close_code: str = ""
    close_notes: str = ""
    category: str = ""
    subcategory: str = ""
    service: str = ""
    contact_type: str = ""
    priority: str = ""
    parent: str | None = None
    labels: tuple[str, ...] = ()
    due: date | None = None
    released: bool = False
    domain: str = ""
    url: str = ""
    matches: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    link_types: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
