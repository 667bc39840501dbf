from datetime import UTC, datetime

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def site(clock: Clock) -> Site:
    return Site(clock)
