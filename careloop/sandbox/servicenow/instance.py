"""A pretend ServiceNow instance, in memory, on the sandbox clock."""

import random
from collections.abc import Iterable, Mapping

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import history
from careloop.sandbox.servicenow.access import API_KEY, CLIENT_ID, CLIENT_SECRET
from careloop.sandbox.servicenow.actor import Actor
from careloop.sandbox.servicenow.backlog import make_incidents
from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.rest.application import make_app
from careloop.sandbox.servicenow.rules.mail import Mail
from careloop.sandbox.servicenow.seed.demo import plant_demo
from careloop.sandbox.servicenow.session import User


class Instance:
    """One instance: `app` answers the REST calls, `outbox` holds what would have been mailed.

    `user` and `password` belong to the integration account, which has role itil and may read the audit trail,
    journal entries and properties, and may not close incidents. `admin` (password `admin`) may do everything.
    """

    user = "careloop"
    password = "careloop"  # noqa: S105 - a pretend one
    admin = "admin"
    admin_password = "admin"  # noqa: S105 - as on a developer instance before anybody changed it
    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET
    api_key = API_KEY

    def __init__(self, clock: Clock, *, seed: int = 0) -> None:
        self.clock = clock
        self.outbox: list[Mail] = []
        self._seed = seed
        self.engine = Engine(clock, seed, self.outbox)
        self.app = make_app(lambda: self.engine)

    def reset(self) -> None:
        """Go back to a fresh instance; reset the clock first, because the hourly job is planned on it."""
        self.outbox.clear()
        self.engine = Engine(self.clock, self._seed, self.outbox)

    def act(self, user_name: str) -> Actor:
        """Return one user's hands."""
        return Actor(lambda: self.engine, user_name)

    def user_named(self, user_name: str) -> User:
        """Return a user; LookupError when there is none."""
        return self.engine.users.get(user_name)

    def issue_token(self, user_name: str, token: str) -> None:
        """Let a bearer token stand for a user until the next reset."""
        self.engine.users.tokens.put(token, user_name)

    def expire_tokens(self) -> None:
        """End every access token now."""
        self.engine.users.tokens.expire()

    def set_property(self, name: str, value: str) -> None:
        """Give a system property a value."""
        self.engine.properties.set(name, value)

    def read_number(self, name: str, default: int) -> int:
        """Return the value of a system property as a number, the default where there is none."""
        return self.engine.properties.number(name, default)

    def read_flag(self, name: str) -> bool:
        """Return whether a system property says true."""
        return self.engine.properties.flag(name)

    def revoke(self, user_name: str, name: str, operation: str = "read") -> None:
        """Take a right on a table or `table.column` away from a user, for example to read `sys_audit`.

        Operations: see `rights.Acl`; `query_range` on `incident.sys_updated_on` makes queries ignore ranges
        and order on that column, `query` on a table refuses every list of it.
        """
        self.engine.rights.revoke(user_name, name, operation)
        self.engine.search.forget()

    def restore(self, user_name: str, name: str, operation: str = "read") -> None:
        """Give back what `revoke` took."""
        self.engine.rights.restore(user_name, name, operation)
        self.engine.search.forget()

    def plant_demo(self) -> None:
        """Add the example records of a developer instance; see `seed.demo`."""
        plant_demo(self.engine.db, self.clock.now())

    def make_incidents(self, count: int) -> None:
        """Give the instance a made-up past of so many incidents; see `backlog`."""
        make_incidents(self.engine.db, count, random.Random(self._seed), self.clock.now())

    def load_events(self, rows: Iterable[Mapping[str, str]]) -> int:
        """Load an audit log as the instance's past and return the number of incidents; see `history`."""
        return history.load_events(self.engine.db, rows)
