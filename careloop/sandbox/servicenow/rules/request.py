"""Requests, requested items and catalog tasks: what is done below closes what stands above.

Sources: ServiceNow docs c_RequestFulfillment.md; the values of `stage` and `request_state` are those of the
base system. Workflows, carts and approvals are not played.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.rules.task import follow_state
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

COMPLETE, INCOMPLETE, SKIPPED = "3", "4", "7"
_CLOSED = (COMPLETE, INCOMPLETE, SKIPPED)
_REQUEST_STATES = {
    "requested": "1",
    "in_process": "2",
    "closed_complete": COMPLETE,
    "closed_incomplete": INCOMPLETE,
    "closed_cancelled": INCOMPLETE,
    "closed_rejected": INCOMPLETE,
}
_STAGES = {COMPLETE: "complete", INCOMPLETE: "Request Cancelled", SKIPPED: "Request Cancelled"}


class RequestRules:
    """Rules of tables sc_request, sc_req_item and sc_task."""

    def __init__(self, db: Database, records: Records) -> None:
        self._db = db
        self._records = records

    def before_request(self, draft: Draft, session: Session) -> None:
        """Keep `state` and `request_state` in step; `request_state` leads where both changed."""
        if draft.changes("request_state"):
            draft["state"] = _REQUEST_STATES.get(draft["request_state"], draft["state"])
            follow_state(draft, session)
        elif draft.changes("state") and draft["state"] in _CLOSED:
            done = draft["state"] == COMPLETE
            draft["request_state"] = "closed_complete" if done else "closed_incomplete"
        if draft["request_state"].startswith("closed"):
            done = draft["request_state"] == "closed_complete"
            draft["stage"] = "closed_complete" if done else "closed_incomplete"

    def before_item(self, draft: Draft, session: Session) -> None:
        """Take over whom it is for, and keep `stage` and `state` in step."""
        request = self._db.find("sc_request", draft["request"])
        if draft.is_new and request and not draft["requested_for"]:
            draft["requested_for"] = request[0].value(request[1], "requested_for")
        if draft.changes_to("stage", "complete"):
            draft["state"] = COMPLETE
            follow_state(draft, session)
        elif draft.changes("state") and draft["state"] in _STAGES:
            draft["stage"] = _STAGES[draft["state"]]

    def before_task(self, draft: Draft, session: Session) -> None:
        """Take over the request from the item."""
        item = self._db.find("sc_req_item", draft["request_item"])
        if draft.is_new and item and not draft["request"]:
            draft["request"] = item[0].value(item[1], "request")

    def after_item(self, row: Row, draft: Draft, session: Session) -> None:
        """Close the request with its last item."""
        if draft.changes("state") and draft["state"] in _CLOSED:
            self._close_above("sc_request", draft["request"], "sc_req_item", "request", session)

    def after_task(self, row: Row, draft: Draft, session: Session) -> None:
        """Close the item with its last task."""
        if draft.changes("state") and draft["state"] in _CLOSED:
            self._close_above("sc_req_item", draft["request_item"], "sc_task", "request_item", session)

    def _close_above(self, table: str, sys_id: str, below: str, column: str, session: Session) -> None:
        above = self._db.find(table, sys_id)
        if not above or above[0].value(above[1], "active") != "true":
            return
        states = [t.value(slot, "state") for t, slot in self._db.where(below, **{column: sys_id})]
        if all(state in _CLOSED for state in states):
            done = COMPLETE in states
            self._records.update(elevated(session), above, {"state": COMPLETE if done else INCOMPLETE})
