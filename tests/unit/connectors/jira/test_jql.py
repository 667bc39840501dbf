"""Queries hold what they were given, and nothing that a value smuggled in."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from careloop.connectors.jira.jql import among, bracket, conjunction, in_project, quote, since
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.jql.tree import Clause, Literal

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(texts)
@example('ENG" OR project = "HELP')
@example("ENG\\")
@example('\\" ORDER BY key --')
@example("a\nb\tc\x00\u2028")
def test_a_quoted_value_is_one_value_and_comes_back_unchanged(value: str) -> None:
    where = parse(in_project(value)).where

    assert where == Clause("project", "=", (Literal(value, quoted=True),))


@given(texts)
def test_a_quoted_value_keeps_the_rest_of_the_query_in_force(value: str) -> None:
    query = parse(conjunction(f"summary ~ {quote(value)}", "id in (7)")).where

    assert query is not None
    assert query.parts[1] == Clause("id", "IN", (Literal("7", quoted=False),))  # type: ignore[union-attr] # it is an And


@pytest.mark.parametrize("id", ["1) OR (id > 0", "ENG-1", "", "1;2"])
def test_only_numbers_pass_for_ids(id: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        among([id])


def test_a_bound_is_counted_in_milliseconds() -> None:
    moment = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)

    assert since("updated", moment) == "updated >= 1772442000250"


def test_what_is_not_wanted_is_no_term() -> None:
    assert conjunction("a = 1", since("updated", None), bracket(""), bracket("b = 2 OR c = 3")) == (
        "a = 1 AND (b = 2 OR c = 3)"
    )
