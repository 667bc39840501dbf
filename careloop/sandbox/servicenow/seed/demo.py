"""Example records of a developer instance: people, configuration items and tasks of every kind, all old."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from careloop.sandbox.servicenow.data import load_all
from careloop.sandbox.servicenow.rules.task import LOOKED_UP, priority
from careloop.sandbox.servicenow.seed.plant import plant_people
from careloop.sandbox.servicenow.seed.rows import Rows
from careloop.sandbox.servicenow.session import stored
from careloop.sandbox.servicenow.store.database import Database

_TAKEN = timedelta(days=3)


def plant_demo(db: Database, now: datetime) -> None:
    """Add the example records; tasks were opened so many days before `now`, and closed ones took three days.

    Incidents among them are open and wait for nobody's answer, so that nothing happens to them by itself.
    """
    rows, demo = Rows(db, stored(now)), load_all("demo")
    plant_people(rows, demo["people"])
    rows.insert_all(demo["records"])
    for table, tasks in demo["tasks"].items():
        for plain in tasks:
            rows.insert(table, _task(db, table, plain, now))


def _task(db: Database, table: str, plain: Mapping[str, str], now: datetime) -> dict[str, str]:
    type = db.dictionary[table]
    task = {name: value for name, value in plain.items() if name != "days"}
    opened = now - timedelta(days=int(plain["days"]))
    task |= {"task_effective_number": task["number"], "opened_at": stored(opened), "opened_by": "admin"}
    task |= {"sys_created_on": stored(opened), "sys_created_by": "admin"}
    task |= {"sys_updated_on": stored(opened), "sys_updated_by": "admin"}
    if type.state_alias:
        task[type.state_alias] = task["state"]
    if table in LOOKED_UP:
        task["priority"] = priority(task.get("impact", ""), task.get("urgency", ""))
    if task["state"] in type.closed_states:
        done = stored(opened + _TAKEN)
        task |= {"active": "false", "closed_at": done, "closed_by": "admin", "sys_updated_on": done}
    return task
