"""Statuses and the categories they belong to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class StatusCategory:
    """The three columns every status belongs to: new, indeterminate, done."""

    id: str
    key: str
    name: str
    color: str
    rank: int

    @property
    def code(self) -> str:
        """The name of the category in the newer operations of the platform."""
        return {"new": "TODO", "indeterminate": "IN_PROGRESS"}.get(self.key, "DONE")


@dataclass(slots=True, eq=False)
class Status:
    """A place in a workflow; `project` is the id of the project that alone may use it, None for all."""

    id: str
    name: str
    category: StatusCategory
    rank: int
    description: str = ""
    project: str | None = None
