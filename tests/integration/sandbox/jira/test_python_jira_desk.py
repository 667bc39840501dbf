"""The `jira` library at a service desk, and signing in as Data Center lets it, as its documentation shows."""

from typing import Any

import jira
import pytest

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.store import Flavor
from tests.conformance import judged
from tests.integration.sandbox.jira.test_python_jira import URL, connect


@pytest.fixture(params=["cloud", "dc"])
def flavor(request: pytest.FixtureRequest) -> Flavor:
    chosen: Flavor = request.param
    return chosen


@pytest.fixture
def client(site: Site) -> jira.JIRA:
    site.promote(site.email)
    return connect(site)


def test_desks_and_request_types_are_listed(client: jira.JIRA) -> None:
    assert client.supports_service_desk()  # type: ignore[no-untyped-call] # no types there
    (desk,) = client.service_desks()
    assert desk.projectKey == "HELP"
    assert [kind.name for kind in client.request_types(desk)] == ["Report a problem", "Ask for something"]


def test_a_customer_is_created_and_asks_through_an_agent(client: jira.JIRA, site: Site) -> None:
    customer = client.create_customer("nora.holm@example.com", "Nora Holm")
    account = customer.accountId if site.flavor == "cloud" else customer.name
    who = {"accountIds": [account]} if site.flavor == "cloud" else {"usernames": [account]}
    client._session.post(f"{URL}/rest/servicedeskapi/servicedesk/1/customer", json=who)
    asked = {
        "serviceDeskId": 1,
        "requestTypeId": "Report a problem",
        "requestFieldValues": {"summary": "No mail", "description": "Since noon"},
        "raiseOnBehalfOf": account,
    }
    issue = client.create_customer_request(asked)
    assert issue.fields.reporter.displayName == "Nora Holm"
    assert issue.fields.customfield_10010.requestType.name == "Report a problem"


def test_an_internal_comment_stays_internal(client: jira.JIRA, site: Site) -> None:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    client.add_comment(key, "psst", is_internal=True)
    client.add_comment(key, "We found it")
    assert [comment["body"] for comment in site.act("gina.rossi").comments(key)] == ["We found it"]


def log_in(site: Site, **options: Any) -> jira.JIRA:
    class Client(jira.JIRA):
        def _add_client_cert_to_session(self) -> None:  # the first thing done to the new session
            super()._add_client_cert_to_session()  # type: ignore[no-untyped-call] # no types there
            self._session.mount(URL, AsgiAdapter(judged(site.app) if site.flavor == "cloud" else site.app))

    return Client(URL, max_retries=0, **options)


@pytest.mark.filterwarnings("ignore:Use OAuth or Token based authentication:DeprecationWarning")
@pytest.mark.parametrize("flavor", ["dc"])
@pytest.mark.parametrize("way", ["auth", "basic_auth"])
def test_data_center_takes_a_name_and_its_secret_by_cookie_and_by_header(site: Site, way: str) -> None:
    client = log_in(site, **{way: ("bot", "bot-token")})
    assert client.current_user() == "bot"
    assert client.session().name == "bot"


@pytest.mark.parametrize("flavor", ["dc"])
def test_data_center_pages_by_offset_and_finds_people_by_name(client: jira.JIRA, site: Site) -> None:
    keys = [site.act("ada.keller").create_issue("ENG", "Bug", f"Bug {number}") for number in range(7)]
    found = client.search_issues("project = ENG ORDER BY key", startAt=2, maxResults=3)
    assert ([issue.key for issue in found], found.total) == (keys[2:5], 7)
    assert len(client.search_issues("project = ENG", maxResults=False)) == 7
    assert client.user("ada.keller").displayName == "Ada Keller"
    assert client.issue(keys[0]).fields.reporter.name == "ada.keller"
    assert client.search_assignable_users_for_projects("ada", "ENG")[0].name == "ada.keller"
    kinds = client.project_issue_types("ENG")
    assert "Bug" in [kind.name for kind in kinds]
