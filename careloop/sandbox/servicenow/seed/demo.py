"""Example records of a developer instance: people, configuration items and tasks of every kind, all old."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from careloop.sandbox.servicenow.audit import audit
from careloop.sandbox.servicenow.data import load_all
from careloop.sandbox.servicenow.rules.task import LOOKED_UP, priority
from careloop.sandbox.servicenow.seed.plant import plant_people
from careloop.sandbox.servicenow.seed.rows import Rows
from careloop.sandbox.servicenow.session import stored
from careloop.sandbox.servicenow.store.database import Database

_BEGUN, _TAKEN, _WAITED = timedelta(hours=1), timedelta(days=3), timedelta(days=1)
_JOURNALS = ("comments", "work_notes")


def plant_demo(db: Database, now: datetime) -> None:
    """Add the example records; tasks were opened so many days before `now`, and closed ones took three days.

    Every state of an incident is among them. Nobody is waited for and nothing is left to a timer, so that
    nothing happens to them by itself.
    """
    rows, demo = Rows(db, stored(now)), load_all("demo")
    plant_people(rows, demo["people"])
    rows.insert_all(demo["records"])
    for table, tasks in demo["tasks"].items():
        for plain in tasks:
            opened = now - timedelta(days=int(plain["days"]))
            task = _task(db, table, plain, opened)
            sys_id = rows.insert(table, task)
            _remember(db, table, sys_id, task)
            for name in _JOURNALS:
                if name in plain:
                    _tell(rows, table, sys_id, {"element": name, "value": plain[name]}, opened + _BEGUN)


def _task(db: Database, table: str, plain: Mapping[str, str], opened: datetime) -> dict[str, str]:
    type = db.dictionary[table]
    task = {name: value for name, value in plain.items() if name not in ("days", *_JOURNALS)}
    updated = opened if task["state"] == type.columns["state"].default else opened + _BEGUN
    task |= {"task_effective_number": task["number"], "opened_at": stored(opened), "opened_by": "admin"}
    task |= {"sys_created_on": stored(opened), "sys_created_by": "admin"}
    if type.state_alias:
        task[type.state_alias] = task["state"]
    if table in LOOKED_UP:
        task["priority"] = priority(task.get("impact", ""), task.get("urgency", ""))
    if "close_notes" in task and table == "incident":
        updated = opened + _TAKEN
        task |= {"resolved_at": stored(updated - _WAITED), "resolved_by": "admin"}
    if task["state"] in type.closed_states:
        updated = opened + _TAKEN
        task |= {"active": "false", "closed_at": stored(updated), "closed_by": "admin"}
    count = "0" if updated == opened else "1"
    return task | {"sys_updated_on": stored(updated), "sys_updated_by": "admin", "sys_mod_count": count}


def _remember(db: Database, table: str, sys_id: str, task: Mapping[str, str]) -> None:
    """Keep in the audit trail that a task has left its first state, in one step."""
    type = db.dictionary[table]
    first, now = type.columns["state"].default, task["state"]
    if now != first:
        names = [name for name in ("state", type.state_alias) if name]
        changes = dict.fromkeys(names, (first, now))
        stamp = task["sys_updated_on"]
        audit(db, type, sys_id, changes, user_name="admin", stamp=stamp, checkpoint="1")


def _tell(rows: Rows, table: str, sys_id: str, entry: Mapping[str, str], when: datetime) -> None:
    stamps = {"sys_created_on": stored(when), "sys_created_by": "admin"}
    rows.insert("sys_journal_field", {"name": table, "element_id": sys_id, **entry, **stamps})
