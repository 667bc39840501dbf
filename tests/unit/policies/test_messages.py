"""What customers read."""

from dataclasses import replace
from datetime import date

import pytest

from careloop.policies.messages import (
    Facts,
    Text,
    reads_plainly,
    say_date,
    write_ask,
    write_deferral_decision,
    write_deferral_notice,
    write_lapse,
    write_question_reminder,
    write_reminder,
    write_thanks,
)

FULL = Facts(
    name="Anna",
    title="The printer is silent",
    number="INC0010001",
    reported=date(2026, 3, 2),
    done="The toner was replaced.",
    phone="+00 1",
    next_on=date(2026, 3, 5),
    asked_on=date(2026, 3, 2),
    words="the budget is there",
)
BARE = Facts(number="INC0010001", next_on=date(2026, 3, 5), asked_on=date(2026, 3, 2))


def everything(facts: Facts) -> list[Text]:
    plain = [write_ask, write_reminder, write_lapse, write_thanks, write_question_reminder]
    decided = [write_deferral_decision(facts, action) for action in ("do", "keep", "drop")]
    noticed = [write_deferral_notice(facts, due=due) for due in (True, False)]
    return [*(write(facts) for write in plain), *decided, *noticed]


@pytest.mark.parametrize("facts", [FULL, BARE])
def test_no_text_says_ticket_or_leaves_a_hole(facts: Facts) -> None:
    for text in everything(facts):
        for said in (text.line, text.message):
            assert said
            assert "ticket" not in said.casefold()
            for hole in ("$", "None", "  ", " .", "\u201c\u201d", "of ."):
                assert hole not in said
        assert "\n" not in text.line


def test_every_message_carries_the_phone_number() -> None:
    assert all("+00 1" in text.message for text in everything(FULL))


def test_the_ask_offers_three_answers_and_says_when_it_asks_again() -> None:
    message = write_ask(FULL).message
    assert "\nWorks\nNot yet\nCall me" in message
    assert "5 March 2026" in message
    assert "The toner was replaced." in message


def test_a_lapse_claims_nothing_and_names_the_way_back() -> None:
    message = write_lapse(FULL).message
    assert "does not count as solved" in message
    assert "without a form" in message


def test_what_stays_put_off_without_a_date_says_so() -> None:
    assert "for now" in write_deferral_decision(replace(FULL, next_on=None), "keep").message


def test_a_reminder_is_the_last() -> None:
    assert "last question" in write_reminder(FULL).message


def test_an_unknown_language_reads_english() -> None:
    assert write_ask(FULL, "tlh") == write_ask(FULL, "en-GB") == write_ask(FULL)


def test_dates_cannot_be_mistaken() -> None:
    assert say_date(date(2026, 4, 3)) == "3 April 2026"
    assert say_date(None) == ""


@pytest.mark.parametrize(
    "notes",
    [
        "We replaced the toner.",
        "Your mailbox was full. We gave you more room, and mail comes in again.",
        "Der Zugang wurde neu eingerichtet.",
    ],
)
def test_plain_words_may_be_shown(notes: str) -> None:
    assert reads_plainly(notes)


@pytest.mark.parametrize(
    "notes",
    [
        "",
        "done",
        "Fixed it",
        "RESET THE PASSWORD AGAIN",
        "see KB0012345 for the details of this",
        "restarted svc on srv-01 via C:\\tools",
        "customer did not plug it in again",
        "sent a mail to bob@example.com about it",
        "set max_conn=200 in the file",
        "Look at http://wiki.example.com for more",
        "User error as always with this one here, user is wrong",
        "word " * 100,
    ],
)
def test_anything_else_stays_inside(notes: str) -> None:
    assert not reads_plainly(notes)
