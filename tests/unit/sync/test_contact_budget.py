"""Over random ledgers and wishes the budget holds, and nothing is held that it would have allowed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from careloop.calendars import add_business_days, hours_of, is_open
from careloop.model.case import Contacted
from careloop.model.change import Contact, Purpose
from careloop.model.decision import Wish
from careloop.model.hours import Hours
from careloop.model.rules import Budget, ContactRules
from careloop.sync.contacts import Asker, grant
from tests.unit.sync.wishes import make_asker, make_person, make_wish, sent

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
ZONES = ("", "UTC", "Asia/Tokyo", "America/New_York", "not a zone")

moments = st.integers(0, 24 * 4 * 45).map(lambda quarters: FIRST + timedelta(minutes=15 * quarters))
working = st.integers(0, 44).map(lambda day: FIRST + timedelta(days=day, hours=14))  # here and in New York
problems = st.sampled_from(["p1", "p2", "p3"])
persons = st.sampled_from(["anna", "omar"])


@st.composite
def ledgers(draw: st.DrawFn) -> list[Contacted]:
    lines = draw(
        st.lists(st.tuples(moments, problems, persons, st.booleans(), st.integers(0, 3)), max_size=8)
    )
    return [
        sent(at, problem, person, counted=counted, cause=f"{n}", key=f"{person} {at} {key}")
        for n, (at, problem, person, counted, key) in enumerate(lines)
    ]


@st.composite
def wish_lists(draw: st.DrawFn) -> list[Wish]:
    wanted = draw(st.lists(st.tuples(problems, persons, moments, st.sampled_from(Purpose)), max_size=6))
    counted = draw(st.lists(st.booleans(), min_size=6, max_size=6))
    return [
        make_wish(problem, person, cause=f"wish {n}", not_before=at, purpose=purpose, counted=counted[n])
        for n, (problem, person, at, purpose) in enumerate(wanted)
    ]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Wish], Asker]:
    people = [make_person(name, zone=draw(st.sampled_from(ZONES))) for name in ("anna", "omar")]
    now = draw(st.one_of(moments, working))
    budget = Budget(
        per_problem=draw(st.integers(0, 3)),
        problem_window=draw(st.integers(1, 12)),
        per_person=draw(st.integers(0, 4)),
        person_window=draw(st.integers(1, 40)),
    )
    rules = ContactRules(channel=draw(st.sampled_from(["comment", "mail"])), budget=budget, hours=Hours())
    ledger = [line for line in draw(ledgers()) if line.sent_at <= now]
    return draw(wish_lists()), make_asker(ledger, people, now, rules=rules)


def messages(asker: Asker, contacts: Sequence[Contact]) -> list[tuple[str, datetime, frozenset[str], str]]:
    """Return every counted message, past and planned: to whom, when, about which problems, its key."""
    known: dict[str, tuple[str, datetime, set[str]]] = {}
    for ledger in asker.ledgers.values():
        for line in ledger:
            if line.counted:
                known.setdefault(line.key, (line.person, line.sent_at, set()))[2].add(line.problem)
    for contact in contacts:
        if contact.counted:
            known[contact.key] = (contact.person, asker.now, {m.problem for m in contact.covers})
    return [(person, at, frozenset(about), key) for key, (person, at, about) in known.items()]


def fits(asker: Asker, contacts: Sequence[Contact], person: str, problem: str) -> bool:
    """Tell by plain counting whether one more message would be within the budget."""
    budget, rules = asker.rules.budget, asker.rules
    hours = hours_of(asker.people[person], rules.hours)
    told = messages(asker, contacts)
    to_person = [at for who, at, _, _ in told if who == person]
    within = [at for at in to_person if asker.now - at < timedelta(days=budget.person_window)]
    about = [at for _, at, problems, _ in told if problem in problems]
    running = [at for at in about if add_business_days(hours, at, budget.problem_window) > asker.now]
    zone = ZoneInfo(hours.zone)
    days = [at.astimezone(zone).date() for at in to_person]
    today = rules.channel == "comment" and asker.now.astimezone(zone).date() in days
    return len(within) < budget.per_person and len(running) < budget.per_problem and not today


@given(situations())
def test_no_grant_exceeds_the_budget(situation: tuple[list[Wish], Asker]) -> None:
    wishes, asker = situation
    contacts, _ = grant(wishes, asker)

    counted = [contact for contact in contacts if contact.counted]
    for contact in counted:
        others = [other for other in counted if other is not contact]
        assert all(fits(asker, others, contact.person, matter.problem) for matter in contact.covers)


@given(situations())
def test_everything_granted_is_in_its_time_and_inside_the_hours_of_its_person(
    situation: tuple[list[Wish], Asker],
) -> None:
    wishes, asker = situation
    contacts, _ = grant(wishes, asker)

    for contact in contacts:
        hours = hours_of(asker.people[contact.person], asker.rules.hours)
        assert is_open(hours, asker.now)
        assert contact.not_before <= asker.now < contact.not_after


@given(situations())
def test_every_wish_is_granted_once_or_held_with_a_reason_and_a_time_to_come(
    situation: tuple[list[Wish], Asker],
) -> None:
    wishes, asker = situation
    contacts, held = grant(wishes, asker)

    spoken = sorted((m.problem, m.cause) for contact in contacts for m in contact.covers)
    waiting = sorted((problem, one.cause) for problem, one in held)
    assert sorted([*spoken, *waiting]) == sorted((wish.problem, wish.cause) for wish in wishes)
    assert all(one.why and (one.until is None or one.until > asker.now) for _, one in held)


@given(situations())
def test_nothing_is_held_for_a_budget_that_is_not_used_up(situation: tuple[list[Wish], Asker]) -> None:
    wishes, asker = situation
    contacts, held = grant(wishes, asker)
    person_of = {(wish.problem, wish.cause): wish.person for wish in wishes}

    for problem, one in held:
        if "budget" in one.why or "today" in one.why:
            assert not fits(asker, contacts, person_of[problem, one.cause], problem)
