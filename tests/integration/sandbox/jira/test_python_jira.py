"""The `jira` library on both flavours, used as its documentation shows."""

from typing import Any

import jira
import pytest

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.store import Flavor
from tests.conformance import judged

URL = "http://jira.test"


@pytest.fixture(params=["cloud", "dc"])
def flavor(request: pytest.FixtureRequest) -> Flavor:
    chosen: Flavor = request.param
    return chosen


def connect(site: Site, **options: Any) -> jira.JIRA:
    class Client(jira.JIRA):
        def _add_client_cert_to_session(self) -> None:  # the first thing done to the new session
            super()._add_client_cert_to_session()  # type: ignore[no-untyped-call] # no types there
            app = judged(site.app) if site.flavor == "cloud" else site.app
            self._session.mount(URL, AsgiAdapter(app))

    is_cloud = site.flavor == "cloud"
    sign_in: dict[str, Any] = (
        {"basic_auth": (site.email, site.token)} if is_cloud else {"token_auth": site.token}
    )
    return Client(URL, **{**sign_in, "max_retries": 0, **options})


@pytest.fixture
def client(site: Site) -> jira.JIRA:
    return connect(site)


def make(client: jira.JIRA, summary: str = "Printer jams", **fields: Any) -> jira.Issue:
    return client.create_issue(project="ENG", issuetype="Bug", summary=summary, **fields)


def test_it_recognises_the_flavour(client: jira.JIRA, site: Site) -> None:
    assert client._is_cloud is (site.flavor == "cloud")
    assert client.myself()["timeZone"] == "UTC"


def test_wrong_credentials_are_refused(site: Site) -> None:
    wrong: dict[str, Any] = {"basic_auth": (site.email, "wrong")}
    if site.flavor == "dc":
        wrong = {"basic_auth": None, "token_auth": "wrong"}
    with pytest.raises(jira.JIRAError) as error:
        connect(site, validate=True, **wrong)
    assert error.value.status_code == 401


def test_an_issue_is_created_read_edited_and_found(client: jira.JIRA) -> None:
    issue = make(client, description="Since noon\nagain", labels=["paper"], priority={"name": "High"})
    assert issue.fields.description == "Since noon\nagain"
    assert issue.fields.priority.name == "High"
    issue.update(summary="Printer burns", fields={"labels": ["fire"]})
    assert client.issue(issue.key).fields.summary == "Printer burns"
    found = client.search_issues('project = ENG AND labels = fire AND status = "To Do"')
    assert [one.key for one in found] == [issue.key]


def test_search_walks_all_pages(client: jira.JIRA) -> None:
    keys = [make(client, f"Bug {number}").key for number in range(120)]
    found = client.search_issues("project = ENG ORDER BY key ASC", maxResults=False, fields="summary")
    assert [issue.key for issue in found] == keys


def test_tokens_and_counts_are_for_cloud(client: jira.JIRA, site: Site) -> None:
    for number in range(3):
        make(client, f"Bug {number}")
    page = client.enhanced_search_issues("project = ENG ORDER BY key", maxResults=2, fields=["summary"])
    if site.flavor == "dc":
        assert page is None
        return
    assert [issue.key for issue in page] == ["ENG-1", "ENG-2"]
    rest = client.enhanced_search_issues("project = ENG ORDER BY key", nextPageToken=page.nextPageToken)
    assert [issue.key for issue in rest] == ["ENG-3"]
    assert client.approximate_issue_count("project = ENG") == 3


def test_a_transition_goes_by_name_with_fields_and_a_comment(client: jira.JIRA) -> None:
    issue = make(client)
    assert [step["name"] for step in client.transitions(issue)] == ["Start work", "Done"]
    client.transition_issue(issue, "Done", fields={"resolution": {"name": "Done"}}, comment="New rollers")
    done = client.issue(issue.key)
    assert (str(done.fields.status), str(done.fields.resolution)) == ("Done", "Done")
    assert [comment.body for comment in client.comments(issue)] == ["New rollers"]


def test_a_transition_that_lacks_its_field_is_refused(client: jira.JIRA) -> None:
    issue = make(client)
    with pytest.raises(jira.JIRAError) as error:
        client.transition_issue(issue, "Done")
    assert error.value.status_code == 400
    assert "Resolution is required." in str(error.value)


