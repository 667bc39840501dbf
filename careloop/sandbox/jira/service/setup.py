"""How the service desks are set up: groups on the portal, queues, service levels and the approval step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Literal

from careloop.sandbox.jira.model.catalog import RequestType
from careloop.sandbox.jira.model.configuration import read

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """A heading of the portal with the names of the request types below it."""

    id: str
    name: str
    request_types: frozenset[str]

    def holds(self, kind: RequestType) -> bool:
        return kind.name in self.request_types


@dataclass(frozen=True)
class Queue:
    """A list of an agent's work; `{project}` in the query stands for the key of the project."""

    id: str
    name: str
    jql: str


@dataclass(frozen=True)
class Level:
    """A service level: what ends a cycle, the statuses in which it stands still, and its goal by priority.

    The first cycle begins when the request is made, a further one of the resolution when it is cleared.
    """

    id: str
    field: str
    name: str
    stops: Literal["resolution", "response"]
    paused_in: frozenset[str]
    goals: Mapping[str, timedelta]


@dataclass(frozen=True)
class Outcome:
    """Where a decided request goes: a status, and the resolution that comes with it."""

    status: str
    resolution: str | None


@dataclass(frozen=True)
class ApprovalStep:
    """The status that waits for approval, and what follows from a decision."""

    name: str
    status: str
    approved: Outcome
    declined: Outcome


@dataclass(frozen=True)
class Portal:
    """What every service desk of the site has."""

    groups: tuple[Group, ...]
    queues: tuple[Queue, ...]
    columns: tuple[str, ...]
    levels: tuple[Level, ...]
    approval: ApprovalStep


@cache
def portal() -> Portal:
    """Return the set-up, which nobody changes."""
    rows: Row = read("portal")
    approval = rows["approval"]
    return Portal(
        groups=tuple(Group(g["id"], g["name"], frozenset(g["request_types"])) for g in rows["groups"]),
        queues=tuple(Queue(**row) for row in rows["queues"]),
        columns=tuple(rows["columns"]),
        levels=tuple(_level(row) for row in rows["levels"]),
        approval=ApprovalStep(
            approval["name"],
            approval["status"],
            _outcome(approval["approved"]),
            _outcome(approval["declined"]),
        ),
    )


def _level(row: Row) -> Level:
    goals = {priority: timedelta(hours=hours) for priority, hours in row["goals"].items()}
    return Level(row["id"], row["field"], row["name"], row["stops"], frozenset(row["paused_in"]), goals)


def _outcome(row: Row) -> Outcome:
    return Outcome(row["status"], row.get("resolution"))
