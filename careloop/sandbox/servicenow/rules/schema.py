"""Rules of the tables that describe tables: what an admin adds there takes effect at once."""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row
from careloop.sandbox.servicenow.store.dictionary import Choice, Column


class SchemaRules:
    """Keeps the dictionary in step with rows of `sys_choice` and new rows of `sys_dictionary`."""

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

    def after_column(self, row: Row, draft: Draft, session: Session) -> None:
        """Give a table the column that a new dictionary entry describes."""
        table, element = draft["name"], draft["element"]
        if draft.is_new and table in self._db.dictionary and element:
            column = Column(
                element,
                draft["internal_type"] or "string",
                draft["column_label"] or element,
                draft["reference"],
                int(draft["max_length"] or 40),
                draft["default_value"],
            )
            self._db.dictionary.add_columns(table, column)