def test_comments_are_added_edited_and_deleted(client: jira.JIRA, clock: Clock) -> None:
    issue = make(client)
    clock.advance(60)
    comment = client.add_comment(issue, "On it")
    comment.update(body="Done with it")
    assert client.comment(issue, comment.id).body == "Done with it"
    assert client.issue(issue.key).fields.updated == "2026-03-02T09:01:00.000+0000"
    comment.delete()
    assert client.comments(issue) == []


def test_an_internal_comment_says_so(client: jira.JIRA, site: Site) -> None:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    client.add_comment(key, "psst", is_internal=True)
    client.add_comment(key, "We found it")
    assert [comment["body"] for comment in site.act("gina.rossi").comments(key)] == ["We found it"]


def test_the_changelog_comes_with_the_issue(client: jira.JIRA, site: Site) -> None:
    issue = make(client)
    issue.update(summary="Second")
    issue.update(summary="Third")
    histories = client.issue(issue.key, expand="changelog").changelog.histories
    newest_first = ["Third", "Second"]
    shown = [item.toString for history in histories for item in history.items]
    assert shown == (newest_first if site.flavor == "cloud" else newest_first[::-1])


def test_assigning_labels_links_and_remote_links(client: jira.JIRA) -> None:
    issue, other = make(client), make(client, "Scanner jams")
    client.assign_issue(issue, "ada.keller@example.com" if client._is_cloud else "ada.keller")
    issue.add_field_value("labels", "paper")
    client.create_issue_link("Blocks", issue, other)
    client.add_simple_link(issue.key, {"url": "https://servicenow.example.com/1", "title": "INC1"})
    read = client.issue(issue.key)
    assert str(read.fields.assignee) == "Ada Keller"
    assert read.fields.labels == ["paper"]
    assert read.fields.issuelinks[0].outwardIssue.key == other.key
    assert client.issue(other.key).fields.issuelinks[0].inwardIssue.key == issue.key
    assert [link.object.title for link in client.remote_links(issue)] == ["INC1"]


def test_properties_are_kept_with_an_issue(client: jira.JIRA) -> None:
    issue = make(client)
    client.add_issue_property(issue, "careloop", {"key": "abc"})
    assert [prop.key for prop in client.issue_properties(issue)] == ["careloop"]
    assert client.issue_property(issue, "careloop").value.key == "abc"


def test_the_set_up_is_told(client: jira.JIRA) -> None:
    assert [project.key for project in client.projects()] == ["ENG", "HELP"]
    assert client.project("ENG").name == "Engineering"
    assert {priority.name for priority in client.priorities()} >= {"Highest", "Lowest"}
    assert "Done" in {status.name for status in client.statuses()}
    assert "Won't Do" in {resolution.name for resolution in client.resolutions()}
    assert "Bug" in {kind.name for kind in client.issue_types()}
    assert client.issue_type("10004").name == "Bug"
    assert "Blocks" in {kind.name for kind in client.issue_link_types()}
    assert [version.released for version in client.project_versions("ENG")] == [True, False, False]
    assert "customfield_10016" in {field["id"] for field in client.fields()}


def test_users_are_found_by_the_start_of_a_name(client: jira.JIRA) -> None:
    found = client.search_users(query="kel") if client._is_cloud else client.search_users(user="kel")
    assert [user.displayName for user in found] == ["Ada Keller"]


def test_a_deleted_issue_is_gone(client: jira.JIRA, site: Site) -> None:
    issue = make(client)
    with pytest.raises(jira.JIRAError) as error:
        issue.delete()  # type: ignore[no-untyped-call] # no types there
    assert error.value.status_code == 403
    site.act("admin").delete(issue.key)
    with pytest.raises(jira.JIRAError) as error:
        client.issue(issue.key)
    assert error.value.status_code == 404


def test_a_mistake_in_a_query_is_told(client: jira.JIRA) -> None:
    with pytest.raises(jira.JIRAError) as error:
        client.search_issues("project = ENG AND")
    assert error.value.status_code == 400
    assert "Expecting a field name" in str(error.value)
