"""Contexts: where a custom field exists, and what it holds when nobody says so."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class FieldContext:
    """Some projects and issue types, by their ids; none of either stands for all.

    `default` is a default value as the REST API writes it.
    """

    id: str
    name: str
    description: str = ""
    projects: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    default: dict[str, Any] | None = None

    @property
    def is_global(self) -> bool:
        return not self.projects
