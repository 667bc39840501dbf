"""What an administrator of the site set up: types, statuses, workflows, fields, projects, service desks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar


class Named(Protocol):
    """Anything with an id and a name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Register(Generic[T]):
    """Items in their configured order, found by id or, whatever the case, by name."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._by_id = {item.id: item for item in items}

    def __iter__(self) -> Iterator[T]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __getitem__(self, item_id: str) -> T:
        return self._by_id[item_id]

    def add(self, item: T) -> T:
        """Take in an item, in the place of one with the same id."""
        self._by_id[item.id] = item
        return item

    def remove(self, item: T) -> None:
        """Give up an item."""
        del self._by_id[item.id]

    def reorder(self, ids: Iterable[str]) -> None:
        """Bring the items into the order of these ids; the others stay behind them."""
        rank = {item_id: place for place, item_id in enumerate(ids)}
        self._by_id = dict(sorted(self._by_id.items(), key=lambda pair: rank.get(pair[0], len(rank))))

    def by_id(self, item_id: object) -> T | None:
        return self._by_id.get(str(item_id))

    def named(self, name: str) -> list[T]:
        """Return every item of this name."""
        wanted = name.casefold()
        return [item for item in self if item.name.casefold() == wanted]

    def find(self, reference: str) -> list[T]:
        """Return the items of this name, or else the one with this id."""
        found = self._by_id.get(reference)
        return self.named(reference) or ([found] if found else [])


@dataclass(frozen=True, slots=True, eq=False)
class StatusCategory:
    """The three columns every status belongs to: new, indeterminate, done."""

    id: str
    key: str
    name: str
    color: str
    rank: int


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    id: str
    name: str
    category: StatusCategory
    rank: int


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


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """The fields a person is shown: what is on no screen cannot be set through it."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    def fields(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True, eq=False)
class Transition:
    """A step of a workflow; `resolution` is what its post-function does: keep, clear, or set this one.

    `condition` is the permission that it takes, on top of the one to transition issues.
    """

    id: str
    name: str
    sources: frozenset[str]
    target: Status
    screen: Screen | None
    resolution: Resolution | str
    portal: bool
    condition: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    name: str
    initial: Status
    transitions: tuple[Transition, ...]

    def leaving(self, status: Status) -> list[Transition]:
        """Return the transitions that start at `status`."""
        return [transition for transition in self.transitions if status.id in transition.sources]

    def statuses(self) -> list[Status]:
        """Return every status of the workflow once, the initial one first."""
        return list(dict.fromkeys([self.initial, *(transition.target for transition in self.transitions)]))


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
class Project:
    """A project; `sender` is the address that its mails come from, `features` those that were switched."""

    id: str
    key: str
    name: str
    kind: str
    lead: str
    issue_types: tuple[IssueType, ...]
    workflow: Workflow
    screen: Screen
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
    permissions: frozenset[str]
    description: str = ""
    default_users: set[str] = field(default_factory=set)
    default_groups: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, eq=False)
class Permission:
    id: str
    key: str
    name: str
    kind: str
