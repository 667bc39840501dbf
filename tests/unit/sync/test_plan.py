"""A plan is a value: who may do what, who wins, what is held and why, and whether it is too much at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from careloop.errors import LimitExceeded, RulesDisagree
from careloop.model.case import Case
from careloop.model.change import AnyChange, Create, Purpose, Seen, Transition, Update
from careloop.model.comment import Audience
from careloop.model.decision import Decision, Finding
from careloop.model.plain import from_plain, to_plain
from careloop.model.plan import Limits, Plan
from careloop.model.record import State
from careloop.model.rules import Mode, Pilot
from careloop.sync.recover import drop
from careloop.testing.fake_connector import Fault
from tests.unit.sync.office import Office, Whim, ask, note

TITLE, SUMMARY = "short_description", "summary"


def told(case: Case, **more: Any) -> dict[str, Any]:
    """Return what every change of a policy has in common."""
    ordinary: dict[str, Any] = {"purpose": Purpose.REOPEN, "cause": "no", "rule": "whim", "reason": "a no"}
    seen = Seen(case.primary.version, case.last_event)
    return {"subject": case.primary.ref, "problem": case.problem, "seen": seen} | ordinary | more


def reopen(case: Case, native: str = "2", cause: str = "no", **more: Any) -> Transition:
    return Transition(**told(case, cause=cause), state=State.IN_PROGRESS, native=native, **more)


def everything(office: Office) -> Callable[[Case], Decision]:
    """Return a policy that wants changes of every kind, and to ask."""
    begin = office.clock.now()

    def decide(case: Case) -> Decision:
        changes: list[AnyChange] = [
            note(case),
            note(case, "second"),
            reopen(case),
            Update(**told(case), fields={"priority": "1"}),
            Create(**told(case), instance="servicenow", container="incident", fields={TITLE: "again"}),
        ]
        return Decision(changes=tuple(changes), wishes=(ask(case, begin),))

    return decide


# --- modes -------------------------------------------------------------------------------------------------


def test_audit_changes_nothing_and_contacts_nobody(office: Office) -> None:
    office.whim.decide = everything(office)
    office.change_terms(promises=(office.whim.promise(mode=Mode.AUDIT),), sync_mode=Mode.AUDIT)
    office.hand_over()
    cycle = office.cycle()

    assert cycle.plan.changes == ()
    assert office.servicenow.written == office.jira.written == []
    assert {held.why for held in cycle.plan.held} == {"whim is in mode audit here", "sync is in mode audit"}


def test_ask_contacts_and_leaves_notes_and_nothing_more(office: Office) -> None:
    office.whim.decide = everything(office)
    office.change_terms(promises=(office.whim.promise(mode=Mode.ASK),))
    office.open_incident()

    assert [change.kind for change in office.plan().changes] == ["comment", "comment", "contact"]


def test_act_does_all_of_it_in_the_order_that_makes_sense(office: Office) -> None:
    office.whim.decide = everything(office)
    office.open_incident()

    kinds = [change.kind for change in office.plan().changes]
    assert kinds == ["create", "transition", "update", "comment", "comment", "contact"]


def test_a_closing_move_comes_after_the_notes(office: Office) -> None:
    def decide(case: Case) -> Decision:
        close = Transition(**told(case), state=State.CLOSED, native="7")
        return Decision(changes=(close, note(case)))

    office.whim.decide = decide
    office.open_incident()

    assert [change.kind for change in office.plan().changes] == ["comment", "transition"]


@pytest.mark.parametrize(
    "pilot",
    [
        Pilot(groups=frozenset({"Desk"})),
        Pilot(categories=frozenset({"network"})),
        Pilot(containers=frozenset({"sc_req_item"})),
        Pilot(requesters=frozenset({"somebody else"})),
        Pilot(groups=frozenset({"Network"}), categories=frozenset({"network"})),
    ],
)
def test_outside_its_pilot_a_promise_only_looks(office: Office, pilot: Pilot) -> None:
    office.whim.decide = everything(office)
    office.change_terms(promises=(office.whim.promise(pilot=pilot),))
    office.open_incident(group="Network", category="software")

    assert office.plan().changes == ()


def test_inside_its_pilot_a_promise_is_kept(office: Office) -> None:
    pilot = Pilot(groups=frozenset({"Network", "Desk"}), containers=frozenset({"incident"}))
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    office.change_terms(promises=(office.whim.promise(pilot=pilot),))
    office.open_incident(group="Network")

    assert len(office.plan().changes) == 1


# --- who wins ----------------------------------------------------------------------------------------------


def test_two_promises_that_want_different_states_are_both_named(office: Office) -> None:
    one = Whim(lambda case: Decision(changes=(reopen(case),)))
    other = Whim(lambda case: Decision(changes=(replace(reopen(case, "7"), rule="other", cause="x"),)))
    office.change_terms(promises=(one.promise("whim"), other.promise("other")))
    office.open_incident()

    with pytest.raises(RulesDisagree, match=r"whim wants the state to be '2' and other '7'"):
        office.plan()


def test_two_promises_that_want_different_values_are_both_named(office: Office) -> None:
    one = Whim(lambda case: Decision(changes=(reopen(case, fields={"assigned_to": "anna"}),)))
    other = Whim(
        lambda case: Decision(changes=(Update(**told(case, rule="other"), fields={"assigned_to": "ben"}),))
    )
    office.change_terms(promises=(one.promise("whim"), other.promise("other")))
    office.open_incident()

    with pytest.raises(RulesDisagree, match="whim wants assigned_to to be 'anna' and other 'ben'"):
        office.plan()


def test_promises_that_agree_do_not_disagree(office: Office) -> None:
    one = Whim(lambda case: Decision(changes=(reopen(case),)))
    other = Whim(lambda case: Decision(changes=(replace(reopen(case), rule="other"),)))
    office.change_terms(promises=(one.promise("whim"), other.promise("other")))
    office.open_incident()

    assert [change.rule for change in office.plan().changes] == ["whim"]


def test_where_a_promise_moves_a_record_sync_does_not(office: Office) -> None:
    left, right = office.linked()
    office.jira.move(right, "In Progress")
    office.whim.decide = lambda case: Decision(changes=(reopen(case, "6"),))
    plan = office.plan()

    assert [(c.rule, c.subject) for c in plan.changes] == [("whim", left)]
    assert [held.why for held in plan.held] == ["a promise decides what it would write"]


def test_what_a_promise_writes_sync_leaves_alone_and_merges_afterwards(office: Office) -> None:
    left, right = office.linked()
    office.jira.edit(right, {SUMMARY: "Theirs"})
    office.whim.decide = lambda case: Decision(changes=(reopen(case, fields={TITLE: "Ours"}),))
    cycle = office.cycle()

    assert [(change.kind, change.rule) for change in cycle.plan.changes] == [("transition", "whim")]
    office.settle()
    assert office.incident(left).fields[TITLE] == "Ours"
    assert [(c.left, c.right) for c in office.store.conflicts()] == [("Ours", "Theirs")]


def test_sync_writes_other_fields_while_a_promise_moves_the_record(office: Office) -> None:
    _, right = office.linked()
    office.jira.edit(right, {SUMMARY: "Theirs"})
    office.whim.decide = lambda case: Decision(changes=(reopen(case),))

    assert [change.kind for change in office.plan().changes] == ["transition", "update"]


# --- limits ------------------------------------------------------------------------------------------------


def test_over_a_limit_nothing_at_all_is_done_and_both_counts_are_told(office: Office) -> None:
    office.change_terms(limits=Limits(changes=3))
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    for _ in range(4):
        office.open_incident()

    with pytest.raises(LimitExceeded, match=r"4 changes, the limit is 3; nothing was done"):
        office.cycle()
    assert office.servicenow.written == []
    assert office.store.intents("sent", "done", "failed") == []


def test_contacts_have_a_limit_of_their_own(office: Office) -> None:
    office.change_terms(limits=Limits(contacts=2))
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    for name in ("anna", "ben", "clara"):
        office.open_incident(requester=office.servicenow.add_person(name).id)

    with pytest.raises(LimitExceeded, match="3 contacts, the limit is 2"):
        office.cycle()
    assert office.servicenow.written == []


def test_a_share_of_all_problems_may_be_moved_or_asked_about(office: Office) -> None:
    office.change_terms(limits=Limits(share=0.5, share_floor=1))
    moved: set[str] = set()
    office.whim.decide = lambda case: Decision(changes=(reopen(case),) if case.problem in moved else ())
    refs = [office.open_incident() for _ in range(6)]
    moved |= {str(ref) for ref in refs[:4]}

    with pytest.raises(LimitExceeded, match="4 problems moved or asked about, the limit is 3"):
        office.cycle()
    moved.remove(str(refs[0]))
    assert len(office.cycle().applied.done) == 3


def test_below_the_floor_a_share_never_bites(office: Office) -> None:
    office.change_terms(limits=Limits(share=0, share_floor=2))
    office.whim.decide = lambda case: Decision(changes=(reopen(case),))
    for _ in range(2):
        office.open_incident()

    assert len(office.cycle().applied.done) == 2


def test_a_declared_backfill_of_sync_is_not_held_up(office: Office) -> None:
    office.change_terms(limits=Limits(changes=1), backfill=True)
    for _ in range(3):
        office.hand_over()

    assert len(office.cycle().applied.done) == 3


# --- the value ---------------------------------------------------------------------------------------------


def test_a_plan_has_the_same_id_an_hour_later_and_after_a_round_trip(office: Office) -> None:
    office.whim.decide = everything(office)
    office.hand_over()
    first = office.plan()
    office.clock.wait(hours=1)
    second = office.plan()

    assert first.id == second.id
    assert from_plain(Plan, to_plain(first)) == first
    assert from_plain(Plan, to_plain(first)).id == first.id


def test_making_a_plan_writes_nothing_anywhere(office: Office) -> None:
    office.whim.decide = everything(office)
    office.hand_over()
    office.plan()
    events = office.store.count_events()
    office.plan()

    assert office.store.count_events() == events
    assert office.store.intents("sent", "done", "failed") == []
    assert office.servicenow.written == office.jira.written == []


def test_findings_and_what_is_held_are_told_once(office: Office) -> None:
    def decide(case: Case) -> Decision:
        found = Finding(record=case.primary.ref, rule="whim", what="churn", cause="1", reason="twice")
        wish = ask(case, office.clock.now() + timedelta(days=400))
        return Decision(findings=(found,), wishes=(wish,))

    office.whim.decide = decide
    ref = office.open_incident()
    office.cycle()
    office.servicenow.edit(ref)
    cycle = office.cycle()

    assert (cycle.plan.findings, len(cycle.plan.looks)) == ((), 1)
    kinds = [event.kind.value for event in office.store.events_of([str(ref)])[str(ref)]]
    assert kinds.count("found") == kinds.count("held") == 1
    [look] = office.store.looks()
    assert [finding.what for finding in look.findings] == ["churn"]


def test_a_problem_is_looked_at_again_when_a_held_wish_may_go(office: Office) -> None:
    begin = office.clock.now() + timedelta(days=1)
    office.whim.decide = lambda case: Decision(wishes=(ask(case, begin),))
    office.open_incident()
    assert office.cycle().plan.changes == ()
    assert len(office.whim.asked) == 1
    office.cycle()
    assert len(office.whim.asked) == 1
    office.clock.wait(days=1)

    assert len(office.cycle().applied.done) == 1


# --- letters -----------------------------------------------------------------------------------------------


def refused_note(office: Office) -> None:
    """Have a note of a policy refused."""
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    office.servicenow.fail(Fault.REFUSED)
    office.cycle()


def test_what_waits_behind_a_letter_says_so(office: Office) -> None:
    office.open_incident()
    refused_note(office)
    office.whim.decide = lambda case: Decision(changes=(note(case), note(case, "another")))
    cycle = office.cycle()

    assert cycle.plan.changes == ()
    [held] = cycle.plan.held
    assert "waits behind an unfinished write: comment" in held.why
    assert "a mandatory field is empty" in held.why


def test_a_letter_holds_up_no_other_record(office: Office) -> None:
    office.open_incident()
    refused_note(office)
    office.open_incident()

    assert len(office.cycle().applied.done) == 1


def test_a_state_that_cannot_be_reached_keeps_no_words_back(office: Office) -> None:
    ref = office.open_incident()
    office.whim.decide = lambda case: Decision(changes=(reopen(case),))
    office.servicenow.fail(Fault.REFUSED)
    office.cycle()
    office.whim.decide = lambda case: Decision(changes=(reopen(case, cause="again"), note(case)))
    cycle = office.cycle()

    assert [change.kind for change in cycle.applied.done] == ["comment"]
    assert [held.record for held in cycle.plan.held if "waits behind" in held.why] == [ref]


def test_a_letter_goes_out_again_when_its_record_changes_and_not_before(office: Office) -> None:
    ref = office.open_incident()
    refused_note(office)
    assert office.cycle().plan.changes == ()
    office.servicenow.edit(ref, {TITLE: "With the mandatory field"})

    assert len(office.cycle().applied.done) == 1
    assert office.letters == []


def test_a_letter_that_was_dropped_is_never_sent_and_frees_what_waits_behind_it(office: Office) -> None:
    office.open_incident()
    refused_note(office)
    office.whim.decide = lambda case: Decision(changes=(note(case), note(case, "another")))
    office.cycle()
    [letter] = office.store.intents("failed")
    drop(office.store, letter)
    office.settle()

    assert [change.cause for change in office.servicenow.written] == ["another"]


@pytest.mark.parametrize("same_run", [True, False])
def test_a_counterpart_that_cannot_be_made_holds_up_nothing(office: Office, *, same_run: bool) -> None:
    office.jira.break_down(Fault.REFUSED)
    if same_run:
        office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    ref = office.hand_over()
    office.cycle()
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    office.store.look_again([str(ref)])
    office.cycle()

    assert [change.kind for change in office.servicenow.written] == ["contact"]
    assert len(office.letters) == 1


# --- what is no longer in the settings ---------------------------------------------------------------------


def test_nothing_is_written_to_an_instance_that_was_taken_out_of_the_settings(office: Office) -> None:
    left, right = office.linked()
    office.jira.say(right, "Hello", Audience.INTERNAL)
    office.cycle()
    office.whim.decide = lambda case: Decision(changes=(note(case), note(case, "x", right)))
    del office.connectors["jira"]
    incidents = office.terms.scopes[:1]
    dialects = {key: value for key, value in office.terms.dialects.items() if key[0] != "jira"}
    office.change_terms(scopes=incidents, links=(), dialects=dialects)
    cycle = office.cycle()

    assert [change.subject for change in cycle.applied.done] == [left]
    assert [held.why for held in cycle.plan.held] == ["its instance is no longer in the settings"]
