"""Rows of a fresh instance, with ids that are the same in every instance."""

import hashlib
from collections.abc import Mapping

from careloop.sandbox.servicenow.passwords import hash_password
from careloop.sandbox.servicenow.roles import Inheritance
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import Column

_ID = 32


class Rows:
    """Inserts rows without rules or rights; everything carries the stamps of one moment.

    A reference may be given by what the other record displays, or by a user's `user_name`. A row without a
    sys_id gets one from its values.
    """

    def __init__(self, db: Database, stamp: str) -> None:
        self._db = db
        self._stamps = {
            "sys_created_on": stamp,
            "sys_created_by": "system",
            "sys_updated_on": stamp,
            "sys_updated_by": "system",
            "sys_mod_count": "0",
        }

    def insert(self, table: str, fields: Mapping[str, str]) -> str:
        """Store a row and return its sys_id; LookupError for a column or a reference that does not exist."""
        columns = self._db.dictionary[table].columns
        values = {name: self._stored(columns[name], value) for name, value in fields.items()}
        defaults = {c.name: c.default for c in columns.values() if c.default and ":" not in c.default}
        if "sys_class_name" in columns:
            defaults["sys_class_name"] = table
        if "sys_name" in columns:
            defaults["sys_name"] = values.get(self._db.dictionary[table].display, "") or values.get(
                "name", ""
            )
        sys_id = values.get("sys_id") or self._id(table, values)
        self._db.insert(table, {**self._stamps, **defaults, **values, "sys_id": sys_id})
        return sys_id

    def inherit(self, user: str) -> None:
        """Store the roles that a user has through groups and other roles."""
        Inheritance(self._db).settle(user, self._stamps["sys_created_on"])

    def insert_all(self, plain: Mapping[str, list[Mapping[str, str]]]) -> None:
        """Store the rows of several tables, in order: what others refer to comes first."""
        for table, rows in plain.items():
            for row in rows:
                self.insert(table, row)

    def _stored(self, column: Column, value: str) -> str:
        if column.type == "password":
            return hash_password(value)
        if not value or not column.reference or column.key or column.type == "domain_id":
            return value
        if column.type == "glide_list":
            return ",".join(self._refer(column, part) for part in value.split(","))
        return self._refer(column, value)

    def _refer(self, column: Column, value: str) -> str:
        table = column.reference
        if table not in self._db.dictionary or self._db.find(table, value):
            return value
        for name in (self._db.dictionary[table].display, "user_name"):
            if name in self._db.dictionary[table].columns and (
                row := next(self._db.where(table, **{name: value}), None)
            ):
                return row[0].value(row[1], "sys_id")
        raise LookupError(f"{column.name}: no {table} {value}")

    def _id(self, table: str, values: Mapping[str, str]) -> str:
        words = "\n".join(f"{name}={value}" for name, value in sorted(values.items()))
        count = 0
        while self._db.find(table, sys_id := _hash(f"{table}\n{words}\n{count}")):
            count += 1
        return sys_id


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_ID]
