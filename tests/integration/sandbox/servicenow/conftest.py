"""A fresh instance behind requests and pysnow, in process."""

from datetime import UTC, datetime

import pysnow
import pytest
from requests import Session

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Instance

HOST = "servicenow.test"


@pytest.fixture
def instance() -> Instance:
    return Instance(Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)))


@pytest.fixture
def session(instance: Instance) -> Session:
    """A session of the integration account; paths start with HOST."""
    return login(instance, instance.user, instance.password)


@pytest.fixture
def client(session: Session) -> pysnow.Client:
    return pysnow.Client(host=HOST, use_ssl=False, session=session)


@pytest.fixture
def table() -> str:
    """Return the address of the Table API."""
    return f"http://{HOST}/api/now/table"


def login(instance: Instance, user: str, password: str) -> Session:
    session = Session()
    session.mount(f"http://{HOST}", AsgiAdapter(instance.app))
    session.auth = (user, password)
    return session
