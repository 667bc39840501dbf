"""Reads the site's set-up from the data files beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    revision: int = 0

    def project(self, reference: str) -> Project | None:
        """Return the project with this key (whatever the case) or id."""
        wanted = reference.upper()
        return next((p for p in self.projects if p.key == wanted or p.id == reference), None)

    def service_desk_of(self, project: Project) -> ServiceDesk | None:
        return next((desk for desk in self.service_desks if desk.project is project), None)


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
    issue_types = Register([IssueType(**row) for row in read("issue_types")])
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
