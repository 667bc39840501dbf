"""Schemes: which of several things a project uses for what."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Scheme(Generic[T]):
    """Gives a key (the id of an issue type, an operation) its own thing, and all others the default."""

    id: str
    name: str
    default: T
    mapping: dict[str, T] = field(default_factory=dict)
    description: str = ""
    version: int = 1

    def of(self, key: str) -> T:
        return self.mapping.get(key, self.default)

    def things(self) -> list[T]:
        """Return everything that the scheme gives out, the default first."""
        return list(dict.fromkeys([self.default, *self.mapping.values()]))


@dataclass(slots=True, eq=False)
class Draft(Generic[T]):
    """What an active scheme is about to become; `editor` is the id of the account that said so last."""

    id: str
    scheme: Scheme[T]
    editor: str
    edited: datetime


@dataclass(slots=True, eq=False)
class Choice(Generic[T]):
    """What one can choose from, in its order, and what is taken when nobody chooses."""

    id: str
    name: str
    members: list[T]
    default: T | None = None
    description: str = ""
