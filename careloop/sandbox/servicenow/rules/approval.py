"""Approvals: who is asked, and what their word does to the record.

Sources: ServiceNow docs c_ApprovalStatus.md for the status of a record, c_ChangeStateModel.md and
normal-standard-emergency-states.md for changes. That the assignment group is asked in Assess and the group
CAB Approval in Authorize, and that the first word decides, is a guess after the base system's own flows.
"""

from collections.abc import Iterator

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.change import ASSESS, AUTHORIZE, CANCELED, NEW, SCHEDULED
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

TABLE = "sysapproval_approver"
ASKS = "sandbox.change.asks_for_approval"
"""Property of ours: whether a change asks anybody; without, whoever writes its next state has it approved."""
BOARD = "CAB Approval"
"""Group that authorizes changes."""

_OVER = frozenset({"cancelled", "not_required", "duplicate"})
"""States of an approval that nobody waits for any more."""
_NEXT = {ASSESS: AUTHORIZE, AUTHORIZE: SCHEDULED}


class ApprovalRules:
    """Rules of table sysapproval_approver, and what changes ask on their way."""

    def __init__(self, db: Database, records: Records, properties: Properties) -> None:
        self._db = db
        self._records = records
        self._properties = properties

    def before(self, draft: Draft, session: Session) -> None:
        """Keep the two ways in step in which an approval names its record."""
        record = self._db.find("task", draft["document_id"] or draft["sysapproval"])
        if record is not None:
            draft["document_id"] = draft["sysapproval"] = record[0].value(record[1], "sys_id")
            draft["source_table"] = record[0].name

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Let a word count: a change moves on or goes back, any other record gets its status."""
        record = self._db.find("task", draft["sysapproval"])
        if record is None or not draft.changes("state") or draft["state"] in _OVER:
            return
        state, word = record[0].value(record[1], "state"), draft["state"]
        fields = {"approval": self._status(draft["sysapproval"])}
        if record[0].name == "change_request" and state in _NEXT:
            fields = {"approved": {"state": _NEXT[state]}, "rejected": {"state": NEW, "approval": word}}.get(
                word, {}
            )
        if fields:
            self._records.update(elevated(session), record, fields)

    def ask(self, change: Row, draft: Draft, session: Session) -> None:
        """Take back what is no longer asked of anybody, and ask those whose word the new state needs."""
        sys_id = change[0].value(change[1], "sys_id")
        over = "cancelled" if draft["state"] in (NEW, CANCELED) else "not_required"
        for row in tuple(self._db.where(TABLE, sysapproval=sys_id, state="requested")):
            self._records.update(elevated(session), row, {"state": over})
        if not self._properties.flag(ASKS, default=True):
            return
        for user in self._wanted(draft):
            asked = {"approver": user, "sysapproval": sys_id, "state": "requested"}
            self._records.insert(elevated(session), TABLE, asked)

    def _wanted(self, draft: Draft) -> Iterator[str]:
        board = next(self._db.where("sys_user_group", name=BOARD), None)
        groups = {
            ASSESS: draft["assignment_group"],
            AUTHORIZE: board[0].value(board[1], "sys_id") if board else "",
        }
        group = groups.get(draft["state"], "")
        members = self._db.where("sys_user_grmember", group=group) if group else ()
        yield from sorted(table.value(slot, "user") for table, slot in members)

    def _status(self, record: str) -> str:
        """Return the status of a record: rejected by one, approved by all, asked of some, or of nobody."""
        states = {
            table.value(slot, "state") for table, slot in self._db.where(TABLE, sysapproval=record)
        } - _OVER
        if "rejected" in states:
            return "rejected"
        if states == {"approved"}:
            return "approved"
        return "requested" if states - {"not requested"} else "not requested"
