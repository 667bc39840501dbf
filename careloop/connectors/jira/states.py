"""What a status means in words that both platforms share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from careloop.connectors.jira.settings import ProjectSettings
from careloop.model.record import RecordKind, State

_BY_NAME = {
    "waiting for customer": State.AWAITING_CALLER,
    "on hold": State.ON_HOLD,
    "pending": State.ON_HOLD,
    "blocked": State.ON_HOLD,
    "deferred": State.DEFERRED,
    "closed": State.CLOSED,
    "canceled": State.CANCELED,
    "cancelled": State.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Status:
    """One status; `category` is new, indeterminate or done, and unlike the name it is never renamed."""

    id: str
    name: str
    category: str

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Status":
        """Read a status as answers carry it."""
        return cls(str(raw["id"]), raw["name"], raw.get("statusCategory", {}).get("key", "indeterminate"))


def read_state(status: Status, resolution: str, kind: RecordKind, project: ProjectSettings) -> State:
    """Return the state of an issue that has a status and a resolution (empty: none).

    What is done is only proposed to the customer of a service desk, and settled in a project that has no
    customers.
    """
    declared = project.states.get(status.name)
    if declared:
        return declared
    done = status.category == "done"
    if done and resolution in project.canceled_by:
        return State.CANCELED
    named = _BY_NAME.get(status.name.casefold())
    if named and named.is_open != done:
        return named
    if done:
        return State.RESOLVED if kind is RecordKind.SERVICE_REQUEST else State.CLOSED
    return State.NEW if status.category == "new" else State.IN_PROGRESS
