from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.store import Flavor
from tests.conformance import judged
from tests.integration.sandbox.jira.caller import URL, Caller


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def flavor() -> Flavor:
    return "cloud"


@pytest.fixture
def site(clock: Clock, flavor: Flavor) -> Site:
    return Site(clock, flavor=flavor)


@pytest.fixture
def calls_of(site: Site) -> Callable[[str], Caller]:
    """How any account calls the site."""

    def connect(name: str) -> Caller:
        user = site.act(name).user
        session = requests.Session()
        session.mount(URL, AsgiAdapter(judged(site.app) if site.flavor == "cloud" else site.app))
        if site.flavor == "cloud":
            session.auth = (user.email, user.token)
        else:
            session.headers["Authorization"] = f"Bearer {user.token}"
        return Caller(session)

    return connect


@pytest.fixture
def call(calls_of: Callable[[str], Caller]) -> Caller:
    """How the integration account calls the site."""
    return calls_of("bot")


@pytest.fixture
def bug(call: Caller) -> str:
    fields = {"project": {"key": "ENG"}, "issuetype": {"name": "Bug"}, "summary": "Printer jams"}
    return str(call.ok("POST", "/rest/api/2/issue", {"fields": fields})["key"])
