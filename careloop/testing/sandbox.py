"""The sandbox as pytest fixtures, for whoever tests an integration with ServiceNow or Jira.

    pytest_plugins = ["careloop.testing.sandbox"]

    def test_something(sandbox, sandbox_session):
        session = sandbox_session("servicenow", "careloop", "careloop")
        assert session.get("http://servicenow.test/api/now/table/incident").json() == {"result": []}

`sandbox` answers in the same process and is fresh for each test; `served_sandbox` answers on real ports,
http and https, and is started once. On either the clock stands still until it is moved.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.server import running
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The moment at which each test begins: a Monday morning."""
HOSTS = {"servicenow": "http://servicenow.test", "jira": "http://jira.test"}
"""Where the sessions of `sandbox_session` find the platforms."""

OpenSession = Callable[[Literal["servicenow", "jira"], str, str], requests.Session]


class Served(NamedTuple):
    """A sandbox on real ports; `addresses` is what the ready file of `careloop sandbox --tls` says."""

    sandbox: Sandbox
    addresses: Mapping[str, Any]


@pytest.fixture
def jira_flavor() -> Literal["cloud", "dc"]:
    """Return the kind of Jira that `sandbox` plays; define a fixture of this name to have Data Center."""
    return "cloud"


@pytest.fixture
def sandbox(jira_flavor: Literal["cloud", "dc"]) -> Sandbox:
    """Return a fresh pretend ServiceNow and Jira."""
    return Sandbox(START, jira_flavor=jira_flavor)


@pytest.fixture
def sandbox_session(sandbox: Sandbox) -> OpenSession:
    """Return how to open a session of a user on a platform, in process: platform, user, password or token."""
    apps = {"servicenow": sandbox.servicenow_app, "jira": sandbox.jira_app}

    def open_session(platform: Literal["servicenow", "jira"], user: str, password: str) -> requests.Session:
        session = requests.Session()
        session.auth = (user, password)
        session.mount(HOSTS[platform], AsgiAdapter(apps[platform], sandbox.clock.now))
        return session

    return open_session


@pytest.fixture(scope="session")
def _running_sandbox() -> Iterator[Served]:
    sandbox = Sandbox(START)
    with running(sandbox, tls=True) as addresses:
        yield Served(sandbox, addresses)


@pytest.fixture
def served_sandbox(_running_sandbox: Served) -> Served:
    """Return the served sandbox as fresh as on the first day."""
    _running_sandbox.sandbox.reset()
    return _running_sandbox
