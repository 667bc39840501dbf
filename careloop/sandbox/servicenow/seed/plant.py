"""Everything that a fresh instance holds, in the order in which one thing needs the other."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from careloop.sandbox.servicenow.data import load, load_all
from careloop.sandbox.servicenow.seed.access import plant_rules
from careloop.sandbox.servicenow.seed.log import plant_log
from careloop.sandbox.servicenow.seed.rows import Rows
from careloop.sandbox.servicenow.seed.schema import describe_tables
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import Dictionary


def plant(db: Database, stamp: str) -> None:
    """Fill an empty database; everything carries the stamps of the first moment."""
    for table, columns in _columns(stamp).items():
        db.extend(table, len(columns["sys_id"]), columns)


@lru_cache(maxsize=4)
def _columns(stamp: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return what a fresh instance holds, by table and column: made once for all instances of a moment."""
    db = Database(Dictionary(load_all("tables"), load("choices")), seed=0)
    _fill(db, stamp)
    return {type.name: db[type.name].columns for type in db.dictionary if len(db[type.name])}


def _fill(db: Database, stamp: str) -> None:
    rows = Rows(db, stamp)
    describe_tables(db, rows)
    for name, plain in load("properties").items():
        rows.insert("sys_properties", {"name": name, **plain})
    people = load("people")
    for role, plain in people["roles"].items():
        rows.insert("sys_user_role", {"name": role, **plain})
    for role, contained in people["contains"].items():
        for inner in contained:
            rows.insert("sys_user_role_contains", {"role": role, "contains": inner})
    plant_people(rows, people)
    rows.insert_all(load_all("base"))
    plant_rules(rows, load("rights"))
    plant_log(db, stamp)


def plant_people(rows: Rows, people: Mapping[str, Any]) -> None:
    """Insert groups with their roles, then users with their roles and groups."""
    for name, group in people["groups"].items():
        fields = {key: value for key, value in group.items() if key != "roles"}
        rows.insert("sys_user_group", {"name": name, **fields})
        for role in group["roles"]:
            rows.insert("sys_group_has_role", {"group": name, "role": role})
    for plain in people["users"]:
        fields = {key: value for key, value in plain.items() if key not in ("roles", "groups")}
        user = rows.insert("sys_user", {"name": f"{plain['first_name']} {plain['last_name']}", **fields})
        for role in plain.get("roles", ()):
            rows.insert("sys_user_has_role", {"user": user, "role": role})
        for group in plain.get("groups", ()):
            rows.insert("sys_user_grmember", {"user": user, "group": group})
        rows.inherit(user)
