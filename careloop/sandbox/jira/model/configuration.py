"""Reads the site's set-up from the data files beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

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
    Register,
    RequestType,
    Resolution,
    Role,
    Screen,
    ServiceDesk,
    Status,
    StatusCategory,
    Transition,
    Version,
    Workflow,
)

Row = Mapping[str, Any]


@cache
def read(name: str) -> Any:
    """Return the parsed content of one data file, which nobody changes."""
    return orjson.loads(files(__package__).joinpath("data", f"{name}.json").read_bytes())


@dataclass(slots=True)
class Configuration:
    """What administrators set up; whoever changes it raises `revision`, since rendered pieces grow old."""

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
    workflows: dict[str, Workflow]
    shelf: Register[Project] = field(default_factory=Register)
    """Projects that are archived or in the trash, whose service desks are in `closed_desks`."""
    closed_desks: Register[ServiceDesk] = field(default_factory=Register)
    revision: int = 0

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
    resolutions = Register([Resolution(**row, rank=rank) for rank, row in enumerate(read("resolutions"))])
    issue_types = Register([_issue_type(row) for row in read("issue_types")])
    workflows = {row["name"]: _workflow(row, statuses, resolutions) for row in read("workflows")}
    projects = Register([_project(row, issue_types, workflows) for row in read("projects")])
    return Configuration(
        categories=categories,
        statuses=statuses,
        priorities=Register([Priority(**row) for row in read("priorities")]),
        resolutions=resolutions,
        issue_types=issue_types,
        link_types=Register([LinkType(**row) for row in read("link_types")]),
        fields=Register([_field(row) for row in read("fields")]),
        projects=projects,
        service_desks=Register([_service_desk(row, projects, issue_types) for row in read("service_desks")]),
        roles=Register([Role(r["id"], r["name"], frozenset(r["permissions"])) for r in read("roles")]),
        permissions=Register([Permission(**row) for row in read("permissions")]),
        project_categories=Register(),
        workflows=workflows,
    )


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


def _workflow(row: Row, statuses: Register[Status], resolutions: Register[Resolution]) -> Workflow:
    transitions = []
    for step in row["transitions"]:
        effect = step.get("resolution", "keep")
        screen = step.get("screen")
        transitions.append(
            Transition(
                id=step["id"],
                name=step["name"],
                sources=frozenset(step["from"]),
                target=statuses[step["to"]],
                screen=Screen(tuple(screen["required"]), tuple(screen["optional"])) if screen else None,
                resolution=resolutions.by_id(effect) or effect,
                portal=step.get("portal", False),
                condition=step.get("condition"),
            )
        )
    return Workflow(row["name"], statuses[row["initial"]], tuple(transitions))


def _project(row: Row, issue_types: Register[IssueType], workflows: Mapping[str, Workflow]) -> Project:
    return Project(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        kind=row["type"],
        lead=row["lead"],
        issue_types=tuple(issue_types[type_id] for type_id in row["issue_types"]),
        workflow=workflows[row["workflow"]],
        screen=Screen(("summary",), tuple(name for name in row["screen"] if name != "summary")),
        components=Register([Component(**c, project=row["key"]) for c in row["components"]]),
        groups={name: set(groups) for name, groups in row.get("groups", {}).items()},
        versions=Register([_version(version, row["id"]) for version in row["versions"]]),
    )


def _version(row: Row, project: str) -> Version:
    day = row.get("release_date")
    return Version(row["id"], row["name"], project, row["released"], date.fromisoformat(day) if day else None)


def _service_desk(row: Row, projects: Register[Project], issue_types: Register[IssueType]) -> ServiceDesk:
    project = next(project for project in projects if project.key == row["project"])
    request_types = [
        RequestType(r["id"], r["name"], r["description"], issue_types[r["issue_type"]], tuple(r["fields"]))
        for r in row["request_types"]
    ]
    return ServiceDesk(row["id"], project, Register(request_types))
