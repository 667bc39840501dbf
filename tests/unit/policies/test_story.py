"""The facts of a problem, read from its events."""

from dataclasses import replace
from itertools import permutations

import pytest

from careloop.model.change import Purpose
from careloop.model.event import EventKind, Quality
from careloop.model.record import RecordKind, RecordRef, State
from careloop.model.rules import Mode, Pilot
from careloop.policies.answers import Reading
from careloop.policies.story import Basis, By, Story, Via
from careloop.policies.telling import tell_story
from tests.unit.policies.incident import ANNA, INC, Problem, an_incident, on, rules

SUCCESSOR = RecordRef("sn", "incident", "2" * 32)
ISSUE = RecordRef("jira", "ENG", "10001")


def tell(problem: Problem) -> Story:
    return tell_story(problem.case, rules())


def test_each_resolution_is_a_proposal_with_its_resolver_and_where_it_came_from() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.IN_PROGRESS, on(3))
    problem.move(State.ON_HOLD, on(3, 11))
    problem.resolve(on(4), "clara")
    first, second = tell(problem).proposals
    assert (first.n, first.resolver, first.came_from, first.ended_at) == (1, "ben", State.IN_PROGRESS, on(3))
    assert (second.n, second.resolver, second.came_from, second.ended_at) == (2, "clara", State.ON_HOLD, None)


def test_an_entry_that_is_told_twice_changes_nothing() -> None:
    problem = Problem()
    problem.resolve(on(2))
    once = tell(problem)
    double = replace(problem.events[0], source_key="inferred", quality=Quality.INFERRED, actor=None)
    problem.events.append(replace(double, occurred_at=on(2, 10, 1)))
    assert tell(problem) == once


def test_the_order_in_which_entries_arrive_does_not_matter() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.say("still broken", on(3))
    problem.move(State.IN_PROGRESS, on(3, 11))
    problem.resolve(on(4))
    told = tell(problem)
    for events in permutations(problem.events):
        problem.events = list(events)
        assert tell(problem) == told


def test_what_only_the_record_shows_is_told_too() -> None:
    problem = Problem()
    problem.records[INC] = an_incident(
        state=State.CLOSED, resolved_at=on(2), closed_at=on(5), updated=on(6), resolver="ben"
    )
    story = tell(problem)
    assert [(p.at, p.resolver) for p in story.proposals] == [(on(2), "ben")]
    assert [(c.at, c.actor, c.basis) for c in story.closings] == [(on(5), None, None)]


def test_a_record_that_is_open_has_no_standing_proposal_whatever_the_history_lacks() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.records[INC] = an_incident(state=State.IN_PROGRESS, updated=on(3))
    story = tell(problem)
    assert story.current is None
    assert [reopen.at for reopen in story.reopens] == [on(3)]


def test_two_records_of_one_problem_make_one_proposal() -> None:
    problem = Problem()
    other = RecordRef("jira", "DESK", "10002")
    problem.records[other] = an_incident(
        ref=other, container="DESK", number="DESK-1", kind=RecordKind.SERVICE_REQUEST
    )
    problem.resolve(on(2))
    problem.resolve(on(2, 11), ref=other)
    assert len(tell(problem).proposals) == 1


def test_an_engineers_issue_proposes_nothing() -> None:
    problem = Problem()
    problem.records[ISSUE] = an_incident(ref=ISSUE, container="ENG", number="ENG-1", kind=RecordKind.ISSUE)
    problem.resolve(on(2), ref=ISSUE)
    assert tell(problem).proposals == ()


def test_a_successor_goes_on_counting() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.CLOSED, on(4), "robot")
    problem.say("still broken", on(5))
    problem.records[SUCCESSOR] = an_incident(ref=SUCCESSOR, number="INC0010002", parent=INC.id)
    problem.resolve(on(6), ref=SUCCESSOR)
    assert [(p.n, p.record) for p in tell(problem).proposals] == [(1, INC), (2, SUCCESSOR)]


def test_closing_again_without_work_is_no_new_proposal() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.CLOSED, on(3), "robot")
    problem.move(State.RESOLVED, on(4))
    story = tell(problem)
    assert len(story.proposals) == 1
    assert story.reopens == ()


