"""Every seam of careloop on one page: what a connector, a store, a clock and a policy have to offer."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from careloop.model.case import Case, Contacted, Earlier
from careloop.model.change import AnyChange, BaseValue, Contact
from careloop.model.check import Check, CheckContext, Right
from careloop.model.decision import Decision
from careloop.model.dialect import Dialect
from careloop.model.event import Event
from careloop.model.history import HistoryPage
from careloop.model.intent import Conflict, Intent, Pair, Probe, Receipt
from careloop.model.page import Page, Scope
from careloop.model.person import Person
from careloop.model.plan import Look
from careloop.model.record import Record, RecordRef
from careloop.model.rules import Budget, Rules
from careloop.model.switch import Switched
from careloop.model.traffic import Traffic


class Clock(Protocol):
    """Time as an argument; only wiring knows a real one."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""


# --- policies ---

Decide = Callable[[Case, datetime, Rules[Any]], Decision]


@dataclass(frozen=True, slots=True)
class Policy:
    """One promise: its name, a pure function, and the frozen dataclass of its keys in the settings."""

    name: str
    decide: Decide
    settings: type


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform careloop can speak to: its name in `kind:`, its settings class, and its constructor.

    The settings class offers `url`, `production` and `queries` (what is pulled: the query by container).
    `make` takes the instance's name, its settings, a clock, a source of chance, and optionally a requests
    adapter to send through.
    """

    name: str
    settings: type
    make: Callable[..., "Connector"]


# --- connectors ---


class Connector(Protocol):
    """One instance of a platform.

    Reads raise TryAgain or FixSettings. `push` raises Refused when the platform said no (nothing was
    written), AnswerLost when it may have been written, RateLimited when it surely was not.
    """

    name: str

    @property
    def traffic(self) -> Traffic:
        """Return what talking to the platform has cost so far."""

    def read_clock(self) -> datetime:
        """Return the platform's own time, from one request."""

    def identify(self) -> str:
        """Return what tells this instance from a clone of it."""

    def dialect(self, container: str) -> Dialect:
        """Return how a container says the common words."""

    def settling(self) -> float:
        """Return after how many seconds a write whose answer was lost has either happened or never will."""

    def check(self, context: CheckContext) -> Iterator[Check]:
        """Look for missing rights and traps, without writing."""

    def rights(self, context: CheckContext) -> Iterator[Right]:
        """Name every right the settings need."""

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        """Walk what changed since `cursor` (empty: everything), oldest first."""

    def find_people(self, name: str) -> tuple[Person, ...]:
        """Read the accounts with that user name, e-mail address or id; a record need not name them."""

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        """Read single records afresh; those that are gone or hidden are missing from the page."""

    def push(self, change: AnyChange) -> Receipt:
        """Write one change and read the record back.

        A failure after the write was sent, in the read-back too, is AnswerLost.
        """

    def probe(self, intent: Intent) -> Probe:
        """Find out whether a write whose answer was lost has happened, without writing."""


@runtime_checkable
class Auditable(Protocol):
    """What a connector offers on top when its incidents can be audited live: their histories, and no texts.

    Reads raise TryAgain or FixSettings.
    """

    def audited(self, scope: Scope) -> Mapping[str, tuple[str, ...]]:
        """Return the fields that `histories` reads, by table, and no other ones."""

    def histories(self, scope: Scope, cursor: str) -> Iterator[HistoryPage]:
        """Walk the histories of what changed since `cursor` (empty: everything), oldest first."""


# --- store ---


class Records(Protocol):
    """Current versions of records and people."""

    def save_records(self, records: Iterable[Record]) -> list[RecordRef]:
        """Store records that are newer than what is held; return those that were."""

    def get_record(self, ref: RecordRef) -> Record | None:
        """Return the version held."""

    def get_records(self, refs: Collection[RecordRef]) -> dict[RecordRef, Record]:
        """Return the versions held of those that are known."""

    def find_records(self, number: str) -> list[Record]:
        """Return every record with that number, whichever instance it is on; letter case does not matter."""

    def records_naming(self, numbers: Collection[str]) -> list[Record]:
        """Return every record that has one of the numbers among its references; case does not matter."""

    def records_of(self, problems: Collection[str]) -> dict[str, list[Record]]:
        """Return the records of problems, oldest first."""

    def problems_of(self, refs: Collection[RecordRef]) -> dict[RecordRef, str]:
        """Return the problem of each record that has one."""

    def put_in_problem(self, members: Iterable[tuple[RecordRef, str]]) -> None:
        """Make records members of problems; a record is moved if it was in another."""

    def earlier_records(self, requesters: Collection[str]) -> dict[str, list[Earlier]]:
        """Return all records with a requester of those, oldest first, by requester.

        Their basis is that of the last look at their problem.
        """

    def count_open_problems(self) -> int:
        """Return how many problems have a primary record that is neither closed nor canceled."""

    def save_people(self, people: Iterable[Person]) -> None:
        """Store people; what is known replaces what was known."""

    def get_people(self, ids: Collection[str]) -> dict[str, Person]:
        """Return those that are known."""

    def find_people(self, name: str) -> list[Person]:
        """Return everybody with that user name, e-mail address, platform id or pseudonym, in any case."""

    def save_dialects(self, dialects: Mapping[tuple[str, str], Dialect]) -> None:
        """Keep how containers, by (instance, container), say the common words."""

    def dialects(self) -> dict[tuple[str, str], Dialect]:
        """Return how containers say the common words, as far as their platforms were ever asked."""

    def get_cursor(self, scope: str) -> tuple[str, str] | None:
        """Return (cursor, fingerprint) of a scope; the fingerprint tells how it has been read."""

    def set_cursor(self, scope: str, cursor: str, fingerprint: str) -> None:
        """Keep how far a scope was read."""


