"""The pass over an audit log: each row is the state of an incident right after one update."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from careloop.ports import Progress
from careloop.report.audit.export import Export, name_of
from careloop.report.audit.figures import Kind
from careloop.report.audit.form import Form, read_files
from careloop.report.audit.incident import Incident, Past
from careloop.report.audit.moments import Moments, Order
from careloop.report.audit.rows import Row, describe, read_count, read_rows
from careloop.report.audit.servicenow import Stage, stage_of
from careloop.report.audit.turns import follow
from careloop.report.words import say_count

NEEDED = ("number", "state", "updated")
"""Columns without which a log tells no history; without others some figures are not known."""


def read_log(path: Path, tell: Progress, dates: Order | None = None) -> Past:
    """Read an audit log; raises SettingsError where it cannot be used.

    It streams: what stays of an incident are some eighty bytes. Rows of different incidents may come mixed;
    incidents whose own rows are out of order are read once more and put in order of time.
    """

    def start() -> Past:
        return Past(kind=Kind.EVENTS, names=(name_of(path),))

    def walk(past: Past, export: Export, moments: Moments) -> int:
        return _Reading(past, export, moments).run(tell)

    return read_files(start, [Form(path=path, needed=NEEDED, dates=dates)], walk)


class _Update(NamedTuple):
    """One row as an update of its incident; `digest` is the same for a copy of the row."""

    at: int
    revision: int
    digest: int
    row: Row


class _Reading:
    """One walk over a log."""

    def __init__(self, past: Past, export: Export, moments: Moments) -> None:
        self._past = past
        self._export = export
        self._moments = moments
        self._described: tuple[str, ...] = ()
        self._disordered: set[str] = set()

    def run(self, tell: Progress) -> int:
        """Read everything and return how many rows could be read."""
        past, number, incident, readable = self._past, "", Incident(0), 0
        for line, digest, row in read_rows(self._export, past, tell):
            if row.number != number:
                if incident.events:
                    past.incidents.keep(number, incident)
                number, incident = row.number, past.incidents.take(row.number)
                self._described = ()
            try:
                update = self._update(digest, row)
                if number in self._disordered or self._is_late(incident, update):
                    self._disordered.add(number)
                    describe(Incident(0), row, past, self._moments)  # a row that cannot be read shows now
                else:
                    self._add(incident, update)
                readable += 1
            except ValueError as error:
                past.refuse(self._export.name, line, f"{number}: {error}")
        if incident.events:
            past.incidents.keep(number, incident)
        if self._disordered:
            self._put_in_order(tell)
        past.events = sum(one.events for one in past.incidents)
        past.columns = frozenset(self._export.columns)
        past.notes += self._notes(readable - past.events)
        return readable

    def _update(self, digest: int, row: Row) -> _Update:
        at = self._moments.read(row.updated)
        if not at:
            raise ValueError("it does not say when the update was")
        return _Update(at, read_count(row.revision), digest, row)

    @staticmethod
    def _is_late(incident: Incident, update: _Update) -> bool:
        """Tell whether an update happened before one that stands above it."""
        return (update.at, update.revision) < (incident.updated, incident.revision)

    def _add(self, incident: Incident, update: _Update) -> None:
        """Let one more update happen to an incident; a copy of its last one changes nothing."""
        row = update.row
        if (update.at, update.revision, update.digest) == (
            incident.updated,
            incident.revision,
            incident.digest,
        ):
            return
        description = row.description
        if description != self._described:
            describe(incident, row, self._past, self._moments)
            self._described = description
        incident.events += 1
        incident.updated, incident.revision, incident.digest = update.at, update.revision, update.digest
        stage = _stage(row.state, row.hold_reason)
        if stage is None:
            self._past.notice(row.state)
            stage = Stage.OPEN
        if follow(self._past, incident, stage, update.at, row.actor):
            incident.by_caller |= row.actor == row.caller

    def _put_in_order(self, tell: Progress) -> None:
        """Read the rows of disordered incidents again, and let them happen in order of time."""
        updates: dict[str, list[_Update]] = defaultdict(list)
        again = Past(kind=Kind.EVENTS, names=())  # it takes the refusals, which were counted already
        for _, digest, row in read_rows(self._export, again, tell):
            if row.number in self._disordered:
                try:
                    updates[row.number].append(self._update(digest, row))
                except ValueError:  # likewise
                    continue
        past = self._past
        ordinals = {number: past.incidents.take(number).ordinal for number in updates}
        past.resolutions = past.resolutions.without(ordinals.values())
        for number, listed in updates.items():
            listed.sort(key=lambda update: (update.at, update.revision))
            incident, self._described = Incident(ordinals[number]), ()
            for update in _distinct(listed):
                try:
                    self._add(incident, update)
                except ValueError:  # it was refused in the first reading
                    continue
            past.incidents.keep(number, incident)

    def _notes(self, copies: int) -> Iterator[str]:
        if copies:
            yield f"{say_count(copies, 'row')} left out as copies of others"
        if self._disordered:
            yield f"rows of {say_count(len(self._disordered), 'incident')} put in order of time"
        if len(self._past.incidents) == self._past.events and self._past.events > 1:
            yield "every incident has one row only: if this is a list export, use --incidents"


def _distinct(updates: list[_Update]) -> Iterator[_Update]:
    """Yield updates without copies, whatever stands between these."""
    seen: set[tuple[int, int, int]] = set()
    for update in updates:
        key = (update.at, update.revision, update.digest)
        if key not in seen:
            seen.add(key)
            yield update


_stage = lru_cache(maxsize=1024)(stage_of)
