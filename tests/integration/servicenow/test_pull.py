"""Nothing is missed, nothing is made up: reading changes from a pretend instance."""

import random
from datetime import timedelta
from typing import Any

import pytest
import requests
from requests import PreparedRequest, Response

from careloop.connectors.servicenow import ServiceNow, Settings
from careloop.errors import (
    AuthenticationRefused,
    NotAnApi,
    RateLimited,
    RightMissing,
    SettingsError,
    Unreachable,
)
from careloop.model.comment import Audience
from careloop.model.event import EventKind
from careloop.model.mark import sign
from careloop.model.page import Scope
from careloop.model.person import PersonKind, person_id
from careloop.model.record import State
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault


def states(snapshot: Any) -> list[str]:
    return [e.get("to") for e in snapshot.events if e.kind is EventKind.STATE_CHANGED]


def test_a_record_comes_with_its_whole_history(world: Any, desk: Any, walk: Any) -> None:
    ref = world.raise_incident()
    world.update(ref, state="2", assigned_to=world.user("ines.lund"))
    world.update(ref, state="3", hold_reason="1", comments="Which mailbox?")
    world.update(ref, by="lena.moreau", comments="Mine.")
    world.update(ref, state="6", close_code="Solution provided", close_notes="Restarted it.")
    snapshot = walk(desk).snapshots[ref.id]
    assert snapshot.observed
    assert snapshot.record.state is State.RESOLVED
    assert snapshot.record.requester == person_id("desk", world.user("lena.moreau"))
    assert snapshot.record.resolver == snapshot.record.assignee == person_id("desk", world.user("ines.lund"))
    assert states(snapshot) == ["in_progress", "awaiting_caller", "in_progress", "resolved"]
    assert [c.body for c in snapshot.comments] == ["Which mailbox?", "Mine."]
    assert {c.audience for c in snapshot.comments} == {Audience.PUBLIC}
    assert snapshot.comments[1].author == snapshot.record.requester
    given = [e for e in snapshot.events if e.kind is EventKind.RESOLUTION_GIVEN]
    assert [(e.get("code"), e.text) for e in given] == [("Solution provided", "Restarted it.")]


def test_reading_twice_says_the_same_twice(world: Any, desk: Any, walk: Any) -> None:
    ref = world.raise_incident()
    world.update(ref, state="2")
    assert walk(desk).snapshots == walk(desk).snapshots


def test_the_people_in_the_records_come_along(world: Any, desk: Any, walk: Any) -> None:
    ref = world.raise_incident(caller_id=world.user("monitoring"))
    world.update(ref, by="paul.adeyemi", state="2")
    people = {person.account: person for page in walk(desk).pages for person in page.people}
    assert people["monitoring"].kind is PersonKind.SERVICE
    assert people["ines.lund"].groups
    assert people["paul.adeyemi"].id == person_id("desk", world.user("paul.adeyemi"))


def test_what_changed_within_the_last_seconds_is_handed_out_and_read_again(
    world: Any, desk: Any, walk: Any
) -> None:
    ref = world.raise_incident()
    first = walk(desk)
    assert ref.id in first.snapshots
    assert first.cursor < world.now().isoformat()
    world.sleep(10)
    assert ref.id in walk(desk, first.cursor).snapshots
    assert ref.id not in walk(desk, walk(desk, first.cursor).cursor).snapshots


def test_only_what_changed_is_read_again(world: Any, desk: Any, walk: Any) -> None:
    old, new = world.raise_incident("old"), world.raise_incident("new")
    world.sleep(60)
    cursor = walk(desk).cursor
    world.update(new, state="2")
    assert set(walk(desk, cursor).snapshots) == {new.id}
    assert old.id not in walk(desk, cursor).snapshots


def test_a_clock_that_was_set_back_hides_nothing(world: Any, desk: Any, walk: Any) -> None:
    cursor = walk(desk).cursor
    world.sandbox.clock.move_to(world.now() - timedelta(days=30))
    ref = world.raise_incident()
    assert ref.id in walk(desk, cursor).snapshots


def test_many_rows_of_one_second_and_many_pages_are_all_read(world: Any, connect: Any, walk: Any) -> None:
    refs = [world.raise_incident(f"number {n}") for n in range(57)]
    world.sleep(60)
    desk = connect(page_size=7)
    assert set(walk(desk).snapshots) == {ref.id for ref in refs}


