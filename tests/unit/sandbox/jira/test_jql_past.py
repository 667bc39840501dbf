"""Searching the past: WAS and CHANGED, and the functions that look at what people did."""

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Refused, Site
from careloop.sandbox.jira.model.issue import Visibility

ADA = "5f0c1a2b3c4d5e6f70819201"
BRUNO = "5f0c1a2b3c4d5e6f70819202"


@pytest.fixture
def lived(site: Site, clock: Clock) -> Site:
    """Three bugs: ENG-1 was started on the 3rd and done on the 4th, ENG-2 changed hands, ENG-3 rested."""
    bot, ada, bruno = (site.act(name) for name in ("bot", "ada.keller", "bruno.silva"))
    for summary in ("Printer jams", "Screen flickers", "Mouse squeaks"):
        bot.create_issue("ENG", "Bug", summary)
    bot.edit("ENG-2", assignee={"accountId": ADA})
    clock.advance(86_400)
    ada.transition("ENG-1", "Start work")
    ada.edit("ENG-2", assignee={"accountId": BRUNO}, fixVersions=[{"name": "1.1"}, {"name": "2.0"}])
    clock.advance(86_400)
    bruno.transition("ENG-1", "Done", resolution={"name": "Done"})
    bruno.edit("ENG-2", assignee=None, fixVersions=[{"name": "2.0"}])
    clock.advance(86_400)
    return site


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("status WAS 'In Progress'", "1"),
        ("status was not 'In Progress'", "3 2"),
        ("not status was 'In Progress'", "3 2"),
        ("status WAS 'To Do'", "3 2 1"),
        ("status WAS IN ('In Progress', Done)", "1"),
        ("status WAS NOT IN ('In Progress', Done)", "3 2"),
        ("status WAS 'In Progress' BY " + ADA, "1"),
        ("status WAS 'In Progress' BY " + BRUNO, ""),
        ("status WAS 'To Do' BEFORE 2026-03-03", "3 2 1"),
        ("status WAS 'To Do' AFTER '2026-03-03 12:00'", "3 2"),
        ("status WAS 'In Progress' ON 2026-03-04", "1"),
        ("status WAS 'In Progress' ON 2026-03-05", ""),
        ("status WAS Done DURING (2026-03-04, 2026-03-05)", "1"),
        ("status WAS Done DURING ('2026-03-01', '2026-03-03')", ""),
        ("assignee WAS " + ADA, "2"),
        ("assignee WAS " + ADA + " AFTER 2026-03-04", ""),
        ("assignee WAS EMPTY BEFORE 2026-03-03 and assignee was not empty", ""),
        ("assignee WAS currentUser()", ""),
        ("resolution WAS Unresolved", "3 2 1"),
        ("resolution WAS NOT EMPTY", ""),
        ("fixVersion WAS 1.1", "2"),
        ("fixVersion WAS 1.1 ON 2026-03-03", "2"),
        ("fixVersion WAS 1.1 AFTER 2026-03-05", ""),
        ("fixVersion WAS 2.0 AFTER 2026-03-05", "2"),
        ("status CHANGED", "1"),
        ("not status CHANGED", "3 2"),
        ("status CHANGED FROM 'To Do' TO 'In Progress'", "1"),
        ("status CHANGED FROM ('To Do', Done)", "1"),
        ("status CHANGED TO Done BY " + ADA, ""),
        ("status CHANGED TO Done BY (" + ADA + ", " + BRUNO + ") AFTER startOfDay(-1d)", "1"),
        ("status CHANGED BEFORE 2026-03-03", ""),
        ("status CHANGED ON 2026-03-03", "1"),
        ("status CHANGED DURING (2026-03-04, now())", "1"),
        ("assignee CHANGED FROM EMPTY", "2"),
        ("assignee CHANGED TO EMPTY AFTER -1d", "2"),
        ("priority CHANGED", ""),
        ("issue in updatedBy(" + ADA + ")", "2 1"),
        ("issue in updatedBy(" + ADA + ", '2026-03-04')", ""),
        ("issue in updatedBy(" + BRUNO + ", '2026-03-04', '2026-03-05')", "2 1"),
    ],
)
def test_the_past_is_searched(lived: Site, jql: str, keys: str) -> None:
    assert lived.act("bot").search(jql) == [f"ENG-{number}" for number in keys.split()]


@pytest.mark.parametrize(
    ("jql", "complaint"),
    [
        ("summary WAS x", "History searches do not support the 'summary' field."),
        ("labels CHANGED", "History searches do not support the 'labels' field."),
        ("status WAS Nonsense", "The value 'Nonsense' does not exist for the field 'status'."),
        ("status CHANGED DURING (2026-03-04)", "Expecting two dates"),
        ("status CHANGED AFTER soon", "Date value 'soon' for field 'AFTER' is invalid."),
        ("status CHANGED BY nobody", "The user 'nobody' does not exist."),
        ("status WAS Done FROM 'To Do'", "Expecting either 'OR' or 'AND' but got 'FROM'."),
        ("issue in linkedIssues()", "Function 'linkedIssues' expected '1' arguments but received '0'."),
        ("assignee in membersOf(elves)", "the group does not exist"),
        ("created > startOfDay(soon)", "'soon'"),
        ("labels in a", "Operator 'in' does not support the non-list value '\"a\"' for field 'labels'."),
        ("sprint in openSprints()", "Field 'sprint' does not exist"),
        ("summary ~ '*jam'", "is not allowed to start with '*'"),
    ],
)
def test_what_the_past_cannot_tell_is_refused(lived: Site, jql: str, complaint: str) -> None:
    with pytest.raises(Refused) as refusal:
        lived.act("bot").search(jql)
    assert complaint in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("summary ~ 'jam'", "1"),
        ("summary ~ 'jams OR squeaking'", "3 1"),
        ("summary ~ 'printer AND jams'", "1"),
        ("summary ~ 'printer -jams'", ""),
        ("summary ~ 'NOT printer'", "3 2"),
        ("summary ~ 'pri?ter'", "1"),
        ("summary ~ 'Printer~0.8'", "1"),
        ("issue in linkedIssues(ENG-1)", "2"),
        ("issue in linkedIssues(ENG-1, blocks)", "2"),
        ("issue in linkedIssues(ENG-1, 'is blocked by')", ""),
        ("issueLinkType = 'is blocked by'", "2"),
        ("projectType = software and category IS EMPTY", "3 2 1"),
        ("fixVersion = latestReleasedVersion(ENG)", ""),
        ("fixVersion in unreleasedVersions()", "2"),
        ("project in projectsLeadByUser(" + ADA + ")", "3 2 1"),
        ("project in projectsWhereUserHasPermission('Create Issues')", "3 2 1"),
        ("attachments IS EMPTY and votes = 0 and timeSpent IS EMPTY", "3 2 1"),
        ("hierarchyLevel = 0 ORDER BY Rank DESC", "3 2 1"),
    ],
)
def test_more_of_the_language(lived: Site, jql: str, keys: str) -> None:
    lived.act("bot").link("ENG-1", "Blocks", "ENG-2")
    assert lived.act("bot").search(jql) == [f"ENG-{number}" for number in keys.split()]


def test_a_text_search_reads_only_the_comments_its_asker_may_read(lived: Site) -> None:
    lived.act("ada.keller").comment("ENG-3", "grease helps")
    issue = lived.store.issue("ENG-3")
    assert issue is not None
    issue.comments[0].visibility = Visibility("role", "Developers")
    assert lived.act("bot").search("text ~ grease") == []
    assert lived.act("bruno.silva").search("text ~ grease") == ["ENG-3"]
