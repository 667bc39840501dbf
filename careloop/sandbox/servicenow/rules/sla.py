"""Service level clocks: rows of `task_sla` that start, pause, stop and are breached.

Source: ServiceNow docs c_ServiceLevelManagement.md. Left out: reset conditions, relative durations and
workflows.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.durations import EPOCH, as_duration, store_duration
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.conditions import Matches
from careloop.sandbox.servicenow.rules.hours import Schedule, read_schedule
from careloop.sandbox.servicenow.session import SYSTEM, Session, parse_stored, stored
from careloop.sandbox.servicenow.store.database import Database, Row

At = Callable[[datetime, Callable[[datetime], None]], None]
"""Plans a job on the clock."""
Sla = dict[str, str]


class ServiceLevels:
    """Runs the clocks of every active definition; `at` calls back when one is about to be breached."""

    def __init__(
        self, db: Database, records: Records, properties: Properties, matches: Matches, at: At
    ) -> None:
        self._db = db
        self._records = records
        self._properties = properties
        self._matches = matches
        self._at = at

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Start, pause, go on or stop what a stored change calls for."""
        for definition in self._definitions(draft.type.name):
            clock = self._running(row, definition)
            if clock is None:
                self._start(row, definition, session)
            else:
                self._follow(clock, row, definition, session)

    def after_delete(self, session: Session, table: str, sys_id: str) -> None:
        """Take the clocks of a deleted task out."""
        for row in tuple(self._db.where("task_sla", task=sys_id)):
            self._db.delete(row)

    def refresh(self, now: datetime) -> None:
        """Bring times and percentages up to date: hourly what is breached within a day, the others daily."""
        near, stamp = stored(now + timedelta(1)), stored(now)
        for row in filter(_runs, tuple(self._db.where("task_sla", active="true"))):
            if now.hour == 0 or stamp <= row[0].value(row[1], "planned_end_time") <= near:
                self._write(row, self._elapsed(row[0].row(row[1]), now), now)

    def _definitions(self, table: str) -> Iterator[Sla]:
        for name in self._db.dictionary.lineage(table):
            for found, slot in self._db.where("contract_sla", collection=name, active="true"):
                yield found.row(slot)

    def _running(self, row: Row, definition: Sla) -> Row | None:
        task = row[0].value(row[1], "sys_id")
        clocks = self._db.where("task_sla", task=task, sla=definition["sys_id"], active="true")
        return next(filter(_runs, clocks), None)

    def _meets(self, row: Row, definition: Sla, name: str, session: Session) -> bool:
        condition = definition[f"{name}_condition"]
        return bool(condition) and self._matches(row, condition, session)

    def _start(self, row: Row, definition: Sla, session: Session) -> None:
        if not self._meets(row, definition, "start", session) or any(
            self._meets(row, definition, name, session) for name in ("stop", "cancel")
        ):
            return
        breach = stored(self._end(session.now, as_duration(definition["duration"]), definition))
        clock = {
            "task": row[0].value(row[1], "sys_id"),
            "sla": definition["sys_id"],
            "schedule": definition["schedule"],
            "stage": "in_progress",
            "active": "true",
            "start_time": session.stamp,
            "planned_end_time": breach,
            "original_breach_time": breach,
            "pause_duration": EPOCH,
            "duration": EPOCH,
            "percentage": "0",
            "business_percentage": "0",
        }
        started = self._records.insert(Session(SYSTEM, session.now), "task_sla", clock)
        self._watch(started, parse_stored(breach))
        if self._meets(row, definition, "pause", session):
            self._follow(started, row, definition, session)

    def _follow(self, clock: Row, row: Row, definition: Sla, session: Session) -> None:
        now, sla = session.now, clock[0].row(clock[1])
        pauses = self._meets(row, definition, "pause", session)
        fields: Sla = {}
        if self._meets(row, definition, "cancel", session):
            fields = {"stage": "cancelled", "active": "false", "end_time": session.stamp}
        elif self._meets(row, definition, "stop", session):
            fields = {"stage": "completed", "active": "false", "end_time": session.stamp}
        elif pauses and sla["stage"] != "paused":
            fields = {"stage": "paused", "pause_time": session.stamp}
        if sla["stage"] == "paused" and (fields or not pauses):
            fields = {"stage": "in_progress", **fields, **self._resumed(sla, definition, now)}
        if fields:
            self._write(clock, fields | self._elapsed({**sla, **fields}, now), now)
            if "planned_end_time" in fields:
                self._watch(clock, parse_stored(fields["planned_end_time"]))

    def _resumed(self, sla: Sla, definition: Sla, now: datetime) -> Sla:
        """Move the breach by as long as the clock stood still."""
        since = parse_stored(sla["pause_time"])
        left = self._between(since, parse_stored(sla["planned_end_time"]), definition)
        paused = as_duration(sla["pause_duration"]) + (now - since)
        return {
            "pause_time": "",
            "pause_duration": store_duration(paused),
            "planned_end_time": stored(self._end(now, left, definition)),
        }

    def _elapsed(self, sla: Sla, now: datetime) -> Sla:
        """Return how much of the time is used, as time on the clock on the wall and as working time."""
        definition = self._definition(sla)
        end = parse_stored(sla["end_time"] or sla["pause_time"] or stored(now))
        actual = end - parse_stored(sla["start_time"]) - as_duration(sla["pause_duration"])
        left = self._between(end, parse_stored(sla["planned_end_time"]), definition)
        allowed = as_duration(definition["duration"])
        business = allowed - left if left else self._between(parse_stored(sla["start_time"]), end, definition)
        return {
            "duration": store_duration(actual),
            "time_left": store_duration(allowed - actual),
            "percentage": _percent(actual, allowed),
            "business_duration": store_duration(business),
            "business_time_left": store_duration(allowed - business),
            "business_percentage": _percent(business, allowed),
        }

    def _definition(self, sla: Sla) -> Sla:
        found = self._db.find("contract_sla", sla["sla"])
        return found[0].row(found[1]) if found else {"duration": EPOCH, "schedule": ""}

    def _watch(self, clock: Row, breach: datetime) -> None:
        sys_id = clock[0].value(clock[1], "sys_id")
        self._at(breach, lambda now: self._breach(sys_id, now))

    def _breach(self, sys_id: str, now: datetime) -> None:
        clock = self._db.find("task_sla", sys_id)
        if clock is None:  # its task has been deleted
            return
        sla = clock[0].row(clock[1])
        due = sla["stage"] == "in_progress" and sla["planned_end_time"] <= stored(now)
        if not due or sla["has_breached"] == "true":
            return
        self._write(clock, {"has_breached": "true", **self._elapsed(sla, now)}, now)
        task = self._db.find("task", sla["task"])
        if task and self._properties.flag("sandbox.sla.breach_stamps_task"):
            self._records.update(Session(SYSTEM, now), task, {"made_sla": "false"})
        elif task:
            self._db.change(task, {"made_sla": "false"})  # without a stamp: the clock is no update (a guess)

    def _write(self, clock: Row, fields: Sla, now: datetime) -> None:
        self._records.update(Session(SYSTEM, now), clock, fields)

    def _end(self, start: datetime, duration: timedelta, definition: Sla) -> datetime:
        schedule = self._schedule(definition)
        return schedule.after(start, duration) if schedule else start + duration

    def _between(self, start: datetime, end: datetime, definition: Sla) -> timedelta:
        if end <= start:
            return timedelta(0)
        schedule = self._schedule(definition)
        return schedule.worked(start, end) if schedule else end - start

    def _schedule(self, definition: Sla) -> Schedule | None:
        zone = ZoneInfo(self._properties.read("glide.sys.default.tz"))
        return read_schedule(self._db, definition["schedule"], zone) if definition["schedule"] else None


def _runs(clock: Row) -> bool:
    """Return whether a clock says since when and until when; one that somebody has made by hand may not."""
    return all(clock[0].value(clock[1], name) for name in ("start_time", "planned_end_time"))


def _percent(part: timedelta, whole: timedelta) -> str:
    return f"{100 * part / whole:.2f}".rstrip("0").rstrip(".") if whole else "0"
