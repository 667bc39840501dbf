"""What happened, once and for all: the entries of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from careloop.model.record import RecordRef

Plain = str | int | float | bool | None


class EventKind(StrEnum):
    """Kinds of entries; the first group is seen on a platform, the second is careloop's own doing."""

    OPENED = "opened"
    STATE_CHANGED = "state_changed"
    ASSIGNED = "assigned"
    RESOLUTION_GIVEN = "resolution_given"
    COMMENTED = "commented"

    ANSWERED = "answered"
    CONTACTED = "contacted"
    HELD = "held"
    FOUND = "found"
    JOINED = "joined"
    PARTED = "parted"
    LINKED = "linked"
    APPLIED = "applied"
    REFUSED = "refused"
    CONFLICT = "conflict"
    OVERRIDDEN = "overridden"
    DEFERRED = "deferred"


class Quality(StrEnum):
    """How an entry is known: read from the platform's history, or worked out from two snapshots."""

    OBSERVED = "observed"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the journal; it hangs on a record, and a problem's events are those of its records.

    `source_key` makes it unique for ever. `actor` is a pseudonym, or None when nobody can be named. `text` is
    free text that can be erased without touching anything that is counted. `seq` and `recorded_at` are set by
    the journal. Data by kind: STATE_CHANGED from, to, native; ASSIGNED field (assignee or group), from, to;
    RESOLUTION_GIVEN code (text: the notes); COMMENTED id, audience, ours; CONTACTED purpose, cause, person,
    channel, key; ANSWERED verdict, via, attested, proposal; HELD and FOUND what, cause, content; APPLIED
    kind, purpose, key, cause; JOINED problem, pair, rule (empty for what came along); PARTED other (a
    record that is another matter); OVERRIDDEN action, until.
    """

    kind: EventKind
    record: RecordRef
    occurred_at: datetime
    source_key: str
    actor: str | None = None
    quality: Quality = Quality.OBSERVED
    data: Mapping[str, Plain] = field(default_factory=dict)
    text: str | None = None
    seq: int = 0
    recorded_at: datetime | None = None

    def get(self, name: str) -> str:
        """Return one entry of `data` as text, empty when absent."""
        value = self.data.get(name)
        return "" if value is None else str(value)

    @property
    def order(self) -> tuple[datetime, str]:
        """Sort key of a case's events: when it happened, then the platform's id."""
        return (self.occurred_at, self.source_key)
