"""What is written to a file or the store is read back as it was, and anything else is refused."""

from datetime import date, datetime, time
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.model.change import AnyChange, Contact, Create, Update
from careloop.model.event import Event, EventKind
from careloop.model.hours import Hours
from careloop.model.intent import Intent, IntentState
from careloop.model.plain import from_plain, to_plain
from careloop.model.plan import Plan
from careloop.model.record import Record, RecordKind, RecordRef, State
from careloop.testing.examples import MONDAY, incident, make_contact, make_record
from tests.unit.model.values import changes, moments, plans, words

intents = st.builds(
    Intent, change=changes, state=st.sampled_from(IntentState), sent_at=moments, attempt=st.integers(1, 9)
)


def through_json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(to_plain(value)))


@given(change=changes)
def test_every_change_comes_back_as_it_was_with_its_key(change: AnyChange) -> None:
    back: AnyChange = from_plain(AnyChange, through_json(change))

    assert back == change
    assert type(back) is type(change)
    assert back.key == change.key


@given(plan=plans)
def test_every_plan_comes_back_as_it_was_with_its_id(plan: Plan) -> None:
    back: Plan = from_plain(Plan, through_json(plan))

    assert back == plan
    assert (back.looks, back.agreed, back.id) == (plan.looks, plan.agreed, plan.id)


@given(intent=intents)
def test_every_intent_comes_back_as_it_was(intent: Intent) -> None:
    assert from_plain(Intent, through_json(intent)) == intent


@given(data=st.dictionaries(words, st.none() | st.booleans() | st.integers(-9, 9) | words | st.just(0.5)))
def test_what_an_entry_says_keeps_its_types(data: dict[str, Any]) -> None:
    event = Event(
        kind=EventKind.FOUND, record=incident("1"), occurred_at=MONDAY, source_key="x", data=data, text=None
    )
    back: Event = from_plain(Event, through_json(event))

    assert back == event
    assert [type(value) for value in back.data.values()] == [type(value) for value in data.values()]


def test_a_record_comes_back_with_dates_tuples_and_states() -> None:
    record = make_record(incident("1"), due=date(2026, 3, 4), labels=("a", "b"), fields={"x": "y"})
    back: Record = from_plain(Record, through_json(record))

    assert back == record
    assert (back.state, back.kind) == (State.IN_PROGRESS, RecordKind.INCIDENT)
    hours = Hours(start=time(8, 30), closed=frozenset({date(2026, 1, 1)}))
    assert from_plain(Hours, through_json(hours)) == hours


@pytest.mark.parametrize(
    ("shape", "plain"),
    [
        (Plan, []),
        (Plan, "text"),
        (Plan, {"changes": 1}),
        (Plan, {"changes": [{"kind": "destroy"}]}),
        (Plan, {"changes": [{"kind": "update"}]}),
        (Plan, {"changes": [None]}),
        (Plan, {"unknown": []}),
        (Plan, {"looks": [{"problem": 1}]}),
        (RecordRef, {"instance": "a", "table": "b"}),
        (Hours, {"start": 9}),
        (datetime, "yesterday"),
        (State, "lost"),
    ],
    ids=repr,
)
def test_what_does_not_fit_is_refused_with_one_kind_of_error(shape: Any, plain: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_plain(shape, plain)


def test_a_change_keeps_what_kind_it_is() -> None:
    plain = to_plain(make_contact("p1", [incident("1")], "c"))

    assert plain["kind"] == Contact.kind == "contact"
    assert {Create.kind, Update.kind} == {"create", "update"}
