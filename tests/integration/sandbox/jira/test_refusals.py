"""Whoever calls with whatever, every address refuses in the ways that Atlassian's documents list.

The judge of conformance (tests/conformance.py) looks at each status and body.
"""

import re
from collections.abc import Callable, Iterator

import pytest
import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.rest.application import CLOUD, EVERYWHERE, SERVICE_DESK
from careloop.sandbox.jira.rest.service_desk.paging import PREFIX
from tests.conformance import JUDGE, judged
from tests.integration.sandbox.jira.caller import URL

ROWS = [("/rest/api/3", method, path) for method, path, _ in [*EVERYWHERE, *CLOUD]]
ROWS += [(PREFIX, method, path) for method, path, _ in SERVICE_DESK]
KNOWN = {"issue": "HELP-1", "project": "ENG", "version": "3"}
BODIES = (None, b"{}", b"[]", b"no JSON")
HEADERS = {"Content-Type": "application/json", "X-ExperimentalApi": "opt-in", "X-Atlassian-Token": "no-check"}

Connect = Callable[[str], requests.Session]


@pytest.fixture
def connect(site: Site) -> Connect:
    """How an account calls the site, nobody for an empty name."""
    app = judged(site.app)

    def connect(name: str) -> requests.Session:
        session = requests.Session()
        session.mount(URL, AsgiAdapter(app))
        if name:
            user = site.act(name).user
            session.auth = (user.email, user.token)
        return session

    return connect


def everywhere(known: dict[str, str]) -> Iterator[tuple[str, str, bytes | None]]:
    """Yield a request to each address, with these names where it has parameters and others for the rest."""
    for prefix, method, path in ROWS:
        place = re.sub(r"\{(\w+)\}", lambda name: known.get(name[1], "1"), path)
        operation = JUDGE and JUDGE.find(method, prefix + place)
        for body in BODIES if operation and "requestBody" in operation.source else BODIES[:1]:
            yield method, f"{URL}{prefix}{place}", body


@pytest.mark.parametrize("account", ["", "gina.rossi", "admin"])
def test_every_refusal_is_one_that_the_documents_list(site: Site, connect: Connect, account: str) -> None:
    call = connect("bot" if account == "admin" else account)
    for method, url, body in everywhere(KNOWN):
        begin(site, account)
        answer = call.request(method, url, data=body, headers=HEADERS, allow_redirects=False)
        assert answer.status_code < 500, (method, url, answer.text)


def test_what_is_not_there_is_refused_as_the_documents_list_it(site: Site, connect: Connect) -> None:
    begin(site, "admin")
    call = connect("bot")
    for method, url, body in everywhere({"issue": "NOPE-1", "project": "NOPE"}):
        answer = call.request(method, url, data=body, headers=HEADERS, allow_redirects=False)
        assert answer.status_code < 500, (method, url, answer.text)


def begin(site: Site, account: str) -> None:
    """Start anew with one request at the service desk."""
    site.reset()
    if account == "admin":
        site.promote("bot")
    site.act("gina.rossi").raise_request("Report a problem", "No mail")
