"""What is in a fresh instance before anybody used it."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.servicenow.data import load
from careloop.sandbox.servicenow.store.database import Database

_LOOSE = ("core_company", "cmn_location", "cmn_department", "cmdb_ci_service")


class Seed:
    """Fills an empty database from the data files; everything carries the stamps of the first moment."""

    def __init__(self, db: Database, stamp: str) -> None:
        self._db = db
        self._stamps = {
            "sys_created_on": stamp,
            "sys_created_by": "system",
            "sys_updated_on": stamp,
            "sys_updated_by": "system",
            "sys_mod_count": "0",
        }

    def plant(self) -> None:
        """Insert tables' and columns' own descriptions, choices, properties and people."""
        self._describe_tables()
        for name, plain in load("properties").items():
            self._insert("sys_properties", {"name": name, **plain})
        people = load("people")
        roles = {
            name: self._insert("sys_user_role", {"name": name, "description": text})
            for name, text in people["roles"].items()
        }
        for role, contained in people["contains"].items():
            for name in contained:
                self._insert("sys_user_role_contains", {"role": roles[role], "contains": roles[name]})
        groups = self._plant_groups(people["groups"], roles)
        for user in people["users"]:
            self._plant_user(user, roles, groups)
        for table in _LOOSE:
            for plain in people[table]:
                self._insert(table, plain)

    def _plant_groups(self, plain: Mapping[str, Any], roles: Mapping[str, str]) -> dict[str, str]:
        groups = {}
        for name, group in plain.items():
            fields = {key: value for key, value in group.items() if key != "roles"}
            groups[name] = self._insert("sys_user_group", {"name": name, **fields})
            for role in group["roles"]:
                self._insert("sys_group_has_role", {"group": groups[name], "role": roles[role]})
        return groups

    def _plant_user(
        self, plain: Mapping[str, Any], roles: Mapping[str, str], groups: Mapping[str, str]
    ) -> None:
        fields = {key: value for key, value in plain.items() if key not in ("roles", "groups")}
        name = f"{plain['first_name']} {plain['last_name']}"
        user = self._insert("sys_user", {"name": name, **fields})
        for role in plain.get("roles", ()):
            self._insert("sys_user_has_role", {"user": user, "role": roles[role]})
        for group in plain.get("groups", ()):
            self._insert("sys_user_grmember", {"user": user, "group": groups[group]})

    def _describe_tables(self) -> None:
        ids: dict[str, str] = {}
        for type in self._db.dictionary:
            fields = {"name": type.name, "label": type.label, "super_class": ids.get(type.parent, "")}
            ids[type.name] = self._insert("sys_db_object", fields)
            inherited = self._db.dictionary[type.parent].columns if type.parent else {}
            for column in type.columns.values():
                if inherited.get(column.name) is column:
                    continue
                self._insert(
                    "sys_dictionary",
                    {
                        "name": type.name,
                        "element": column.name,
                        "column_label": column.label,
                        "internal_type": column.type,
                        "reference": column.reference,
                        "max_length": str(column.length),
                        "read_only": "true" if column.read_only else "false",
                        "audit": "true" if type.audited else "false",
                        "display": "true" if column.name == type.display else "false",
                        "choice": "1" if column.choices else "0",
                        "default_value": column.default,
                    },
                )
                for sequence, choice in enumerate(column.choices):
                    self._insert(
                        "sys_choice",
                        {
                            "name": type.name,
                            "element": column.name,
                            "value": choice.value,
                            "label": choice.label,
                            "dependent_value": choice.depends_on,
                            "sequence": str(sequence),
                        },
                    )

    def _insert(self, table: str, fields: Mapping[str, str]) -> str:
        columns = self._db.dictionary[table].columns
        defaults = {c.name: c.default for c in columns.values() if c.default and ":" not in c.default}
        if "sys_class_name" in columns:
            defaults["sys_class_name"] = table
        row, slot = self._db.insert(table, {**self._stamps, **defaults, **fields})
        return row.value(slot, "sys_id")
