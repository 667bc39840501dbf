"""Nobody is contacted more often than the budget says, outside their hours, or after they left."""

from datetime import UTC, datetime, timedelta

import pytest

from careloop.model.change import Purpose, Seen
from careloop.model.hours import Hours
from careloop.model.person import Person
from careloop.model.rules import Budget, ContactRules
from tests.unit.sync.wishes import TUESDAY, granted, held, make_asker, make_person, make_wish, sent

MAIL = ContactRules(channel="mail")


def test_a_wish_inside_hours_and_budget_is_granted() -> None:
    [contact] = granted([make_wish()], make_asker())

    assert contact.message == "Hello, does p1 work again?"
    assert (contact.not_before, contact.not_after) == (TUESDAY - timedelta(days=1), TUESDAY.replace(hour=17))
    assert [(m.problem, m.cause) for m in contact.covers] == [("p1", "proposal 1:ask")]


def test_what_was_said_is_not_said_again() -> None:
    asker = make_asker([sent(TUESDAY - timedelta(days=60), "p1", cause="proposal 1:ask")])

    assert granted([make_wish()], asker) == []
    assert held([make_wish()], asker) == []


# --- whom nobody contacts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (make_person(left=True), "left"),
        (make_person(bounced=True), "mail came back"),
        (make_person(active=False), "inactive"),
        (make_person(away_until=TUESDAY + timedelta(days=3)), "away"),
        (make_person("somebody else"), "nobody is known"),
    ],
)
def test_who_cannot_be_reached_is_not_contacted(person: Person, says: str) -> None:
    [one] = held([make_wish()], make_asker(people=[person]))

    assert granted([make_wish()], make_asker(people=[person])) == []
    assert says in one.why


def test_who_is_away_is_looked_at_again_on_their_return() -> None:
    back = TUESDAY + timedelta(days=3)
    [one] = held([make_wish()], make_asker(people=[make_person(away_until=back)]))

    assert one.until == back


def test_who_is_back_is_contacted() -> None:
    asker = make_asker(people=[make_person(away_until=TUESDAY)])

    assert len(granted([make_wish()], asker)) == 1


def test_nobody_is_contacted_from_an_instance_that_is_not_in_production() -> None:
    asker = make_asker(closed_channels={"servicenow": "not in production"})

    assert granted([make_wish()], asker) == []
    assert [one.why for one in held([make_wish()], asker)] == ["not in production"]


# --- when --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "hour", "reached"),
    [
        ("UTC", 8, False),
        ("UTC", 9, True),
        ("UTC", 16, True),
        ("UTC", 17, False),
        ("Asia/Tokyo", 7, True),
        ("Asia/Tokyo", 9, False),
        ("America/New_York", 13, True),
        ("America/New_York", 10, False),
    ],
)
def test_hours_are_those_of_the_person_asked(zone: str, hour: int, *, reached: bool) -> None:
    now = TUESDAY.replace(hour=hour)
    asker = make_asker(people=[make_person(zone=zone)], now=now)

    assert len(granted([make_wish()], asker)) == int(reached)
    assert all(one.until is not None and one.until > now for one in held([make_wish()], asker))


def test_holidays_and_weekends_are_outside_hours() -> None:
    hours = Hours(closed=frozenset({TUESDAY.date()}))
    asker = make_asker(rules=ContactRules(hours=hours))
    [one] = held([make_wish()], asker)

    assert one.until == datetime(2026, 3, 11, 9, tzinfo=UTC)
    assert granted([make_wish()], make_asker(now=datetime(2026, 3, 14, 10, tzinfo=UTC))) == []


def test_a_wish_waits_for_its_time_and_is_dropped_after_it() -> None:
    early = make_wish(not_before=TUESDAY + timedelta(hours=2))
    late = make_wish(not_after=TUESDAY - timedelta(hours=1))

    assert [one.until for one in held([early], make_asker())] == [early.not_before]
    assert [one.until for one in held([late], make_asker())] == [None]
    assert granted([early, late], make_asker()) == []


def test_a_contact_ends_with_the_day_or_with_its_wish_whichever_comes_first() -> None:
    soon = TUESDAY + timedelta(hours=1)

    assert granted([make_wish(not_after=soon)], make_asker())[0].not_after == soon


# --- how often ---------------------------------------------------------------------------------------------


def test_a_person_is_contacted_once_a_day_through_comments() -> None:
    wishes = [make_wish("p1"), make_wish("p2")]
    [contact] = granted(wishes, make_asker())
    [waiting] = held(wishes, make_asker())

    assert contact.problem == "p1"
    assert "today already" in waiting.why
    assert waiting.until == datetime(2026, 3, 11, 9, tzinfo=UTC)


def test_the_day_is_the_persons_own() -> None:
    tokyo = make_person(zone="Asia/Tokyo")
    now = datetime(2026, 3, 10, 1, tzinfo=UTC)  # ten in the morning there
    yesterday = sent(now - timedelta(hours=2, minutes=30))  # half past seven there: the same day

    assert granted([make_wish()], make_asker([yesterday], [tokyo], now)) == []
    assert len(granted([make_wish()], make_asker([sent(now - timedelta(hours=12))], [tokyo], now))) == 1


