"""Screens, and what of them one person fills in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True, eq=False)
class Tab:
    """A part of a screen with the ids of its fields."""

    id: str
    name: str
    fields: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Screen:
    """The fields a person is shown: what is on no screen cannot be set through it."""

    id: str
    name: str
    tabs: list[Tab]
    description: str = ""

    def fields(self) -> Iterator[str]:
        """Yield the ids of the fields on all tabs."""
        for tab in self.tabs:
            yield from tab.fields

    def remove(self, field_id: str) -> None:
        """Take a field from whichever tab it is on."""
        for tab in self.tabs:
            tab.fields = [name for name in tab.fields if name != field_id]


class Form(NamedTuple):
    """What one person can fill in, and has to, by the ids of the fields.

    What is required and not among the fields cannot be given, so that the form cannot be handed in.
    """

    fields: tuple[str, ...]
    required: frozenset[str]
