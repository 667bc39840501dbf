"""Import sets: rows of staging tables, and the transform maps that turn them into records.

Sources: ServiceNow docs c_ImportSetAPI.md, r_StandardImportSetTables.md, t_CreateATransformMap.md and
c_ImportSetCoalesce.md. Scripts of maps are not run.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from careloop.sandbox.servicenow.errors import Refused
from careloop.sandbox.servicenow.inputs import accept
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import Column

ROW = "sys_import_set_row"
"""Staging tables are those that extend it."""
_UNCHANGED = "No field values changed"
_NO_KEY = "Unable to resolve target record, coalesce values not present: {}"
_NO_MAP = "No transform map is active for {}"

Values = dict[str, str]


class Outcome(NamedTuple):
    """What became of a staged row: its map (a sys_id), the record, and a message in words."""

    status: str
    map: str = ""
    table: str = ""
    sys_id: str = ""
    message: str = ""


class ImportSets:
    """Takes rows into staging tables and transforms them."""

    def __init__(self, db: Database, records: Records) -> None:
        self._db = db
        self._records = records

    def is_staging(self, table: str) -> bool:
        """Return whether rows of a table can be imported."""
        return table in self._db.dictionary and ROW in self._db.dictionary.lineage(table)[1:]

    def load(self, session: Session, table: str, rows: Sequence[Mapping[str, str]], **fields: str) -> str:
        """Store rows in a new import set and return its sys_id; raises AclRefused with nothing stored."""
        inner = elevated(session)
        loaded = {"table_name": table, "state": "loaded", "load_completed": session.stamp, **fields}
        staged = [{**row, "sys_import_row": str(at)} for at, row in enumerate(rows)]
        self._records.check_create(session, table)
        made, slot = self._records.insert(inner, "sys_import_set", loaded)
        sys_id = made.value(slot, "sys_id")
        for row in staged:
            self._records.insert(inner, table, {**row, "sys_import_set": sys_id})
        return sys_id

    def rows_of(self, import_set: str) -> list[Row]:
        """Return the staged rows of an import set."""
        return list(self._db.where(ROW, sys_import_set=import_set))

    def transform(self, session: Session, import_set: str) -> list[Outcome]:
        """Put every row of an import set through the active maps of its table; return what came of the last.

        Records are written for the caller and whatever the caller's rights, as transforms run as the system.
        """
        inner = elevated(session)
        outcomes: list[Outcome] = []
        for row in self.rows_of(import_set):
            outcomes = self._transform_row(inner, row)
        if made := self._db.find("sys_import_set", import_set):
            self._records.update(inner, made, {"state": "processed"})
        return outcomes

    def _transform_row(self, session: Session, row: Row) -> list[Outcome]:
        name = row[0].name
        maps = [t.row(slot) for t, slot in self._db.where("sys_transform_map", source_table=name)]
        maps = sorted((m for m in maps if m["active"] == "true"), key=lambda m: int(m["order"] or 0))
        outcomes = [self._apply(session, row, each) for each in maps]
        last = outcomes[-1] if outcomes else Outcome("error", message=_NO_MAP.format(name))
        kept = {
            "sys_import_state": last.status,
            "sys_import_state_comment": last.message,
            "sys_transform_map": last.map,
            "sys_target_table": last.table,
            "sys_target_sys_id": last.sys_id,
        }
        self._records.update(session, row, kept)
        return outcomes or [last]

    def _apply(self, session: Session, row: Row, plan: Values) -> Outcome:
        """Put one row through one map."""
        target = plan["target_table"]
        done = Outcome("error", plan["sys_id"], target)
        if target not in self._db.dictionary:
            return done._replace(message=f"Invalid table {target}")
        entries = [t.row(slot) for t, slot in self._db.where("sys_transform_entry", map=plan["sys_id"])]
        try:
            given = self._values(session, row, plan, entries)
            keys = [entry for entry in entries if entry["coalesce"] == "true"]
            asked = _asked(keys, given)
            if keys and not asked and plan["create_new_record_on_empty_coalesce_fields"] != "true":
                missing = ", ".join(entry["source_field"] for entry in keys)
                return done._replace(status="skipped", message=_NO_KEY.format(missing))
            exact = {key["target_field"] for key in keys if key["coalesce_case_sensitive"] == "true"}
            found = self._match(session, target, asked, exact) if asked else None
            return self._write(session, done, given, found)
        except Refused as refused:
            return done._replace(message=refused.detail or refused.message)

    def _write(self, session: Session, done: Outcome, given: Values, found: Row | None) -> Outcome:
        if found is None:
            made = self._records.insert(session, done.table, given, display=True)
            return done._replace(status="inserted", sys_id=made[0].value(made[1], "sys_id"))
        table, slot = found
        before = table.value(slot, "sys_mod_count")
        self._records.update(session, found, given, display=True)
        done = done._replace(sys_id=table.value(slot, "sys_id"))
        if table.value(slot, "sys_mod_count") == before:
            return done._replace(status="ignored", message=_UNCHANGED)
        return done._replace(status="updated")

    def _values(self, session: Session, row: Row, plan: Values, entries: Sequence[Values]) -> Values:
        """Return what the fields of the target get; `NULL` clears one, a missing one stays as it is."""
        given: Values = {}
        for entry in entries:
            text = row[0].value(row[1], entry["source_field"])
            if entry["use_source_script"] == "true" or (not text and plan["copy_empty_fields"] != "true"):
                continue
            self._make_known(session, entry, text)
            given[entry["target_field"]] = "" if text == "NULL" else text
        if row[0].name == "imp_user" and not given.get("user_name"):  # the script of the map that is shipped
            parts = [given[name] for name in ("first_name", "last_name") if given.get(name)]
            given["user_name"] = ".".join(parts).lower()
        return given

    def _make_known(self, session: Session, entry: Values, text: str) -> None:
        """Make what a choice or a reference lacks, or refuse it, as the field map says."""
        table, name = entry["target_table"], entry["target_field"]
        column = self._db.dictionary.find_column(table, name)
        if column is None or not text or self._knows(column, entry, text):
            return
        if entry["choice_action"] == "reject":
            raise Refused("Operation Failed", f"{name}: no such value: {text}")
        if entry["choice_action"] == "create" and column.choices:
            choice = {"name": table, "element": name, "value": text, "label": text}
            self._records.insert(session, "sys_choice", choice)
        elif entry["choice_action"] == "create":
            self._records.insert(session, column.reference, {self._named_by(column, entry): text})

    def _knows(self, column: Column, entry: Values, text: str) -> bool:
        """Return whether a text names a choice or a record, or need not because the column takes any text."""
        if column.choices:
            return any(text in (choice.value, choice.label) for choice in column.choices)
        if not column.is_reference or column.reference not in self._db.dictionary:
            return True
        named = self._db.where(column.reference, **{self._named_by(column, entry): text})
        return self._db.find(column.reference, text) is not None or any(named)

    def _named_by(self, column: Column, entry: Values) -> str:
        return entry["reference_value_field"] or self._db.dictionary[column.reference].display

    def _match(self, session: Session, table: str, asked: Values, exact: Collection[str]) -> Row | None:
        """Return the first record that holds these values; case counts for the `exact` columns only."""
        held = accept(self._db, table, asked, session, display=True, loose_choices=True)

        def meets(row: Row) -> bool:
            for name, value in held.items():
                stored = row[0].value(row[1], name)
                if stored != value and (name in exact or stored.casefold() != value.casefold()):
                    return False
            return True

        return next(filter(meets, self._db.where(table)), None)


def _asked(keys: Sequence[Values], given: Values) -> Values:
    """Return what a record has to hold to be the same one; empty values count where a field map says so."""
    return {
        key["target_field"]: given.get(key["target_field"], "")
        for key in keys
        if given.get(key["target_field"]) or key["coalesce_empty_fields"] == "true"
    }
