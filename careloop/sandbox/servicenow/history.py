"""An audit log of real incidents as the instance's past."""

import csv
import gzip
import itertools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from careloop.sandbox.servicenow.audit import audit
from careloop.sandbox.servicenow.rules.incident import (
    AWAITING_CALLER,
    CLOSED,
    IN_PROGRESS,
    NEW,
    ON_HOLD,
    RESOLVED,
)
from careloop.sandbox.servicenow.session import STORED, stored
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import Column

Event = Mapping[str, str]

UNKNOWN = "?"
NEEDED = ("number", "incident_state", "sys_updated_on", "sys_updated_by")
"""Columns without which a log tells no history; the others may be missing."""
_DAY_FIRST = "%d/%m/%Y %H:%M"
_STATES = {
    "New": (NEW, ""),
    "Active": (IN_PROGRESS, ""),
    "Awaiting User Info": (ON_HOLD, AWAITING_CALLER),
    "Awaiting Problem": (ON_HOLD, "3"),
    "Awaiting Vendor": (ON_HOLD, "4"),
    "Awaiting Evidence": (ON_HOLD, "6"),  # no such reason in the base system
    "Resolved": (RESOLVED, ""),
    "Closed": (CLOSED, ""),
}
_OLD_NAMES = {
    "sys_updated_at": "sys_updated_on",
    "sys_created_at": "sys_created_on",
    "closed_code": "close_code",
}
_KEPT = (
    *("number", "active", "reassignment_count", "reopen_count", "made_sla", "knowledge", "category"),
    *("subcategory", "u_symptom", "u_priority_confirmation", "vendor", "close_code"),
)
_EXTRA = ("u_symptom", "u_priority_confirmation", "vendor")
_RANKS = ("impact", "urgency", "priority")
_NOTIFY = {"Do Not Notify": "1", "Send Email": "2"}
_PEOPLE = ("caller_id", "opened_by", "assigned_to", "resolved_by")
_NAMED = {
    "assignment_group": ("sys_user_group", "name"),
    "location": ("cmn_location", "name"),
    "cmdb_ci": ("cmdb_ci", "name"),
    "problem_id": ("problem", "number"),
    "rfc": ("change_request", "number"),
    "caused_by": ("change_request", "number"),
}
_OF_RESOLUTION = ("resolved_at", "resolved_by", "close_code")


def read_event_log(path: Path) -> Iterator[Event]:
    """Yield the rows of an audit log in CSV, unzipped where the name ends in .gz."""
    with ExitStack() as stack:
        if path.suffix == ".gz":
            lines = stack.enter_context(gzip.open(path, "rt", encoding="utf-8", newline=""))
        else:
            lines = stack.enter_context(path.open(encoding="utf-8", newline=""))
        yield from csv.DictReader(lines)


def load_events(db: Database, rows: Iterable[Event]) -> int:
    """Store incidents with their audit trail and return how many.

    `rows` come incident by incident, oldest event first: each is the state of an incident after one update,
    with `?` for unknown and times as day/month/year hour:minute, taken as UTC. People, groups and whatever
    else the log names are created on the way. Resolution and closing hold their final values on every row of
    such a log, so they are kept back until their time has come. Minutes are all it tells: events of one
    incident within the same minute are stored a second apart, in the log's order.
    """
    missing = [name for name in _EXTRA if name not in db.dictionary["incident"].columns]
    db.dictionary.add_columns("incident", *(Column(name, label=name, length=100) for name in missing))
    log, count = _Log(db), 0
    for number, events in itertools.groupby(map(_renamed, rows), key=itemgetter("number")):
        log.load(list(events))
        db.reserve_number("incident", number)
        count += 1
    return count


