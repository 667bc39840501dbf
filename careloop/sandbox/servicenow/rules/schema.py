"""Rules of the tables that describe tables: what an admin adds there takes effect at once."""

import re

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import RuleRefused
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import Choice, Column

_NAME = re.compile("[a-z][a-z0-9_]{0,79}")
_NO_NAME = re.compile("[^a-z0-9]+")


class SchemaRules:
    """Keeps the dictionary in step with rows of `sys_choice`, and with new tables and columns."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after_choice(self, row: Row, draft: Draft, session: Session) -> None:
        """Take over the active choices of the column that a stored choice belongs to."""
        table, element = draft["name"], draft["element"]
        if not self._db.dictionary.find_column(table, element):
            return
        rows = [t.row(slot) for t, slot in self._db.where("sys_choice", name=table, element=element)]
        rows.sort(key=lambda choice: int(choice["sequence"] or 0))
        choices = [
            Choice(choice["value"], choice["label"], choice["dependent_value"])
            for choice in rows
            if choice["inactive"] != "true"
        ]
        self._db.dictionary.set_choices(table, element, tuple(choices))

    def before_table(self, draft: Draft, session: Session) -> None:
        """Name a new table after its label where it has no name; raises Refused where that cannot be."""
        if not draft.is_new:
            draft["name"] = draft.before["name"]
            return
        draft["label"] = draft["label"] or draft["name"]
        draft["name"] = draft["name"] or "u_" + _NO_NAME.sub("_", draft["label"].lower()).strip("_")
        if not _NAME.fullmatch(draft["name"]) or draft["name"] in self._db.dictionary:
            raise RuleRefused("sys_db_object", "Table names are new, in lower case, of letters, digits and _")
        if draft["super_class"] and not self._db.find("sys_db_object", draft["super_class"]):
            raise RuleRefused("sys_db_object", "The table to extend does not exist")

    def after_table(self, row: Row, draft: Draft, session: Session) -> None:
        """Make the table that a new row describes, with the columns that every table has."""
        if draft.is_new:
            above = self._db.find("sys_db_object", draft["super_class"])
            parent = above[0].value(above[1], "name") if above else ""
            self._db.add_table(draft["name"], draft["label"], parent)
            stamps = {"sys_created_on": session.stamp, "sys_created_by": session.user.user_name}
            whole = {"name": draft["name"], "internal_type": "collection", "column_label": draft["label"]}
            self._db.insert("sys_dictionary", {**whole, "active": "true", **stamps})

    def after_column(self, row: Row, draft: Draft, session: Session) -> None:
        """Give a table the column that a new dictionary entry describes."""
        table, element = draft["name"], draft["element"]
        if draft.is_new and table in self._db.dictionary and element:
            column = Column(
                element,
                draft["internal_type"] or "string",
                draft["column_label"] or element,
                draft["reference"],
                draft["reference_key"],
                int(draft["max_length"] or 40),
                draft["default_value"],
            )
            self._db.dictionary.add_columns(table, column)
            if draft["display"] == "true":
                self._db.dictionary[table].display = element
