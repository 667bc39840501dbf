"""Pairs stay in step: fields, states, conflicts, and what must never be opened again."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careloop.model.change import AddComment, Create, Link, Transition, Update
from careloop.model.comment import Audience
from careloop.model.mapping import Direction, FieldRule, StateRule
from careloop.model.record import RecordRef, State
from careloop.model.rules import Mode
from careloop.sync.conflicts import keep_side
from careloop.sync.link import join, make_pair
from careloop.testing.fake_connector import Fault
from tests.unit.sync.office import LINK, Office, one_way

TITLE, SUMMARY = "short_description", "summary"


def titles(office: Office, left: RecordRef, right: RecordRef) -> tuple[str, str]:
    return office.incident(left).fields[TITLE], office.issue(right).fields[SUMMARY]


def notes(office: Office, left: RecordRef) -> list[str]:
    return [comment.body.splitlines()[0] for comment in office.servicenow.comments(left)]


def written(office: Office) -> list[str]:
    """Return the kinds of everything that careloop wrote."""
    return [change.kind for change in [*office.servicenow.written, *office.jira.written]]


# --- a counterpart -----------------------------------------------------------------------------------------


def test_a_record_that_a_rule_selects_gets_one_counterpart_and_a_reference(office: Office) -> None:
    left, right = office.linked("No sound")

    assert titles(office, left, right) == ("No sound", "No sound")
    assert office.incident(left).references == (office.issue(right).number,)
    assert sorted(written(office)) == ["create", "link"]


def test_records_that_are_done_are_not_handed_over(office: Office) -> None:
    ref = office.hand_over()
    office.servicenow.move(ref, "6")
    office.settle()

    assert written(office) == []


def test_a_new_counterpart_gets_only_what_may_travel_there(office: Office) -> None:
    office.change_terms(links=(one_way(Direction.BACKWARD),))
    left = office.hand_over("No sound")
    plan = office.plan()

    [create] = [change for change in plan.changes if isinstance(change, Create)]
    assert create.subject == left
    assert create.bases[0].field == "state"
    assert len(create.bases) == 1


def test_a_rule_that_gets_another_name_makes_no_second_counterpart(office: Office) -> None:
    left, right = office.linked()
    office.change_terms(links=(replace(LINK, name="renamed"),))
    office.servicenow.edit(left, {TITLE: "No sound at all"}, matches=("renamed",))
    office.settle()

    assert written(office).count("create") == 1
    assert titles(office, left, right) == ("No sound at all", "No sound at all")


def test_without_its_rule_a_pair_is_left_alone(office: Office) -> None:
    left, right = office.linked()
    office.change_terms(links=())
    office.servicenow.edit(left, {TITLE: "Something else"})
    office.servicenow.say(left, "Hello?")
    office.settle()

    assert titles(office, left, right) == ("Something else", "No sound")
    assert office.jira.comments(right) == []


# --- fields ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edited", ["left", "right"])
def test_an_edit_reaches_the_other_side_and_does_not_come_back(office: Office, edited: str) -> None:
    left, right = office.linked()
    if edited == "left":
        office.servicenow.edit(left, {TITLE: "New"})
    else:
        office.jira.edit(right, {SUMMARY: "New"})
    office.settle()

    assert titles(office, left, right) == ("New", "New")
    assert written(office).count("update") == 1


def test_two_edits_that_differ_are_parked_and_shown_and_everything_else_goes_on(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "Ours"})
    office.jira.edit(right, {SUMMARY: "Theirs"})
    office.servicenow.move(left, "2")
    office.settle()

    [conflict] = office.store.conflicts()
    assert (conflict.left, conflict.right, conflict.base) == ("Ours", "Theirs", "No sound")
    assert titles(office, left, right) == ("Ours", "Theirs")
    assert office.issue(right).native_state == "In Progress"


def test_a_person_who_chooses_a_side_ends_a_conflict(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "Ours"})
    office.jira.edit(right, {SUMMARY: "Theirs"})
    office.settle()
    [conflict] = office.store.conflicts()
    pair = office.store.get_pairs([conflict.pair])[conflict.pair]
    keep_side(office.store, conflict, pair, "right", office.clock.now())
    office.settle()

    assert titles(office, left, right) == ("Theirs", "Theirs")
    assert [conflict.kept for conflict in office.store.conflicts(open_only=False)] == ["right"]


def test_the_same_conflict_is_shown_again_when_it_comes_back(office: Office) -> None:
    left, right = office.linked("No sound")
    for _ in range(2):
        office.servicenow.edit(left, {TITLE: "Ours"})
        office.jira.edit(right, {SUMMARY: "Theirs"})
        office.settle()
        [conflict] = office.store.conflicts()
        [pair] = office.store.pairs_of([left])
        keep_side(office.store, conflict, pair, "left", office.clock.now())
        office.settle()
        assert titles(office, left, right) == ("Ours", "Ours")
        office.servicenow.edit(left, {TITLE: "No sound"})
        office.settle()


def test_a_conflict_ends_when_people_make_both_sides_agree(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "Ours"})
    office.jira.edit(right, {SUMMARY: "Theirs"})
    office.settle()
    office.jira.edit(right, {SUMMARY: "Ours"})
    office.settle()

    assert office.store.conflicts() == []
    assert [conflict.kept for conflict in office.store.conflicts(open_only=False)] == ["agreed"]


def test_a_conflict_that_people_go_on_with_is_shown_once_as_it_is_now(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "Ours"})
    office.jira.edit(right, {SUMMARY: "Theirs"})
    office.settle()
    office.jira.edit(right, {SUMMARY: "Theirs again"})
    office.settle()

    assert [conflict.right for conflict in office.store.conflicts()] == ["Theirs again"]
    kept = {conflict.right: conflict.kept for conflict in office.store.conflicts(open_only=False)}
    assert kept["Theirs"] == "superseded"


def test_a_field_that_was_never_read_is_not_taken_for_an_empty_one(office: Office) -> None:
    _, right = office.linked()
    mapped = FieldRule(left="description", right="description", direction=Direction.FORWARD)
    office.change_terms(links=(replace(LINK, fields=(*LINK.fields, mapped)),))
    office.jira.edit(right, {"description": "What the engineers know"})
    office.settle()

    assert office.issue(right).fields["description"] == "What the engineers know"


def test_a_field_edited_between_plan_and_apply_is_not_overwritten(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "Ours"})
    plan = office.plan()
    office.jira.edit(right, {SUMMARY: "Theirs"})
    applied = office.apply(plan)

    assert [skipped.why for skipped in applied.skipped] == ["something happened since it was planned"]
    assert titles(office, left, right) == ("Ours", "Theirs")
    office.settle()
    assert len(office.store.conflicts()) == 1


def test_audit_shows_what_it_would_do_and_does_it_once_it_may(office: Office) -> None:
    left, right = office.linked()
    office.change_terms(sync_mode=Mode.AUDIT)
    office.servicenow.edit(left, {TITLE: "New"})
    office.servicenow.move(left, "6")
    cycle = office.cycle()

    assert cycle.plan.changes == ()
    assert {held.why for held in cycle.plan.held} == {"sync is in mode audit"}
    office.change_terms(sync_mode=Mode.ACT)
    office.settle()
    assert titles(office, left, right) == ("New", "New")
    assert [c.body.splitlines()[0] for c in office.jira.comments(right)] == ["INCIDENT-1 is now resolved."]


# --- states ------------------------------------------------------------------------------------------------


def test_a_state_that_a_rule_names_crosses_both_ways(office: Office) -> None:
    left, right = office.linked()
    office.jira.move(right, "In Progress")
    office.settle()

    assert office.incident(left).native_state == "2"
    assert written(office).count("transition") == 1


def test_a_state_without_a_counterpart_becomes_one_note(office: Office) -> None:
    left, right = office.linked()
    office.jira.move(right, "Done")
    office.settle()
    office.jira.edit(right, {SUMMARY: "Fixed: no sound"})
    office.settle()

    assert notes(office, left) == ["ENG-1 is now Done."]
    assert office.servicenow.comments(left)[0].audience is Audience.INTERNAL
    assert office.incident(left).native_state == "1"


def test_each_end_is_told_anew(office: Office) -> None:
    left, right = office.linked()
    for native in ("Done", "In Progress", "Done"):
        office.jira.move(right, native)
        office.settle()

    assert notes(office, left) == ["ENG-1 is now Done.", "ENG-1 is now Done."]


def test_a_note_that_was_refused_is_not_forgotten(office: Office) -> None:
    left, right = office.linked()
    office.jira.move(right, "Done")
    office.servicenow.break_down(Fault.REFUSED)
    office.cycle()
    assert len(office.letters) == 1
    office.servicenow.recover()
    office.servicenow.edit(left)
    office.settle()

    assert notes(office, left) == ["ENG-1 is now Done."]


def test_two_ends_that_mean_nothing_to_each_other_are_told_and_no_conflict(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.move(left, "6")
    office.jira.move(right, "Done")
    office.settle()

    assert office.store.conflicts() == []
    assert notes(office, left) == ["ENG-1 is now Done."]
    assert len(office.jira.comments(right)) == 1


@pytest.mark.parametrize(
    ("side", "native", "fields"),
    [("left", "7", {"resolution": "Closed"}), ("right", "Done", {"close_code": "Solution provided"})],
)
def test_a_move_takes_along_the_fields_of_its_own_rule_and_side(
    office: Office, side: str, native: str, fields: dict[str, str]
) -> None:
    code = {"close_code": "Solution provided"}
    rules = (
        StateRule(left="6", right="Done", left_fields=code, right_fields={"resolution": "Fixed"}),
        StateRule(left="7", right="Done", right_fields={"resolution": "Closed"}),
    )
    left, right = office.linked()
    office.change_terms(links=(replace(LINK, states=rules),))
    if side == "left":
        office.servicenow.move(left, native)
    else:
        office.jira.move(right, native)
    plan = office.plan()

    [move] = [change for change in plan.changes if isinstance(change, Transition)]
    assert (move.state, move.fields) == (State.RESOLVED, fields)


BACK = (StateRule(left="2", right="In Progress"), StateRule(left="6", right="Done"))


def test_sync_opens_an_issue_again_that_is_nobodys_word(office: Office) -> None:
    left, right = office.linked()
    office.change_terms(links=(replace(LINK, states=BACK),))
    office.servicenow.move(left, "6")
    office.settle()
    assert office.issue(right).native_state == "Done"
    office.servicenow.move(left, "2")
    office.settle()

    assert office.issue(right).native_state == "In Progress"


def test_sync_never_opens_what_waits_for_the_customer(office: Office) -> None:
    left, right = office.linked()
    office.change_terms(links=(replace(LINK, states=BACK),))
    office.jira.move(right, "Done")
    office.settle()
    assert office.incident(left).state is State.RESOLVED
    office.jira.move(right, "In Progress")
    office.settle()

    assert office.incident(left).state is State.RESOLVED
    assert notes(office, left) == ["ENG-1 is now In Progress."]


def test_sync_never_opens_what_was_released(office: Office) -> None:
    left, right = office.linked()
    office.change_terms(links=(replace(LINK, states=BACK),))
    office.servicenow.move(left, "6")
    office.settle()
    office.jira.edit(right, released=True)
    office.servicenow.move(left, "2")
    office.settle()

    assert office.issue(right).native_state == "Done"


def test_what_several_customers_share_sync_neither_ends_nor_opens_again(office: Office) -> None:
    left, right = office.linked()
    other = office.open_incident("Also no sound")
    office.cycle()
    join(office.store, make_pair(LINK.name, other, right), office.clock.now())
    office.change_terms(links=(replace(LINK, states=BACK),))
    office.settle()
    office.servicenow.move(left, "6")
    office.settle()
    assert office.issue(right).native_state != "Done"
    assert any("is now resolved" in comment.body for comment in office.jira.comments(right))

    office.jira.move(right, "Done")
    office.settle()
    office.servicenow.move(left, "2")
    office.settle()
    assert office.issue(right).native_state == "Done"


# --- an issue behind two problems --------------------------------------------------------------------------


def test_an_issue_behind_two_problems_stays_in_its_own_and_tells_both(office: Office) -> None:
    left, right = office.linked()
    other = office.open_incident("Also no sound")
    office.cycle()
    join(office.store, make_pair(LINK.name, other, right), office.clock.now())
    office.settle()
    office.jira.say(right, "It is the driver.", by="ines")
    planned = {change.subject: change.problem for change in office.plan().changes}
    office.settle()

    homes = office.store.problems_of([left, right, other])
    assert homes == {left: str(left), right: str(left), other: str(other)}
    assert planned == {left: str(left), other: str(other)}
    for ref in (left, other):
        [note] = [c.body for c in office.servicenow.comments(ref) if "It is the driver." in c.body]
        assert note.startswith("Ines wrote on ENG-1")


# --- at rest -----------------------------------------------------------------------------------------------

edits = st.lists(
    st.tuples(
        st.sampled_from(["title", "summary", "2", "6", "In Progress", "Done", "note", "remark", "run"]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=10,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(script=edits)
def test_after_any_edits_careloop_comes_to_rest_and_writes_nothing_more(
    tmp_path_factory: pytest.TempPathFactory, script: list[tuple[str, str]]
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    left, right = office.linked()
    for what, value in script:
        match what:
            case "title":
                office.servicenow.edit(left, {TITLE: value})
            case "summary":
                office.jira.edit(right, {SUMMARY: value})
            case "2" | "6":
                office.servicenow.move(left, what)
            case "In Progress" | "Done":
                office.jira.move(right, what)
            case "note":
                office.servicenow.say(left, value, Audience.INTERNAL)
            case "remark":
                office.jira.say(right, value)
            case _:
                office.cycle()
        office.clock.wait(seconds=1)
    office.settle()

    count = len(written(office))
    office.cycle()
    assert len(written(office)) == count
    if not [c for c in office.store.conflicts() if c.field == TITLE]:
        assert len(set(titles(office, left, right))) == 1
    said = [value for what, value in script if what == "note"]
    mirrored = [c.body.splitlines()[1] for c in office.jira.comments(right) if " wrote on " in c.body]
    assert mirrored == said
    office.store.close()


def test_a_second_plan_on_the_same_facts_is_empty(office: Office) -> None:
    office.linked()
    office.cycle()

    assert office.plan().changes == ()
    assert {AddComment.kind, Create.kind, Link.kind, Transition.kind, Update.kind} >= set(written(office))
