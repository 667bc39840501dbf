"""What an administrator of the site set up: types, fields, projects with their schemes, service desks."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from careloop.sandbox.jira.model.field_configuration import FieldConfiguration
from careloop.sandbox.jira.model.grant import PermissionScheme
from careloop.sandbox.jira.model.register import Register
from careloop.sandbox.jira.model.scheme import Choice, Scheme
from careloop.sandbox.jira.model.screen import Screen
from careloop.sandbox.jira.model.security import SecurityScheme
from careloop.sandbox.jira.model.workflow import Workflow


@dataclass(slots=True, eq=False)
class Priority:
    """A priority; the most urgent has the highest rank."""

    id: str
    name: str
    description: str
    color: str
    rank: int
    avatar: str = "10550"


@dataclass(slots=True, eq=False)
class Resolution:
    id: str
    name: str
    description: str
    rank: int


@dataclass(slots=True, eq=False)
class IssueType:
    id: str
    name: str
    description: str
    subtask: bool
    level: int
    avatar: str = "10300"
    properties: dict[str, Any] | None = None


@dataclass(slots=True, eq=False)
class LinkType:
    id: str
    name: str
    inward: str
    outward: str


class RelatedWork(NamedTuple):
    """A link from a version to work that is no issue."""

    id: str
    category: str
    title: str
    url: str


@dataclass(slots=True, eq=False)
class Version:
    """A version of a project; `project` is the project's id."""

    id: str
    name: str
    project: str
    released: bool = False
    release_date: date | None = None
    start_date: date | None = None
    description: str = ""
    archived: bool = False
    related_work: tuple[RelatedWork, ...] = ()


@dataclass(slots=True, eq=False)
class Component:
    """A component of a project; `project` is the project's key, `lead` an account id."""

    id: str
    name: str
    project: str
    description: str = ""
    lead: str | None = None
    assignee_type: str = "PROJECT_DEFAULT"


@dataclass(slots=True, eq=False)
class Option:
    """One choice of a select field; a cascading one has a `parent`, whose id it is."""

    id: str
    value: str
    disabled: bool = False
    parent: str | None = None

    @property
    def name(self) -> str:
        return self.value


@dataclass(slots=True, eq=False)
class Field:
    """One field of an issue: `kind` is its schema type, `items` the type of an array's members.

    A field that is not `kept` exists for the sake of its name only and is always empty.
    """

    id: str
    name: str
    kind: str
    items: str | None
    system: str | None
    custom: str | None
    clauses: tuple[str, ...]
    log_name: str
    rich: bool
    orderable: bool
    kept: bool
    description: str = ""
    options: Register[Option] = field(default_factory=Register)


@dataclass(frozen=True, slots=True)
class Cascade:
    """The value of a cascading select: a choice, and perhaps one below it."""

    parent: Option
    child: Option | None

    def members(self) -> tuple[Option, ...]:
        return (self.parent,) if self.child is None else (self.parent, self.child)


@dataclass(slots=True, eq=False)
class ProjectCategory:
    id: str
    name: str
    description: str = ""


class Shelved(NamedTuple):
    """Why a project is out of use; `by` is an account id."""

    state: Literal["archived", "deleted"]
    by: str
    since: datetime


@dataclass(slots=True, eq=False)
class Schemes:
    """How a project is set up; several projects may share each of these."""

    types: Choice[IssueType]
    workflow: Scheme[Workflow]
    """A workflow for each issue type."""
    screens: Scheme[Scheme[Screen]]
    """For each issue type a screen for each operation: create, edit and view."""
    fields: Scheme[FieldConfiguration]
    """For each issue type what its fields demand."""
    permissions: PermissionScheme
    security: SecurityScheme | None = None


@dataclass(slots=True, eq=False)
class Project:
    """A project; `sender` is the address that its mails come from, `features` those that were switched."""

    id: str
    key: str
    name: str
    kind: str
    lead: str
    schemes: Schemes
    components: Register[Component] = field(default_factory=Register)
    versions: Register[Version] = field(default_factory=Register)
    description: str = ""
    url: str = ""
    assignee_type: str = "UNASSIGNED"
    category: ProjectCategory | None = None
    properties: dict[str, Any] | None = None
    groups: dict[str, set[str]] = field(default_factory=dict)
    """The names of the groups that hold each role."""
    avatar: str = "10400"
    sender: str = ""
    features: dict[str, str] = field(default_factory=dict)
    former_keys: tuple[str, ...] = ()
    shelved: Shelved | None = None

    @property
    def is_service_desk(self) -> bool:
        return self.kind == "service_desk"

    @property
    def issue_types(self) -> tuple[IssueType, ...]:
        """The types that issues of the project can have, in their order."""
        return tuple(self.schemes.types.members)

    @property
    def workflow(self) -> Workflow:
        """The workflow of every type for which the scheme names no other."""
        return self.schemes.workflow.default


@dataclass(slots=True, eq=False)
class RequestType:
    id: str
    name: str
    description: str
    issue_type: IssueType
    fields: tuple[str, ...]
    help_text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ServiceDesk:
    id: str
    project: Project
    request_types: Register[RequestType]

    @property
    def name(self) -> str:
        return self.project.name


@dataclass(slots=True, eq=False)
class Role:
    """A project role; the default members, account ids and names of groups, hold it in each new project."""

    id: str
    name: str
    description: str = ""
    default_users: set[str] = field(default_factory=set)
    default_groups: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, eq=False)
class Permission:
    id: str
    key: str
    name: str
    kind: str
