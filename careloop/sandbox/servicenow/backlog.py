"""A made-up past: any number of incidents that a service desk might have seen in the year before."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from careloop.sandbox.servicenow.data import load
from careloop.sandbox.servicenow.rules.incident import CLOSED, IN_PROGRESS, NEW, RESOLVED
from careloop.sandbox.servicenow.rules.task import priority
from careloop.sandbox.servicenow.session import stored
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.trail import HALF_AN_HOUR, remember

_DAY = 86_400
_YEAR = 365 * _DAY
_TAKEN = 1 / (4 * _DAY)
"""Resolutions a second: four days are the mean."""
_BEGUN = int(HALF_AN_HOUR.total_seconds())
_CHUNK = 50_000
REMEMBERED = 10_000
"""Incidents whose way is on record."""
_RANKS = ("1", "2", "2", "3", "3", "3", "3")
_CHANNELS = ("self-service", "self-service", "phone", "email", "walk-in")


def make_incidents(
    db: Database, count: int, rng: random.Random, now: datetime, *, remembered: int = REMEMBERED
) -> None:
    """Store incidents as they stand at `now`: spread over the past year, oldest first, most of them closed.

    The newest `remembered` have an audit trail and a journal; of all of them those would take several times
    the room. The same generator makes the same incidents. A hundred thousand take a second or two.
    """
    desk = _Desk(db, rng, now)
    opened = sorted(rng.choices(range(_YEAR), k=count))
    for first in range(0, count, _CHUNK):
        rows = [desk.incident(at) for at in opened[first : first + _CHUNK]]
        names = {name for row in rows for name in row}
        db.extend("incident", len(rows), {name: [row.get(name, "") for row in rows] for name in names})
        remember(db, rows[max(count - remembered - first, 0) :])
    db["incident"].order.settle()


class _Desk:
    """Who calls (people without role or group), who works (members of groups), and what it is about."""

    def __init__(self, db: Database, rng: random.Random, now: datetime) -> None:
        self._db, self._rng = db, rng
        active = [t.row(slot) for t, slot in db.where("sys_user", active="true")]
        people = {user["sys_id"]: user for user in active}
        belongs = [t.row(slot) for t, slot in db.where("sys_user_grmember")]
        self._members = [(b["group"], people[b["user"]]) for b in belongs if b["user"] in people]
        entitled = {t.value(slot, "user") for t, slot in db.where("sys_user_has_role")}
        entitled |= {user["sys_id"] for _, user in self._members}
        self._callers = [user for user in people.values() if user["sys_id"] not in entitled]
        self._matters = load("matters")
        self._time = _Calendar(now - timedelta(seconds=_YEAR))
        columns = db.dictionary["incident"].columns.values()
        self._defaults = {c.name: c.default for c in columns if c.default and ":" not in c.default}

    def incident(self, opened: int) -> dict[str, str]:
        """Return an incident opened so many seconds after the start."""
        rng = self._rng
        caller, matter = rng.choice(self._callers), rng.choice(self._matters)
        group, agent = rng.choice(self._members)
        impact, urgency = rng.choice(_RANKS), rng.choice(_RANKS)
        resolved = opened + 60 + int(rng.expovariate(_TAKEN))
        created, number = self._time(opened), self._db.next_number("incident")
        return {
            **self._defaults,
            "sys_id": self._db.new_id("incident"),
            "number": number,
            "sys_class_name": "incident",
            "caller_id": caller["sys_id"],
            "location": caller["location"],
            "company": caller["company"],
            "task_effective_number": number,
            "opened_by": caller["sys_id"],
            "opened_at": created,
            "sys_created_on": created,
            "sys_created_by": caller["user_name"],
            "short_description": matter["complaint"],
            "description": matter["complaint"],
            "category": matter["category"],
            "subcategory": matter["subcategory"],
            "contact_type": rng.choice(_CHANNELS),
            "impact": impact,
            "urgency": urgency,
            "priority": priority(impact, urgency),
            "assignment_group": group,
            **self._stage(opened, resolved, caller, agent),
        }

    def _stage(
        self, opened: int, resolved: int, caller: Mapping[str, str], agent: Mapping[str, str]
    ) -> dict[str, str]:
        """Return how far it has come: the timer closes what has been resolved for a day."""
        if resolved >= _YEAR:
            begun = opened + _BEGUN < _YEAR
            return {
                **_state(IN_PROGRESS if begun else NEW),
                "assigned_to": agent["sys_id"] if begun else "",
                **_updated(self._time(opened + _BEGUN * begun), agent if begun else caller, 1 * begun),
            }
        solved = self._time(resolved)
        outcome = {
            "assigned_to": agent["sys_id"],
            "resolved_at": solved,
            "resolved_by": agent["sys_id"],
            "close_code": "Solution provided",
            "close_notes": "Found the cause and removed it.",
            "calendar_stc": str(resolved - opened),
        }
        if resolved + _DAY >= _YEAR:
            return {**outcome, **_state(RESOLVED), **_updated(solved, agent, 2)}
        closed = self._time(resolved + _DAY)
        return {
            **outcome,
            **_state(CLOSED),
            "active": "false",
            "closed_at": closed,
            "closed_by": agent["sys_id"],
            **_updated(closed, {"user_name": "system"}, 3),
        }


def _state(state: str) -> dict[str, str]:
    return {"state": state, "incident_state": state}


def _updated(stamp: str, by: Mapping[str, str], count: int) -> dict[str, str]:
    return {"sys_updated_on": stamp, "sys_updated_by": by["user_name"], "sys_mod_count": str(count)}


class _Calendar:
    """Times as stored text from whole seconds after a start: a day and a time of day, both made once."""

    def __init__(self, start: datetime) -> None:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self._offset = int((start - midnight).total_seconds())
        self._days = [stored(midnight + timedelta(day))[:11] for day in range(_YEAR // _DAY + 2)]
        self._times = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(_DAY)]

    def __call__(self, seconds: int) -> str:
        day, second = divmod(seconds + self._offset, _DAY)
        return self._days[day] + self._times[second]
