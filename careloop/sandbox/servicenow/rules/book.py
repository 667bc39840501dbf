"""Which rules run on which tables; those of a table hold for all that extend it, and run before theirs."""

from collections.abc import Mapping, Sequence

from careloop.sandbox.servicenow import roles
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.query.search import Search
from careloop.sandbox.servicenow.rate_limits import name_resource
from careloop.sandbox.servicenow.records import After, AfterDelete, Before, Records
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.rules.access import AccessRules
from careloop.sandbox.servicenow.rules.application import ApplicationRules
from careloop.sandbox.servicenow.rules.approval import ApprovalRules
from careloop.sandbox.servicenow.rules.change import ChangeRules
from careloop.sandbox.servicenow.rules.counts import Counts
from careloop.sandbox.servicenow.rules.incident import IncidentRules
from careloop.sandbox.servicenow.rules.mail import Mail, Notifications
from careloop.sandbox.servicenow.rules.problem import ProblemRules
from careloop.sandbox.servicenow.rules.project import follow_demand, follow_plan
from careloop.sandbox.servicenow.rules.request import RequestRules
from careloop.sandbox.servicenow.rules.schema import SchemaRules
from careloop.sandbox.servicenow.rules.sla import ServiceLevels
from careloop.sandbox.servicenow.rules.survey import Surveys
from careloop.sandbox.servicenow.rules.task import TaskRules
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.users import name_user


class RuleBook:
    """All business rules of an instance; service level clocks have a job as well and come from outside."""

    def __init__(
        self,
        db: Database,
        records: Records,
        rights: Rights,
        properties: Properties,
        search: Search,
        levels: ServiceLevels,
        outbox: list[Mail],
    ) -> None:
        self._db = db
        self._levels = levels
        self._incidents = IncidentRules(db, rights, records, properties)
        self._problems = ProblemRules(db, records, properties)
        self._approvals = ApprovalRules(db, records, properties)
        self._changes = ChangeRules(db, records, properties, self._approvals.ask)
        self._requests = RequestRules(db, records)
        self._schema = SchemaRules(db)
        self._access = AccessRules(db, rights)
        self._notifications = Notifications(db, properties, search.matches, outbox)
        self._inheritance = roles.Inheritance(db)
        self._surveys = Surveys(db, records, search.matches)

    def before(self) -> Mapping[str, Sequence[Before]]:
        """Return the rules that check and complete a record before it is stored."""
        return {
            "task": [TaskRules(self._db).before],
            "incident": [self._incidents.before],
            "problem": [self._problems.before],
            "problem_task": [self._problems.before_task],
            "change_request": [self._changes.before],
            "sysapproval_approver": [self._approvals.before],
            "sc_request": [self._requests.before_request],
            "sc_req_item": [self._requests.before_item],
            "sc_task": [self._requests.before_task],
            "planned_task": [follow_plan],
            "dmn_demand": [follow_demand],
            "sys_user": [name_user],
            "oauth_entity": [ApplicationRules(self._db).before],
            "sys_rate_limit_rules": [name_resource],
            "sys_db_object": [self._schema.before_table],
        }

    def after(self) -> Mapping[str, Sequence[After]]:
        """Return the rules that act on what has been stored."""
        return {
            "task": [self._notifications.after, self._levels.after, self._surveys.after],
            "incident": [Counts(self._db).after, self._incidents.after],
            "problem": [self._problems.after],
            "change_request": [self._changes.after],
            "sysapproval_approver": [self._approvals.after],
            "sc_req_item": [self._requests.after_item],
            "sc_task": [self._requests.after_task],
            "sys_security_acl": [self._access.after],
            "sys_security_acl_role": [self._access.after],
            "sys_db_object": [self._schema.after_table],
            **{table: [self._inheritance.after] for table in roles.TABLES},
            "sys_choice": [self._schema.after_choice],
            "sys_dictionary": [self._schema.after_column],
        }

    def after_delete(self) -> Sequence[AfterDelete]:
        """Return the rules that act on what has been deleted, of any table."""
        return [self._access.after_delete, self._levels.after_delete, self._inheritance.after_delete]
