"""What the promise of confirmed closure demands, step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from careloop.model.change import AddComment, Purpose, Transition
from careloop.model.decision import Decision
from careloop.model.event import EventKind
from careloop.model.record import State
from careloop.model.rules import CareLevel, ContactRules, Mode, NeverAsk, Pilot
from careloop.policies.confirmed_closure import ConfirmedClosure
from tests.unit.policies.closure import asked, look, told
from tests.unit.policies.incident import ANNA, BEN, INC, Problem, an_incident, on

# --- asking ---


def test_a_resolution_is_asked_about_once() -> None:
    problem = Problem()
    problem.resolve(on(2))
    decision = look(problem, on(2, 10, 5))
    (wish,) = decision.wishes
    assert (wish.purpose, wish.cause, wish.person) == (Purpose.ASK, "proposal 1:ask", "anna")
    assert (wish.not_before, wish.not_after) == (on(2), on(16))
    problem.contact(Purpose.ASK, on(2, 11), wish.cause)
    after = look(problem, on(2, 12))
    assert [w.purpose for w in after.wishes] == [Purpose.REMINDER]
    assert after.look_at == after.wishes[0].not_before == on(5, 11)


def test_the_ask_names_what_was_done_if_it_reads_plainly_and_never_says_ticket() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.records[INC] = replace(
        problem.records[INC], close_notes="We replaced the toner and cleaned the rollers."
    )
    message = look(problem, on(2, 11)).wishes[0].message
    assert "We replaced the toner" in message
    assert "Anna" in message
    for offered in (
        "Works",
        "Not yet",
        "Call me",
        "+00 1",
        "The printer is silent",
        "2 March 2026",
        "5 March 2026",
    ):
        assert offered in message
    problem.records[INC] = replace(
        problem.records[INC], close_notes="user error, KB0012345 http://x/y reset via adm\\x"
    )
    message = look(problem, on(2, 11)).wishes[0].message
    assert "user error" not in message
    assert "ticket" not in message.casefold()


def test_a_way_round_is_called_one_and_names_the_day_of_the_lasting_fix() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.records[INC] = replace(problem.records[INC], close_code="Workaround provided")
    assert "The lasting fix is put off." in look(problem, on(2, 11)).wishes[0].message
    problem.records[INC] = replace(problem.records[INC], due=date(2026, 6, 30))
    assert "put off until 30 June 2026" in look(problem, on(2, 11)).wishes[0].message


def test_the_words_are_the_organisations_own() -> None:
    problem = Problem()
    problem.resolve(on(2))
    wish = look(problem, on(2, 11), contact=ContactRules(noun="matter")).wishes[0]
    assert "matter" in wish.message
    assert "problem" not in wish.line
    assert "\n" not in wish.line


def test_an_ask_waits_for_the_persons_own_hours() -> None:
    problem = Problem()
    problem.people["anna"] = replace(ANNA, zone="America/New_York")
    problem.resolve(on(2))
    decision = look(problem, on(2, 10, 5))
    assert decision.wishes[0].not_before == on(2, 14)
    assert decision.look_at == on(2, 14)


def test_an_ask_that_could_not_go_out_in_time_is_never_sent() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.happen(EventKind.HELD, on(3), cause="proposal 1:ask", why="contact budget used up")
    decision = look(problem, on(17))
    assert not decision.wishes
    assert [(f.what, f.reason) for f in decision.findings] == [("unasked", "contact budget used up")]


def test_a_question_that_may_not_have_arrived_is_neither_repeated_nor_counted_as_silence() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask", delivered=False)
    waiting = look(problem, on(9))
    assert (waiting.wishes, waiting.findings, waiting.look_at) == ((), (), on(16))
    assert [(f.what, f.reason) for f in look(problem, on(17)).findings] == [
        ("unasked", "nobody knows whether the question arrived")
    ]


NEVER: dict[str, Callable[[Problem], None]] = {
    "no requester": lambda p: p.records.update({INC: an_incident(requester=None)}),
    "unknown requester": lambda p: p.people.clear(),
    "inactive": lambda p: p.people.update(anna=replace(ANNA, active=False)),
    "left": lambda p: p.people.update(anna=replace(ANNA, left=True)),
    "mail came back": lambda p: p.people.update(anna=replace(ANNA, bounced=True)),
    "service account": lambda p: p.records.update({INC: an_incident(requester="robot")}),
    "listed account": lambda p: p.people.update(anna=replace(ANNA, account="kiosk")),
    "monitoring": lambda p: p.records.update({INC: an_incident(contact_type="Monitoring")}),
    "access rights": lambda p: p.records.update({INC: an_incident(category="Access rights")}),
    "security": lambda p: p.records.update({INC: an_incident(subcategory="Security")}),
    "in the resolver group": lambda p: p.people.update(anna=replace(ANNA, groups=frozenset({"desk"}))),
}


@pytest.mark.parametrize("why", NEVER)
def test_nobody_is_asked_who_must_not_be(why: str) -> None:
    problem = Problem()
    NEVER[why](problem)
    problem.resolve(on(2))
    decision = look(problem, on(2, 11), never_ask=NeverAsk(accounts=frozenset({"kiosk"})))
    assert not decision.wishes
    assert not decision.changes
    assert told(decision) == [("unasked", False)]
    assert decision.findings[0].reason


def test_who_left_meanwhile_is_not_reminded() -> None:
    problem = asked()
    problem.people["anna"] = replace(ANNA, left=True)
    assert not look(problem, on(6)).wishes


def test_who_resolves_their_own_problem_is_not_asked() -> None:
    problem = Problem(records={INC: an_incident(requester="ben")})
    problem.resolve(on(2), "robot")
    problem.records[INC] = replace(problem.records[INC], resolver="ben")
    assert told(look(problem, on(2, 11))) == [("unasked", False)]


@pytest.mark.parametrize(
    "values",
    [
        {"since": on(3)},
        {"mode": Mode.AUDIT, "since": None},
        {"pilot": Pilot(categories=frozenset({"software"}))},
    ],
)
def test_what_is_history_is_only_reported(values: dict[str, Any]) -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.CLOSED, on(2, 12), "robot")
    decision = look(problem, on(5), **values)
    assert not decision.wishes
    assert not decision.changes
    assert decision.look_at is None
    ((finding),) = decision.findings
    assert (finding.what, finding.history, finding.waits) == (
        "unconfirmed_closing",
        True,
        False,
    ) or "pilot" in values


def test_a_no_since_the_promise_was_made_reopens_even_what_is_older() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.say("it is still broken", on(4))
    assert look(problem, on(5), since=on(3)).changes
    assert not look(problem, on(5), since=on(5)).changes


def test_resolved_out_of_waiting_in_silence_is_never_asked_about() -> None:
    problem = Problem()
    problem.move(State.AWAITING_CALLER, on(2))
    problem.resolve(on(3))
    decision = look(problem, on(3, 11))
    assert not decision.wishes
    assert not decision.findings  # the policy of waiting says it


# --- silence ---


def reminded() -> Problem:
    """A problem whose customer was asked on the 2nd and reminded on the 5th."""
    problem = asked()
    problem.contact(Purpose.REMINDER, on(5, 11), "proposal 1:reminder")
    return problem


def test_silence_is_reminded_of_once_and_then_lapses() -> None:
    problem = reminded()
    quiet = look(problem, on(6))
    assert (quiet.wishes, quiet.findings, quiet.look_at) == ((), (), on(16, 11))
    lapsed = look(problem, on(16, 11))
    assert told(lapsed) == [("lapsed", False)]
    assert (lapsed.wishes, lapsed.changes, lapsed.look_at) == ((), (), None)


def test_a_lapse_is_told_only_where_that_was_chosen() -> None:
    told_of = look(reminded(), on(16, 11), contact=ContactRules(lapse_notice=True)).wishes
    assert [wish.purpose for wish in told_of] == [Purpose.LAPSE]
    assert "does not count as solved" in told_of[0].message


def test_under_care_silence_ends_nothing() -> None:
    assert told(look(reminded(), on(20), care_level=CareLevel.CARE)) == [("unanswered", False)]


def test_silence_counts_only_after_its_reminder_had_its_time() -> None:
    problem = asked()
    late = look(problem, on(20))
    assert told(late) == []
    assert [wish.purpose for wish in late.wishes] == [Purpose.REMINDER]
    problem.contact(Purpose.REMINDER, on(20, 11), "proposal 1:reminder")
    assert told(look(problem, on(30))) == []
    assert told(look(problem, on(31, 12))) == [("lapsed", False)]


def test_where_no_reminder_can_reach_anybody_silence_ends_in_twice_the_time() -> None:
    assert told(look(asked(), on(31))) == [("lapsed", False)]


def test_the_silence_of_an_important_person_ends_nothing() -> None:
    problem = reminded()
    problem.people["anna"] = replace(ANNA, vip=True)
    assert told(look(problem, on(20))) == [("unanswered", False)]


def test_silence_after_a_second_attempt_ends_nothing() -> None:
    problem = asked()
    problem.say("still broken", on(3))
    problem.move(State.IN_PROGRESS, on(3, 11))
    problem.resolve(on(4))
    problem.contact(Purpose.ASK, on(4, 11), "proposal 2:ask")
    assert told(look(problem, on(30))) == [("unanswered", False)]


def test_a_thank_you_is_no_answer() -> None:
    problem = asked()
    problem.say("Thanks a lot!", on(3))
    decision = look(problem, on(3, 11))
    assert [wish.purpose for wish in decision.wishes] == [Purpose.REMINDER]
    assert not decision.findings
    assert not decision.changes


def test_nobody_is_asked_while_known_to_be_away() -> None:
    problem = Problem()
    problem.people["anna"] = replace(ANNA, away_until=on(9, 9))
    problem.resolve(on(2))
    decision = look(problem, on(3))
    assert [wish.not_before for wish in decision.wishes] == [on(9, 9)]
    assert (decision.state, decision.look_at) == ("paused", on(9, 9))


def test_what_is_kept_open_by_override_does_not_lapse() -> None:
    problem = reminded()
    problem.override("keep_open", on(3))
    assert told(look(problem, on(20))) == [("unanswered", False)]


def test_an_absence_stops_the_clock_until_the_return() -> None:
    problem = asked()
    problem.say("I am out of office until 13 March 2026", on(3))
    away = look(problem, on(6))
    assert not away.wishes
    assert away.look_at == on(16, 9)
    back = look(problem, on(16, 9))
    assert back.wishes[0].not_before == on(19, 9)
    assert not back.findings


def test_an_absence_without_a_date_stops_the_clock_for_one_window() -> None:
    problem = asked()
    problem.say("Automatic reply: I am on vacation", on(3, 10))
    assert look(problem, on(6)).look_at == on(17, 10)


def test_an_automatic_reply_changes_nothing() -> None:
    problem = asked()
    before = look(problem, on(4))
    problem.say("It works", on(3), automatic=True)
    assert look(problem, on(4)) == before


# --- answers ---


def test_a_yes_confirms_with_its_evidence_and_one_internal_note() -> None:
    problem = asked()
    said = problem.say("Yes, thanks!", on(3))
    decision = look(problem, on(3, 11))
    (finding,) = decision.findings
    assert (finding.what, finding.content, finding.waits) == ("confirmed", said.source_key, False)
    (note,) = decision.changes
    assert isinstance(note, AddComment)
    assert not note.message
    assert decision.look_at is None


def test_a_yes_by_phone_is_attested_and_told_apart() -> None:
    problem = asked()
    problem.answer("yes", on(3), "clara", attested=True)
    assert told(look(problem, on(3, 11))) == [("attested", False)]


def test_closing_confirmed_records_is_opt_in() -> None:
    problem = asked()
    problem.say("Works", on(3))
    assert [change.kind for change in look(problem, on(4)).changes] == ["comment"]
    note, close = look(problem, on(4), settings=ConfirmedClosure(close=True)).changes
    assert isinstance(close, Transition)
    assert (close.state, close.native, note.kind) == (State.CLOSED, "7", "comment")


def test_a_no_brings_it_back_to_the_same_resolver_with_the_words() -> None:
    problem = asked()
    problem.say("It is still broken, page 2 is empty", on(3))
    (change,) = look(problem, on(3, 11)).changes
    assert isinstance(change, Transition)
    assert (change.native, change.fields) == ("2", {"assigned_to": "id-ben"})
    assert "page 2 is empty" in change.note
    assert not change.message


def test_only_the_customers_own_words_are_handed_on() -> None:
    problem = asked()
    problem.say(
        "Page 2 is still empty, it does not work\n\nOn Monday Service Desk wrote:\n> Does it work?", on(3)
    )
    (change,) = look(problem, on(3, 11)).changes
    assert isinstance(change, Transition)
    assert "Page 2 is still empty" in change.note
    assert "Service Desk" not in change.note


def test_the_words_can_go_into_a_comment_instead() -> None:
    problem = asked()
    problem.say("It is still broken, page 2 is empty", on(3))
    (change,) = look(problem, on(3, 11), settings=ConfirmedClosure(words_as="comment")).changes
    assert isinstance(change, Transition)
    assert "page 2 is empty" in change.message
    assert not change.note


@pytest.mark.parametrize("values", [{"active": False}, {"left": True}, {"instance": "other"}])
def test_nobody_is_assigned_who_cannot_take_it(values: dict[str, Any]) -> None:
    problem = asked()
    problem.people["ben"] = replace(BEN, **values)
    problem.answer("partly", on(3))
    (change,) = look(problem, on(3, 11)).changes
    assert isinstance(change, Transition)
    assert change.fields == {}


def test_a_no_after_a_yes_reopens_too() -> None:
    problem = asked()
    problem.say("works now", on(3))
    problem.say("it happened again", on(25))
    assert [change.kind for change in look(problem, on(25, 11)).changes] == ["transition"]


def test_a_no_after_the_lapse_reopens_too() -> None:
    problem = asked()
    problem.say("not yet", on(27))
    assert [change.kind for change in look(problem, on(27, 11)).changes] == ["transition"]


def test_in_mode_ask_a_no_leaves_a_work_note_only() -> None:
    problem = asked()
    problem.say("still broken", on(3))
    decision = look(problem, on(3, 11), mode=Mode.ASK)
    (note,) = decision.changes
    assert isinstance(note, AddComment)
    assert "still broken" in note.body
    assert told(decision) == [("refuted", True)]


def test_who_said_no_is_thanked_once_it_is_open_again() -> None:
    problem = asked()
    problem.say("still broken", on(3))
    assert not look(problem, on(3, 11)).wishes
    problem.move(State.IN_PROGRESS, on(3, 12), "robot")
    (wish,) = look(problem, on(3, 13)).wishes
    assert (wish.purpose, wish.counted) == (Purpose.THANKS, False)
    assert not look(problem, on(6)).wishes


def test_only_who_said_no_is_thanked() -> None:
    problem = asked()
    problem.people["anna"] = replace(ANNA, delegates=frozenset({"dora"}))
    problem.say("still broken", on(3), "dora")
    problem.move(State.IN_PROGRESS, on(3, 12), "robot")
    assert not look(problem, on(3, 13)).wishes


def test_who_reopens_it_by_hand_is_not_written_to() -> None:
    problem = asked()
    problem.move(State.IN_PROGRESS, on(3), "anna")
    assert look(problem, on(3, 11)) == Decision(state="open")


@pytest.mark.parametrize(
    ("text", "what"),
    [("I saw something odd", "triage"), ("It works, but why?", "triage"), ("Call me", "callback")],
)
def test_what_is_unclear_waits_for_a_person_and_stops_every_clock(text: str, what: str) -> None:
    problem = asked()
    problem.say(text, on(3))
    for at in (on(3, 11), on(30)):
        decision = look(problem, at)
        assert told(decision) == [(what, True)]
        assert (decision.wishes, decision.changes, decision.look_at) == ((), (), None)


def test_an_agents_reply_settles_what_was_unclear_and_starts_the_clock_again() -> None:
    problem = asked()
    problem.say("I saw something odd", on(3))
    problem.say("That light is normal.", on(4), "ben")
    decision = look(problem, on(4, 11))
    assert decision.findings == ()
    assert decision.wishes[0].not_before == on(9)


def test_the_verdict_of_a_watcher_waits_for_a_person() -> None:
    problem = asked()
    problem.say("still broken", on(3), "dora")
    decision = look(problem, on(3, 11))
    assert told(decision) == [("triage", True)]
    assert not decision.changes
