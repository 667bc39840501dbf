"""Rows of an export as texts by meaning, and what they say about an incident."""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from careloop.ports import Progress
from careloop.report.audit.export import Export
from careloop.report.audit.incident import Incident, Past
from careloop.report.audit.moments import Moments
from careloop.report.audit.servicenow import UNKNOWN

LONGEST_NUMBER = 100


class Row(NamedTuple):
    """The columns that are read, as texts; one that the export lacks is empty. What describes comes last."""

    number: str
    state: str
    hold_reason: str
    updated: str
    actor: str
    revision: str
    caller: str
    category: str
    subcategory: str
    symptom: str
    opened: str
    resolved: str
    closed: str
    resolver: str
    reopens: str
    reassignments: str
    code: str
    due: str
    follow_up: str

    @property
    def description(self) -> tuple[str, ...]:
        """Return everything but the state and the update itself."""
        return self[6:]


def read_rows(export: Export, past: Past, tell: Progress) -> Iterator[tuple[int, int, Row]]:
    """Yield line, digest of the whole row, and the columns that count; the rest of a row is not kept."""
    places = [export.columns.get(name, -1) for name in Row._fields]
    pick = itemgetter(*places)

    def refuse(line: int, why: str) -> None:
        past.refuse(export.name, line, why)

    for line, values in export.rows(tell, refuse):
        digest = hash(tuple(values))
        values.append("")
        row = Row._make(pick(values))
        number = row.number
        if number in UNKNOWN or len(number) > LONGEST_NUMBER:
            refuse(line, f"its number has {len(number):,} characters" if number.strip("?") else "no number")
            continue
        yield line, digest, row


def describe(incident: Incident, row: Row, past: Past, moments: Moments) -> None:
    """Take over what a row says about an incident besides its state.

    Raises ValueError, and then nothing has changed.
    """
    opened, resolved, closed = map(moments.read, (row.opened, row.resolved, row.closed))
    reopens, reassignments = read_count(row.reopens), read_count(row.reassignments)
    dated = bool(moments.read(row.due) or moments.read(row.follow_up))
    incident.opened, incident.resolved, incident.closed = opened, resolved, closed
    incident.caller = past.callers.number(row.caller)
    incident.matter = past.matter(row.category, row.subcategory)
    incident.symptom = past.symptoms.number(row.symptom)
    incident.reopens = max(incident.reopens, reopens)
    incident.reassignments = max(incident.reassignments, reassignments)
    incident.put_off = past.puts_off(row.code)
    incident.dated = dated
    if row.reopens not in UNKNOWN:
        past.counted.add("reopens")
    if row.reassignments not in UNKNOWN:
        past.counted.add("reassignments")


@lru_cache(maxsize=1024)
def read_count(text: str) -> int:
    """Return a count, 0 for none; raises ValueError for what is no count."""
    plain = text.strip()
    if plain in UNKNOWN:
        return 0
    if not plain.isdecimal() or len(plain) > 9:
        raise ValueError(f"'{plain[:40]}' is no count")
    return int(plain)
