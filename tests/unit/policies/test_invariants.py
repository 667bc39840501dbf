"""What holds whatever happens: the promises as properties over random working days."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.calendars import add_business_days, is_open
from careloop.model.change import AddComment, Create, Purpose, Transition
from careloop.model.comment import Audience
from careloop.model.event import EventKind
from careloop.model.hours import Hours
from careloop.model.record import State
from careloop.model.rules import CareLevel, Mode
from careloop.policies.overrides import live_overrides
from careloop.policies.story import Basis
from careloop.policies.telling import tell_story
from tests.unit.policies.incident import Problem, on, rules
from tests.unit.policies.working_days import Play, play, random_days, steps

Script = list[tuple[int, str, str]]
modes = st.sampled_from((Mode.ASK, Mode.ACT))
levels = st.sampled_from(tuple(CareLevel))


@random_days
@given(steps, modes, levels)
def test_closed_has_exactly_one_basis(script: Script, mode: Mode, level: CareLevel) -> None:
    closure = play(script, mode=mode, care_level=level).decide()[0]
    assert bool(closure.basis) == (closure.state in ("closed", "confirmed"))
    if closure.basis:
        assert closure.basis in set(Basis)


@random_days
@given(steps, modes)
def test_confirmed_rests_on_the_customers_own_yes_to_the_latest_proposal(script: Script, mode: Mode) -> None:
    played = play(script, mode=mode)
    closure = played.decide()[0]
    if closure.basis != Basis.CONFIRMED:
        return
    (evidence,) = [finding.content for finding in closure.findings if finding.what == "confirmed"]
    (event,) = [event for event in played.problem.events if event.source_key == evidence]
    moves = [
        e for e in played.problem.events if e.kind is EventKind.STATE_CHANGED and e.record == event.record
    ]
    ends = [
        e.occurred_at for e in moves if e.get("to") in ("resolved", "closed") and State(e.get("from")).is_open
    ]
    assert event.actor == "anna"
    assert event.occurred_at >= max(ends)


@random_days
@given(steps, modes)
def test_nobody_is_asked_or_reminded_twice_of_one_proposal(script: Script, mode: Mode) -> None:
    causes = [wish.cause for _, wish in play(script, mode=mode).wishes]
    assert len(causes) == len(set(causes))
    for purpose in (Purpose.ASK, Purpose.REMINDER):
        per_proposal = [
            c.split(":")[0] for c in causes if c.endswith(f":{purpose}") and c.startswith("proposal")
        ]
        assert len(per_proposal) == len(set(per_proposal))


@random_days
@given(steps, modes)
def test_no_contact_is_wished_for_outside_hours(script: Script, mode: Mode) -> None:
    played = play(script, mode=mode)
    for decision in played.decide():
        assert all(is_open(Hours(), wish.not_before) for wish in decision.wishes)


@random_days
@given(steps, modes)
def test_a_lapse_needs_a_delivered_ask_and_a_whole_window(script: Script, mode: Mode) -> None:
    played = play(script, mode=mode)
    played.now += timedelta(days=40)
    closure = played.decide()[0]
    story = tell_story(played.problem.case, played.rules)
    if closure.basis == Basis.LAPSED and story.current and not story.current.parked:
        asked = min(sent.at for sent in story.current.asks)
        assert add_business_days(Hours(), asked, 10) <= played.now
        assert story.current.word is None


@random_days
@given(steps, st.sampled_from(("I am not sure", "Why did it happen?", "see attachment", "Thanks a lot!", "")))
def test_words_that_are_not_explicit_neither_close_nor_reopen(script: Script, text: str) -> None:
    played = play(script)
    before = played.decide()[0]
    played.problem.say(text, played.now, ref=played.record.ref)
    after = played.decide()[0]
    assert {change.key for change in after.changes} <= {change.key for change in before.changes}
    if after.basis in (Basis.CONFIRMED, Basis.ATTESTED):
        assert after.basis == before.basis


@random_days
@given(steps, st.sampled_from(("Works", "still broken", "Yes", "No")))
def test_a_machine_is_never_an_answer(script: Script, text: str) -> None:
    played = play(script)
    before = played.decide()
    played.problem.say(text, played.now, ref=played.record.ref, automatic=True)
    assert [replace(d, changes=(), wishes=()) for d in played.decide()] == [
        replace(d, changes=(), wishes=()) for d in before
    ]


@random_days
@given(steps)
def test_a_no_is_always_acted_on_in_the_same_problem(script: Script) -> None:
    played = play(script)
    if not tell_story(played.problem.case, played.rules).proposals:
        return
    closed = played.record.state is not State.RESOLVED
    played.step(1, "say", "it is still broken")
    played.keep()
    assert played.record.state.is_open
    assert all(change.problem == "P1" for change in played.changes)
    if closed and played.changes and isinstance(played.changes[-1], Create):
        assert played.changes[-1].fields["caller_id"] == "id-anna"


@random_days
@given(steps, modes)
def test_what_was_done_is_not_wanted_again(script: Script, mode: Mode) -> None:
    played = play(script, mode=mode)
    before = (len(played.changes), len(played.wishes))
    played.keep()
    played.keep()
    assert (len(played.changes), len(played.wishes)) == before


@random_days
@given(steps, st.randoms(use_true_random=False))
def test_the_story_is_the_same_however_it_is_replayed(script: Script, random: Any) -> None:
    played = play(script)
    told = tell_story(played.problem.case, played.rules)
    events = list(played.problem.events)
    random.shuffle(events)
    played.problem.events = events
    assert tell_story(played.problem.case, played.rules) == told


@random_days
@given(steps)
def test_reopenings_are_the_changes_from_done_to_open(script: Script) -> None:
    played = play(script)
    moves = [event for event in played.problem.events if event.kind is EventKind.STATE_CHANGED]
    counted = [e for e in moves if e.get("from") in ("resolved", "closed") and State(e.get("to")).is_open]
    assert len(tell_story(played.problem.case, played.rules).reopens) == len(counted)


@random_days
@given(steps)
def test_in_audit_without_a_start_nothing_at_all_is_wanted(script: Script) -> None:
    for decision in play(script, mode=Mode.AUDIT, since=None).decide():
        assert (decision.wishes, decision.changes) == ((), ())
        assert not any(finding.waits for finding in decision.findings)


@random_days
@given(steps)
def test_in_mode_ask_nothing_but_internal_notes_is_written(script: Script) -> None:
    for change in play(script, mode=Mode.ASK).changes:
        assert isinstance(change, AddComment)
        assert change.audience is Audience.INTERNAL


@random_days
@given(steps)
def test_a_public_text_is_never_part_of_a_change_by_default(script: Script) -> None:
    for change in play(script).changes:
        if isinstance(change, Transition | AddComment):
            assert not change.message


@random_days
@given(steps, modes)
def test_whatever_may_come_due_is_looked_at_then(script: Script, mode: Mode) -> None:
    played = play(script, mode=mode)
    decisions = played.decide()
    for decision in decisions:
        assert decision.look_at is None or decision.look_at > played.now
    if decisions[0].state in ("proposed", "awaiting", "paused"):
        assert decisions[0].look_at is not None


@random_days
@given(steps, modes, st.integers(1, 2000))
def test_nothing_new_falls_due_before_the_announced_look(script: Script, mode: Mode, minutes: int) -> None:
    played = play(script, mode=mode)
    before = played.decide()
    played.now += timedelta(minutes=minutes)
    for old, new in zip(before, played.decide(), strict=True):
        if old.look_at is None or old.look_at > played.now:
            due = {w.cause for w in new.wishes if w.not_before <= played.now}
            assert due <= {w.cause for w in old.wishes if w.not_before <= played.now}
            assert new.findings == old.findings


@pytest.mark.parametrize("action", ["keep_open", "reopen", "call", "stop_asking", "extend", "close"])
@given(
    reasoned=st.booleans(),
    ended=st.booleans(),
    approver=st.sampled_from(("", "ben", "clara")),
    day=st.integers(0, 20),
)
def test_an_override_is_live_only_as_far_as_it_was_granted(
    action: str, *, reasoned: bool, ended: bool, approver: str, day: int
) -> None:
    problem = Problem()
    until = on(10) if ended else None
    problem.override(action, on(2), "ben", "agreed" if reasoned else "", until=until, approved_by=approver)
    now = on(2) + timedelta(days=day)
    granted = reasoned and (action != "close" or (ended and approver == "clara"))
    expected = granted and (until is None or now < until)
    assert bool(live_overrides(problem.events, now)) == expected
    problem.override("revoke", on(3), revokes=action)
    assert not live_overrides(problem.events, max(now, on(3)))


def test_the_play_reaches_every_kind_of_change() -> None:
    script = [(1, "resolve", ""), (2, "say", "still broken"), (2, "resolve", ""), (2, "close", "")]
    played = play([*script, (2, "say", "Not yet"), (1, "resolve", ""), (1, "say", "works now")])
    assert {change.kind for change in played.changes} == {"transition", "create", "comment"}
    assert isinstance(played, Play)
    assert rules().mode is Mode.ACT
