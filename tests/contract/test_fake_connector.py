"""The connector that tests of everything above it work with keeps the contract of every connector."""

from collections.abc import Collection

import pytest

from careloop.model.change import Create
from careloop.model.comment import Audience
from careloop.model.page import Scope
from careloop.model.record import RecordRef, State
from careloop.testing.connector_contract import ELSEWHERE, TOLD, ConnectorContract, Platform
from careloop.testing.examples import MONDAY, incident_dialect
from careloop.testing.fake_clock import FakeClock
from careloop.testing.fake_connector import FakeConnector, Fault

STATES = {"1": State.NEW, "2": State.IN_PROGRESS, "6": State.RESOLVED, "7": State.CLOSED}


class FakePlatform:
    """The platform in memory, used by people who know nothing of careloop."""

    title = "short_description"
    target = (State.IN_PROGRESS, "2")
    names: Collection[str] = ("nora", "Nora", "careloop")

    def __init__(self) -> None:
        self.clock = FakeClock(MONDAY)
        self.scope = Scope(instance="fake", container="incident", fields=(self.title,))
        self.connector = FakeConnector(
            name="fake", clock=self.clock, dialects={"incident": incident_dialect()}, states=STATES
        )

    def open_record(self, title: str) -> RecordRef:
        return self.connector.open_record("incident", {self.title: title}, by="nora")

    def rename(self, ref: RecordRef, title: str) -> None:
        self.connector.edit(ref, {self.title: title})

    def comment(self, ref: RecordRef, text: str, audience: Audience) -> None:
        self.connector.say(ref, text, audience, by="nora")

    def make_create(self, title: str) -> Create:
        return Create(
            **{**TOLD, "subject": ELSEWHERE},
            instance="fake",
            container="incident",
            fields={self.title: title},
        )

    def refuse_writes(self) -> None:
        self.connector.break_down(Fault.REFUSED)

    def lose_answer(self, after: int) -> None:
        self.connector.fail(Fault.LOST_AFTER, after=after)


class TestFakeConnector(ConnectorContract):
    """Whoever tests with it may rely on what every connector promises."""

    @pytest.fixture
    def platform(self) -> Platform:
        return FakePlatform()
