"""The pass over list exports: one row for each incident as it is now, and no history."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from careloop.ports import Progress
from careloop.report.audit.export import Export, name_of
from careloop.report.audit.figures import Kind
from careloop.report.audit.form import Form, read_files
from careloop.report.audit.incident import Incident, Past
from careloop.report.audit.moments import Moments, Order
from careloop.report.audit.rows import Row, describe, read_rows
from careloop.report.audit.servicenow import UNKNOWN, Stage, stage_of
from careloop.report.words import say_count

NEEDED = ("number", "opened")
"""Columns without which a list tells nothing; without others some figures are not known."""
NO_HISTORY = "a list export has no history; an audit log or the instance itself tells"
ROUND = 1000
"""An export that holds a multiple of as many rows was probably cut off; ServiceNow does so at 10,000."""
_DONE = (Stage.RESOLVED, Stage.CLOSED)


def read_lists(paths: Sequence[Path], tell: Progress, dates: Order | None = None) -> Past:
    """Read list exports as one list; raises SettingsError where one cannot be used.

    An incident that is in several rows counts as in the one that was updated last.
    """

    def start() -> Past:
        names = tuple(map(name_of, paths))
        return Past(kind=Kind.INCIDENTS, names=names, no_history=NO_HISTORY, no_events=NO_HISTORY)

    def walk(past: Past, export: Export, moments: Moments) -> int:
        return _read(past, export, moments, tell)

    past = read_files(start, [Form(path=path, needed=NEEDED, dates=dates) for path in paths], walk)
    for one in past.incidents:
        if one.resolved:
            past.resolutions.add(one.ordinal, one.resolved)
    return past


def _read(past: Past, export: Export, moments: Moments, tell: Progress) -> int:
    rows = copies = others = 0
    refused = past.unreadable_rows
    for line, digest, row in read_rows(export, past, tell):
        try:
            one = _incident(past, row, digest, moments)
        except ValueError as error:
            past.refuse(export.name, line, f"{row.number}: {error}")
            continue
        rows += 1
        held = past.incidents.take(row.number)
        if held.events:
            copies += held.digest == digest
            others += held.digest != digest
            if one.updated < held.updated:
                continue
        one.ordinal = held.ordinal
        past.incidents.keep(row.number, one)
    columns = frozenset(export.columns)
    past.columns = past.columns & columns if past.columns else columns
    past.notes += _notes(export, rows + past.unreadable_rows - refused, copies, others)
    return rows


def _incident(past: Past, row: Row, digest: int, moments: Moments) -> Incident:
    """Return an incident as a row has it; raises ValueError."""
    one = Incident(0, digest=digest, updated=moments.read(row.updated), events=1)
    describe(one, row, past, moments)
    stage = stage_of(row.state, row.hold_reason)
    if not stage and one.closed:
        stage = Stage.CLOSED
    if stage is None:
        past.notice(row.state)
        stage = Stage.OPEN
    one.stage = stage
    one.was_closed = stage is Stage.CLOSED
    one.was_resolved = stage in _DONE
    one.by_caller = row.resolver not in UNKNOWN and row.resolver == row.caller
    return one


def _notes(export: Export, rows: int, copies: int, others: int) -> Iterator[str]:
    name = export.name
    if rows and not rows % ROUND:
        yield (
            f"{name} holds exactly {rows:,} rows, so it was probably cut off there: export it in parts (by "
            "month of opening) and give all of them"
        )
    if copies:
        yield f"{name}: {say_count(copies, 'row')} left out as copies of others"
    if others:
        yield f"{name}: {say_count(others, 'row')} of incidents that were there already; the newest counts"