class _Log:
    """One log on its way in; remembers what it has created by name."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._ids: dict[tuple[str, str], str] = {}

    def load(self, events: list[Event]) -> None:
        """Store one incident as it is after its last event, and an audit row for every change on the way."""
        moments = list(_moments(events))
        first, last = events[0], events[-1]
        created = stored(_time(_known(first, "sys_created_on")) or moments[0])
        sys_id = self._db.new_id("incident")
        before: dict[str, str] = {}
        for event, moment in zip(events, moments, strict=True):
            values = self._values(event, moment)
            updater = event["sys_updated_by"]
            self._id("sys_user", "user_name", updater)
            if before:
                changes = {name: (before[name], v) for name, v in values.items() if v != before[name]}
                audit(
                    self._db,
                    self._db.dictionary["incident"],
                    sys_id,
                    changes,
                    user_name=updater,
                    stamp=stored(moment),
                    checkpoint=_known(event, "sys_mod_count"),
                )
            before = values
        self._db.insert(
            "incident",
            {
                **before,
                "sys_id": sys_id,
                "sys_class_name": "incident",
                "sys_domain": "global",
                "sys_domain_path": "/",
                "sys_created_on": created,
                "sys_created_by": _known(first, "sys_created_by") or first["sys_updated_by"],
                "sys_updated_on": stored(moments[-1]),
                "sys_updated_by": last["sys_updated_by"],
                "sys_mod_count": _known(last, "sys_mod_count"),
            },
        )

    def _values(self, event: Event, moment: datetime) -> dict[str, str]:
        state, hold_reason = _STATES.get(event["incident_state"], (event["incident_state"], ""))
        values = {name: _known(event, name) for name in _KEPT}
        values |= {"state": state, "incident_state": state, "hold_reason": hold_reason}
        values |= {name: _known(event, name).partition(" ")[0] for name in _RANKS}
        values |= {name: self._id("sys_user", "user_name", _known(event, name)) for name in _PEOPLE}
        values |= {name: self._id(*where, _known(event, name)) for name, where in _NAMED.items()}
        values["contact_type"] = _known(event, "contact_type").lower().replace(" ", "-")
        values["notify"] = _NOTIFY.get(_known(event, "notify"), "1")
        times = {name: _time(_known(event, name)) for name in ("opened_at", "resolved_at", "closed_at")}
        values |= {name: _stored(t) if t and t <= moment else "" for name, t in times.items()}
        if not values["resolved_at"] and (times["resolved_at"] or state not in (RESOLVED, CLOSED)):
            values |= dict.fromkeys(_OF_RESOLUTION, "")
        return values

    def _id(self, table: str, column: str, name: str) -> str:
        """Return the id of what the log calls by that name, created when it is new."""
        if not name:
            return ""
        key = (table, name)
        if key not in self._ids:
            row = next(self._db.where(table, **{column: name}), None)
            target, slot = row or self._db.insert(table, {**_STAMPS, **_described(table, column, name)})
            self._ids[key] = target.value(slot, "sys_id")
        return self._ids[key]


_STAMPS = {
    "sys_created_on": "2016-01-01 00:00:00",
    "sys_created_by": "system",
    "sys_updated_on": "2016-01-01 00:00:00",
    "sys_updated_by": "system",
    "sys_mod_count": "0",
}


def _described(table: str, column: str, name: str) -> dict[str, str]:
    fields = {column: name, "active": "true"}
    if table == "sys_user":
        address = f"{'.'.join(name.lower().split())}@example.com"
        fields |= {"name": name, "email": address, "notification": "2", "locked_out": "false"}
    return fields


def _renamed(row: Event) -> Event:
    event = {_OLD_NAMES.get(name, name): value for name, value in row.items()}
    if missing := [name for name in NEEDED if name not in event]:
        raise ValueError(f"the log has no column {missing[0]}")
    return event


def _moments(events: list[Event]) -> Iterator[datetime]:
    last = datetime.fromtimestamp(0, UTC)
    for event in events:
        moment = _time(_known(event, "sys_updated_on"))
        if moment is None:
            raise ValueError(f"{event['number']}: an event without sys_updated_on")
        last = max(moment, last + timedelta(seconds=1))
        yield last


def _known(event: Event, name: str) -> str:
    value = event.get(name, "")
    return "" if value == UNKNOWN else value


_stored = lru_cache(maxsize=4096)(stored)


@lru_cache(maxsize=4096)
def _time(text: str) -> datetime | None:
    """Return a time of the log, day first or as the platform stores it; None for none, else ValueError."""
    if not text:
        return None
    return datetime.strptime(text, _DAY_FIRST if "/" in text else STORED).replace(tzinfo=UTC)
