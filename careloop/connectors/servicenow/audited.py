"""Incidents with the history of their states and nothing else: all that an audit reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.history import AUDIT, CHECKPOINT, by_column, follow_updates
from careloop.connectors.servicenow.pages import Pages, Whole
from careloop.connectors.servicenow.query import one_of, read_stamp
from careloop.connectors.servicenow.tables import HOLD, Table
from careloop.errors import RightMissing
from careloop.model.history import RecordHistory, StateChange
from careloop.model.page import Unread
from careloop.model.record import State

_KEYS = ("sys_id", "sys_updated_on", "sys_mod_count", "number", "state", HOLD)
_TEXTS = ("requester", "resolver", "category", "subcategory", "symptom", "close_code")
_NAMED = {
    **dict.fromkeys((*_TEXTS, "opened_at", "resolved_at", "closed_at", "due"), ""),
    "symptom": "u_symptom",
    "reopens": "reopen_count",
    "reassignments": "reassignment_count",
    "follow_up": "follow_up",
}
"""Attributes by common name, with the column where the table does not say which."""
_STATES = ("state", HOLD)


class AuditReader:
    """Reads the histories of one table's incidents."""

    def __init__(self, instance: str, table: Table, pages: Pages) -> None:
        self._instance = instance
        self._table = table
        self._pages = pages
        self._columns = {name: table.columns.get(name, column) for name, column in _NAMED.items()}

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the columns that are read of an incident, and no other ones."""
        return tuple(sorted({*_KEYS, *filter(None, self._columns.values())}))

    @property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """Return every column that is read, by table."""
        return {self._table.name: self.fields, "sys_audit": (*AUDIT, CHECKPOINT)}

    def read(self, rows: Sequence[Row]) -> tuple[tuple[RecordHistory, ...], tuple[Unread, ...]]:
        """Return the histories of rows; what cannot be made sense of is named, and the rest goes on."""
        audit = self._audit([row["sys_id"] for row in rows])
        by_record = by_column(audit.rows, "documentkey")
        histories, unread = [], []
        for row in rows:
            id = row["sys_id"]
            try:
                histories.append(self._history(row, by_record.get(id, []), complete=not audit.hidden))
            except (KeyError, ValueError) as error:
                why = f"{row.get('number') or id}: {error}"
                unread.append(Unread(instance=self._instance, container=self._table.name, id=id, why=why))
        return tuple(histories), tuple(unread)

    def _audit(self, ids: Sequence[str]) -> Whole:
        fields = (*AUDIT, CHECKPOINT)
        try:
            found = self._pages.by_ids("sys_audit", "documentkey", ids, fields, one_of("fieldname", _STATES))
        except RightMissing:
            return Whole([], 1)
        rows = [row for row in found.rows if row.keys() >= set(AUDIT)]
        return Whole(rows, found.hidden + len(found.rows) - len(rows))

    def _history(self, row: Row, audit: list[Row], *, complete: bool) -> RecordHistory:
        """Return what a row and its changes up to then say; raises KeyError and ValueError."""
        known = [entry for entry in audit if entry["sys_created_on"] <= row["sys_updated_on"]]
        moments = list(follow_updates(known))
        held = {column: row.get(column, "") for column in _STATES}
        for moment in reversed(moments):
            held |= moment.old
        began, changes = self._state(held), list[StateChange]()
        for moment in moments:
            held |= moment.old
            before = self._state(held)
            held |= moment.new
            after = self._state(held)
            if before is not after:
                actor = next(iter(moment.rows.values()))["user"]
                changes.append(
                    StateChange(at=moment.at, before=before, after=after, native=held["state"], actor=actor)
                )
        state = self._state(row)
        silent = not moments and state is not State.NEW and row.get("sys_mod_count", "0") != "0"
        return RecordHistory(
            number=_required(row, "number"),
            began=began,
            state=state,
            native_state=_required(row, "state"),
            changes=tuple(changes),
            whole=complete and self._state(held) is state and not silent,
            hidden=tuple(name for name, column in self._columns.items() if column and column not in row),
            dated=bool(self._text(row, "due") or self._text(row, "follow_up")),
            opened_at=self._moment(row, "opened_at"),
            resolved_at=self._moment(row, "resolved_at"),
            closed_at=self._moment(row, "closed_at"),
            reopens=int(self._text(row, "reopens") or 0),
            reassignments=int(self._text(row, "reassignments") or 0),
            **{name: self._text(row, name) for name in _TEXTS},
        )

    def _state(self, row: Row) -> State | None:
        return self._table.state(row.get("state", ""), row.get(HOLD, ""))

    def _text(self, row: Row, name: str) -> str:
        return row.get(self._columns[name], "")

    def _moment(self, row: Row, name: str) -> datetime | None:
        text = self._text(row, name)
        return read_stamp(text) if text else None


def _required(row: Row, column: str) -> str:
    if not row.get(column):
        raise ValueError(f"its {column} is empty, or hidden from our account")
    return row[column]
