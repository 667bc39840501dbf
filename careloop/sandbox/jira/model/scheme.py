"""Schemes: which of several things a project uses for what."""

from dataclasses import dataclass, field
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

    def of(self, key: str) -> T:
        return self.mapping.get(key, self.default)

    def things(self) -> list[T]:
        """Return everything that the scheme gives out, the default first."""
        return list(dict.fromkeys([self.default, *self.mapping.values()]))


@dataclass(slots=True, eq=False)
class Choice(Generic[T]):
    """What one can choose from, in its order, and what is taken when nobody chooses."""

    id: str
    name: str
    members: list[T]
    default: T | None = None
    description: str = ""
