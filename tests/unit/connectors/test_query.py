"""Encoded queries hold what they are given, and nothing else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.connectors.servicenow.query import (
    batches,
    before,
    both,
    equals,
    escape,
    one_of,
    ordered,
    read_stamp,
    since,
    stamp,
)
from careloop.sandbox.servicenow.query.encoded import parse

MOMENT = datetime(2026, 1, 5, 9, 30, 15, tzinfo=UTC)
VALUES = st.text(st.characters(exclude_characters="\0"), min_size=1)


@given(VALUES)
def test_a_value_cannot_break_out_of_its_condition(value: str) -> None:
    parsed = parse(both(equals("a", value), "b=1"))
    assert len(parsed.groups) == 1
    assert [any_of[0][:2] for any_of in parsed.groups[0]] == [("a", "="), ("b", "=")]
    assert parsed.groups[0][0][0].value == value
    assert parsed.order == ()


def test_a_value_with_carets_is_escaped() -> None:
    assert escape("a^NQactive=true") == "a^^NQactive=true"
    assert equals("title", "^ORactive=true") == "title=^^ORactive=true"


def test_an_empty_value_is_asked_for_as_empty() -> None:
    assert equals("correlation_id", "") == "correlation_idISEMPTY"


def test_a_list_of_ids_is_sorted_and_free_of_doubles() -> None:
    assert one_of("sys_id", ["b", "a", "b"]) == "sys_idINa,b"


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_a_list_finds_exactly_its_values_even_with_commas_and_carets(values: list[str]) -> None:
    parsed = parse(both(one_of("user_name", values), "active=true"))
    first, second = parsed.groups[0]
    found: set[str] = set()
    for condition in first:
        found |= set(condition.value.split(",")) if condition.operator == "IN" else {condition.value}
    assert found == set(values)
    assert second[0].column == "active"


def test_a_condition_holds_in_every_alternative_of_a_query() -> None:
    query = both("sys_idINa,b", "state=1^ORstate=2^NQpriority=1^ORDERBYnumber^EQ")
    assert query == "sys_idINa,b^state=1^ORstate=2^NQsys_idINa,b^priority=1"


def test_a_literal_caret_in_a_query_starts_no_alternative() -> None:
    assert both("x=1", "title=a^^NQb") == "x=1^title=a^^NQb"


def test_no_query_leaves_the_condition_alone() -> None:
    assert both("x=1", "") == "x=1"


def test_rows_come_in_the_order_of_the_columns() -> None:
    assert ordered("a=1", "sys_updated_on", "sys_id") == "a=1^ORDERBYsys_updated_on^ORDERBYsys_id"
    assert ordered("", "sys_id") == "ORDERBYsys_id"


def test_times_travel_in_utc_to_the_second() -> None:
    assert since("sys_updated_on", MOMENT) == "sys_updated_on>=2026-01-05 09:30:15"
    assert before("sys_updated_on", MOMENT) == "sys_updated_on<2026-01-05 09:30:15"
    assert read_stamp(stamp(MOMENT)) == MOMENT


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01 00:00:00"])
def test_a_stored_time_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_stamp(text)


def test_many_ids_are_cut_into_requests() -> None:
    assert [len(batch) for batch in batches(map(str, range(250)))] == [100, 100, 50]
