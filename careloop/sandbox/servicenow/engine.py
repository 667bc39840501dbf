"""All parts of an instance, put together over one database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow.access import plant_access
from careloop.sandbox.servicenow.attachments import Attachments
from careloop.sandbox.servicenow.data import load, load_all
from careloop.sandbox.servicenow.imports import ImportSets
from careloop.sandbox.servicenow.journal import Journal
from careloop.sandbox.servicenow.properties import Properties
from careloop.sandbox.servicenow.query.search import Search
from careloop.sandbox.servicenow.rate_limits import RateLimits
from careloop.sandbox.servicenow.records import Records
from careloop.sandbox.servicenow.rights import Rights
from careloop.sandbox.servicenow.rules import autoclose
from careloop.sandbox.servicenow.rules.book import RuleBook
from careloop.sandbox.servicenow.rules.mail import Mail
from careloop.sandbox.servicenow.rules.sla import ServiceLevels
from careloop.sandbox.servicenow.seed.plant import plant
from careloop.sandbox.servicenow.session import Session, User, stored
from careloop.sandbox.servicenow.sessions import TIMEOUT, Sessions
from careloop.sandbox.servicenow.store.database import Database
from careloop.sandbox.servicenow.store.dictionary import Dictionary
from careloop.sandbox.servicenow.tokens import Tokens
from careloop.sandbox.servicenow.users import Users


class Engine:
    """One life of an instance, from a fresh database on; mails it sends go to `outbox`."""

    def __init__(self, clock: Clock, seed: int, outbox: list[Mail]) -> None:
        self.clock = clock
        self.db = Database(Dictionary(load_all("tables"), load("choices")), seed)
        self.properties = Properties(self.db)
        self.db.ignores_case = lambda: self.properties.flag("sandbox.query.ignore_case")
        self.search = Search(self.db, lambda: self.properties.flag("glide.invalid_query.returns_no_rows"))
        self.rights = Rights(self.db, load("rights"), self.search.matches)
        self.users = Users(
            self.db, self.properties.read, Tokens(clock.now, lambda: self.db.new_id("oauth_credential"))
        )
        self.sessions = Sessions(
            clock.now, lambda: self.db.new_id("v_user_session"), lambda: self.properties.number(TIMEOUT, 30)
        )
        self.rate_limits = RateLimits(self.db, lambda: self.properties.flag("sandbox.rate_limits.lag"))
        self.journal = Journal(self.db)
        self.records = Records(self.db, self.rights, self.journal, self.properties)
        self.attachments = Attachments(self.db, self.rights, self.records)
        self.imports = ImportSets(self.db, self.records)
        self._levels = ServiceLevels(self.db, self.records, self.properties, self.search.matches, clock.at)
        book = RuleBook(
            self.db, self.records, self.rights, self.properties, self.search, self._levels, outbox
        )
        self.records.before, self.records.after = book.before(), book.after()
        self.records.after_delete = [self.attachments.drop, *book.after_delete()]
        plant(self.db, stored(clock.now()))
        plant_access(self.db, "careloop", stored(clock.now()))
        self._plan_jobs(clock.now())

    def session(self, user: User) -> Session:
        """Return a session of the user at this moment."""
        return Session(user, self.clock.now())

    @contextmanager
    def committing_late(self, seconds: float) -> Iterator[None]:
        """Hide what is written in the block until so many seconds have passed.

        Whoever writes to one of its rows before that waits for it, which here ends the wait. What a write has
        changed beside the rows (the dictionary, access rules, mails) holds at once.
        """
        with self.db.noting() as transaction:
            yield
        self.db.hide(transaction)
        until = self.clock.now() + timedelta(seconds=seconds)
        self.clock.at(until, lambda now: self.db.show(transaction))

    def _plan_jobs(self, now: datetime) -> None:
        next_hour = now.replace(minute=0, second=0, microsecond=0) + autoclose.EVERY
        self.clock.at(next_hour, self._run_jobs)

    def _run_jobs(self, when: datetime) -> None:
        self._levels.refresh(when)
        autoclose.close_resolved(self.db, self.records, self.properties, when)
        self._plan_jobs(when)