class Journal(Protocol):
    """The append-only truth, and when to look at what again."""

    def append(self, events: Iterable[Event], recorded_at: datetime) -> int:
        """Add events whose source key is new; return how many were."""

    def events_of(self, problems: Collection[str]) -> dict[str, list[Event]]:
        """Return the events of problems, ordered by (occurred_at, source_key)."""

    def events_on(self, refs: Collection[RecordRef], kinds: Collection[str]) -> dict[RecordRef, list[Event]]:
        """Return the events of these kinds that hang on records, ordered by (occurred_at, source_key)."""

    def records_with(self, kinds: Collection[str]) -> list[RecordRef]:
        """Return the records on which events of these kinds hang, in the order of their ids."""

    def last_events(self, problems: Collection[str]) -> dict[str, int]:
        """Return the sequence number of each problem's newest event, 0 for a problem without events."""

    def known_keys(self, source_keys: Collection[str]) -> set[str]:
        """Return those of the keys that the journal holds."""

    def problems_to_look_at(self, now: datetime, rules_hash: str) -> list[str]:
        """Return problems with new events, due or overdue, looked at under other rules, or never."""

    def save_looks(self, looks: Iterable[Look]) -> None:
        """Keep when to look again."""

    def looks(self, problems: Collection[str] | None = None) -> list[Look]:
        """Return what the last evaluations came to, of all problems or of some."""

    def someone_waits(self) -> bool:
        """Tell whether any standing finding waits for a person."""

    def last_recorded(self) -> datetime | None:
        """Return when the newest entry was written."""

    def look_again(self, problems: Iterable[str]) -> None:
        """Have problems evaluated by the next plan, whatever was said before."""

    def contacts_of(self, people: Collection[str]) -> dict[str, list[Contacted]]:
        """Return the contact ledgers of people over all problems, oldest first."""

    def count_events(self) -> int:
        """Return how many entries the journal holds."""


class Links(Protocol):
    """Pairs of records kept in step, what both sides last agreed on, and where they did not."""

    def save_pair(self, pair: Pair) -> None:
        """Keep a pair; the same two records are a pair once."""

    def pairs_of(self, refs: Collection[RecordRef]) -> list[Pair]:
        """Return the pairs any of the records is in."""

    def get_pairs(self, ids: Collection[str]) -> dict[str, Pair]:
        """Return those pairs that are known, by id."""

    def bases_of(self, pair: str) -> dict[str, BaseValue]:
        """Return the base values of a pair, by field."""

    def save_bases(self, pair: str, values: Iterable[BaseValue]) -> None:
        """Keep what both sides hold now."""

    def save_comment_pair(
        self, instance: str, native_id: str, pair: str, other_id: str, audience: str
    ) -> None:
        """Keep that a comment of ours on `instance` mirrors `other_id` of the pair's other side."""

    def comment_pairs(self, pair: str) -> set[tuple[str, str]]:
        """Return (instance, native id) of every comment of a pair that has its counterpart, on both sides.

        The other side's instance is that of the pair's other record.
        """

    def save_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        """Park conflicts; the same disagreement is parked once, and again when it comes back once settled."""

    def conflicts(self, *, open_only: bool = True) -> list[Conflict]:
        """Return parked conflicts, oldest first."""

    def settle_conflict(self, id: str, kept: str) -> None:
        """Record which text a person chose; the other stays readable."""


class Outbox(Protocol):
    """Writes to the outside: intent first, outcome after."""

    def begin(self, intent: Intent, budget: Budget, reserve: Contact | None) -> bool:
        """Store an intent as sent and reserve a contact; False when known or when the budget is used up."""

    def settle(self, intent: Intent) -> None:
        """Store an intent's new state; a contact that never went out is taken off the ledger."""

    def intents(self, *states: str) -> list[Intent]:
        """Return intents in any of the states, oldest first."""

    def intent_states(self, keys: Collection[str]) -> dict[str, str]:
        """Return the state of each key that is known."""

    def forget(self, key: str) -> None:
        """Remove an intent, so that the same demand may be planned again."""


class Promises(Protocol):
    """When which policy was switched how far."""

    def save_switch(self, switched: Switched) -> None:
        """Add a line to the record of switches."""

    def switches(self) -> list[Switched]:
        """Return every switch, oldest first."""


class Store(Records, Journal, Links, Outbox, Promises, Protocol):
    """All of it, with transactions."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make several calls one; nested use joins the outer one. Never held over a request outside."""

    @property
    def bound(self) -> bool:
        """Tell whether this installation may write to the outside with the store."""

    def bind(self) -> None:
        """Make the store this installation's own, and forget which instances it belonged to."""

    def save_identity(self, instance: str, identity: str) -> None:
        """Bind the store to an instance."""

    def identities(self) -> dict[str, str]:
        """Return what the store is bound to, by instance name."""

    def close(self) -> None:
        """Release the file or connection."""


class Progress(Protocol):
    """Someone who wants to know how far a long walk is."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Hear that `done` of `total` have been read."""
