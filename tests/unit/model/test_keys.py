"""The same demand has the same key, another has another; nothing of the moment is in a plan's id."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.model.change import AnyChange, Create, Seen, change_key
from careloop.model.decision import Finding
from careloop.model.mark import find_mark, sign, strip_mark
from careloop.model.plan import Counted, Held, Look, Plan
from careloop.model.record import RecordRef
from careloop.model.rules import Budget, ContactRules, NeverAsk, Pilot, Rules, canonical
from careloop.testing.examples import MONDAY, incident
from tests.unit.model.values import changes, held, looks, plans, words

keys = st.text("0123456789abcdef", min_size=32, max_size=32)


# --- changes -----------------------------------------------------------------------------------------------


@given(change=changes, reason=words, version=words, event=st.integers(0, 9))
def test_a_change_is_the_same_demand_whatever_was_seen_and_however_it_is_explained(
    change: AnyChange, reason: str, version: str, event: int
) -> None:
    assert replace(change, reason=reason, seen=Seen(version, event), rule="other").key == change.key


@given(change=changes, cause=words)
def test_another_cause_or_record_or_kind_is_another_demand(change: AnyChange, cause: str) -> None:
    other = replace(change, cause=change.cause + "x")

    assert other.key != change.key
    assert replace(change, subject=RecordRef("other", "table", "1")).key != change.key
    assert change_key("other", change.subject, change.cause) != change.key
    assert len(change.key) == 32


def test_keys_stay_what_they_are() -> None:
    """Stores keep them: a key that is worked out differently would send everything again."""
    assert change_key("comment", incident("1"), "proposal 1:ask") == "b0b24db83b911ecf09af44cbd9e192c6"


@given(change=changes)
def test_a_new_record_is_written_to_its_own_instance_and_all_else_to_its_subjects(change: AnyChange) -> None:
    there = change.instance if isinstance(change, Create) else change.subject.instance

    assert change.written_to == there


@given(text=st.from_regex(r"[a-z]+/[a-z]+/[a-z/]+", fullmatch=True))
def test_where_a_record_is_can_be_written_and_read(text: str) -> None:
    assert str(RecordRef.parse(text)) == text


@pytest.mark.parametrize("text", ["", "a", "a/b"])
def test_what_is_no_place_of_a_record_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        RecordRef.parse(text)


# --- plans -------------------------------------------------------------------------------------------------


@given(plan=plans, other=st.lists(looks, max_size=2).map(tuple))
def test_only_its_changes_make_a_plan_what_it_is(plan: Plan, other: tuple[Look, ...]) -> None:
    bare = Plan(changes=plan.changes, limits=(Counted(name="changes", planned=1, allowed=2),))

    assert bare.id == plan.id
    assert replace(plan, looks=other).id == plan.id


@given(plan=plans)
def test_another_change_makes_another_plan(plan: Plan) -> None:
    assert Plan(changes=plan.changes[1:]).id != plan.id or not plan.changes


@given(one=held, days=st.integers(1, 9))
def test_what_is_held_is_told_once_however_long_it_takes(one: Held, days: int) -> None:
    assert replace(one, until=MONDAY + timedelta(days=days)).source_key == one.source_key
    assert replace(one, why=one.why + "!").source_key != one.source_key


def test_a_finding_is_told_again_only_when_its_content_changes() -> None:
    found = Finding(record=incident("1"), rule="reopen", what="churn", cause="1", reason="twice")

    assert replace(found, reason="in other words").source_key == found.source_key
    for other in (
        replace(found, content="3"),
        replace(found, waits=True),
        replace(found, cause="2"),
        replace(found, what="reopened"),
        replace(found, rule="other"),
        replace(found, record=incident("2")),
    ):
        assert other.source_key != found.source_key


# --- marks -------------------------------------------------------------------------------------------------


@given(text=words, key=keys)
def test_what_we_write_carries_its_mark(text: str, key: str) -> None:
    signed = sign(text, key)

    assert find_mark(signed) == key[:10]
    assert strip_mark(signed) == text.rstrip()
    assert find_mark(signed.replace("\n", "\r\n")) == key[:10]


@given(quoted=keys, own=keys, text=words)
def test_of_several_marks_the_last_is_ours(quoted: str, own: str, text: str) -> None:
    assert find_mark(sign(f"> {sign(text, quoted)}\n\n{text}", own)) == own[:10]


@given(text=words)
def test_what_others_write_has_no_mark(text: str) -> None:
    assert find_mark(text) == ""
    assert find_mark(f"[ref {text}]") == ""


# --- rules -------------------------------------------------------------------------------------------------

values = st.recursive(
    words | st.integers() | st.booleans() | st.none(),
    lambda inside: st.frozensets(words, max_size=4) | st.dictionaries(words, inside, max_size=4),
    max_leaves=8,
)


def reordered(value: object) -> object:
    """Return the same value, built the other way round."""
    if isinstance(value, dict):
        return {key: reordered(inside) for key, inside in reversed(value.items())}
    if isinstance(value, frozenset):
        return frozenset(sorted(value, reverse=True))
    return value


@given(value=values)
def test_the_same_settings_read_the_same_in_every_order(value: object) -> None:
    assert canonical(reordered(value)) == canonical(value)


def test_any_rule_that_differs_makes_other_rules() -> None:
    plain: Rules[Any] = Rules(settings=None)
    others: list[Rules[Any]] = [
        Rules(settings="x"),
        Rules(settings=None, since=MONDAY),
        Rules(settings=None, pilot=Pilot(groups=frozenset({"a"}))),
        Rules(settings=None, never_ask=NeverAsk(accounts=frozenset({"a"}))),
        Rules(settings=None, contact=ContactRules(budget=Budget(per_person=1))),
        Rules(settings=None, contact=ContactRules(phone="1")),
    ]

    assert len({rules.hash for rules in [plain, *others]}) == len(others) + 1
    groups = ["a", "b", "c"]
    assert (
        Rules(settings=None, pilot=Pilot(groups=frozenset(groups))).hash
        == Rules(settings=None, pilot=Pilot(groups=frozenset(reversed(groups)))).hash
    )
