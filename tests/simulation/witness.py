"""What an invariant may look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from careloop.model.plan import Plan
from careloop.ports import Store
from careloop.sandbox.world import Sandbox
from careloop.sync.plan import make_plan
from careloop.sync.run import Cycle, Desk
from tests.simulation.books import Books
from tests.simulation.office import say_nothing
from tests.simulation.organisation import Organisation

SLACK = timedelta(seconds=30)
"""How far the platforms' own views may be behind when a cycle begins: the search index of Jira."""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """The world after a cycle; `began` is when it started, `writes` all that careloop sent since the start.

    `folder` has room for files; `desk` and `cycle` are there when the cycle ended well.
    """

    organisation: Organisation
    folder: Path
    sandbox: Sandbox
    writes: tuple[str, ...]
    began: datetime
    desk: Desk | None
    cycle: Cycle | None

    @cached_property
    def books(self) -> Books:
        """Return the platforms' own books."""
        return Books(self.sandbox)

    @property
    def store(self) -> Store:
        """Return careloop's store."""
        assert self.desk is not None
        return self.desk.store

    @cached_property
    def next_plan(self) -> Plan:
        """Return what careloop would do now without reading anything anew."""
        assert self.desk is not None
        return make_plan(self.store, self.desk.terms, self.now, say_nothing)

    @property
    def now(self) -> datetime:
        """Return the time."""
        return self.sandbox.clock.now()

    @property
    def known(self) -> datetime:
        """Return until when careloop can know everything."""
        return self.began - SLACK
