"""What happened to records: rows of sys_audit as events, rows of sys_journal_field as comments."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.people import People
from careloop.connectors.servicenow.query import read_stamp
from careloop.connectors.servicenow.tables import HOLD, Table
from careloop.model.comment import Audience, Comment
from careloop.model.event import Event, EventKind, Plain
from careloop.model.mark import find_mark
from careloop.model.person import person_id
from careloop.model.record import Record, State

AUDIT = ("sys_id", "documentkey", "fieldname", "user", "oldvalue", "newvalue", "sys_created_on")
CHECKPOINT = "record_checkpoint"  # the record's update count, where the release writes it
JOURNAL = ("sys_id", "element_id", "element", "value", "sys_created_on", "sys_created_by")
AUDIENCES = {"comments": Audience.PUBLIC, "work_notes": Audience.INTERNAL}


@dataclass(frozen=True, slots=True)
class Moment:
    """One update of a record: its audit rows by column, and when it was, with those of one second parted."""

    at: datetime
    rows: Mapping[str, Row]

    @property
    def old(self) -> Row:
        """Return what its columns held before."""
        return {column: entry["oldvalue"] for column, entry in self.rows.items()}

    @property
    def new(self) -> Row:
        """Return what its columns held afterwards."""
        return {column: entry["newvalue"] for column, entry in self.rows.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """What the history of a record says; `whole` is False when it does not lead to what the record is now."""

    events: tuple[Event, ...]
    whole: bool


class Historian:
    """Reads the histories of one table's records."""

    def __init__(self, instance: str, table: Table, people: People) -> None:
        self._instance = instance
        self._table = table
        self._people = people
        self._hands = {table.columns[name]: name for name in ("assignee", "group") if name in table.columns}

    def tell(self, record: Record, row: Row, audit: Iterable[Row]) -> Told:
        """Return the events of a record as its audit rows tell them, in whatever order those came.

        What is newer than `row` is left to the next reading of it, also within its second, as far as the
        update count tells. Each update is taken at its own word about what it found, since a script may have
        changed the record in between without leaving a trace.
        """
        known = [entry for entry in audit if entry["sys_created_on"] <= row["sys_updated_on"]]
        told = self._tell(record, row, known)
        if told.whole:
            return told
        count = int(row.get("sys_mod_count") or 0)
        seen = [entry for entry in known if _count(entry) <= count]
        return self._tell(record, row, seen) if len(seen) < len(known) else told

    def _tell(self, record: Record, row: Row, audit: Iterable[Row]) -> Told:
        moments = list(follow_updates(audit))
        held = self._beginning(row, moments)
        events = [*self._opening(record, held)]
        for moment in moments:
            held |= moment.old
            before = self._state(held)
            held |= moment.new
            after = self._state(held)
            if before is not after:
                events += self._turn(record, moment, (before, after), held)
            events += self._hand_offs(record, moment)
        blank = not moments and record.state is not State.NEW and row.get("sys_mod_count", "0") != "0"
        return Told(tuple(events), whole=self._state(held) is record.state and not blank)

    def comments(self, record: Record, journal: Iterable[Row]) -> tuple[Comment, ...]:
        """Return the comments and work notes of a record, oldest first."""
        rows = sorted(journal, key=lambda row: (row["sys_created_on"], row["sys_id"]))
        return tuple(self._comment(record, row) for row in rows if row["element"] in AUDIENCES)

    def _comment(self, record: Record, row: Row) -> Comment:
        writer, author = row["sys_created_by"], row.get("author", "")
        ours = self._people.is_own(writer) or (author != "" and author == self._people.own().get("name"))
        return Comment(
            id=row["sys_id"],
            record=record.ref,
            at=read_stamp(row["sys_created_on"]),
            author=self._people.by_name(writer),
            author_name=author or self._people.name_of(writer),
            audience=AUDIENCES[row["element"]],
            body=row["value"],
            key=find_mark(row["value"]) if ours else "",
            automatic=self._people.is_program(writer),
        )

    def _state(self, held: Row) -> State:
        """Return the common state; one that nobody knows any more counts as work going on."""
        native = held.get("state", "")
        return self._table.state(native, held.get(HOLD, "")) or (State.IN_PROGRESS if native else State.NEW)

    def _beginning(self, row: Row, moments: list[Moment]) -> Row:
        """Return what the audited columns held when the record was made."""
        held = {name: row.get(name, "") for name in self._table.audited}
        for moment in reversed(moments):
            held |= moment.old
        return held

    def _opening(self, record: Record, held: Row) -> Iterator[Event]:
        state = self._state(held)
        key = f"{self._instance}:opened:{record.ref.table}:{record.ref.id}"
        at = record.opened_at or record.created
        yield _event(EventKind.OPENED, record, at, key, record.opened_by, {"requester": record.requester})
        if state is not State.NEW:
            yield from self._enter(record, (State.NEW, state), held, (at, f"{key}:state", record.opened_by))

    def _turn(
        self, record: Record, moment: Moment, states: tuple[State, State], held: Row
    ) -> Iterator[Event]:
        trigger = moment.rows.get("state") or moment.rows[HOLD]
        actor = self._people.by_name(trigger["user"])
        return self._enter(record, states, held, (moment.at, self._key(trigger), actor))

    def _enter(
        self,
        record: Record,
        states: tuple[State, State],
        held: Row,
        mark: tuple[datetime, str, str | None],
    ) -> Iterator[Event]:
        """Yield the change of state, and the resolution when it is one; `mark` is time, key and actor."""
        before, after = states
        at, key, actor = mark
        data: dict[str, Plain] = {"from": before.value, "to": after.value, "native": held.get("state", "")}
        yield _event(EventKind.STATE_CHANGED, record, at, key, actor, data)
        if after is State.RESOLVED or (after is State.CLOSED and before.is_open):
            code = held.get(self._table.columns.get("close_code", ""), "")
            notes = held.get(self._table.columns.get("close_notes", ""), "")
            given = _event(
                EventKind.RESOLUTION_GIVEN, record, at, f"{key}:resolution", actor, {"code": code}, notes
            )
            yield given

    def _hand_offs(self, record: Record, moment: Moment) -> Iterator[Event]:
        for column, name in self._hands.items():
            entry = moment.rows.get(column)
            if entry:
                data: dict[str, Plain] = {
                    "field": name,
                    "from": self._held_by(name, entry["oldvalue"]),
                    "to": self._held_by(name, entry["newvalue"]),
                }
                actor = self._people.by_name(entry["user"])
                yield _event(EventKind.ASSIGNED, record, moment.at, self._key(entry), actor, data)

    def _held_by(self, name: str, native: str) -> str:
        return person_id(self._instance, native) if native and name == "assignee" else native

    def _key(self, entry: Row) -> str:
        return f"{self._instance}:audit:{entry['sys_id']}"


