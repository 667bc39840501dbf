"""A walk misses nothing, reads little twice, and tells what happened."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from requests import Session

from careloop.errors import SettingsError, TryAgain
from careloop.model.comment import Audience
from careloop.model.event import EventKind
from careloop.model.page import Scope, Snapshot
from careloop.model.person import PersonKind, person_id
from careloop.model.record import RecordKind, RecordRef, State
from careloop.testing.connector_contract import read, snapshots, walk
from tests.integration.jira.desk import Desk

ADA, BRUNO = "5f0c1a2b3c4d5e6f70819201", "5f0c1a2b3c4d5e6f70819202"


def numbers(desk: Desk, cursor: str = "") -> list[str]:
    return [snapshot.record.number for snapshot in snapshots(walk(desk, cursor))]


def told(snapshot: Snapshot, kind: EventKind) -> list[dict[str, Any]]:
    return [dict(event.data) for event in snapshot.events if event.kind is kind]


def test_a_second_walk_asks_one_question_and_reads_nothing_again() -> None:
    desk = Desk(page_size=50)
    for n in range(20):
        desk.open_record(f"Number {n}")
    cursor = walk(desk)[-1].cursor
    desk.sent.clear()

    assert numbers(desk, cursor) == []
    assert desk.sent == ["POST search/jql"]


def test_a_clock_of_ours_that_is_late_makes_no_walk_longer() -> None:
    desk = Desk()
    for n in range(3):
        desk.open_record(f"Number {n}")
    cursor = walk(desk)[-1].cursor
    desk.clock.ahead = -3600.0

    assert numbers(desk, cursor) == []


def test_a_walk_costs_two_requests_a_page() -> None:
    desk = Desk(page_size=10)
    for n in range(30):
        desk.open_record(f"Number {n}")
    walk(desk)
    desk.sent.clear()

    walk(desk)
    assert desk.sent == ["POST search/jql", "POST changelog/bulkfetch"] * 3


def test_a_second_change_in_the_same_millisecond_is_seen() -> None:
    desk = Desk()
    ref = desk.open_record("First")
    cursor = walk(desk)[-1].cursor
    desk.rename(ref, "Second")

    assert [snapshot.record.title for snapshot in snapshots(walk(desk, cursor))] == ["Second"]


@pytest.mark.parametrize("lag", [0, 60, 290])
def test_what_the_index_shows_late_is_still_found(lag: int) -> None:
    desk = Desk()
    opened, cursor, found = [], "", set[str]()
    for n in range(12):
        desk.site.switches.search_lag = timedelta(seconds=0 if n % 3 else lag)
        opened.append(desk.open_record(f"Number {n}"))
        desk.clock.sleep(40)
        pages = walk(desk, cursor)
        cursor = pages[-1].cursor
        found |= {snapshot.record.ref.id for snapshot in snapshots(pages)}
    desk.clock.sleep(lag)
    found |= {snapshot.record.ref.id for snapshot in snapshots(walk(desk, cursor))}

    assert found == {ref.id for ref in opened}


@pytest.mark.parametrize("server", [False, True])
def test_an_issue_that_changes_while_others_are_read_is_not_lost(server: bool) -> None:  # noqa: FBT001 - a table's column
    desk = Desk(page_size=2, server=server)
    refs = [desk.open_record(f"Number {n}") for n in range(6)]
    desk.clock.sleep(3600)
    pages = desk.connector.changes(desk.scope, "")
    read_so_far = [next(pages)]
    desk.rename(refs[0], "Changed meanwhile")
    desk.rename(refs[5], "Changed too")
    read_so_far += pages

    found = snapshots([*read_so_far, *walk(desk, read_so_far[-1].cursor)])
    newest = {snapshot.record.ref: snapshot.record.title for snapshot in found}
    assert newest[refs[0]] == "Changed meanwhile"
    assert newest[refs[5]] == "Changed too"
    assert set(newest) == set(refs)


def test_a_token_that_comes_back_ends_the_walk_with_an_error() -> None:
    desk = Desk(page_size=1)
    for n in range(3):
        desk.open_record(f"Number {n}")
    tokens: list[str] = []

    def repeat(page: Any) -> Any:
        tokens.append(page["nextPageToken"])
        return page | {"nextPageToken": tokens[0], "isLast": False}

    desk.between.changes["search/jql"] = repeat
    with pytest.raises(TryAgain, match="repeats itself"):
        walk(desk)


def test_a_page_without_issues_is_not_the_last_one() -> None:
    desk = Desk(page_size=1)
    desk.open_record("Behind an empty page")
    empty = iter([{"issues": [], "nextPageToken": "t", "isLast": False}])
    desk.between.changes["search/jql"] = lambda page: next(empty, page)

    pages = desk.connector.changes(desk.scope, "")
    assert next(pages).snapshots == ()
    with pytest.raises(TryAgain, match="nextPageToken is invalid"):  # followed, though it was made up
        next(pages)


def test_a_query_of_the_settings_narrows_the_walk_and_stays_inside_the_project() -> None:
    desk = Desk()
    desk.site.act("ada.keller").create_issue("ENG", "Bug", "Wanted", labels=["careloop"])
    desk.site.act("ada.keller").create_issue("ENG", "Bug", "Not wanted")
    desk.site.act("gina.rossi").raise_request("Report a problem", "Elsewhere")
    narrow = replace(desk.scope, query="labels = careloop OR project = HELP")

    assert [s.record.title for s in snapshots(desk.connector.changes(narrow, ""))] == ["Wanted"]


def test_a_record_says_which_selections_it_satisfies() -> None:
    desk = Desk()
    desk.site.act("ada.keller").create_issue("ENG", "Bug", "Both", labels=["careloop"])
    desk.site.act("ada.keller").create_issue("ENG", "Task", "One")
    chosen = replace(desk.scope, selections={"labelled": "labels = careloop", "all": ""})

    matches = {s.record.title: set(s.record.matches) for s in snapshots(desk.connector.changes(chosen, ""))}
    assert matches == {"Both": {"labelled", "all"}, "One": {"all"}}


def test_selections_are_judged_past_a_late_index() -> None:
    desk = Desk()
    ref = desk.open_record("Late")
    desk.clock.sleep(3600)
    desk.site.switches.search_lag = timedelta(seconds=300)
    desk.site.act("ada.keller").edit(ref.id, labels=["careloop"])
    chosen = replace(desk.scope, selections={"labelled": "labels = careloop"})

    (snapshot,) = desk.connector.fetch([ref], chosen).snapshots
    assert snapshot.record.matches == ("labelled",)


def test_a_broken_query_is_a_mistake_in_the_settings() -> None:
    desk = Desk()

    with pytest.raises(SettingsError, match="check the projects, queries and fields"):
        list(desk.connector.changes(replace(desk.scope, query="labels = "), ""))


def test_a_record_names_the_kinds_of_its_links() -> None:
    desk = Desk()
    ada = desk.site.act("ada.keller")
    first, second = (ada.create_issue("ENG", "Task", title) for title in ("Later", "Now"))
    ada.link(first, "Blocks", second)

    assert [one.record.link_types for one in snapshots(walk(desk))] == [("Blocks",), ("Blocks",)]


def test_a_record_carries_what_policies_ask_for() -> None:
    desk = Desk(references=["External reference"])
    key = desk.site.act("ada.keller").create_issue(
        "ENG",
        "Bug",
        "Later",
        labels=["deferred", "q3"],
        duedate="2026-09-30",
        assignee={"accountId": BRUNO},
        components=[{"name": "Mail"}],
        fixVersions=[{"name": "1.0"}],
        customfield_10051={"accountId": ADA},
        customfield_10052="INC0010001, INC0010002",
    )
    scope = replace(desk.scope, fields=("Promised to",))
    (snapshot,) = [one for page in desk.connector.changes(scope, "") for one in page.snapshots]

    record = snapshot.record
    assert record.number == key
    assert record.kind is RecordKind.ISSUE
    assert record.labels == ("deferred", "q3")
    assert record.due == date(2026, 9, 30)
    assert record.assignee == person_id("jira", BRUNO)
    assert record.fields["Promised to"] == ADA
    assert record.category == "Mail"
    assert record.released
    assert record.references == ("INC0010001", "INC0010002")
    assert record.url == f"http://127.0.0.1:8081/browse/{key}"


def test_fields_that_nobody_asked_for_are_not_read() -> None:
    desk = Desk()
    pages: list[Any] = []

    def keep(page: Any) -> Any:
        pages.append(page)
        return page

    desk.between.changes["search/jql"] = keep
    desk.open_record("Discreet")
    walk(desk)

    (issue,) = pages[0]["issues"]
    assert {"description", "environment", "customfield_10052"}.isdisjoint(issue["fields"])


def test_a_field_that_the_site_lacks_is_empty_and_stops_nothing() -> None:
    desk = Desk()
    desk.open_record("Fine")
    odd = replace(desk.scope, fields=("summary", "sumary"))

    (snapshot,) = snapshots(desk.connector.changes(odd, ""))
    assert snapshot.record.fields == {"summary": "Fine", "sumary": ""}


def test_history_tells_states_assignments_and_resolutions_in_order() -> None:
    desk = Desk()
    ref = desk.open_record("Tell me")
    ada = desk.site.act("ada.keller")
    ada.edit(ref.id, assignee={"accountId": BRUNO})
    desk.clock.sleep(60)
    ada.transition(ref.id, "Start work")
    desk.clock.sleep(60)
    desk.site.act("bruno.silva").transition(ref.id, "Done", resolution={"name": "Done"})
    desk.clock.sleep(60)
    ada.transition(ref.id, "Reopen")

    snapshot = read(desk, ref)
    assert told(snapshot, EventKind.STATE_CHANGED) == [
        {"from": "new", "to": "in_progress", "native": "In Progress"},
        {"from": "in_progress", "to": "closed", "native": "Done"},
        {"from": "closed", "to": "new", "native": "To Do"},
    ]
    assert told(snapshot, EventKind.ASSIGNED) == [
        {"field": "assignee", "from": None, "to": person_id("jira", BRUNO)}
    ]
    assert told(snapshot, EventKind.RESOLUTION_GIVEN) == [{"code": "Done"}]
    assert snapshot.events[0].kind is EventKind.OPENED
    assert [event.occurred_at for event in snapshot.events] == sorted(e.occurred_at for e in snapshot.events)
    assert snapshot.record.resolver is None


def test_who_ended_the_work_is_the_resolver() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Resolve me")
    desk.site.act("eva.lind").transition(ref.id, "Resolve this issue", resolution={"name": "Done"})
    desk.clock.sleep(60)
    desk.site.act("gina.rossi").transition(ref.id, "It works")

    record = read(desk, ref).record
    eva = desk.site.store.people.find("eva.lind").account_id
    assert record.state is State.CLOSED
    assert record.resolver == person_id("jira", eva)
    assert record.close_code == "Done"
    assert record.kind is RecordKind.SERVICE_REQUEST


def test_a_request_that_the_customer_withdraws_is_canceled() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Never mind")
    desk.site.act("gina.rossi").transition(ref.id, "Cancel request")

    snapshot = read(desk, ref)
    assert snapshot.record.state is State.CANCELED
    assert told(snapshot, EventKind.STATE_CHANGED)[-1]["to"] == "canceled"


@pytest.mark.parametrize("created", ["text", "number"])
def test_the_changelog_may_count_or_write_its_times(created: Any) -> None:
    desk = Desk()
    desk.site.switches.changelog_created = created
    ref = desk.open_record("Moved")
    desk.clock.sleep(60)
    at = desk.clock.now()
    desk.site.act("ada.keller").transition(ref.id, "Start work")

    (moved,) = [e for e in read(desk, ref).events if e.kind is EventKind.STATE_CHANGED]
    assert moved.occurred_at == at


def test_a_long_discussion_is_read_to_its_end() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Much to say")
    for n in range(130):
        desk.comment(ref, f"Word {n}", Audience.PUBLIC if n % 2 else Audience.INTERNAL)

    (snapshot,) = snapshots(walk(desk))
    assert [comment.body for comment in snapshot.comments] == [f"Word {n}" for n in range(130)]
    assert [comment.audience for comment in snapshot.comments[:2]] == [Audience.INTERNAL, Audience.PUBLIC]


def test_a_discussion_that_a_search_cut_is_read_to_its_end() -> None:
    desk = Desk()
    ref = desk.open_record("Cut")
    for n in range(25):
        desk.comment(ref, f"Word {n}", Audience.INTERNAL)

    def cut(page: Any) -> Any:
        held = page["issues"][0]["fields"]["comment"]
        held["comments"] = held["comments"][:20]
        held["total"] = 20  # as if there were no more
        return page

    desk.between.changes["search/jql"] = cut
    (snapshot,) = snapshots(walk(desk))
    assert len(snapshot.comments) == 25


@pytest.mark.parametrize("project", ["ENG", "HELP"])
def test_a_comment_for_a_role_is_internal_whatever_it_says(project: str) -> None:
    desk = Desk(project)
    ref = desk.open_record("For us")
    desk.comment(ref, "[public] not at all", Audience.PUBLIC)
    restrict = {"visibility": {"type": "role", "value": "Developers"}}
    desk.between.changes[f"issue/{ref.id}"] = lambda issue: _restricted(issue, restrict)

    (comment,) = read(desk, ref).comments
    assert comment.audience is Audience.INTERNAL


def _restricted(issue: Any, restrict: Any) -> Any:
    for comment in issue["fields"]["comment"]["comments"]:
        comment.update(restrict)
    return issue


def test_a_comment_of_ours_is_known_by_its_property_when_the_mark_is_gone() -> None:
    desk = Desk()
    ref = desk.open_record("Edited")
    key = "c" * 32
    note = {"body": "Mark removed", "properties": [{"key": "careloop", "value": {"key": key}}]}
    desk.site.act("bot").comment(ref.id, "Not of careloop")
    _post_comment(desk, ref, note)

    assert [comment.key for comment in read(desk, ref).comments] == ["", key[:10]]


def _post_comment(desk: Desk, ref: RecordRef, body: Any) -> None:
    with Session() as session:
        session.mount("http://", desk.between)
        session.auth = (desk.site.email, desk.site.token)
        answer = session.post(f"http://127.0.0.1:8081/rest/api/2/issue/{ref.id}/comment", json=body)
        assert answer.status_code == 201


def test_our_own_account_and_apps_are_machines_and_everyone_else_is_human() -> None:
    desk = Desk()
    ref = desk.open_record("Who")
    desk.site.act("bot").comment(ref.id, "Beep")

    people = desk.connector.fetch([ref], desk.scope).people
    kinds = {person.name: person.kind for person in people}
    assert kinds == {"Ada Keller": PersonKind.HUMAN, "Careloop Bot": PersonKind.SERVICE}


@pytest.mark.parametrize(
    "harm",
    [
        {"status": None},
        {"updated": "yesterday"},
        {"created": None},
        {"labels": 5},
        {"duedate": "soon"},
        {"comment": {"comments": None, "total": 1}},
        {"project": "ENG"},
    ],
    ids=str,
)
def test_an_absurd_record_is_set_aside_with_its_reason_and_the_others_are_read(harm: dict[str, Any]) -> None:
    desk = Desk()
    bad, good = desk.open_record("Absurd"), desk.open_record("Fine")

    def spoil(page: Any) -> Any:
        next(issue for issue in page["issues"] if issue["id"] == bad.id)["fields"].update(harm)
        return page

    desk.between.changes["search/jql"] = spoil
    (page,) = walk(desk)
    assert [snapshot.record.ref for snapshot in page.snapshots] == [good]
    assert [(unread.id, bool(unread.why)) for unread in page.unread] == [(bad.id, True)]


def test_a_declared_kind_spares_the_question() -> None:
    declared = {"key": "HELP", "kind": "service_desk"}
    desk = Desk("HELP", projects=[declared])
    desk.open_record("Asked")
    walk(desk)

    assert "GET project/HELP" not in desk.sent


def test_the_dialect_knows_the_projects_own_statuses() -> None:
    desk = Desk("HELP", projects=[{"key": "HELP", "states": {"In Progress": "in_progress"}}])

    dialect = desk.connector.dialect("HELP")
    assert dialect.states == {
        State.IN_PROGRESS: "In Progress",
        State.AWAITING_CALLER: "Waiting for customer",
        State.RESOLVED: "Resolved",
        State.CLOSED: "Closed",
    }
    assert dialect.asks
    assert dialect.public_comments
    assert not desk.connector.dialect("ENG").public_comments


def test_an_unknown_scope_is_a_mistake_in_the_settings() -> None:
    desk = Desk()

    with pytest.raises(SettingsError):
        list(desk.connector.changes(Scope(instance="jira", container="NOPE"), ""))
