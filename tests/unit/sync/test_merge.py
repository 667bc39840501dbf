"""Three-way merge of one value: no echo, nothing lost in silence, at rest once the edits stop."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.model.change import BaseValue
from careloop.model.mapping import Direction, FieldRule, StateRule
from careloop.sync.merge import Merged, Outcome, Sides, field_sides, merge, state_sides

VALUES = {"1": "Highest", "2": "High", "3": "High"}
PLAIN = field_sides(FieldRule(left="title", right="summary"))

texts = st.sampled_from(["", "a", "b", "c"])
directions = st.sampled_from(Direction)
lefts, rights = st.sampled_from(["", "1", "2", "3", "4"]), st.sampled_from(["", "Highest", "High", "Low"])


def base(left: str, right: str) -> BaseValue:
    return BaseValue(field="title", left=left, right=right)


def priority(direction: Direction = Direction.BOTH) -> Sides:
    return field_sides(FieldRule(left="priority", right="priority", direction=direction, values=VALUES))


def done(merged: Merged, left: str, right: str) -> tuple[str, str, BaseValue | None]:
    """Return what both sides and the base hold once an outcome was carried out."""
    match merged.outcome:
        case Outcome.WRITE_RIGHT:
            return left, merged.base.right, merged.base
        case Outcome.WRITE_LEFT:
            return merged.base.left, right, merged.base
        case Outcome.CONFLICT:
            return left, right, None
        case _:
            return left, right, merged.base


# --- the echo rule -----------------------------------------------------------------------------------------


@given(left=lefts, right=rights, direction=directions)
def test_what_both_sides_last_held_is_no_change(left: str, right: str, direction: Direction) -> None:
    merged = merge(priority(direction), left, right, base(left, right))

    assert merged.outcome is Outcome.STILL


@given(left=lefts, right=rights, old_left=lefts, old_right=rights, direction=directions)
def test_what_was_written_is_not_sent_back(
    left: str, right: str, old_left: str, old_right: str, direction: Direction
) -> None:
    sides = priority(direction)
    new_left, new_right, agreed = done(merge(sides, left, right, base(old_left, old_right)), left, right)

    if agreed is not None:
        assert merge(sides, new_left, new_right, agreed).outcome is Outcome.STILL


@pytest.mark.parametrize("end", ["\r\n", "\n", " ", "\t\n"])
def test_blanks_at_the_end_that_a_platform_changes_are_no_edit(end: str) -> None:
    assert merge(PLAIN, "a", f"a{end}", base("a", "a")).outcome is Outcome.STILL
    assert merge(PLAIN, "a\r\nb", "a\nb", base("a\nb", "a\nb")).outcome is Outcome.STILL


# --- nothing is lost ---------------------------------------------------------------------------------------


@given(left=texts, right=texts, old=texts, direction=directions)
def test_two_edits_that_differ_are_a_conflict_and_nothing_is_written(
    left: str, right: str, old: str, direction: Direction
) -> None:
    sides = field_sides(FieldRule(left="title", right="summary", direction=direction))
    merged = merge(sides, left, right, base(old, old))

    if old not in (left, right) and left != right:
        assert merged.outcome is Outcome.CONFLICT
        assert (merged.base.left, merged.base.right) == (left, right)


@given(left=lefts, right=rights, old_left=lefts, old_right=rights, direction=directions)
def test_no_outcome_writes_over_a_side_that_changed(
    left: str, right: str, old_left: str, old_right: str, direction: Direction
) -> None:
    outcome = merge(priority(direction), left, right, base(old_left, old_right)).outcome

    assert outcome is not Outcome.WRITE_RIGHT or right == old_right
    assert outcome is not Outcome.WRITE_LEFT or left == old_left


@given(left=texts, right=texts, old=texts)
def test_the_same_edit_on_both_sides_is_no_conflict(left: str, right: str, old: str) -> None:
    if left == right != old:
        assert merge(PLAIN, left, right, base(old, old)).outcome is Outcome.AGREED


# --- directions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "left_edited", "right_edited"),
    [
        (Direction.BOTH, Outcome.WRITE_RIGHT, Outcome.WRITE_LEFT),
        (Direction.FORWARD, Outcome.WRITE_RIGHT, Outcome.AGREED),
        (Direction.BACKWARD, Outcome.AGREED, Outcome.WRITE_LEFT),
        (Direction.NONE, Outcome.AGREED, Outcome.AGREED),
    ],
)
def test_values_travel_only_the_way_they_may(
    direction: Direction, left_edited: Outcome, right_edited: Outcome
) -> None:
    sides = field_sides(FieldRule(left="title", right="summary", direction=direction))

    assert merge(sides, "new", "old", base("old", "old")).outcome is left_edited
    assert merge(sides, "old", "new", base("old", "old")).outcome is right_edited


@pytest.mark.parametrize(
    ("direction", "left", "right", "outcome"),
    [
        (Direction.BOTH, "a", "b", Outcome.CONFLICT),
        (Direction.BOTH, "a", "a", Outcome.AGREED),
        (Direction.BOTH, "a", "", Outcome.WRITE_RIGHT),
        (Direction.BOTH, "", "b", Outcome.WRITE_LEFT),
        (Direction.FORWARD, "a", "b", Outcome.WRITE_RIGHT),
        (Direction.BACKWARD, "a", "b", Outcome.WRITE_LEFT),
        (Direction.NONE, "a", "b", Outcome.AGREED),
    ],
)
def test_two_records_that_meet_for_the_first_time(
    direction: Direction, left: str, right: str, outcome: Outcome
) -> None:
    sides = field_sides(FieldRule(left="title", right="summary", direction=direction))

    assert merge(sides, left, right, None).outcome is outcome


# --- translations ------------------------------------------------------------------------------------------


def test_of_several_values_that_mean_the_same_the_one_held_stays() -> None:
    assert merge(priority(), "3", "High", base("1", "High")).outcome is Outcome.AGREED
    back = merge(priority(), "3", "High", base("3", "Highest"))
    assert back.outcome is Outcome.AGREED


def test_a_value_that_changed_is_translated_both_ways() -> None:
    forth = merge(priority(), "1", "High", base("2", "High"))
    back = merge(priority(), "1", "High", base("1", "Highest"))

    assert (forth.outcome, forth.base.right) == (Outcome.WRITE_RIGHT, "Highest")
    assert (back.outcome, back.base.left) == (Outcome.WRITE_LEFT, "2")


def test_a_value_without_a_counterpart_stays_where_it_is() -> None:
    assert merge(priority(), "4", "High", base("2", "High")).outcome is Outcome.UNMAPPED_LEFT
    assert merge(priority(), "2", "Low", base("2", "High")).outcome is Outcome.UNMAPPED_RIGHT
    assert merge(priority(), "4", "Low", base("2", "High")).outcome is Outcome.UNMAPPED_BOTH


def test_an_edit_that_could_cross_is_a_conflict_with_one_that_could_not() -> None:
    assert merge(priority(), "4", "Highest", base("2", "High")).outcome is Outcome.CONFLICT


def test_an_emptied_field_is_emptied_on_the_other_side() -> None:
    merged = merge(priority(), "", "High", base("2", "High"))

    assert (merged.outcome, merged.base.right) == (Outcome.WRITE_RIGHT, "")


# --- states ------------------------------------------------------------------------------------------------

STATES = (
    StateRule(left="2", right="In Progress"),
    StateRule(left="2", right="In Review", direction=Direction.BACKWARD),
    StateRule(left="6", right="Done", direction=Direction.FORWARD),
)


@pytest.mark.parametrize(
    ("left", "right", "old_left", "old_right", "outcome", "written"),
    [
        ("2", "To Do", "1", "To Do", Outcome.WRITE_RIGHT, "In Progress"),
        ("1", "In Progress", "1", "To Do", Outcome.WRITE_LEFT, "2"),
        ("1", "In Review", "1", "To Do", Outcome.WRITE_LEFT, "2"),
        ("2", "In Review", "2", "In Progress", Outcome.AGREED, ""),
        ("6", "To Do", "1", "To Do", Outcome.WRITE_RIGHT, "Done"),
        ("1", "Done", "1", "To Do", Outcome.UNMAPPED_RIGHT, ""),
        ("7", "In Progress", "2", "In Progress", Outcome.UNMAPPED_LEFT, ""),
        ("7", "Done", "2", "In Progress", Outcome.UNMAPPED_BOTH, ""),
        ("7", "In Progress", "1", "To Do", Outcome.CONFLICT, ""),
    ],
)
def test_states_cross_where_a_rule_names_them(
    left: str, right: str, old_left: str, old_right: str, outcome: Outcome, written: str
) -> None:
    merged = merge(state_sides(STATES), left, right, base(old_left, old_right))

    assert merged.outcome is outcome
    assert written in ("", merged.base.right, merged.base.left)


# --- rest --------------------------------------------------------------------------------------------------


@given(edits=st.lists(st.tuples(st.booleans(), texts), max_size=8), runs=st.lists(st.booleans(), max_size=8))
def test_once_the_edits_stop_both_sides_agree_or_the_conflict_is_shown(
    edits: list[tuple[bool, str]], runs: list[bool]
) -> None:
    left = right = "start"
    agreed: BaseValue | None = base(left, right)
    for on_left, value in edits:
        left, right = (value, right) if on_left else (left, value)
        if runs and runs.pop():
            left, right, after = done(merge(PLAIN, left, right, agreed), left, right)
            agreed = after or agreed

    merged = merge(PLAIN, left, right, agreed)
    if merged.outcome is Outcome.CONFLICT:
        return
    left, right, agreed = done(merged, left, right)
    assert left == right
    assert merge(PLAIN, left, right, agreed).outcome is Outcome.STILL


def test_the_base_is_in_each_sides_own_form() -> None:
    merged = merge(priority(), "1", "High", base("2", "High"))

    assert merged.base == replace(base("1", "Highest"), field="priority")
