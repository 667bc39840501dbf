"""The life of a problem record and its tasks, with the state model of new instances (Madrid and later).

Sources: ServiceNow docs understanding-state-mgmt-transitions.md, problem-mgmt-properties.md; data policies as
the `problem` module of the Ansible collection servicenow.itsm documents them. The order of states is not
enforced: nothing says that the platform does so over REST.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import RuleRefused
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.rules.mandatory import demand
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

NEW, ASSESS, ANALYSIS, FIXING, RESOLVED, CLOSED = "101", "102", "103", "104", "106", "107"
TASK_NEW, TASK_WORK, TASK_CLOSED = "151", "154", "157"

_DEMANDS = {
    "fix_applied": ("cause_notes", "fix_notes"),
    "risk_accepted": ("cause_notes", "close_notes"),
    "canceled": ("close_notes",),
    "duplicate": ("duplicate_of",),
}
_ANALYSE_AGAIN = {
    "canceled": "problem.closed.role.reanalyze_from_canceled",
    "risk_accepted": "problem.closed.role.reanalyze_from_closed_riskaccepted",
}
_COMPLETED = "problem.closed.role.reanalyze_from_completed"


class ProblemRules:
    """Rules of tables problem and problem_task."""

    def __init__(self, db: Database, records: Records, properties: Properties) -> None:
        self._db = db
        self._records = records
        self._properties = properties

    def before(self, draft: Draft, session: Session) -> None:
        """Check and stamp a change of state; raises Refused."""
        if not draft.changes("state"):
            return
        before, state = draft.before.get("state", ""), draft["state"]
        if before == CLOSED:
            self._check_return(draft, session)
        self._demand(draft)
        if state == ANALYSIS and before == ASSESS:
            draft["confirmed_at"], draft["confirmed_by"] = session.stamp, session.user.sys_id
        if state in (RESOLVED, CLOSED) and not draft["resolved_at"]:
            draft["resolved_at"], draft["resolved_by"] = session.stamp, session.user.sys_id
        if before in (RESOLVED, CLOSED) and state not in (RESOLVED, CLOSED):
            draft.add_one("reopen_count")
            draft["reopened_at"], draft["reopened_by"] = session.stamp, session.user.sys_id
            draft["resolved_at"] = draft["resolved_by"] = draft["resolution_code"] = ""

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Cancel open tasks of a closed problem, and hand over what belonged to a duplicate."""
        sys_id = row[0].value(row[1], "sys_id")
        if draft["resolution_code"] == "duplicate" and draft.changes("resolution_code"):
            self._hand_over(sys_id, draft["duplicate_of"], session)
        if draft.changes_to("state", CLOSED) and self._properties.flag("problem.closed.cancel_open_tasks"):
            for task in tuple(self._db.where("problem_task", problem=sys_id, active="true")):
                fields = {"state": TASK_CLOSED, "close_code": "canceled"}
                self._records.update(elevated(session), task, fields)

    def before_task(self, draft: Draft, session: Session) -> None:
        """Check and stamp a change of a problem task; raises Refused."""
        if draft.is_new:
            self._check_problem(draft)
        if draft.changes_to("state", TASK_WORK) and not draft["started_at"]:
            draft["started_at"], draft["started_by"] = session.stamp, session.user.sys_id
        if draft.before.get("state") == TASK_CLOSED and draft.changes("state"):
            draft.add_one("reopen_count")
            draft["reopened_at"], draft["reopened_by"] = session.stamp, session.user.sys_id

    def _demand(self, draft: Draft) -> None:
        state = draft["state"]
        nobody = draft["resolution_code"] in ("canceled", "duplicate")  # no problem of its own to take on
        names = [] if nobody or state == NEW else ["assigned_to"]
        if state == FIXING:
            names += ["cause_notes", "fix_notes"]
        if state in (RESOLVED, CLOSED):
            names += ["resolution_code", *_DEMANDS.get(draft["resolution_code"], ())]
        demand(draft, names)

    def _check_return(self, draft: Draft, session: Session) -> None:
        name = _ANALYSE_AGAIN.get(draft.before["resolution_code"], _COMPLETED)
        if not session.user.has_any(frozenset({self._properties.read(name)})):
            raise RuleRefused("problem", "Problem: only some may analyze a closed problem again")

    def _check_problem(self, draft: Draft) -> None:
        problem = self._db.find("problem", draft["problem"])
        closed = problem is not None and problem[0].value(problem[1], "state") == CLOSED
        if closed and not self._properties.flag("problem.closed.can_create_tasks"):
            raise RuleRefused("problem_task", "Problem Task: none on a closed problem")

    def _hand_over(self, old: str, new: str, session: Session) -> None:
        for place in self._properties.read("problem.duplicate.records_to_move").split(","):
            table, _, column = place.strip().partition(".")
            if column not in getattr(self._db.dictionary.get(table), "columns", ()):
                continue
            for row in tuple(self._db.where(table, **{column: old})):
                self._records.update(elevated(session), row, {column: new})
