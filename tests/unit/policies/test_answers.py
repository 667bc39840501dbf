"""How replies read: nothing but explicit words counts, and the careful reading wins."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.model.rules import Phrases
from careloop.policies.answers import Reading, Reply, classify, strip_quoted
from careloop.policies.phrases import known_phrases

TODAY = date(2026, 3, 4)  # a Wednesday
PHRASES = known_phrases(Phrases())

YES = (
    "Works",
    "works.",
    "Yes",
    "yes, thanks!",
    "Hi team,\n\nit works now.\n\nBest regards\nAnna",
    "It is fixed now, thank you very much.",
    "The problem no longer occurs.",
    "Ja",
    "Funktioniert wieder, danke!",
    "Tritt nicht mehr auf.",
    "Issue resolved. Thanks for your help",
    "Works for me",
    "Super, klappt!",
)
NO = (
    "No, it is still slow.",
    "Nope - same as before",
    "Hello, no. It is slow.",
    "Nein, es ist langsam",
    "Not yet",
    "No",
    "nope!",
    "It does not work",
    "It doesn\u2019t work",
    "yes but it still fails",
    "Thanks, but it is still broken",
    "It happened again",
    "Still broken. Can you call me?",
    "Nein",
    "Geht leider immer noch nicht.",
    "Ja, aber es funktioniert noch nicht",
    "Still broken, and I am out of the office from tomorrow",
    "The issue persists",
    "Leider nein",
)
UNCLEAR = (
    "No, thanks",
    "No, it works now, or so it seems",
    "No idea what you did",
    "",
    "...",
    "Thanks, but not really",
    "It works if I restart it every hour",
    "I have not tested it yet",
    "Hope it works",
    "Everything is fine",
    "No problem, works",
    "I will try it on Monday",
    "Yes I see",
    "Ja, aber nur manchmal",
    "I think it works",
    "It seems it works now",
    "Ich glaube, es funktioniert",
)
QUESTIONS = ("Why is it still broken?", "It works now, why did it happen?", "Thanks! Who are you?", "Yes?")
THANKS = (
    "Thanks a lot!",
    "thank you",
    "ok",
    "Vielen Dank!",
    "Thank you for the quick help, you are the best",
)


def read(text: str, *, automatic: bool = False) -> Reading:
    return classify(text, automatic=automatic, phrases=PHRASES, today=TODAY).reading


@pytest.mark.parametrize("text", YES)
def test_an_explicit_yes_is_a_yes(text: str) -> None:
    assert read(text) is Reading.YES


@pytest.mark.parametrize("text", NO)
def test_an_explicit_no_beats_whatever_stands_beside_it(text: str) -> None:
    assert read(text) is Reading.NO


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_doubtful_reply_goes_to_a_person(text: str) -> None:
    assert read(text) is Reading.UNCLEAR


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_beats_a_yes_and_a_thank_you(text: str) -> None:
    assert read(text) is Reading.QUESTION


@pytest.mark.parametrize("text", THANKS)
def test_a_thank_you_is_no_answer(text: str) -> None:
    assert read(text) is Reading.THANKS


@pytest.mark.parametrize(
    "text", ["partly", "It works partially", "Better, but upstairs still has it", "Nur zum Teil"]
)
def test_half_a_success_is_partly(text: str) -> None:
    assert read(text) is Reading.PARTLY


@pytest.mark.parametrize(
    "text",
    [
        "Call me",
        "Please call me",
        "Can you call me back?",
        "I am not sure, give me a call",
        "Bitte um Rückruf",
        "Rufen Sie mich bitte an",
    ],
)
def test_whoever_wants_to_be_called_is_heard(text: str) -> None:
    assert read(text) is Reading.CALL


@pytest.mark.parametrize("text", ["Yes", "No", "It works now", "anything"])
def test_a_machine_never_answers(text: str) -> None:
    assert read(text, automatic=True) is Reading.AUTOMATIC
    assert read(f"Automatic reply: {text}") is Reading.AUTOMATIC


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("I am out of office until 9 March 2026 and cannot read mail.", date(2026, 3, 10)),
        ("I'm out of the office, back on Monday.", date(2026, 3, 9)),
        ("On vacation until 2026-03-20", date(2026, 3, 21)),
        ("On annual leave, returning on March 12th", date(2026, 3, 12)),
        ("Out of office until 5 January", date(2027, 1, 6)),
        ("Ich bin bis zum 13.03. im Urlaub", date(2026, 3, 14)),
        ("Ich bin abwesend und ab dem 16.3.2026 wieder da", date(2026, 3, 16)),
        ("Out of office until 25/03/2026", date(2026, 3, 26)),
        ("Out of office until 03/04/2026", None),
        ("I am out of office.", None),
        ("Out of office until 31 February", None),
    ],
)
def test_an_absence_names_the_day_of_return_if_it_is_certain(text: str, back: date | None) -> None:
    assert classify(text, automatic=False, phrases=PHRASES, today=TODAY) == Reply(Reading.AWAY, back)
    assert classify(text, automatic=True, phrases=PHRASES, today=TODAY) == Reply(Reading.AWAY, back)


QUOTATIONS = (
    "{own}\n\nOn Mon, 2 Mar 2026 at 10:00, Service Desk <desk@example.com> wrote:\n> {other}",
    "{own}\n\nOn Mon, 2 Mar 2026 at 10:00, Service Desk\n<desk@example.com> wrote:\n\n{other}",
    "{own}\n\nAm 02.03.2026 um 10:00 schrieb Service Desk:\n> {other}",
    "{own}\n\n-----Original Message-----\nFrom: desk@example.com\n\n{other}",
    "{own}\r\n\r\n________________________________\r\nFrom: desk@example.com\r\n{other}",
    "{own}\n\nVon: Service Desk\nGesendet: Montag, 2. März 2026\nBetreff: Drucker\n\n{other}",
    "On Mon, 2 Mar 2026 Service Desk wrote:\n> {other}\n\n{own}",
    "> {other}\n{own}",
    "{own}\n\nHello Anna,\n\n{other}\n\n[ref 0123456789]",
)


@pytest.mark.parametrize("mail", QUOTATIONS)
@pytest.mark.parametrize(("own", "other"), [("Works", "It is still broken"), ("Not yet", "It works now")])
def test_the_message_that_is_answered_is_not_read(mail: str, own: str, other: str) -> None:
    text = mail.format(own=own, other=other)
    assert strip_quoted(text) == own
    assert read(text) is read(own)


@given(st.text(max_size=200), st.sampled_from(("It is still broken.", "Es geht nicht.", "does not work")))
def test_whatever_surrounds_a_no_it_never_becomes_a_yes(text: str, no: str) -> None:
    assert read(f"{no}\n{text}") is not Reading.YES


@given(st.text(max_size=200))
def test_words_nobody_declared_neither_confirm_nor_refute(text: str) -> None:
    if classify(text, automatic=False, phrases=Phrases(), today=TODAY).reading.is_verdict:
        assert any(
            word in text.casefold() for word in ("works", "not yet", "part", "some of it", "half", "teil")
        )


def test_an_organisation_can_replace_the_phrases() -> None:
    own = known_phrases(Phrases(yes=("all shiny",)))
    assert classify("All shiny", automatic=False, phrases=own, today=TODAY).reading is Reading.YES
    assert classify("Yes", automatic=False, phrases=own, today=TODAY).reading is Reading.UNCLEAR
    assert classify("still broken", automatic=False, phrases=own, today=TODAY).reading is Reading.NO