def test_rows_hidden_from_us_do_not_end_the_reading(world: Any, connect: Any, walk: Any) -> None:
    """Lena sees only her own: the first thirty rows, six pages of them, are hidden from her."""
    for n in range(30):
        world.raise_incident(f"hidden {n}", caller_id=world.user("grace.okoro"))
        world.sleep(1)
    fields = {"short_description": "mine", "caller_id": world.user("lena.moreau")}
    mine = [world.instance.act("lena.moreau").insert("incident", fields) for _ in range(3)]
    world.sleep(60)
    auth = {"type": "basic", "user": "lena.moreau", "password": "lena.moreau"}
    assert set(walk(connect(page_size=5, auth=auth)).snapshots) == set(mine)


def test_rows_that_change_while_we_read_push_no_other_out_of_sight(
    world: Any, connect: Any, walk: Any
) -> None:
    """Once the second page is asked for, everything on the first has moved to the end of the order."""
    refs = []
    for n in range(40):
        refs.append(world.raise_incident(f"number {n}"))
        world.sleep(3)
    moved: list[str] = []

    def move(address: str) -> None:
        if "sys_updated_on<" in address and "sysparm_offset=5" in address and not moved:
            moved.append(address)
            for ref in refs[:5]:
                world.instance.act("ines.lund").update("incident", ref.id, {"urgency": "1"})

    assert set(walk(connect(move, page_size=5)).snapshots) == {ref.id for ref in refs}
    assert moved


def test_rows_that_come_in_late_while_we_read_break_no_order(world: Any, connect: Any, walk: Any) -> None:
    """Once the second page is asked for, two rows of an earlier second have been committed at last."""
    refs = []
    for n in range(12):
        refs.append(world.raise_incident(f"number {n}"))
        world.sleep(3)
    early = world.row(refs[0])["sys_updated_on"]
    for ref in refs[10:]:
        world.spoil(ref, sys_updated_on="")
    late = refs[10:]

    def commit(address: str) -> None:
        while "sys_updated_on<" in address and "sysparm_offset=5" in address and late:
            world.spoil(late.pop(), sys_updated_on=early)

    assert set(walk(connect(commit, page_size=5)).snapshots) == {ref.id for ref in refs}
    assert not late


def test_without_a_total_no_list_counts_as_complete(world: Any, desk: Any, walk: Any) -> None:
    class Terse(AsgiAdapter):
        def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
            response = super().send(request, *arguments, **options)
            response.headers.pop("X-Total-Count", None)
            return response

    auth = {"type": "basic", "user": "careloop", "password": "careloop"}
    settings = Settings.model_validate({"url": "http://servicenow.test", "auth": auth})
    terse = ServiceNow("desk", settings, world, random.Random(1), Terse(world.sandbox.servicenow_app))
    with pytest.raises(NotAnApi, match=r"no X-Total-Count header; a proxy"):
        walk(terse)


def test_pages_of_a_walk_move_the_cursor_forward_only(world: Any, connect: Any, walk: Any) -> None:
    for n in range(20):
        world.raise_incident(f"number {n}")
        world.sleep(5)
    cursors = [page.cursor for page in walk(connect(page_size=3)).pages]
    assert cursors == sorted(cursors)


def test_each_record_names_the_link_rules_it_satisfies(world: Any, desk: Any, walk: Any) -> None:
    mail, print_ = world.raise_incident("Mail is down"), world.raise_incident("Printer jam")
    queries = {"mail": "short_descriptionLIKEMail", "both": "short_description=Printer jam^NQstate=1"}
    scope = Scope(instance="desk", container="incident", selections=queries, fields=("description",))
    snapshots = walk(desk, scope=scope).snapshots
    assert set(snapshots[mail.id].record.matches) == {"mail", "both"}
    assert set(snapshots[print_.id].record.matches) == {"both"}
    assert snapshots[mail.id].record.fields == {"description": ""}


def test_a_query_narrows_what_is_read_in_all_its_alternatives(world: Any, desk: Any, walk: Any) -> None:
    mail, fax = world.raise_incident("Mail"), world.raise_incident("Fax")
    world.raise_incident("Printer")
    scope = Scope(
        instance="desk", container="incident", query="short_description=Mail^NQshort_description=Fax"
    )
    assert set(walk(desk, scope=scope).snapshots) == {mail.id, fax.id}


