from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Refused, Site, Switches

DONE: dict[str, Any] = {"resolution": {"name": "Done"}}


@pytest.fixture
def bug(site: Site) -> str:
    return site.act("bot").create_issue("ENG", "Bug", "Printer jams")


def test_only_the_transitions_of_the_present_status_are_open(site: Site, bug: str) -> None:
    ada = site.act("ada.keller")
    assert ada.transitions(bug) == ["Start work", "Done"]
    with pytest.raises(Refused) as refusal:
        ada.transition(bug, "Send to review")
    assert refusal.value.status == 400
    ada.transition(bug, "Start work")
    ada.transition(bug, "Send to review")
    assert ada.get(bug)["fields"]["status"]["name"] == "In Review"


def test_a_screen_demands_its_required_field_and_takes_no_other(site: Site, bug: str) -> None:
    ada = site.act("ada.keller")
    with pytest.raises(Refused) as refusal:
        ada.transition(bug, "Done")
    assert refusal.value.errors == {"resolution": "Resolution is required."}
    with pytest.raises(Refused) as refusal:
        ada.transition(bug, "Done", summary="Changed", **DONE)
    assert "It is not on the appropriate screen" in refusal.value.errors["summary"]
    with pytest.raises(Refused) as refusal:
        ada.transition(bug, "Start work", **DONE)
    assert set(refusal.value.errors) == {"resolution"}
    assert ada.get(bug)["fields"]["status"]["name"] == "To Do"


def test_a_transition_without_a_screen_carries_no_comment(site: Site, bug: str) -> None:
    ada = site.act("ada.keller")
    with pytest.raises(Refused) as refusal:
        ada.transition(bug, "Start work", text="On it")
    assert set(refusal.value.errors) == {"comment"}
    ada.transition(bug, "Done", text="New rollers", **DONE)
    assert [comment["body"] for comment in ada.comments(bug)] == ["New rollers"]


def test_resolution_and_its_date_come_and_go_with_the_workflow(site: Site, bug: str, clock: Clock) -> None:
    ada = site.act("ada.keller")
    clock.advance(60)
    ada.transition(bug, "Done", **DONE)
    fields = ada.get(bug)["fields"]
    assert fields["resolution"]["name"] == "Done"
    assert fields["resolutiondate"] == "2026-03-02T09:01:00.000+0000"
    ada.transition(bug, "Reopen")
    fields = ada.get(bug)["fields"]
    assert fields["resolution"] is None
    assert fields["resolutiondate"] is None
    assert fields["status"]["statusCategory"]["key"] == "new"


def test_a_transition_leaves_one_entry_with_status_and_resolution(site: Site, bug: str) -> None:
    ada = site.act("ada.keller")
    ada.transition(bug, "Done", **DONE)
    ada.transition(bug, "Reopen")
    done, reopened = ada.history(bug)
    items = [(i["fieldId"], i["from"], i["fromString"], i["to"], i["toString"]) for i in done["items"]]
    assert items == [
        ("status", "10000", "To Do", "10002", "Done"),
        ("resolution", None, None, "10000", "Done"),
    ]
    assert [item["toString"] for item in reopened["items"]] == ["To Do", None]
    assert done["author"]["displayName"] == "Ada Keller"


def test_a_change_of_status_category_is_dated_and_one_within_it_is_not(
    site: Site, bug: str, clock: Clock
) -> None:
    ada = site.act("ada.keller")

    def changed() -> str:
        return str(ada.get(bug)["fields"]["statuscategorychangedate"])

    clock.advance(60)
    ada.transition(bug, "Start work")
    assert changed() == "2026-03-02T09:01:00.000+0000"
    clock.advance(60)
    ada.transition(bug, "Send to review")
    assert changed() == "2026-03-02T09:01:00.000+0000"


