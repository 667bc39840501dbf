"""A pretend ServiceNow instance, in memory, on the sandbox clock."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.types import ASGIApp

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import autoclose, history
from careloop.sandbox.servicenow.data import load
from careloop.sandbox.servicenow.database import Database
from careloop.sandbox.servicenow.dictionary import Dictionary
from careloop.sandbox.servicenow.incident import IncidentRules
from careloop.sandbox.servicenow.journal import Journal
from careloop.sandbox.servicenow.mail import Mail, Notifications
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rest import make_app
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.schema import SchemaRules
from careloop.sandbox.servicenow.search import Search
from careloop.sandbox.servicenow.seed import Seed
from careloop.sandbox.servicenow.session import Session, User, stored
from careloop.sandbox.servicenow.task import TaskRules
from careloop.sandbox.servicenow.users import Users, name_user


@dataclass(frozen=True)
class Actor:
    """One user at work in the story: the same rules and rights as over REST, without HTTP."""

    instance: "Instance"
    user_name: str

    def insert(self, table: str, fields: Mapping[str, Any]) -> str:
        """Create a record and return its sys_id; raises Refused."""
        row, slot = self.instance.records.insert(self._session(), table, fields)
        return row.value(slot, "sys_id")

    def update(self, table: str, sys_id: str, fields: Mapping[str, Any]) -> None:
        """Change a record, journal entries included; raises Refused."""
        session = self._session()
        self.instance.records.update(session, self.instance.records.read(session, table, sys_id), fields)

    def delete(self, table: str, sys_id: str) -> None:
        """Take a record out; raises Refused."""
        session = self._session()
        self.instance.records.delete(session, self.instance.records.read(session, table, sys_id))

    def get(self, table: str, sys_id: str) -> dict[str, str]:
        """Return the stored values of a record; raises NotFound."""
        row, slot = self.instance.records.read(self._session(), table, sys_id)
        return row.row(slot)

    def query(self, table: str, encoded_query: str = "") -> list[dict[str, str]]:
        """Return the stored values of the records that a query finds and this user may see."""
        session, rights = self._session(), self.instance.rights
        found = self.instance.search.find(table, encoded_query, session)
        return [row.row(slot) for row, slot in found if rights.on_row("read", (row, slot), session)]

    def _session(self) -> Session:
        return Session(self.instance.user_named(self.user_name), self.instance.clock.now())


class Instance:
    """One instance: `app` answers the REST calls, `outbox` holds what would have been mailed.

    `user` and `password` belong to the integration account, which has role itil and may read the audit trail,
    journal entries and properties, and may not close incidents. `admin` (password `admin`) may do everything.
    """

    user = "careloop"
    password = "careloop"  # noqa: S105 - a pretend one
    admin = "admin"

    app: ASGIApp

    def __init__(self, clock: Clock, *, seed: int = 0) -> None:
        self.clock = clock
        self._seed = seed
        self.outbox: list[Mail] = []
        self.reset()
        self.app = make_app(self)

    def reset(self) -> None:
        """Go back to a fresh instance; reset the clock first, because the hourly job is planned on it."""
        self.outbox.clear()
        self.db = Database(Dictionary(load("tables"), load("choices")), random.Random(self._seed))
        self.properties = Properties(self.db)
        self.search = Search(self.db, lambda: self.properties.flag("glide.invalid_query.returns_no_rows"))
        self.rights = Rights(self.db, load("rights"), self.search.matches)
        self.users = Users(self.db, self.properties.read)
        self.journal = Journal(self.db)
        self.records = Records(self.db, self.rights, self.journal, self.properties)
        incidents = IncidentRules(self.db, self.rights, self.records)
        notifications = Notifications(self.db, self.properties, self.outbox)
        self.records.before = {
            "task": [TaskRules(self.db).before],
            "incident": [incidents.before],
            "sys_user": [name_user],
        }
        schema = SchemaRules(self.db)
        self.records.after = {
            "incident": [incidents.after, notifications.after],
            "sys_choice": [schema.after_choice],
            "sys_dictionary": [schema.after_column],
        }
        Seed(self.db, stored(self.clock.now())).plant()
        self._plan_autoclose(self.clock.now())

    def act(self, user_name: str) -> Actor:
        """Return one user's hands."""
        return Actor(self, user_name)

    def user_named(self, user_name: str) -> User:
        """Return a user; LookupError when there is none."""
        user = self.users.named(user_name)
        if user is None:
            raise LookupError(f"no user {user_name}")
        return user

    def set_property(self, name: str, value: str) -> None:
        """Give a system property a value."""
        self.properties.set(name, value)

    def revoke(self, user_name: str, name: str, operation: str = "read") -> None:
        """Take a right on a table or `table.column` away from a user, for example to read `sys_audit`.

        Operations: see `rights.Acl`; `query_range` on `incident.sys_updated_on` makes queries ignore ranges
        and order on that column.
        """
        self.rights.revoke(user_name, name, operation)
        self.search.forget()

    def restore(self, user_name: str, name: str, operation: str = "read") -> None:
        """Give back what `revoke` took."""
        self.rights.restore(user_name, name, operation)
        self.search.forget()

    def load_events(self, rows: Iterable[Mapping[str, str]]) -> int:
        """Load an audit log as the instance's past and return the number of incidents; see `history`."""
        return history.load_events(self.db, rows)

    def _plan_autoclose(self, now: datetime) -> None:
        next_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        self.clock.at(next_hour, self._autoclose)

    def _autoclose(self, when: datetime) -> None:
        autoclose.close_resolved(self.db, self.records, self.properties, when)
        self._plan_autoclose(when)
