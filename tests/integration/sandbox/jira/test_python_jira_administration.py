"""The `jira` library as its documentation shows: what hangs on issues, and what administrators do."""

from io import BytesIO
from typing import Any

import jira
import pytest

from careloop.sandbox.jira import Site
from careloop.sandbox.jira.store import Flavor
from tests.integration.sandbox.jira.test_python_jira import connect, make


@pytest.fixture(params=["cloud", "dc"])
def flavor(request: pytest.FixtureRequest) -> Flavor:
    chosen: Flavor = request.param
    return chosen


@pytest.fixture
def client(site: Site) -> jira.JIRA:
    """An administrator's client."""
    site.promote("bot")
    return connect(site)


def ada(site: Site) -> str:
    user = site.act("ada.keller").user
    return user.account_id if site.flavor == "cloud" else user.name


def test_files_are_attached_read_and_removed(client: jira.JIRA) -> None:
    issue = make(client)
    made: Any = client.add_attachment(issue=issue, attachment=BytesIO(b"log line\n"), filename="app.log")
    assert (made.filename, made.size) == ("app.log", 9)
    attached: Any = client.issue(issue.key).fields.attachment[0]
    assert attached.get() == b"log line\n"
    assert b"".join(attached.iter_content()) == b"log line\n"
    assert client.attachment(attached.id).filename == "app.log"
    assert client.attachment_meta()["enabled"] is True
    client.delete_attachment(attached.id)
    assert client.issue(issue.key).fields.attachment == []


def test_work_is_logged(client: jira.JIRA) -> None:
    issue = make(client, timetracking={"originalEstimate": "1d"})
    log = client.add_worklog(
        issue.key, timeSpent="2h", comment="Cleaned", adjustEstimate="new", newEstimate="1h"
    )
    assert (log.timeSpent, log.comment) == ("2h", "Cleaned")
    log.update(fields={"timeSpent": "3h"})
    assert [one.timeSpentSeconds for one in client.worklogs(issue.key)] == [10_800]
    assert client.issue(issue.key).fields.timetracking.timeSpent == "3h"
    log.delete()
    assert client.worklogs(issue.key) == []


def test_watchers_and_votes(client: jira.JIRA, site: Site) -> None:
    issue = make(client)
    client.add_watcher(issue.key, "ada.keller@example.com")
    assert client.watchers(issue.key).watchCount == 2
    client.remove_watcher(issue.key, "ada.keller@example.com")
    assert client.watchers(issue.key).watchCount == 1
    with pytest.raises(jira.JIRAError):
        client.add_vote(issue.key)  # one's own
    assert client.votes(issue.key).votes == 0


def test_versions_and_components(client: jira.JIRA, site: Site) -> None:
    version = client.create_version("3.0", "ENG", description="Soon", releaseDate="2026-09-01")
    version.update(name="3.0.0", released=True)
    assert client.version(version.id).released is True
    assert client.get_project_version_by_name("ENG", "3.0.0").id == version.id
    assert client.version_count_related_issues(version.id)["issuesFixedCount"] == 0
    component = client.create_component("Printers", "ENG", description="Paper", leadUserName=None)
    issue = make(client, components=[{"name": "Printers"}], fixVersions=[{"name": "3.0.0"}])
    assert client.component_count_related_issues(component.id) == 1
    assert client.version_count_unresolved_issues(version.id) == 1
    component.delete()
    version.delete()
    fields = client.issue(issue.key).fields
    assert (fields.components, fields.fixVersions) == ([], [])


def test_roles_and_permissions(client: jira.JIRA, site: Site) -> None:
    roles = client.project_roles("ENG")
    role: Any = client.project_role("ENG", roles["Administrators"]["id"])
    role.add_user(users=ada(site))
    assert "Ada Keller" in {actor.displayName for actor in client.project_role("ENG", role.id).actors}
    held: Any = client.my_permissions("ENG", permissions="EDIT_ISSUES" if site.flavor == "cloud" else None)
    assert held["permissions"]["EDIT_ISSUES"]["havePermission"] is True


def test_people_and_groups(client: jira.JIRA, site: Site) -> None:
    client.add_group("printers")
    assert "printers" in client.groups(query="print")
    if site.flavor == "dc":  # the library sends a user name, which Cloud does not know
        client.add_user_to_group(ada(site), "printers")
        assert [one["fullname"] for one in client.group_members("printers").values()] == ["Ada Keller"]
        client.remove_user_from_group(ada(site), "printers")
    assert client.group_members("printers") == {}
    client.remove_group("printers")
    assert "printers" not in client.groups(query="print")
    assert client.user(ada(site)).displayName == "Ada Keller"
    query: dict[str, str] = {"query": "bruno"} if site.flavor == "cloud" else {"username": "bruno"}
    found = client.search_assignable_users_for_projects(query.get("username", "bruno"), "ENG")
    assert [user.displayName for user in found] == ["Bruno Silva"]


def test_a_project_is_created_and_deleted(client: jira.JIRA, site: Site) -> None:
    assert [scheme["name"] for scheme in client.permissionschemes()] == ["Default Permission Scheme"]
    client.create_project("OPS", "Operations", assignee=ada(site), issueSecurityScheme=0)
    assert client.project("OPS").name == "Operations"
    assert {project.key for project in client.projects()} == {"ENG", "HELP", "OPS"}
    assert make(client).key == "ENG-1"
    assert client.create_issue(project="OPS", issuetype="Task", summary="Move").key == "OPS-1"
    assert client.delete_project("OPS") is True
    with pytest.raises(jira.JIRAError):
        client.project("OPS")


def test_many_issues_and_filters(client: jira.JIRA, site: Site) -> None:
    rows = [
        {"project": "ENG", "issuetype": "Bug", "summary": "One"},
        {"project": "ENG", "issuetype": "Bug", "summary": ""},
    ]
    one, two = client.create_issues(rows, prefetch=False)
    assert (one["status"], two["status"]) == ("Success", "Error")
    saved = client.create_filter(name="Bugs", description="All of them", jql="type = Bug")
    assert client.filter(saved.id).jql == "type = Bug"
    assert len(client.search_issues("filter = Bugs", maxResults=False)) == 1
    assert client.favourite_filters() == []


def test_comments_carry_a_visibility(client: jira.JIRA) -> None:
    issue = make(client)
    made = client.add_comment(issue.key, "For us", visibility={"type": "role", "value": "Administrators"})
    assert client.comment(issue.key, made.id).visibility.value == "Administrators"
    with pytest.raises(jira.JIRAError):
        client.add_comment(issue.key, "For them", visibility={"type": "role", "value": "Elves"})