def _event(
    kind: EventKind,
    record: Record,
    at: datetime,
    key: str,
    actor: str | None,
    data: dict[str, Plain] | None = None,
    text: str | None = None,
) -> Event:
    return Event(
        kind=kind,
        record=record.ref,
        occurred_at=at,
        source_key=key,
        actor=actor,
        data=data or {},
        text=text or None,
    )


def by_column(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Return rows in lists by the value of a column."""
    lists: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        lists[row.get(column, "")].append(row)
    return lists


def follow_updates(audit: Iterable[Row]) -> Iterator[Moment]:
    """Yield one record's updates in order; within a second the record's own update count decides.

    Those of one second are a microsecond apart, so that whoever reads them later finds the same order.
    """
    rows = sorted(audit, key=lambda row: (*_when(row), row["sys_id"]))
    for second, updates in groupby(rows, key=itemgetter("sys_created_on")):
        steps = (step for _, together in groupby(updates, key=_count) for step in _steps(together))
        for place, step in enumerate(steps):
            yield Moment(read_stamp(second) + place * timedelta.resolution, step)


def _steps(together: Iterable[Row]) -> Iterator[dict[str, Row]]:
    """Yield the updates that one update count stands for; several where the release writes none."""
    columns = {column: _linked(entries) for column, entries in by_column(together, "fieldname").items()}
    for step in range(max(len(entries) for entries in columns.values())):
        yield {column: entries[step] for column, entries in columns.items() if step < len(entries)}


def _when(row: Row) -> tuple[str, int]:
    return row["sys_created_on"], _count(row)


def _count(row: Row) -> int:
    checkpoint = row.get(CHECKPOINT, "")
    return int(checkpoint) if checkpoint.isdigit() else 0


def _linked(entries: list[Row]) -> list[Row]:
    """Return one column's changes of a second so that each begins where the last one ended."""
    rest, chain = list(entries), list[Row]()
    while rest:
        wanted = chain[-1]["newvalue"] if chain else None
        ends = {entry["newvalue"] for entry in rest}
        following = [e for e in rest if e["oldvalue"] == wanted] or [
            e for e in rest if e["oldvalue"] not in ends
        ]
        chain.append((following or rest)[0])
        rest.remove(chain[-1])
    return chain
