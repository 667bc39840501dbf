"""What a made-up incident has left on record: its audit trail and its journal, as its row implies them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from careloop.sandbox.servicenow.audit import JOURNAL_ADDITION
from careloop.sandbox.servicenow.rules.incident import CLOSED, IN_PROGRESS, NEW, RESOLVED
from careloop.sandbox.servicenow.session import parse_stored, stored
from careloop.sandbox.servicenow.store.database import Database

HALF_AN_HOUR = timedelta(minutes=30)
"""After so long somebody takes an incident up, or when it is resolved if that comes first."""

_OUTCOME = ("resolved_at", "resolved_by", "close_code", "close_notes", "calendar_stc")
_FAREWELL = ("closed_at", "closed_by")

Incident = Mapping[str, str]


class Step(NamedTuple):
    """One update of an incident: when, by whom (a user name), old and new values, and what was written."""

    when: str
    by: str
    changes: Mapping[str, tuple[str, str]]
    entries: Mapping[str, str] = {}


def remember(db: Database, incidents: Sequence[Incident]) -> None:
    """Store the audit trail and the journal entries of incidents that are stored already."""
    names = {
        table.value(slot, "sys_id"): table.value(slot, "user_name") for table, slot in db.where("sys_user")
    }
    audits: list[dict[str, str]] = []
    journals: list[dict[str, str]] = []
    for incident in incidents:
        for count, step in enumerate(_steps(incident, names), start=1):
            stamps = {"sys_created_on": step.when, "sys_created_by": step.by}
            audits += _audits(db, incident, step, {**stamps, "record_checkpoint": str(count)})
            for element, text in step.entries.items():
                about = {"name": "incident", "element": element, "element_id": incident["sys_id"]}
                sys_id = db.new_id("sys_journal_field")
                journals.append({"sys_id": sys_id, **about, "value": text, **stamps})
    for table, rows in (("sys_audit", audits), ("sys_journal_field", journals)):
        if rows:
            db.extend(table, len(rows), {name: [row[name] for row in rows] for name in rows[0]})


def _audits(
    db: Database, incident: Incident, step: Step, stamps: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    written = {name: (JOURNAL_ADDITION, text) for name, text in step.entries.items()}
    about = {"tablename": "incident", "documentkey": incident["sys_id"], "user": step.by, **stamps}
    for name, (old, new) in {**step.changes, **written}.items():
        sys_id = db.new_id("sys_audit")
        yield {"sys_id": sys_id, **about, "fieldname": name, "oldvalue": old, "newvalue": new}


def _steps(incident: Incident, names: Mapping[str, str]) -> Iterator[Step]:
    """Yield the updates of an incident: taken up, resolved by the same person, closed by the timer."""
    if incident["state"] == NEW:
        return
    agent = names.get(incident["assigned_to"], "")
    begun = stored(parse_stored(incident["opened_at"]) + HALF_AN_HOUR)
    resolved = incident.get("resolved_at", "")
    taken = {**_moves(NEW, IN_PROGRESS), "assigned_to": ("", incident["assigned_to"])}
    note = {"work_notes": "Taken up; looking for what has changed since it last worked."}
    yield Step(min(begun, resolved or begun), agent, taken, note)
    if resolved:
        outcome = {name: ("", incident[name]) for name in _OUTCOME}
        said = {"comments": "It should work again. Please tell us if it does not."}
        yield Step(resolved, agent, {**_moves(IN_PROGRESS, RESOLVED), **outcome}, said)
    if incident["state"] == CLOSED:
        end = {name: ("", incident[name]) for name in _FAREWELL}
        done = {**_moves(RESOLVED, CLOSED), "active": ("true", "false"), **end}
        yield Step(incident["closed_at"], "system", done)


def _moves(old: str, new: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(("state", "incident_state"), (old, new))