def test_an_edit_is_recorded_field_by_field_and_an_equal_value_is_not(
    site: Site, bug: str, clock: Clock
) -> None:
    bot = site.act("bot")
    clock.advance(5)
    bot.edit(bug, summary="Printer jams")
    assert bot.history(bug) == []
    assert bot.get(bug)["fields"]["updated"] == "2026-03-02T09:00:00.000+0000"
    bot.edit(bug, labels=["b", "a"], fixVersions=[{"name": "1.0"}, {"name": "2.0"}], description="Since noon")
    bot.edit(bug, fixVersions=[{"name": "2.0"}])
    changes = [
        (i["field"], i["from"], i["fromString"], i["to"], i["toString"])
        for entry in bot.history(bug)
        for i in entry["items"]
    ]
    assert changes == [
        ("labels", "", "", "", "b a"),
        ("Fix Version", None, None, "10000", "1.0"),
        ("Fix Version", None, None, "10002", "2.0"),
        ("description", None, None, None, "Since noon"),
        ("Fix Version", "10000", "1.0", None, None),
    ]
    assert bot.get(bug)["fields"]["updated"] == "2026-03-02T09:00:05.000+0000"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"summary": ""}, {"summary"}),
        ({"summary": "x" * 256}, {"summary"}),
        ({"summary": "two\nlines"}, {"summary"}),
        ({"priority": {"name": "Urgent"}, "labels": ["a b"]}, {"priority", "labels"}),
        ({"duedate": "tomorrow"}, {"duedate"}),
        ({"assignee": {"accountId": "nobody"}}, {"assignee"}),
        ({"assignee": {"name": "ada.keller"}}, {"assignee"}),
        ({"customfield_99999": 1}, {"customfield_99999"}),
        ({"status": {"name": "Done"}}, {"status"}),
        ({"resolution": {"name": "Done"}}, {"resolution"}),
        ({"customfield_10016": "many"}, {"customfield_10016"}),
        ({"parent": {"key": "ENG-99"}}, {"parent"}),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_changed(
    site: Site, bug: str, fields: dict[str, object], wrong: set[str]
) -> None:
    bot = site.act("bot")
    before = bot.get(bug)
    with pytest.raises(Refused) as refusal:
        bot.edit(bug, **{"environment": "Floor 2"} | fields)
    assert refusal.value.status == 400
    assert set(refusal.value.errors) == wrong
    assert bot.get(bug) == before


@pytest.mark.parametrize(
    ("permission", "status"),
    [("EDIT_ISSUES", 403), ("BROWSE_PROJECTS", 404)],
)
def test_who_may_not_edit_is_refused(site: Site, bug: str, permission: str, status: int) -> None:
    site.take_away("ada.keller", "ENG", permission)
    with pytest.raises(Refused) as refusal:
        site.act("ada.keller").edit(bug, summary="Changed")
    assert refusal.value.status == status
    site.give_back("ada.keller", "ENG", permission)
    site.act("ada.keller").edit(bug, summary="Changed")


def test_who_may_not_transition_is_offered_none(site: Site, bug: str) -> None:
    site.take_away("ada.keller", "ENG", "TRANSITION_ISSUES")
    assert site.act("ada.keller").transitions(bug) == []


def test_who_may_not_create_is_refused(site: Site) -> None:
    site.take_away("bot", "ENG", "CREATE_ISSUES")
    with pytest.raises(Refused, match="permission to create"):
        site.act("bot").create_issue("ENG", "Bug", "Printer jams")


def test_only_some_may_name_another_reporter(site: Site) -> None:
    bruno = {"accountId": site.act("bruno.silva").user.account_id}
    key = site.act("bot").create_issue("ENG", "Bug", "For somebody", reporter=bruno)
    assert site.act("bot").get(key)["fields"]["reporter"]["displayName"] == "Bruno Silva"
    with pytest.raises(Refused) as refusal:
        site.act("ada.keller").create_issue("ENG", "Bug", "For somebody", reporter=bruno)
    assert set(refusal.value.errors) == {"reporter"}


def test_a_deleted_issue_takes_its_subtasks_along_and_its_key_is_not_given_again(
    site: Site, bug: str
) -> None:
    admin = site.act("admin")
    child = admin.create_issue("ENG", "Sub-task", "Clean the rollers", parent={"key": bug})
    assert [s["key"] for s in admin.get(bug)["fields"]["subtasks"]] == [child]
    with pytest.raises(Refused, match="403"):
        site.act("bot").delete(bug)
    admin.delete(bug)
    assert admin.search("project = ENG") == []
    assert admin.create_issue("ENG", "Bug", "The next one") == "ENG-3"


def test_reset_gives_back_the_first_moment(site: Site, bug: str) -> None:
    token = site.token
    site.take_away("bot", "ENG", "CREATE_ISSUES")
    site.switches.property_moves_updated = True
    site.reset()
    assert site.act("bot").search("project = ENG") == []
    assert site.act("bot").create_issue("ENG", "Bug", "Printer jams") == bug
    assert site.token == token
    assert site.switches == Switches()
