"""A fresh instance on a clock that stands still."""

from datetime import UTC, datetime

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def instance(clock: Clock) -> Instance:
    return Instance(clock)


@pytest.fixture
def admin(instance: Instance) -> Actor:
    return instance.act("admin")


@pytest.fixture
def agent(instance: Instance) -> Actor:
    """An agent of the service desk, with role itil by the group."""
    return instance.act("paul.adeyemi")


@pytest.fixture
def lead(instance: Instance) -> Actor:
    """An agent who may close incidents too."""
    return instance.act("ines.lund")


@pytest.fixture
def caller(instance: Instance) -> Actor:
    """A customer without any role."""
    return instance.act("lena.moreau")


@pytest.fixture
def incident(instance: Instance, agent: Actor) -> str:
    """A new incident of the caller, opened by the agent."""
    return agent.insert(
        "incident",
        {"short_description": "Mail is slow", "caller_id": instance.user_named("lena.moreau").sys_id},
    )
