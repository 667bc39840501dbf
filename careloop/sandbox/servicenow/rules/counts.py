"""Counts that one record keeps of those that name it."""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

_COUNTS = {"parent_incident": ("incident", "child_incidents"), "problem_id": ("problem", "related_incidents")}


class Counts:
    """Keeps `child_incidents` and `related_incidents`; the counting record's stamps stay (a guess)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Count anew where an incident has moved from or to."""
        for column, (table, count) in _COUNTS.items():
            if not draft.changes(column):
                continue
            for sys_id in (draft.before.get(column, ""), draft[column]):
                if sys_id and (counting := self._db.find(table, sys_id)):
                    number = sum(1 for _ in self._db.where("incident", **{column: sys_id}))
                    self._db.change(counting, {count: str(number)})
