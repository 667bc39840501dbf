"""Agents and customers of the story, at work without HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.session import Session


@dataclass(frozen=True)
class Actor:
    """One user's hands: the same rules and rights as over REST; `engine` returns the present life."""

    engine: Callable[[], Engine]
    user_name: str

    def insert(self, table: str, fields: Mapping[str, Any]) -> str:
        """Create a record and return its sys_id; raises Refused."""
        row, slot = self.engine().records.insert(self._session(), table, fields)
        return row.value(slot, "sys_id")

    def update(
        self, table: str, sys_id: str, fields: Mapping[str, Any], *, auto_sys_fields: bool = True
    ) -> None:
        """Change a record, journal entries included; raises Refused.

        Without `auto_sys_fields` nothing of it shows in the stamps, as after a script that asks for that.
        """
        session, records = self._session(), self.engine().records
        row = records.read(session, table, sys_id)
        records.update(session, row, fields, auto_sys_fields=auto_sys_fields)

    def delete(self, table: str, sys_id: str) -> None:
        """Take a record out; raises Refused."""
        session, records = self._session(), self.engine().records
        records.delete(session, records.read(session, table, sys_id))

    def get(self, table: str, sys_id: str) -> dict[str, str]:
        """Return the stored values of a record; raises NotFound."""
        row, slot = self.engine().records.read(self._session(), table, sys_id)
        return row.row(slot)

    def query(self, table: str, encoded_query: str = "") -> list[dict[str, str]]:
        """Return the stored values of the records that a query finds and this user may see."""
        session, engine = self._session(), self.engine()
        found = engine.search.find(table, encoded_query, session)
        return [row.row(slot) for row, slot in found if engine.rights.on_row("read", (row, slot), session)]

    def _session(self) -> Session:
        engine = self.engine()
        return engine.session(engine.users.get(self.user_name))
