"""How a ServiceNow table and a Jira project are kept in step: the rules of a link, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Direction(StrEnum):
    """Which way a value travels: `forward` is from the left side (`from`) to the right (`to`)."""

    BOTH = "both"
    FORWARD = "forward"
    BACKWARD = "backward"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """One pair of fields; `values` translates left values to right ones, and back when `direction` allows."""

    left: str
    right: str
    direction: Direction = Direction.BOTH
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRule:
    """One pair of native states that mean the same, and what the way there demands on each side."""

    left: str
    right: str
    direction: Direction = Direction.BOTH
    left_fields: Mapping[str, str] = field(default_factory=dict)
    right_fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRule:
    """Which comments cross, by audience."""

    public: Direction = Direction.BOTH
    internal: Direction = Direction.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule:
    """One `sync.links` entry of the settings.

    `query` selects left records in that platform's own query language.
    """

    name: str
    left_instance: str
    left_container: str
    right_instance: str
    right_container: str
    query: str = ""
    issue_type: str = ""
    create: bool = False
    fields: tuple[FieldRule, ...] = ()
    states: tuple[StateRule, ...] = ()
    comments: CommentRule = CommentRule()
