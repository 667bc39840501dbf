"""A problem that is passed around goes to a lead, once."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from careloop.model.case import Case
from careloop.model.event import EventKind
from careloop.model.record import State
from careloop.model.rules import Mode, Rules
from careloop.testing.examples import MONDAY, incident, make_event, make_record
from tests.examples.hand_offs import HandOffs, decide

ACT = Rules(settings=HandOffs(), mode=Mode.ACT, since=MONDAY)


def handed_on(times: int, state: State = State.IN_PROGRESS) -> Case:
    """Return a problem whose group changed so often, once an hour."""
    ref = incident("1")
    moves = tuple(
        make_event(
            ref,
            f"move {n}",
            MONDAY + timedelta(hours=n),
            EventKind.ASSIGNED,
            field="group",
            **{"from": f"g{n}", "to": f"g{n + 1}"},
        )
        for n in range(times)
    )
    return Case(problem="p", records=(make_record(ref, state=state),), events=moves)


@given(st.integers(0, 8))
def test_from_the_third_hand_off_on_a_person_is_told(times: int) -> None:
    decision = decide(handed_on(times), MONDAY + timedelta(days=1), ACT)

    assert [finding.waits for finding in decision.findings] == ([True] if times >= 3 else [])


def test_one_note_is_written_however_often_it_goes_on() -> None:
    keys = {change.key for n in (3, 4, 9) for change in decide(handed_on(n), MONDAY, ACT).changes}

    assert len(keys) == 1


def test_what_is_solved_is_left_alone() -> None:
    assert not decide(handed_on(5, State.RESOLVED), MONDAY, ACT).findings


def test_what_happened_before_the_promise_is_history() -> None:
    later = Rules(settings=HandOffs(), mode=Mode.ACT, since=MONDAY + timedelta(days=30))

    decision = decide(handed_on(5), MONDAY + timedelta(days=31), later)
    assert [finding.history for finding in decision.findings] == [True]
    assert not decision.changes
