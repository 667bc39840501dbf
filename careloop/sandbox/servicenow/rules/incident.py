"""The life of an incident: its states, who may change them and what follows.

Sources: ServiceNow docs c_IncidentManagementStateModel.md, resolve-and-close-an-incident.md,
reopening-incident.md and parent-child-state-sync.md.
"""

from dataclasses import replace

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import DataPolicyRefused, RuleRefused
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.session import Session, parse_stored
from careloop.sandbox.servicenow.store.database import Database, Row

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "1", "2", "3", "6", "7", "8"
OPEN = (NEW, IN_PROGRESS, ON_HOLD)
AWAITING_CALLER = "1"

_FULFILLER = frozenset({"itil", "sn_incident_write", "list_updater"})


class IncidentRules:
    """Rules of table incident; they run for every writer, whatever the way in."""

    def __init__(self, db: Database, rights: Rights, records: Records) -> None:
        self._db = db
        self._rights = rights
        self._records = records

    def before(self, draft: Draft, session: Session) -> None:
        """Check and complete a change before it is stored; raises Refused."""
        if draft.changes("state"):
            self._check_transition(draft, session)
        elif draft["state"] == ON_HOLD:
            _resume_on_reply(draft, session)
        if draft["state"] == ON_HOLD and (draft.changes("state") or draft.changes("hold_reason")):
            _demand_reason(draft)
        if draft.changes("state"):
            self._enter(draft, session)
        if draft["state"] != ON_HOLD:
            draft["hold_reason"] = ""
        draft["incident_state"] = draft["state"]

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Carry resolving and reopening on to child incidents; closing stays with the parent."""
        if draft.is_new or not draft.changes("state"):
            return
        if draft["state"] == RESOLVED:
            outcome = {name: draft[name] for name in ("close_code", "close_notes")}
            self._cascade(row, session, OPEN, {"state": RESOLVED, **outcome})
        elif (
            draft.before["state"] == RESOLVED and session.user.has_any(_FULFILLER) and draft["state"] in OPEN
        ):
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
                _demand(draft, ["close_code", "close_notes"])
                _stamp_resolution(draft, session)
            case "7":
                _demand(draft, ["close_code", "close_notes"])
                if not draft["resolved_at"]:
                    _stamp_resolution(draft, session)
        if draft.before.get("state") == RESOLVED and draft["state"] in OPEN:
            draft.add_one("reopen_count")
            draft["reopened_by"], draft["reopened_time"] = session.user.sys_id, session.stamp

    def _cascade(self, row: Row, session: Session, states: tuple[str, ...], fields: dict[str, str]) -> None:
        table, slot = row
        elevated = replace(session.user, roles=session.user.roles | {"admin"})  # rules ask for no rights
        for child in tuple(self._db.where("incident", parent_incident=table.value(slot, "sys_id"))):
            if child[0].value(child[1], "state") in states:
                self._records.update(Session(elevated, session.now), child, fields)


def _operation(before: str, after: str) -> str:
    if after == RESOLVED:
        return "resolve"
    if after == CLOSED:
        return "close"
    return "reopen" if before == RESOLVED else "progress"


def _resume_on_reply(draft: Draft, session: Session) -> None:
    """Go on as soon as the caller answers what the incident waited for."""
    answered = "comments" in draft.entries and draft["caller_id"] == session.user.sys_id
    if draft["hold_reason"] == AWAITING_CALLER and answered:
        draft["state"] = IN_PROGRESS


def _stamp_resolution(draft: Draft, session: Session) -> None:
    if not draft.changes("resolved_by") or not draft["resolved_by"]:
        draft["resolved_by"] = session.user.sys_id
    draft["resolved_at"] = session.stamp
    if draft["opened_at"]:
        taken = session.now - parse_stored(draft["opened_at"])
        draft["calendar_stc"] = str(int(taken.total_seconds()))


def _demand_reason(draft: Draft) -> None:
    """Ask what an incident waits for; waiting for the caller needs a question that the caller can read."""
    _demand(draft, ["hold_reason"])
    if draft["hold_reason"] == AWAITING_CALLER and "comments" not in draft.entries:
        raise DataPolicyRefused([draft.type.columns["comments"].label])


def _demand(draft: Draft, names: list[str]) -> None:
    missing = [draft.type.columns[name].label for name in names if not draft[name]]
    if missing:
        raise DataPolicyRefused(missing)
