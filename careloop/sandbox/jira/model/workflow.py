"""Workflows: the statuses issues go through, and the transitions between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from careloop.sandbox.jira.model.screen import Screen
from careloop.sandbox.jira.model.status import Status


class Rule(NamedTuple):
    """A condition, a validator or a post-function; `key` is its kind, such as `system:update-field`."""

    id: str
    key: str
    parameters: Mapping[str, str]


class Conditions(NamedTuple):
    """Conditions of which all or any must hold, and groups of such."""

    operation: Literal["ALL", "ANY"] = "ALL"
    rules: tuple[Rule, ...] = ()
    groups: tuple["Conditions", ...] = ()

    def every(self) -> list[Rule]:
        """Return the conditions of this group and all below it."""
        return [*self.rules, *(rule for group in self.groups for rule in group.every())]


@dataclass(slots=True, eq=False)
class Transition:
    """A step of a workflow.

    An initial one brings issues into being, a global one starts at every status. Without a `target` the
    issue stays where it is. `portal` says whether customers may make it, `details` keeps what a program
    said of it that changes nothing here.
    """

    id: str
    name: str
    kind: Literal["INITIAL", "GLOBAL", "DIRECTED"]
    sources: frozenset[str]
    target: Status | None
    screen: Screen | None = None
    conditions: Conditions | None = None
    validators: tuple[Rule, ...] = ()
    actions: tuple[Rule, ...] = ()
    portal: bool = False
    description: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def leads_to(self, status: Status) -> Status:
        """Return where an issue in `status` arrives."""
        return self.target or status


class Node(NamedTuple):
    """A status in a workflow, with its properties; `details` as for transitions."""

    status: Status
    properties: Mapping[str, str]
    details: Mapping[str, Any]


@dataclass(slots=True, eq=False)
class Workflow:
    """A workflow; `project` is the id of the project that alone may use it, None for all."""

    id: str
    name: str
    nodes: tuple[Node, ...]
    transitions: tuple[Transition, ...]
    description: str = ""
    project: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    version: int = 1
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def initial(self) -> Status:
        """The status in which issues begin."""
        first = next((step.target for step in self.transitions if step.kind == "INITIAL"), None)
        return first or self.nodes[0].status

    def leaving(self, status: Status) -> list[Transition]:
        """Return the transitions that start at `status`."""
        return [t for t in self.transitions if t.kind == "GLOBAL" or status.id in t.sources]

    def statuses(self) -> list[Status]:
        """Return every status of the workflow once, the initial one first."""
        return list(dict.fromkeys([self.initial, *(node.status for node in self.nodes)]))
