"""The one way to write a record: rights, rules, stamps, journal and audit trail, in this order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from careloop.sandbox.servicenow.audit import JOURNAL_ADDITION, audit, audit_delete
from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import AclRefused, NotFound, Refused, UnknownTable
from careloop.sandbox.servicenow.inputs import accept
from careloop.sandbox.servicenow.journal import Journal
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.query import script
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

Before = Callable[[Draft, Session], None]
"""A rule that may change or refuse (by raising Refused) what is about to be stored."""
After = Callable[[Row, Draft, Session], None]
"""A rule that acts on what has just been stored."""
AfterDelete = Callable[[Session, str, str], None]
"""A rule that acts on a deleted record: its table and sys_id."""

_CHOSEN_ON_INSERT = frozenset({"sys_id", "number"})


class Records:
    """Inserts, updates and deletes on behalf of a session; `before` and `after` are rules by table name.

    Rules of a table hold for the tables that extend it, and run before theirs.
    """

    def __init__(self, db: Database, rights: Rights, journal: Journal, properties: Properties) -> None:
        self._db = db
        self._rights = rights
        self._journal = journal
        self._properties = properties
        self.before: Mapping[str, Sequence[Before]] = {}
        self.after: Mapping[str, Sequence[After]] = {}
        self.after_delete: list[AfterDelete] = []

    def read(self, session: Session, table: str, sys_id: str) -> Row:
        """Return a row that the user may see; UnknownTable or NotFound otherwise."""
        if table not in self._db.dictionary:
            raise UnknownTable(table)
        row = self._db.find(table, sys_id)
        if not row or not self._rights.on_row("read", row, session):
            raise NotFound
        return row

    def check_create(self, session: Session, table: str) -> None:
        """Raise UnknownTable or AclRefused unless the user may create records of a table."""
        if table not in self._db.dictionary:
            raise UnknownTable(table)
        if self._rights.on_table("create", table, session.user) is not True:
            raise AclRefused("Insert")

    def insert(
        self, session: Session, table: str, fields: Mapping[str, Any], *, display: bool = False
    ) -> Row:
        """Store a new record and return it; raises Refused when rights or rules forbid it."""
        self.check_create(session, table)
        given = self._accept(session, table, fields, "create", display=display)
        self._db.settle(given.get("sys_id", ""))
        if given.get("sys_id") and self._db.find(table, given["sys_id"]):
            raise Refused("Operation Failed", f"Error during insert of {table} ({given['sys_id']})")
        draft = self._draft(session, table, {}, {**self._defaults(session, table), **given})
        if not draft["number"]:
            draft["number"] = self._db.next_number(table)
        self._apply(self.before, draft, session)
        row = self._db.insert(table, {**draft.changed(), **_created(draft, session)})
        if self._properties.flag("glide.sys.audit_inserts"):
            self._audit(row, draft, session)
        self._finish(row, draft, session)
        return row

    def update(
        self,
        session: Session,
        row: Row,
        fields: Mapping[str, Any],
        *,
        display: bool = False,
        auto_sys_fields: bool = True,
    ) -> None:
        """Change some fields of a stored record; nothing happens when nothing differs.

        Without `auto_sys_fields` the stamps stay as they are, as after autoSysFields(false) in a script
        (ServiceNow docs c_GlideRecordAPI.md); no client can ask for that over REST.
        """
        if not self._rights.on_row("write", row, session):
            raise AclRefused("Update")
        table, slot = self._settled(row)
        given = self._accept(session, table.name, fields, "write", display=display)
        draft = self._draft(session, table.name, table.row(slot), given)
        self._apply(self.before, draft, session)
        changed = draft.changed()
        if not changed and not draft.entries:
            return
        if auto_sys_fields:
            draft.add_one("sys_mod_count")
            changed |= {"sys_updated_on": session.stamp, "sys_updated_by": session.user.user_name}
            changed["sys_mod_count"] = draft["sys_mod_count"]
        self._db.change(row, changed)
        self._audit(row, draft, session)
        self._finish(row, draft, session)

    def delete(self, session: Session, row: Row) -> None:
        """Take a record out; raises AclRefused when the user may not."""
        if not self._rights.on_row("delete", row, session):
            raise AclRefused("Delete")
        row = table, slot = self._settled(row)
        if table.type.audited:
            audit_delete(self._db, row, user_name=session.user.user_name, stamp=session.stamp)
        sys_id = table.value(slot, "sys_id")
        self._db.delete(row)
        for rule in self.after_delete:
            rule(session, table.name, sys_id)

    def _settled(self, row: Row) -> Row:
        """Return a row as it is once all that was written to it holds; raises NotFound when it is gone."""
        sys_id = row[0].value(row[1], "sys_id")
        self._db.settle(sys_id)
        current = self._db.find(row[0].name, sys_id)
        if current is None:
            raise NotFound
        return current

    def _accept(
        self, session: Session, table: str, fields: Mapping[str, Any], operation: str, *, display: bool
    ) -> dict[str, str]:
        columns = self._db.dictionary[table].columns
        fields = {
            name: value
            for name, value in fields.items()
            if name in columns
            and (not columns[name].read_only or (operation == "create" and name in _CHOSEN_ON_INSERT))
            and self._rights.on_column(operation, table, name, session.user)
        }
        loose = self._properties.flag("glide.rest.choice.allow_non_existing_value")
        return accept(self._db, table, fields, session, display=display, loose_choices=loose)

    def _defaults(self, session: Session, table: str) -> dict[str, str]:
        defaults = {c.name: c.default for c in self._db.dictionary[table].columns.values() if c.default}
        for name, value in defaults.items():
            if value.startswith(script.PREFIX):
                defaults[name] = script.evaluate(value.removeprefix(script.PREFIX), session) or ""
        if "sys_class_name" in self._db.dictionary[table].columns:
            defaults["sys_class_name"] = table
        return defaults

    def _draft(
        self, session: Session, table: str, before: Mapping[str, str], values: dict[str, str]
    ) -> Draft:
        columns = self._db.dictionary[table].columns
        entries = {name: text for name, text in values.items() if columns[name].is_journal and text}
        stored = {name: value for name, value in values.items() if not columns[name].is_journal}
        return Draft(self._db.dictionary[table], before, stored, entries)

    def _apply(self, rules: Mapping[str, Sequence[Before]], draft: Draft, session: Session) -> None:
        for name in reversed(self._db.dictionary.lineage(draft.type.name)):
            for rule in rules.get(name, ()):
                rule(draft, session)

    def _audit(self, row: Row, draft: Draft, session: Session) -> None:
        changes = {name: (draft.before.get(name, ""), value) for name, value in draft.changed().items()}
        changes |= {name: (JOURNAL_ADDITION, text) for name, text in draft.entries.items()}
        table, slot = row
        audit(
            self._db,
            table.type,
            table.value(slot, "sys_id"),
            changes,
            user_name=session.user.user_name,
            stamp=session.stamp,
            checkpoint=table.value(slot, "sys_mod_count"),
        )

    def _finish(self, row: Row, draft: Draft, session: Session) -> None:
        for element, text in draft.entries.items():
            self._journal.add(row, element, text, session)
        for name in reversed(self._db.dictionary.lineage(draft.type.name)):
            for rule in self.after.get(name, ()):
                rule(row, draft, session)


def _created(draft: Draft, session: Session) -> dict[str, str]:
    stamps = {"sys_created_on": session.stamp, "sys_created_by": session.user.user_name}
    if "sys_updated_on" in draft.type.columns:
        stamps |= {
            "sys_updated_on": session.stamp,
            "sys_updated_by": session.user.user_name,
            "sys_mod_count": "0",
        }
    return stamps
