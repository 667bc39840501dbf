"""A dashboard and what is on it."""

from dataclasses import dataclass, field
from typing import Any

from careloop.sandbox.jira.model.share import Shareable


@dataclass(slots=True, eq=False)
class Gadget:
    """One gadget; either its module key or its URI says what it shows."""

    id: int
    title: str
    color: str
    module_key: str | None = None
    uri: str | None = None
    properties: dict[str, Any] | None = None


@dataclass(slots=True, eq=False)
class Dashboard(Shareable):
    """A dashboard: its columns, each with its gadgets from top to bottom."""

    columns: list[list[Gadget]] = field(default_factory=lambda: [[], []])

    def gadgets(self) -> list[tuple[int, int, Gadget]]:
        """Return each gadget behind its column and row."""
        return [
            (column, row, gadget)
            for column, gadgets in enumerate(self.columns)
            for row, gadget in enumerate(gadgets)
        ]

    def place(self, gadget: Gadget, column: int, row: int) -> None:
        """Put a gadget into a place; those below it move down."""
        self.remove(gadget)
        while len(self.columns) <= column:
            self.columns.append([])
        self.columns[column].insert(row, gadget)

    def remove(self, gadget: Gadget) -> None:
        """Take a gadget off; those below it move up."""
        self.columns = [[one for one in gadgets if one is not gadget] for gadgets in self.columns]
