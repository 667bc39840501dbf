"""A pretend instance, and our connector to it, in one process on one clock."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import pytest
from requests import PreparedRequest, Response
from starlette.types import ASGIApp

from careloop.connectors.servicenow import ServiceNow, Settings
from careloop.model.change import AddComment, Contact, Create, Link, Purpose, Transition, Update
from careloop.model.comment import Audience
from careloop.model.page import Page, Scope, Snapshot
from careloop.model.record import RecordRef, State
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.servicenow import Instance
from careloop.sandbox.world import Sandbox

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SCOPE = Scope(instance="desk", container="incident")


@dataclass(frozen=True)
class World:
    """The sandbox with shortcuts for what its people do."""

    sandbox: Sandbox

    @property
    def instance(self) -> Instance:
        return self.sandbox.servicenow

    def now(self) -> datetime:
        return self.sandbox.clock.now()

    def sleep(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds)

    def user(self, name: str) -> str:
        """Return the sys_id of an account."""
        return self.instance.act("admin").query("sys_user", f"user_name={name}")[0]["sys_id"]

    def raise_incident(self, title: str = "Mail is down", **fields: str) -> RecordRef:
        """Let Lena Moreau have an incident."""
        values = {"short_description": title, "caller_id": self.user("lena.moreau"), **fields}
        return RecordRef("desk", "incident", self.instance.act("ines.lund").insert("incident", values))

    def update(self, ref: RecordRef, by: str = "ines.lund", **fields: str) -> None:
        """Let somebody change a record, a minute later."""
        self.sleep(60)
        self.instance.act(by).update(ref.table, ref.id, fields)

    def spoil(self, ref: RecordRef, **values: str) -> None:
        """Put values into a row that no rule of the platform would let in."""
        database = self.instance.engine.db
        row = database.find(ref.table, ref.id)
        assert row
        database.change(row, values)

    def row(self, ref: RecordRef) -> dict[str, str]:
        return self.instance.act("admin").get(ref.table, ref.id)

    def entries(self, ref: RecordRef, element: str) -> list[str]:
        rows = self.instance.act("admin").query("sys_journal_field", f"element_id={ref.id}^element={element}")
        return [row["value"] for row in rows]

    def calls(self, method: str) -> int:
        """Return how many faults of that method were met."""
        return sum(hit.method == method for hit in self.sandbox.faults.log)


class Busy(AsgiAdapter):
    """A network on which somebody else is at work between our requests."""

    def __init__(self, app: ASGIApp, meanwhile: Callable[[str], None]) -> None:
        super().__init__(app)
        self._meanwhile = meanwhile

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        self._meanwhile(unquote_plus(str(request.url)))
        return super().send(request, *arguments, **options)


Connect = Callable[..., ServiceNow]


@pytest.fixture
def world() -> World:
    return World(Sandbox(START))


@pytest.fixture
def connect(world: World) -> Connect:
    """Return what builds a connector from settings; `meanwhile` hears the address before each request."""

    def build(meanwhile: Callable[[str], None] | None = None, **settings: Any) -> ServiceNow:
        plain = {
            "url": "http://servicenow.test",
            "auth": {"type": "basic", "user": "careloop", "password": "careloop"},
            **settings,
        }
        adapter = Busy(world.sandbox.servicenow_app, meanwhile or (lambda address: None))
        return ServiceNow("desk", Settings.model_validate(plain), world, random.Random(1), adapter)

    return build


@pytest.fixture
def desk(connect: Connect) -> ServiceNow:
    return connect()


@dataclass(frozen=True)
class Walk:
    """Everything one walk over the changes handed out."""

    pages: tuple[Page, ...]

    @property
    def snapshots(self) -> dict[str, Snapshot]:
        return {s.record.ref.id: s for page in self.pages for s in page.snapshots}

    @property
    def cursor(self) -> str:
        return self.pages[-1].cursor


@pytest.fixture
def walk() -> Callable[..., Walk]:
    """Return what walks over the changes since a cursor."""

    def run(desk: ServiceNow, cursor: str = "", scope: Scope = SCOPE) -> Walk:
        return Walk(tuple(desk.changes(scope, cursor)))

    return run


@dataclass(frozen=True)
class Changes:
    """Builds changes to one record; `cause` tells demands apart."""

    ref: RecordRef

    def _shared(self, cause: str) -> dict[str, Any]:
        shared = {"subject": self.ref, "problem": "p", "purpose": Purpose.SYNC}
        return {**shared, "cause": cause, "rule": "test", "reason": "because"}

    def ask(self, message: str = "Is it solved?", cause: str = "ask", channel: str = "comment") -> Contact:
        return Contact(
            **self._shared(cause),
            person="p1",
            channel=channel,
            message=message,
            covers=(),
            not_before=START,
            not_after=datetime(2027, 1, 1, tzinfo=UTC),
        )

    def note(self, body: str, cause: str = "note") -> AddComment:
        return AddComment(**self._shared(cause), audience=Audience.INTERNAL, body=body)

    def reopen(self, cause: str = "reopen", **more: Any) -> Transition:
        return Transition(**self._shared(cause), **{"state": State.IN_PROGRESS, "native": "2", **more})

    def set(self, cause: str = "update", **fields: str) -> Update:
        return Update(**self._shared(cause), fields=fields)

    def create(self, cause: str = "create", **fields: str) -> Create:
        return Create(**self._shared(cause), instance="desk", container="incident", fields=fields)

    def link(self, number: str = "ENG-7") -> Link:
        target = RecordRef("jira", "ENG", "10007")
        return Link(**self._shared(f"link {number}"), target=target, title=number)


@pytest.fixture
def changes() -> type[Changes]:
    return Changes
