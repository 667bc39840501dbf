"""Reads the site's set-up from the data files beside this module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import orjson

from careloop.sandbox.jira.model.catalog import (
    Component,
    Field,
    IssueType,
    LinkType,
    Option,
    Permission,
    Priority,
    Project,
    ProjectCategory,
    RequestType,
    Resolution,
    Role,
    Schemes,
    ServiceDesk,
    Version,
)
from careloop.sandbox.jira.model.field_configuration import FieldConfiguration
from careloop.sandbox.jira.model.grant import Grant, Holder, PermissionScheme
from careloop.sandbox.jira.model.notification import NotificationScheme
from careloop.sandbox.jira.model.register import Named, Register
from careloop.sandbox.jira.model.scheme import Choice, Draft, Scheme
from careloop.sandbox.jira.model.screen import Screen, Tab
from careloop.sandbox.jira.model.security import SecurityScheme
from careloop.sandbox.jira.model.status import Status, StatusCategory
from careloop.sandbox.jira.model.workflow import Conditions, Node, Rule, Transition, Workflow

Row = Mapping[str, Any]
N = TypeVar("N", bound=Named)


@cache
def read(name: str) -> Any:
    """Return the parsed content of one data file, which nobody changes."""
    return orjson.loads(files(__package__).joinpath("data", f"{name}.json").read_bytes())


@dataclass(slots=True)
class Configuration:
    """What administrators set up; whoever changes it raises `revision`, since rendered pieces grow old.

    The first of each kind of scheme is what the site brought along, and cannot be deleted.
    """

    categories: Register[StatusCategory]
    statuses: Register[Status]
    priorities: Register[Priority]
    resolutions: Register[Resolution]
    issue_types: Register[IssueType]
    link_types: Register[LinkType]
    fields: Register[Field]
    projects: Register[Project]
    service_desks: Register[ServiceDesk]
    roles: Register[Role]
    permissions: Register[Permission]
    project_categories: Register[ProjectCategory]
    workflows: Register[Workflow]
    screens: Register[Screen]
    screen_schemes: Register[Scheme[Screen]]
    field_configurations: Register[FieldConfiguration]
    type_schemes: Register[Choice[IssueType]]
    workflow_schemes: Register[Scheme[Workflow]]
    type_screen_schemes: Register[Scheme[Scheme[Screen]]]
    field_schemes: Register[Scheme[FieldConfiguration]]
    permission_schemes: Register[PermissionScheme]
    notification_schemes: Register[NotificationScheme] = field(default_factory=Register)
    security_schemes: Register[SecurityScheme] = field(default_factory=Register)
    shelf: Register[Project] = field(default_factory=Register)
    """Projects that are archived or in the trash, whose service desks are in `closed_desks`."""
    workflow_drafts: dict[str, Draft[Workflow]] = field(default_factory=dict)
    """The drafts of workflow schemes, by the id of the scheme."""
    closed_desks: Register[ServiceDesk] = field(default_factory=Register)
    default_priority: str = "3"
    default_resolution: str | None = None
    revision: int = 0

    def every_project(self) -> list[Project]:
        """Return the projects, those on the shelf included."""
        return [*self.projects, *self.shelf]

    def project(self, reference: str) -> Project | None:
        """Return the project in use with this key (whatever the case), former key or id."""
        return _named(self.projects, reference)

    def shelved_project(self, reference: str) -> Project | None:
        """Return the project with this key, former key or id that is archived or in the trash."""
        return _named(self.shelf, reference)

    def shelve(self, project: Project) -> None:
        """Put a project and its service desk out of use."""
        self._carry(project, self.projects, self.shelf, self.service_desks, self.closed_desks)

    def unshelve(self, project: Project) -> None:
        """Undo `shelve`."""
        self._carry(project, self.shelf, self.projects, self.closed_desks, self.service_desks)

    def forget(self, project: Project) -> None:
        """Give up a project that is out of use, and its service desk."""
        self.shelf.remove(project)
        for desk in [desk for desk in self.closed_desks if desk.project is project]:
            self.closed_desks.remove(desk)

    @staticmethod
    def _carry(
        project: Project,
        source: Register[Project],
        target: Register[Project],
        desks: Register[ServiceDesk],
        other_desks: Register[ServiceDesk],
    ) -> None:
        source.remove(project)
        target.add(project)
        for desk in [desk for desk in desks if desk.project is project]:
            desks.remove(desk)
            other_desks.add(desk)

    def service_desk_of(self, project: Project) -> ServiceDesk | None:
        return next((desk for desk in self.service_desks if desk.project is project), None)


def _named(projects: Register[Project], reference: str) -> Project | None:
    wanted = reference.upper()
    found = [one for one in projects if one.key == wanted or one.id == reference]
    return next(iter(found or [one for one in projects if wanted in one.former_keys]), None)


def load() -> Configuration:
    """Return the configuration that every site begins with."""
    categories = Register([_category(row, rank) for rank, row in enumerate(read("status_categories"))])
    by_key = {category.key: category for category in categories}
    statuses = Register(
        [
            Status(row["id"], row["name"], by_key[row["category"]], rank)
            for rank, row in enumerate(read("statuses"))
        ]
    )
    screens = Register([_screen(row) for row in read("screens")])
    workflows = Register([_workflow(row, statuses, screens) for row in read("workflows")])
    configuration = Configuration(
        categories=categories,
        statuses=statuses,
        priorities=Register([Priority(**row) for row in read("priorities")]),
        resolutions=Register([Resolution(**row, rank=rank) for rank, row in enumerate(read("resolutions"))]),
        issue_types=Register([_issue_type(row) for row in read("issue_types")]),
        link_types=Register([LinkType(**row) for row in read("link_types")]),
        fields=Register([_field(row) for row in read("fields")]),
        projects=Register(),
        service_desks=Register(),
        roles=Register([Role(row["id"], row["name"]) for row in read("roles")]),
        permissions=Register([Permission(**row) for row in read("permissions")]),
        project_categories=Register(),
        workflows=workflows,
        screens=screens,
        screen_schemes=Register([_scheme(row, screens) for row in read("schemes")["screens"]]),
        field_configurations=Register([FieldConfiguration(**row) for row in read("field_configurations")]),
        type_schemes=Register(),
        workflow_schemes=Register([_scheme(row, workflows) for row in read("schemes")["workflows"]]),
        type_screen_schemes=Register(),
        field_schemes=Register(),
        permission_schemes=Register([_permission_scheme(read("roles"))]),
    )
    _fill(configuration)
    return configuration


def _fill(configuration: Configuration) -> None:
    """Add what is made of other parts of the configuration."""
    schemes = read("schemes")
    for row in schemes["types"]:
        kinds = [configuration.issue_types[number] for number in row["members"] or _ids("issue_types")]
        configuration.type_schemes.add(Choice(row["id"], row["name"], kinds, None, row["description"]))
    for row in schemes["notifications"]:
        configuration.notification_schemes.add(NotificationScheme(**row))
    for row in schemes["type_screens"]:
        configuration.type_screen_schemes.add(_scheme(row, configuration.screen_schemes))
    for row in schemes["fields"]:
        configuration.field_schemes.add(_scheme(row, configuration.field_configurations))
    for row in read("projects"):
        configuration.projects.add(_project(row, configuration))
    for row in read("service_desks"):
        configuration.service_desks.add(_service_desk(row, configuration))


def _ids(name: str) -> list[str]:
    return [row["id"] for row in read(name)]


def _scheme(row: Row, things: Register[N]) -> Scheme[N]:
    mapping = {key: things[number] for key, number in row.get("mapping", {}).items()}
    return Scheme(row["id"], row["name"], things[row["default"]], mapping, row["description"])


def _screen(row: Row) -> Screen:
    tabs = [Tab(tab["id"], tab["name"], list(tab["fields"])) for tab in row["tabs"]]
    return Screen(row["id"], row["name"], tabs, row["description"])


def _permission_scheme(roles: Sequence[Row]) -> PermissionScheme:
    """Return the scheme of the site, which grants each role what stands beside it."""
    scheme = PermissionScheme("0", "Default Permission Scheme", "The permissions of every project here.")
    pairs = [(row["id"], key) for row in roles for key in sorted(row["permissions"])]
    for number, (role, key) in enumerate(pairs, 10_000):
        scheme.add(Grant(str(number), key, Holder("projectRole", role)))
    return scheme


def _category(row: Row, rank: int) -> StatusCategory:
    return StatusCategory(**row, rank=rank)


def _issue_type(row: Row) -> IssueType:
    return IssueType(**row, avatar=str(10_300 + int(row["id"]) % 100))


def _field(row: Row) -> Field:
    schema = row.get("schema", {})
    return Field(
        id=row["id"],
        name=row["name"],
        kind=schema.get("type", ""),
        items=schema.get("items"),
        system=schema.get("system"),
        custom=schema.get("custom"),
        clauses=tuple(row["clauses"]),
        log_name=row.get("log", row["name"] if "custom" in schema else row["id"]),
        rich=row.get("rich", False),
        orderable=row.get("orderable", True),
        kept=row.get("kept", True),
        description=row.get("description", ""),
        options=Register([Option(**option) for option in row.get("options", ())]),
    )


def _workflow(row: Row, statuses: Register[Status], screens: Register[Screen]) -> Workflow:
    initial = statuses[row["initial"]]
    steps = [Transition("1", "Create", "INITIAL", frozenset(), initial)]
    steps += [_transition(step, statuses, screens) for step in row["transitions"]]
    visited = dict.fromkeys(step.target for step in steps if step.target)
    nodes = tuple(Node(status, {}, {}) for status in visited)
    return Workflow(row["id"], row["name"], nodes, tuple(steps), row["description"])


def _transition(row: Row, statuses: Register[Status], screens: Register[Screen]) -> Transition:
    allowed, resolution = row.get("permission"), row.get("resolution")
    conditions: Conditions | None = None
    actions: tuple[Rule, ...] = ()
    if allowed:
        rule = Rule(
            f"{row['id']}-permission", "system:restrict-issue-transition", {"permissionKeys": allowed}
        )
        conditions = Conditions(rules=(rule,))
    if resolution is not None:
        actions = (set_resolution(f"{row['id']}-resolution", resolution),)
    return Transition(
        id=row["id"],
        name=row["name"],
        kind="DIRECTED",
        sources=frozenset(row["from"]),
        target=statuses[row["to"]],
        screen=screens[row["screen"]] if "screen" in row else None,
        conditions=conditions,
        actions=actions,
        portal=row.get("portal", False),
    )


def set_resolution(rule_id: str, resolution: str) -> Rule:
    """Return the post-function that sets a resolution by its id, or clears it for an empty one."""
    return Rule(
        rule_id, "system:update-field", {"field": "resolution", "value": resolution, "mode": "replace"}
    )


def _project(row: Row, configuration: Configuration) -> Project:
    return Project(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        kind=row["type"],
        lead=row["lead"],
        schemes=Schemes(
            types=configuration.type_schemes[row["type_scheme"]],
            workflow=configuration.workflow_schemes[row["workflow_scheme"]],
            screens=configuration.type_screen_schemes[row["type_screen_scheme"]],
            fields=next(iter(configuration.field_schemes)),
            permissions=next(iter(configuration.permission_schemes)),
            notifications=next(iter(configuration.notification_schemes)),
        ),
        components=Register([Component(**c, project=row["key"]) for c in row["components"]]),
        groups={name: set(groups) for name, groups in row.get("groups", {}).items()},
        versions=Register([_version(version, row["id"]) for version in row["versions"]]),
    )


def _version(row: Row, project: str) -> Version:
    day = row.get("release_date")
    return Version(row["id"], row["name"], project, row["released"], date.fromisoformat(day) if day else None)


def _service_desk(row: Row, configuration: Configuration) -> ServiceDesk:
    project = next(project for project in configuration.projects if project.key == row["project"])
    kinds = configuration.issue_types
    request_types = [
        RequestType(r["id"], r["name"], r["description"], kinds[r["issue_type"]], tuple(r["fields"]))
        for r in row["request_types"]
    ]
    return ServiceDesk(row["id"], project, Register(request_types))