def test_on_other_channels_all_matters_travel_in_one_message_which_is_one_contact() -> None:
    wishes = [make_wish(f"p{n}") for n in range(5)]
    asker = make_asker(rules=MAIL, seen={f"p{n}": Seen(str(n), 10 + n) for n in range(5)})
    [contact] = granted(wishes, asker)

    assert contact.message.splitlines()[::2] == [f"Does p{n} work?" for n in range(5)]
    assert {m.problem for m in contact.covers} == {f"p{n}" for n in range(5)}
    assert contact.seen == Seen("0", 14)  # nothing about any of them may be newer than what was seen
    assert held(wishes, asker) == []


def test_lines_of_one_message_count_once() -> None:
    at = TUESDAY - timedelta(days=2)
    ledger = [sent(at, f"p{n}", key="one message") for n in range(3)]

    assert len(granted([make_wish("p7")], make_asker(ledger))) == 1


def test_two_messages_of_one_moment_count_twice() -> None:
    at = TUESDAY - timedelta(days=2)
    ledger = [sent(at, f"p{n}", key=f"message {n}") for n in range(3)]
    [one] = held([make_wish("p7")], make_asker(ledger))

    assert "3 per person in 30 days" in one.why


def test_the_budget_of_a_person_is_free_again_when_the_oldest_contact_is_out_of_the_window() -> None:
    ledger = [sent(TUESDAY - timedelta(days=days), f"p{days}") for days in (29, 20, 10)]
    [one] = held([make_wish()], make_asker(ledger))

    assert one.until == datetime(2026, 3, 11, 10, tzinfo=UTC)
    assert len(granted([make_wish()], make_asker(ledger, now=one.until))) == 1


def test_the_budget_of_a_problem_counts_business_days() -> None:
    ledger = [sent(TUESDAY - timedelta(days=days), "p1", cause=f"{days}") for days in (8, 5)]
    [one] = held([make_wish("p1")], make_asker(ledger))

    assert "2 per problem in 10 business days" in one.why
    assert one.until == datetime(2026, 3, 16, 10, tzinfo=UTC)
    assert len(granted([make_wish("p2")], make_asker(ledger))) == 1


def test_the_budget_of_a_problem_is_shared_by_its_people() -> None:
    ledger = [sent(TUESDAY - timedelta(days=days), "p1", "omar", cause=f"{days}") for days in (3, 2)]
    people = [make_person("anna"), make_person("omar")]

    assert granted([make_wish("p1", "anna")], make_asker(ledger, people)) == []


def test_one_plan_does_not_exceed_the_budget_of_a_problem_by_asking_two_people() -> None:
    people = [make_person("anna"), make_person("omar")]
    rules = ContactRules(budget=Budget(per_problem=1))
    wishes = [make_wish("p1", "anna"), make_wish("p1", "omar", cause="deferral:1", purpose=Purpose.QUESTION)]
    asker = make_asker(people=people, rules=rules)

    assert [contact.person for contact in granted(wishes, asker)] == ["anna"]
    assert ["per problem" in one.why for one in held(wishes, asker)] == [True]


@pytest.mark.parametrize("budget", [Budget(per_person=0), Budget(per_problem=0)])
def test_a_budget_of_nothing_contacts_nobody(budget: Budget) -> None:
    asker = make_asker(rules=ContactRules(budget=budget))

    assert granted([make_wish()], asker) == []
    assert [one.until for one in held([make_wish()], asker)] == [None]


def test_answers_to_a_persons_own_words_are_free_and_use_up_nothing() -> None:
    thanks = make_wish("p1", purpose=Purpose.THANKS, cause="thanks", counted=False)
    ledger = [sent(TUESDAY - timedelta(hours=1), counted=True)]

    assert [c.counted for c in granted([thanks], make_asker(ledger))] == [False]
    free = [sent(TUESDAY - timedelta(minutes=n), counted=False) for n in range(9)]
    assert len(granted([make_wish()], make_asker(free))) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Purpose.THANKS, Purpose.ASK),
        (Purpose.ASK, Purpose.REMINDER),
        (Purpose.ASK, Purpose.DEFERRAL_DECISION),
        (Purpose.DEFERRAL_DECISION, Purpose.REMINDER),
        (Purpose.REMINDER, Purpose.LAPSE),
        (Purpose.REMINDER, Purpose.DEFERRAL_NOTICE),
    ],
)
def test_the_more_important_goes_first_even_when_it_came_later(first: Purpose, second: Purpose) -> None:
    old = make_wish("p1", purpose=second, not_before=TUESDAY - timedelta(days=9))
    new = make_wish("p2", purpose=first)

    assert [contact.purpose for contact in granted([old, new], make_asker())] == [first]


def test_of_equal_importance_the_older_goes_first() -> None:
    new = make_wish("p1", not_before=TUESDAY - timedelta(days=1))
    old = make_wish("p2", not_before=TUESDAY - timedelta(days=2))

    assert [contact.problem for contact in granted([new, old], make_asker())] == ["p2"]


def test_people_do_not_stand_in_each_others_way() -> None:
    people = [make_person("anna"), make_person("omar")]
    wishes = [make_wish("p1", "anna"), make_wish("p2", "omar")]

    assert len(granted(wishes, make_asker(people=people))) == 2
