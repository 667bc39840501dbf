"""What a pull reads: a stream of records, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from careloop.model.comment import Comment
from careloop.model.event import Event
from careloop.model.person import Person
from careloop.model.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is pulled as one stream: a table or project of an instance.

    `selections` names queries (link rules) in the platform's own language; each pulled record says which it
    satisfies. `fields` lists the mapped native fields to read besides the connector's own.
    """

    instance: str
    container: str
    query: str = ""
    selections: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the name under which its cursor is kept."""
        return f"{self.instance}/{self.container}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One record as it is now, with its history as far as it can be read.

    `events` holds OPENED, STATE_CHANGED, ASSIGNED and RESOLUTION_GIVEN entries read from the platform's
    history; when `observed` is False the history is not readable and the difference to the last snapshot has
    to serve.
    """

    record: Record
    observed: bool
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A record that could not be made sense of, and why."""

    instance: str
    container: str
    id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some records and the people in them; `cursor` is where to go on once they are stored.

    `total` is how many records the walk will see, where the platform tells.
    """

    snapshots: tuple[Snapshot, ...]
    cursor: str
    people: tuple[Person, ...] = ()
    unread: tuple[Unread, ...] = ()
    total: int | None = None
