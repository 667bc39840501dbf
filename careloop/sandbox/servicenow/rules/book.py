"""Which rules run on which tables; those of a table hold for all that extend it, and run before theirs."""

from collections.abc import Mapping, Sequence

from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.query.search import Search
from careloop.sandbox.servicenow.records import After, AfterDelete, Before, Records
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.rules.access import AccessRules
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
        incidents = IncidentRules(db, rights, records, properties)
        problems = ProblemRules(db, records, properties)
        changes = ChangeRules(db, records, properties)
        requests = RequestRules(db, records)
        schema = SchemaRules(db)
        access = AccessRules(db, rights)
        notifications = Notifications(db, properties, search.matches, outbox)
        surveys = Surveys(db, records, search.matches)
        self.before: Mapping[str, Sequence[Before]] = {
            "task": [TaskRules(db).before],
            "incident": [incidents.before],
            "problem": [problems.before],
            "problem_task": [problems.before_task],
            "change_request": [changes.before],
            "sc_request": [requests.before_request],
            "sc_req_item": [requests.before_item],
            "sc_task": [requests.before_task],
            "planned_task": [follow_plan],
            "dmn_demand": [follow_demand],
            "sys_user": [name_user],
        }
        self.after: Mapping[str, Sequence[After]] = {
            "task": [notifications.after, levels.after, surveys.after],
            "incident": [Counts(db).after, incidents.after],
            "problem": [problems.after],
            "change_request": [changes.after],
            "sc_req_item": [requests.after_item],
            "sc_task": [requests.after_task],
            "sys_security_acl": [access.after],
            "sys_security_acl_role": [access.after],
            "sys_choice": [schema.after_choice],
            "sys_dictionary": [schema.after_column],
        }
        self.after_delete: Sequence[AfterDelete] = [access.after_delete, levels.after_delete]