@pytest.mark.parametrize("person", ["anna", "dora"])
def test_requester_and_delegate_answer_by_comment(person: str) -> None:
    problem = Problem()
    problem.people["anna"] = replace(ANNA, delegates=frozenset({"dora"}))
    problem.resolve(on(2))
    problem.say("works now", on(3), person)
    word = tell(problem).proposals[0].word
    assert word is not None
    assert (word.person, word.reading, word.via, word.attested) == (person, Reading.YES, Via.COMMENT, False)


def test_an_affected_user_answers_too() -> None:
    problem = Problem(records={INC: an_incident(affected="dora")})
    problem.resolve(on(2))
    problem.say("not yet", on(3), "dora")
    assert tell(problem).proposals[0].is_refuted


def test_the_verdict_of_a_stranger_waits_for_a_person() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.say("still broken for me", on(3), "dora")
    problem.say("see you at lunch", on(3, 11), "dora")
    proposal = tell(problem).proposals[0]
    assert proposal.word is None
    assert [answer.text for answer in proposal.open_answers] == ["still broken for me"]


def test_a_requester_who_works_in_the_resolver_group_confirms_nothing() -> None:
    problem = Problem()
    problem.people["anna"] = replace(ANNA, groups=frozenset({"desk"}))
    problem.resolve(on(2))
    problem.say("works now", on(3))
    problem.answer("yes", on(3, 11))
    problem.move(State.CLOSED, on(4), "anna")
    assert tell(problem).proposals[0].word is None


def test_internal_notes_and_our_own_texts_are_no_answers() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.say("works now", on(3), audience="internal")
    problem.say("works now", on(3), ours="abc")
    assert tell(problem).proposals[0].answers == ()


def test_the_later_word_wins() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.say("works now", on(3))
    assert tell(problem).proposals[0].is_confirmed
    problem.say("it is still broken", on(4))
    assert tell(problem).proposals[0].is_refuted
    problem.say("works again", on(5))
    assert tell(problem).proposals[0].is_confirmed


def test_closing_it_oneself_in_the_portal_is_a_yes() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.CLOSED, on(3), "anna")
    story = tell(problem)
    assert story.proposals[0].basis is Basis.CONFIRMED
    assert story.closings[0].basis is Basis.CONFIRMED


def test_reopening_it_oneself_in_the_portal_is_a_no() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.IN_PROGRESS, on(3), "anna")
    story = tell(problem)
    assert story.proposals[0].is_refuted
    assert [(reopen.by, reopen.proposal, reopen.not_counted) for reopen in story.reopens] == [
        (By.CUSTOMER, 1, "")
    ]


def test_a_reopening_by_the_platform_after_a_no_is_the_customers() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.IN_PROGRESS, on(3), "robot")
    problem.say("still broken", on(3))
    assert [reopen.by for reopen in tell(problem).reopens] == [By.CUSTOMER]


def test_the_no_that_made_the_platform_reopen_counts_whichever_entry_comes_first() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.IN_PROGRESS, on(3), "robot")
    problem.say("still broken", on(3))
    problem.events[-1] = replace(problem.events[-1], source_key="zz")
    assert tell(problem).proposals[0].is_refuted


def test_moves_of_one_second_are_told_as_one_leading_to_the_next() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.CLOSED, on(2), "robot")
    problem.events = [
        replace(event, source_key=key) for event, key in zip(problem.events, ("b", "a"), strict=True)
    ]
    story = tell(problem)
    assert [proposal.reached for proposal in story.proposals] == [State.RESOLVED]
    assert [closing.came_from for closing in story.closings] == [State.RESOLVED]


def test_an_account_of_a_machine_is_not_the_resolver_if_a_person_had_it() -> None:
    problem = Problem()
    problem.resolve(on(2), "robot")
    assert tell(problem).proposals[0].resolver == "ben"


def test_resolving_and_reopening_by_the_same_hand_is_churn() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.IN_PROGRESS, on(3), "ben")
    problem.resolve(on(4))
    problem.say("please look once more, I am not sure", on(4, 11))
    problem.move(State.IN_PROGRESS, on(5), "ben")
    churn, counted = tell(problem).reopens
    assert churn.not_counted
    assert not counted.not_counted


