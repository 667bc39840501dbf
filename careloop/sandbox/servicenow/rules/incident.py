"""The life of an incident: its states, who may change them and what follows.

Sources: ServiceNow docs c_IncidentManagementStateModel.md, resolve-and-close-an-incident.md,
reopening-incident.md and parent-child-state-sync.md.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.durations import store_duration
from careloop.sandbox.servicenow.errors import DataPolicyRefused, RuleRefused
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.rules.mandatory import demand
from careloop.sandbox.servicenow.session import Session, parse_stored
from careloop.sandbox.servicenow.store.database import Database, Row

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "1", "2", "3", "6", "7", "8"
OPEN = (NEW, IN_PROGRESS, ON_HOLD)
AWAITING_CALLER = "1"

NEEDS_REASON = "sandbox.incident.on_hold_needs_reason"
NEEDS_COMMENT = "sandbox.incident.awaiting_caller_needs_comment"
"""Properties of ours: what the form demands, a call need not bring unless the instance has a policy."""

_MAJOR = ("proposed", "accepted")
_FULFILLER = frozenset({"itil", "sn_incident_write", "list_updater"})


class IncidentRules:
    """Rules of table incident; they run for every writer, whatever the way in."""

    def __init__(self, db: Database, rights: Rights, records: Records, properties: Properties) -> None:
        self._db = db
        self._rights = rights
        self._records = records
        self._properties = properties

    def before(self, draft: Draft, session: Session) -> None:
        """Check and complete a change before it is stored; raises Refused."""
        if draft.changes("state"):
            self._check_transition(draft, session)
        elif draft["state"] == ON_HOLD:
            _resume_on_reply(draft, session)
        if draft["state"] == ON_HOLD and (draft.changes("state") or draft.changes("hold_reason")):
            self._demand_reason(draft)
        if draft.changes("state"):
            self._enter(draft, session)
        if draft["state"] != ON_HOLD:
            draft["hold_reason"] = ""
        draft["incident_state"] = draft["state"]

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Carry a change of state on to child incidents, except closing, canceling and major incidents."""
        if draft.is_new or not draft.changes("state") or draft["major_incident_state"] in _MAJOR:
            return
        match draft["state"]:
            case "6":
                self._cascade(row, session, OPEN, _outcome(draft))
            case "3" if draft["hold_reason"] != AWAITING_CALLER:
                waiting = {"state": ON_HOLD, "hold_reason": draft["hold_reason"]}
                self._cascade(row, session, (NEW, IN_PROGRESS), waiting)
            case "2" if draft.before["state"] != RESOLVED:
                self._cascade(row, session, (NEW, ON_HOLD), {"state": IN_PROGRESS})
            case "2" if session.user.has_any(_FULFILLER):
                self._cascade(row, session, (RESOLVED,), {"state": IN_PROGRESS})

    def _check_transition(self, draft: Draft, session: Session) -> None:
        before, after = draft.before.get("state", ""), draft["state"]
        if before in (CLOSED, CANCELED):
            raise RuleRefused("incident", "Closed incidents stay closed")
        if draft.is_new and after in OPEN:
            return
        operation = _operation(before, after)
        if not self._may(operation, draft, session):
            raise RuleRefused("incident", f"Insufficient rights to {operation} the incident")

    def _may(self, operation: str, draft: Draft, session: Session) -> bool:
        if draft.is_new:
            return self._rights.on_table(operation, "incident", session.user) is True
        row = self._db.find("incident", draft.before["sys_id"])
        return row is not None and self._rights.on_row(operation, row, session)

    def _enter(self, draft: Draft, session: Session) -> None:
        match draft["state"]:
            case "6":
                demand(draft, ["close_code", "close_notes"])
                _stamp_resolution(draft, session)
            case "7":
                demand(draft, ["close_code", "close_notes"])
                if not draft["resolved_at"]:
                    _stamp_resolution(draft, session)
        if draft.before.get("state") == RESOLVED and draft["state"] in OPEN:
            draft.add_one("reopen_count")
            draft["reopened_by"], draft["reopened_time"] = session.user.sys_id, session.stamp

    def _demand_reason(self, draft: Draft) -> None:
        """Demand, where the instance does, what it waits for, and a question that the caller reads."""
        if self._properties.flag(NEEDS_REASON):
            demand(draft, ["hold_reason"])
        asks = draft["hold_reason"] == AWAITING_CALLER and self._properties.flag(NEEDS_COMMENT)
        if asks and "comments" not in draft.entries:
            raise DataPolicyRefused([draft.type.columns["comments"].label])

    def _cascade(self, row: Row, session: Session, states: tuple[str, ...], fields: dict[str, str]) -> None:
        table, slot = row
        for child in tuple(self._db.where("incident", parent_incident=table.value(slot, "sys_id"))):
            if child[0].value(child[1], "state") in states:
                self._records.update(elevated(session), child, fields)


def _operation(before: str, after: str) -> str:
    if after == RESOLVED:
        return "resolve"
    if after == CLOSED:
        return "close"
    return "reopen" if before == RESOLVED else "progress"


def _resume_on_reply(draft: Draft, session: Session) -> None:
    """Go on as soon as the caller touches what has waited for them."""
    touched = draft["caller_id"] == session.user.sys_id and (draft.entries or draft.changed())
    if draft.before.get("hold_reason") == AWAITING_CALLER and touched:
        draft["state"] = IN_PROGRESS


def _outcome(draft: Draft) -> dict[str, str]:
    said = f"Resolved with its parent {draft['number']}: {draft['close_notes']}"
    outcome = {name: draft[name] for name in ("close_code", "close_notes")}
    return {"state": RESOLVED, **outcome, "work_notes": said}


def _stamp_resolution(draft: Draft, session: Session) -> None:
    if not draft.changes("resolved_by") or not draft["resolved_by"]:
        draft["resolved_by"] = session.user.sys_id
    draft["resolved_at"] = session.stamp
    if draft["opened_at"]:
        taken = session.now - parse_stored(draft["opened_at"])
        draft["calendar_stc"] = str(int(taken.total_seconds()))
        draft["calendar_duration"] = store_duration(taken)