def test_a_title_full_of_carets_is_just_a_title(world: Any, desk: Any, walk: Any) -> None:
    ref = world.raise_incident("a^NQactive=true^ORDERBYnumber")
    assert walk(desk).snapshots[ref.id].record.title == "a^NQactive=true^ORDERBYnumber"


def test_only_texts_by_our_own_account_carry_our_keys(world: Any, desk: Any, walk: Any) -> None:
    ref = world.raise_incident()
    text = sign("Is it solved?", "0123456789abcdef")
    world.update(ref, by="careloop", comments=text)
    world.update(ref, by="lena.moreau", comments=f"No!\n> {text}")
    assert [c.key for c in walk(desk).snapshots[ref.id].comments] == ["0123456789", ""]


@pytest.mark.parametrize("right", ["sys_audit", "sys_audit.newvalue", "sys_audit.user"])
def test_without_the_audit_trail_nothing_is_observed(world: Any, desk: Any, walk: Any, right: str) -> None:
    moved, fresh = world.raise_incident(), world.raise_incident()
    world.update(moved, state="2")
    world.update(fresh, assigned_to=world.user("ines.lund"))
    world.instance.revoke("careloop", right)
    assert {s.observed for s in walk(desk).snapshots.values()} == {False}
    assert {moved.id, fresh.id} <= set(walk(desk).snapshots)


@pytest.mark.parametrize("right", ["sys_journal_field", "sys_journal_field.value"])
def test_a_closed_journal_is_read_from_the_display_without_naming_authors(
    world: Any, desk: Any, walk: Any, right: str
) -> None:
    ref = world.raise_incident()
    world.update(ref, by="lena.moreau", comments="Still broken")
    world.update(ref, work_notes="Looking into it")
    world.instance.revoke("careloop", right)
    comments = walk(desk).snapshots[ref.id].comments
    assert [(c.body, c.audience, c.author, c.author_name) for c in comments] == [
        ("Still broken", Audience.PUBLIC, None, "Lena Moreau"),
        ("Looking into it", Audience.INTERNAL, None, "Ines Lund"),
    ]


def test_ignored_ranges_are_noticed_instead_of_believed(world: Any, desk: Any, walk: Any) -> None:
    world.raise_incident("first")
    world.sleep(60)
    cursor = walk(desk).cursor
    world.raise_incident("second")
    world.sleep(60)
    world.instance.revoke("careloop", "incident.sys_updated_on", "query_range")
    with pytest.raises(RightMissing, match="query_range"):
        walk(desk, cursor)


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("state", "77", "state '77' is unknown"),
        ("opened_at", "yesterday", "yesterday"),
        ("number", "", "number"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_and_the_rest_goes_on(
    world: Any, desk: Any, walk: Any, column: str, value: str, why: str
) -> None:
    good, strange = world.raise_incident("good"), world.raise_incident("strange")
    world.spoil(strange, **{column: value})
    walked = walk(desk)
    unread = [one for page in walked.pages for one in page.unread]
    assert [one.id for one in unread] == [strange.id]
    assert why in unread[0].why
    assert set(walked.snapshots) == {good.id}


@pytest.mark.parametrize("kind", ["cut", "mixed", "reset", "timeout", "answer_lost"])
def test_a_broken_answer_is_asked_for_again(world: Any, connect: Any, walk: Any, kind: Any) -> None:
    refs = [world.raise_incident(f"number {n}") for n in range(30)]
    world.sleep(60)
    world.sandbox.faults.add(Fault(kind, path="table/incident.*sysparm_limit=1000"))
    assert set(walk(connect()).snapshots) == {ref.id for ref in refs}


def test_json_that_ends_too_early_within_its_length_is_asked_for_in_smaller_pages(
    world: Any, desk: Any, walk: Any
) -> None:
    refs = [world.raise_incident(f"number {n}") for n in range(30)]
    world.sleep(60)
    world.sandbox.faults.add(
        Fault("cut", path="table/incident.*sysparm_limit=1000", times=9, content_length="right")
    )
    assert set(walk(desk).snapshots) == {ref.id for ref in refs}


def test_an_answer_that_never_gets_whole_ends_the_walk_and_keeps_the_cursor(
    world: Any, desk: Any, walk: Any
) -> None:
    world.raise_incident()
    world.sandbox.faults.add(Fault("mixed", path="table/incident", rate=1))
    with pytest.raises(Unreachable):
        walk(desk)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("unauthorized", rate=1), AuthenticationRefused),
        (Fault("html", rate=1, code=200), NotAnApi),
        (Fault("status", rate=1, code=503), Unreachable),
        (Fault("status", rate=1, code=429, headers={"Retry-After": "9999"}), RateLimited),
        (Fault("status", rate=1, code=403), RightMissing),
    ],
)
def test_what_stops_a_walk_is_named(
    world: Any, desk: Any, walk: Any, fault: Fault, error: type[Exception]
) -> None:
    world.sandbox.faults.add(fault)
    with pytest.raises(error, match="desk: "):
        walk(desk)


