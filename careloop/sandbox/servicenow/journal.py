"""Journal entries: what is written into `comments` and `work_notes` of a record."""

from careloop.sandbox.servicenow.session import Session, User, show
from careloop.sandbox.servicenow.store.database import Database, Row

_NAMES = {"comments": "Additional comments", "work_notes": "Work notes"}
_BOTH = "comments_and_work_notes"


class Journal:
    """Writes entries as rows of `sys_journal_field` and reads them back as one text, newest first."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, row: Row, element: str, text: str, session: Session) -> None:
        """Append an entry to a record's journal; entries are never edited."""
        table, slot = row
        self._db.insert(
            "sys_journal_field",
            {
                "name": table.name,
                "element": element,
                "element_id": table.value(slot, "sys_id"),
                "value": text,
                "sys_created_on": session.stamp,
                "sys_created_by": session.user.user_name,
            },
        )

    def text(self, sys_id: str, element: str, user: User) -> str:
        """Return the entries of a record as the platform displays them to that user.

        Each entry is a line with time (in the user's zone and format), author and kind, then the text and a
        blank line. Nothing is quoted, so a text may look like such a line.
        """
        elements = tuple(_NAMES) if element == _BOTH else (element,)
        entries = [
            row
            for row in self._db.where("sys_journal_field", element_id=sys_id)
            if row[0].value(row[1], "element") in elements
        ]
        entries.sort(key=lambda row: row[0].value(row[1], "sys_created_on"))
        return "".join(self._show(row, user) for row in reversed(entries))

    def _show(self, row: Row, user: User) -> str:
        table, slot = row
        author = table.value(slot, "sys_created_by")
        person = next(self._db.where("sys_user", user_name=author), None)
        name = person[0].value(person[1], "name") if person else author
        kind = _NAMES.get(table.value(slot, "element"), table.value(slot, "element"))
        when = show(table.value(slot, "sys_created_on"), user)
        return f"{when} - {name} ({kind})\n{table.value(slot, 'value')}\n\n"
