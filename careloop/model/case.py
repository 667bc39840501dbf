"""Everything a policy may know about one problem, as one frozen bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from careloop.model.change import Purpose
from careloop.model.event import Event
from careloop.model.person import Person
from careloop.model.record import Record, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted:
    """One line of a person's contact ledger.

    Lines with the same `key` were one message about several matters.
    """

    person: str
    purpose: Purpose
    problem: str
    cause: str
    sent_at: datetime
    channel: str
    counted: bool = True
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another record of the same requester, in as far as it tells whether an old matter came back.

    `basis` is the ground on which its problem was last seen to be closed, empty while it is not.
    """

    problem: str
    ref: RecordRef
    number: str
    opened_at: datetime
    resolved_at: datetime | None
    category: str
    subcategory: str
    service: str
    title: str
    group: str | None
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One problem: its records, its events in order, its people, their ledgers and their other records.

    `primary` is the record the customer knows; `records` holds it first. `contacts` covers the case's people
    over all problems. `earlier` holds the requester's other records resolved before the primary one opened,
    within the longest look-back any policy asks for; `requester_records` counts all records of the requester.
    """

    problem: str
    records: tuple[Record, ...]
    events: tuple[Event, ...]
    people: Mapping[str, Person] = field(default_factory=dict)
    contacts: tuple[Contacted, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    requester_records: int = 0

    @property
    def primary(self) -> Record:
        """Return the record the customer knows."""
        return self.records[0]

    @property
    def last_event(self) -> int:
        """Return the sequence number of the newest event."""
        return max((event.seq for event in self.events), default=0)

    def person(self, id: str | None) -> Person | None:
        """Return a person of the case, or None when unknown or erased."""
        return self.people.get(id) if id else None

    def record(self, ref: RecordRef) -> Record | None:
        """Return one of the case's records."""
        return next((record for record in self.records if record.ref == ref), None)
