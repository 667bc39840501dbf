"""Surveys: an active trigger condition asks somebody about a record that comes to meet it.

Source: ServiceNow docs c_AssessmentsAndSurveys.md. Answers are written into `asmt_metric_result`.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rules.conditions import Matches, meets
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row


class Surveys:
    """Creates rows of `asmt_assessment_instance`, one for a record and a condition."""

    def __init__(self, db: Database, records: Records, matches: Matches) -> None:
        self._db = db
        self._records = records
        self._matches = matches

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Ask where a condition is met now and nobody has been asked before."""
        for table, slot in self._db.where("asmt_condition", table=draft.type.name, active="true"):
            trigger = table.row(slot)
            user, sys_id = draft[trigger["user_field"]], row[0].value(row[1], "sys_id")
            asked = self._db.where(
                "asmt_assessment_instance", trigger_id=sys_id, trigger_condition=trigger["sys_id"]
            )
            if not user or any(asked):
                continue
            if meets(row, draft, trigger["condition"], session, self._matches):
                instance = {
                    "metric_type": trigger["assessment_metric_type"],
                    "user": user,
                    "task_id": sys_id,
                    "trigger_table": draft.type.name,
                    "trigger_id": sys_id,
                    "trigger_condition": trigger["sys_id"],
                }
                self._records.insert(elevated(session), "asmt_assessment_instance", instance)