def test_a_table_that_does_not_exist_is_a_setting_to_fix(desk: Any, walk: Any) -> None:
    with pytest.raises(SettingsError, match=r"Invalid table.*instances\.desk\.tables"):
        walk(desk, scope=Scope(instance="desk", container="no_such_table"))


def test_single_records_are_read_afresh_and_missing_ones_are_missing(world: Any, desk: Any) -> None:
    ref = world.raise_incident()
    world.update(ref, state="2")
    gone = world.raise_incident("gone")
    world.instance.act("admin").delete("incident", gone.id)
    page = desk.fetch([ref, gone], Scope(instance="desk", container="incident", query="active=false"))
    assert [s.record.ref for s in page.snapshots] == [ref]
    assert page.snapshots[0].record.state is State.IN_PROGRESS


def test_a_token_opens_the_door_as_a_password_does(world: Any, connect: Any, walk: Any) -> None:
    ref = world.raise_incident()
    world.instance.issue_token("careloop", "t0p-secret")
    assert ref.id in walk(connect(auth={"type": "token", "token": "t0p-secret"})).snapshots
    with pytest.raises(AuthenticationRefused):
        walk(connect(auth={"type": "token", "token": "another"}))


def test_the_platforms_clock_is_read_from_an_answer(world: Any, desk: Any) -> None:
    world.sleep(86_400)
    assert desk.read_clock() - world.now() < timedelta(seconds=1)


def test_a_person_whom_no_record_names_is_found_by_name_address_or_id(world: Any, desk: Any) -> None:
    id = world.user("paul.adeyemi")
    row = world.instance.act("admin").get("sys_user", id)
    for name in ("paul.adeyemi", row["email"], id):
        assert [person.native for person in desk.find_people(name)] == [id]
    for name in ("paul", "", "x^ORactive=true"):
        assert desk.find_people(name) == ()


def test_a_condition_on_people_that_the_platform_ignores_finds_nobody(world: Any, connect: Any) -> None:
    """Where a part of a query may not be used, it selects every row instead."""
    desk = connect()
    world.instance.revoke("careloop", "sys_user.email")
    assert desk.find_people("nobody@example.com") == ()


def test_an_instance_stays_the_same_whatever_we_may_read_of_it(world: Any, desk: Any) -> None:
    """It would be taken for a clone of itself as soon as a right is granted that 'check' asks for."""
    world.instance.set_property("instance_id", "0123456789abcdef0123456789abcdef")
    before = desk.identify()
    world.instance.revoke("careloop", "sys_properties")
    assert desk.identify() == before


def test_what_was_committed_late_is_read_by_the_next_walk(world: Any, desk: Any, walk: Any) -> None:
    ref = world.raise_incident()
    world.sleep(60)
    world.sandbox.faults.add(Fault("commit_delay", seconds=3))
    with requests.Session() as agent:
        agent.mount("http://desk.test", AsgiAdapter(world.sandbox.servicenow_app))
        address = f"http://desk.test/api/now/table/incident/{ref.id}"
        agent.patch(address, json={"short_description": "late"}, auth=("admin", "admin"))
    world.sleep(2)
    first = walk(desk)
    assert first.snapshots[ref.id].record.title == "Mail is down"
    world.sleep(60)
    assert walk(desk, first.cursor).snapshots[ref.id].record.title == "late"
