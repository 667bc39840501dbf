"""The tree of a parsed query."""

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple


class Literal(NamedTuple):
    """A value as it was written; only an unquoted number is one (epoch milliseconds, ids)."""

    text: str
    quoted: bool

    @property
    def is_number(self) -> bool:
        return not self.quoted and self.text.lstrip("-").isdecimal()


class Call(NamedTuple):
    """A function with its arguments."""

    name: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


class Empty(NamedTuple):
    """The word EMPTY or NULL."""


Single = Literal | Call | Empty


class Predicate(NamedTuple):
    """What narrows a search of the past: `AFTER "2026-03-02"`, `BY (ada, bruno)`."""

    name: str
    operands: tuple[Single, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """`field operator operands predicates`; lists have several operands, WAS and CHANGED have predicates.

    `listed` tells whether the operands stood in parentheses.
    """

    field: str
    operator: str
    operands: tuple[Single, ...]
    predicates: tuple[Predicate, ...] = ()
    listed: bool = dataclasses.field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


Node = Clause | Not | And | Or


class Sort(NamedTuple):
    """One field of ORDER BY."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What to find, if anything was said, and in which order."""

    where: Node | None
    order: tuple[Sort, ...]
