"""The life of a change request and its tasks.

Sources: ServiceNow docs c_ChangeStateModel.md, normal-standard-emergency-states.md; mandatory columns as the
module documentation of the Ansible collection servicenow.itsm names them. Who writes the next state needs
nobody's approval for it.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import RuleRefused
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import After, Records
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.rules.mandatory import demand
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED, CANCELED = (
    *("-5", "-4", "-3", "-2", "-1", "0"),
    *("3", "4"),
)
CHECK = "sandbox.change.check_state_transition"
"""Property of ours: whether a state may only follow the one before it in the model."""

_WAYS = {
    "normal": (NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED),
    "standard": (NEW, SCHEDULED, IMPLEMENT, REVIEW, CLOSED),
    "emergency": (NEW, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED),
}
_APPROVALS = {NEW: "not requested", ASSESS: "requested", AUTHORIZE: "requested", SCHEDULED: "approved"}


class ChangeRules:
    """Rules of tables change_request and change_task; `ask` is called with a change that has a new state."""

    def __init__(self, db: Database, records: Records, properties: Properties, ask: After) -> None:
        self._db = db
        self._records = records
        self._properties = properties
        self._ask = ask

    def before(self, draft: Draft, session: Session) -> None:
        """Check and complete a change before it is stored; raises Refused."""
        if draft.is_new and not draft["chg_model"]:
            name = draft["type"].capitalize()
            model = next(self._db.where("chg_model", name=name), None)
            draft["chg_model"] = model[0].value(model[1], "sys_id") if model else ""
        if not draft.is_new and draft.before["state"] != NEW:
            draft["type"] = draft.before["type"]  # an access rule keeps it as it is from then on
        if draft["on_hold"] == "true":
            demand(draft, ["on_hold_reason"])
        if draft.changes("state"):
            self._enter(draft, session)

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Ask for the approval that a new state needs, and cancel the open tasks of a canceled change."""
        if draft.changes("state"):
            self._ask(row, draft, session)
        if draft.changes_to("state", CANCELED) and not draft.is_new:
            sys_id = row[0].value(row[1], "sys_id")
            for task in tuple(self._db.where("change_task", change_request=sys_id, active="true")):
                self._records.update(elevated(session), task, {"state": CANCELED})

    def _enter(self, draft: Draft, session: Session) -> None:
        state = draft["state"]
        if not draft.is_new and self._properties.flag(CHECK, default=True):
            _check(draft.before["state"], state, draft["type"])
        if state not in (NEW, CANCELED):
            demand(draft, ["assignment_group"])
        if state == CLOSED:
            demand(draft, ["close_code", "close_notes"])
        if state in (CLOSED, CANCELED):
            draft["on_hold"] = "false"
        if state == IMPLEMENT and not draft["work_start"]:
            draft["work_start"] = session.stamp
        if state == REVIEW and not draft["work_end"]:
            draft["work_end"] = session.stamp
        if not draft.changes("approval"):
            draft["approval"] = _APPROVALS.get(state, draft["approval"])


def _check(before: str, state: str, type: str) -> None:
    way = _WAYS.get(type, _WAYS["normal"])
    allowed = set(way[way.index(before) + 1 :][:1]) if before in way else set()
    if before in (ASSESS, AUTHORIZE) and type != "standard":
        allowed.add(NEW)  # revert to new, or rejected
    if before not in (REVIEW, CLOSED, CANCELED):
        allowed.add(CANCELED)
    if state not in allowed:
        raise RuleRefused("change_request", "Change Model: Check State Transition")