def test_ending_ones_own_open_problem_withdraws_it_and_the_way_back_stays_open() -> None:
    problem = Problem()
    problem.resolve(on(2), "anna")
    problem.move(State.CLOSED, on(3), "robot")
    story = tell(problem)
    assert [proposal.basis for proposal in story.proposals] == [Basis.WITHDRAWN]
    assert [closing.basis for closing in story.closings] == [Basis.WITHDRAWN]
    problem.say("it is still broken", on(4))
    assert tell(problem).proposals[0].is_refuted


@pytest.mark.parametrize("to", [State.CLOSED, State.CANCELED])
def test_ending_work_without_resolving_is_told_apart(to: State) -> None:
    problem = Problem()
    problem.move(to, on(2))
    story = tell(problem)
    assert [(p.reached, p.basis) for p in story.proposals] == [(to, None)]
    assert [closing.came_from for closing in story.closings] == [State.IN_PROGRESS]


def test_a_phone_call_is_vouched_for_by_an_agent_of_another_group_only() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.answer("yes", on(3), "ben", attested=True)
    assert tell(problem).proposals[0].basis is None
    problem.answer("yes", on(4), "clara")
    assert tell(problem).proposals[0].basis is None
    problem.answer("yes", on(5), "clara", attested=True)
    assert tell(problem).proposals[0].basis is Basis.ATTESTED


def test_a_declared_close_code_vouches_for_a_phone_call() -> None:
    declared = rules(phrases=replace(rules().phrases, attested=("confirmed by phone",)))
    problem = Problem()
    problem.happen(
        EventKind.RESOLUTION_GIVEN, on(2), actor="ben", text="Replaced it. Confirmed by phone.", code="Done"
    )
    problem.resolve(on(2))
    assert tell_story(problem.case, declared).proposals[0].basis is Basis.ATTESTED
    assert tell(problem).proposals[0].basis is None


def test_asks_and_reminders_belong_to_their_proposal() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask")
    problem.move(State.IN_PROGRESS, on(3))
    problem.resolve(on(4))
    problem.contact(Purpose.ASK, on(4, 11), "proposal 2:ask")
    problem.contact(Purpose.REMINDER, on(9, 11), "proposal 2:reminder")
    first, second = tell(problem).proposals
    assert [sent.at for sent in first.asks] == [on(2, 11)]
    assert [sent.at for sent in second.asks + second.reminders] == [on(4, 11), on(9, 11)]


def test_an_ask_still_counts_when_a_late_entry_shifts_the_numbers() -> None:
    problem = Problem()
    problem.resolve(on(4))
    problem.contact(Purpose.ASK, on(4, 11), "proposal 1:ask")
    late = Problem()
    late.resolve(on(2))
    late.move(State.IN_PROGRESS, on(3))
    problem.events = [replace(e, source_key=f"late{e.source_key}") for e in late.events] + problem.events
    assert [len(proposal.asks) for proposal in tell(problem).proposals][-1] == 1


def test_an_ask_counts_though_the_clocks_differ() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.contact(Purpose.ASK, on(2, 9, 59), "proposal 1:ask")
    assert tell(problem).proposals[0].asks


def test_resolved_out_of_waiting_in_silence_is_parked() -> None:
    problem = Problem()
    problem.move(State.AWAITING_CALLER, on(2))
    problem.resolve(on(3))
    assert tell(problem).proposals[0].parked
    problem.move(State.AWAITING_CALLER, on(4))
    problem.say("here is the log you wanted", on(5))
    problem.resolve(on(6))
    assert [proposal.parked for proposal in tell(problem).proposals] == [True, False]


def test_an_automatic_reply_is_no_word_of_the_customer() -> None:
    problem = Problem()
    problem.move(State.AWAITING_CALLER, on(2))
    problem.say("Automatic reply: I am away", on(2, 11), automatic=True)
    problem.resolve(on(3))
    assert tell(problem).proposals[0].parked


def test_what_came_before_the_promise_or_outside_the_pilot_is_history() -> None:
    problem = Problem()
    problem.resolve(on(2))
    for old in (
        rules(since=on(3)),
        rules(mode=Mode.AUDIT, since=None),
        rules(pilot=Pilot(groups=frozenset({"net"}))),
    ):
        assert tell_story(problem.case, old).proposals[0].history
    assert not tell(problem).proposals[0].history
