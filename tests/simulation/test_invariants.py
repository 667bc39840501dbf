"""Each invariant speaks up when somebody does behind careloop's back what careloop must never do."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from careloop.model.change import AddComment, Purpose
from careloop.model.comment import Audience
from careloop.model.decision import Finding
from careloop.model.event import Event, EventKind
from careloop.model.intent import Intent
from careloop.model.record import RecordRef
from careloop.model.rules import Budget
from careloop.sync.run import pull_all
from tests.simulation.invariants import Invariant, agreement, contacts, deeds, evidence, plans, words
from tests.simulation.office import SETTINGS
from tests.simulation.organisation import Organisation
from tests.simulation.run import Run
from tests.simulation.witness import Witness

ORDINARY = Organisation(settings=SETTINGS, autoclose_days=0, search_lag=0)
ASK = "Does it work now?"
OPENING = (
    "lena.moreau reports network/vpn 'The VPN drops every hour'",
    "rosa.quint assigns INC0010001 Engineering 'Please look into it (note 1)'",
    "rosa.quint takes INC0010001",
    "lena.moreau says INC0010001 'Do I have to do anything myself?'",
)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Return a run at rest: one incident with its issue and two words on it."""
    run = Run(tmp_path, 1, ORDINARY)
    for line in OPENING:
        run.play(line)
    run.settle()
    yield run
    run.close()


def say(run: Run, text: str, element: str = "comments") -> None:
    """Write on the incident as careloop."""
    change(run, {element: text})


def change(run: Run, fields: dict[str, str], by: str = "careloop") -> None:
    """Change the incident."""
    run.office.sandbox.servicenow.act(by).update("incident", incident(run), fields)


def incident(run: Run) -> str:
    return str(run.office.sandbox.servicenow.act("admin").query("incident")[0]["sys_id"])


def look(run: Run) -> Witness:
    """Look at the world now, as after a cycle that had nothing to do."""
    cycle = run.cycle()
    assert cycle is not None
    return run.witness(run.office.clock.now(), cycle)


def state(run: Run, *whats: str) -> None:
    """Have the store say that this is what stands about the incident."""
    store = run.witness(run.office.clock.now(), None).store
    [held] = store.looks()
    ref = RecordRef("servicenow", "incident", incident(run))
    found = (
        Finding(record=ref, rule="confirmed_closure", what=w, cause="x", reason="so it says") for w in whats
    )
    store.save_looks([replace(held, findings=tuple(found))])


def nag(run: Run) -> None:
    for _ in range(4):
        say(run, ASK)
        run.office.wait(days=1)


def ask_twice_a_day(run: Run) -> None:
    say(run, ASK)
    say(run, ASK)


def call_at_night(run: Run) -> None:
    run.office.wait(hours=14)
    say(run, ASK)


def repeat_a_mark(run: Run) -> None:
    say(run, f"{ASK}\n\n[ref 0123456789]")
    say(run, f"{ASK}\n\n[ref 0123456789]")


def remind_twice(run: Run) -> None:
    say(run, "This is our last question about it. [ref 0123456789]")
    say(run, "This is our last question about it. [ref 9876543210]")


def copy_once_more(run: Run) -> None:
    bot = run.office.sandbox.jira.act("bot@example.com")
    bot.comment("ENG-1", str(bot.comments("ENG-1")[-1]["body"]))


def invent_words(run: Run) -> None:
    say(run, "Ada Keller wrote on ENG-1, 2026-03-02 09:10 UTC:\nNobody said this.")


def show_a_note(run: Run) -> None:
    say(run, "Rosa Quint wrote on INC0010001, 2026-03-02 09:00 UTC:\nPlease look into it (note 1)")


def open_again(run: Run) -> None:
    resolve(run)
    change(run, {"state": "2"})


def resolve(run: Run) -> None:
    change(run, {"state": "6", "close_code": "Solution provided", "close_notes": "Renewed."}, by="rosa.quint")
    run.pause()


def close_behind_her_back(run: Run) -> None:
    resolve(run)
    change(run, {"state": "7"}, by="ines.lund")


def close_as_careloop(run: Run) -> None:
    admin = run.office.sandbox.servicenow.act("admin")
    move = {"tablename": "incident", "documentkey": incident(run), "fieldname": "state", "user": "careloop"}
    admin.insert("sys_audit", {**move, "oldvalue": "6", "newvalue": "7"})


def unclose(run: Run) -> None:
    admin = run.office.sandbox.servicenow.act("admin")
    move = {"tablename": "incident", "documentkey": incident(run), "fieldname": "state", "user": "careloop"}
    admin.insert("sys_audit", {**move, "oldvalue": "7", "newvalue": "2"})


def make_a_second_issue(run: Run) -> None:
    site = run.office.sandbox.jira
    key = site.act("bot@example.com").create_issue("ENG", "Bug", "The VPN drops every hour")
    first, second = site.store.issue("ENG-1"), site.store.issue(key)
    assert first is not None
    assert second is not None
    second.properties = first.properties


def retitle(run: Run) -> None:
    change(run, {"short_description": "Another title"}, by="rosa.quint")


def hand_over(run: Run) -> None:
    run.act("omar.haddad reports network/vpn 'No VPN'")
    run.act("rosa.quint assigns INC0010002 Engineering 'Please'")


def note(run: Run) -> None:
    run.act("rosa.quint notes INC0010001 'The cause is found (note 2)'")


def leave_hanging(run: Run) -> None:
    ref = RecordRef("servicenow", "incident", incident(run))
    sent = AddComment(
        subject=ref,
        problem=str(ref),
        purpose=Purpose.NOTE,
        cause="x",
        rule="x",
        reason="x",
        audience=Audience.INTERNAL,
        body="x",
    )
    store = run.witness(run.office.clock.now(), None).store
    store.begin(Intent(change=sent, sent_at=run.office.clock.now()), Budget(), None)


def pull_a_resolution(run: Run) -> None:
    resolve(run)
    desk = run.witness(run.office.clock.now(), None).desk
    assert desk is not None
    pull_all(desk)


def invent_history(run: Run) -> None:
    ref = RecordRef("servicenow", "incident", incident(run))
    now = run.office.clock.now()
    event = Event(
        kind=EventKind.STATE_CHANGED, record=ref, occurred_at=now, source_key="never", data={"to": "new"}
    )
    run.witness(now, None).store.append([event], now)


def confirm_and_forget(run: Run) -> None:
    resolve(run)
    run.act("lena.moreau says INC0010001 Yes")
    state(run)


def confirm_without_a_word(run: Run) -> None:
    state(run, "confirmed")


def lapse_without_an_ask(run: Run) -> None:
    state(run, "lapsed")


def vouch_for_nobody(run: Run) -> None:
    state(run, "attested")


def find_what_did_not_happen(run: Run) -> None:
    state(run, "unconfirmed_closing")


DEEDS: tuple[tuple[Invariant, Callable[[Run], None]], ...] = (
    (contacts.contacts_keep_to_the_budget, nag),
    (contacts.contacts_keep_to_the_budget, ask_twice_a_day),
    (contacts.contacts_keep_to_the_hours, call_at_night),
    (words.nothing_is_said_twice, repeat_a_mark),
    (words.nothing_is_said_twice, remind_twice),
    (words.words_are_carried_over_once, copy_once_more),
    (words.words_are_carried_over_once, invent_words),
    (words.words_are_carried_over_once, show_a_note),
    (words.nothing_internal_gets_out, show_a_note),
    (deeds.closed_stays_closed, unclose),
    (deeds.closed_stays_closed, close_as_careloop),
    (deeds.nothing_is_made_twice, make_a_second_issue),
    (deeds.work_is_reopened_for_a_reason, open_again),
    (evidence.every_basis_has_its_evidence, confirm_without_a_word),
    (evidence.every_basis_has_its_evidence, lapse_without_an_ask),
    (evidence.every_basis_has_its_evidence, vouch_for_nobody),
    (evidence.closings_behind_the_customers_back_are_found, close_behind_her_back),
    (evidence.closings_behind_the_customers_back_are_found, find_what_did_not_happen),
    (evidence.the_customers_word_is_heard, confirm_and_forget),
    (agreement.both_sides_agree, retitle),
    (agreement.every_hand_over_arrives, hand_over),
    (agreement.every_word_arrives, note),
    (agreement.nothing_is_left_hanging, leave_hanging),
    (plans.a_second_plan_is_empty, pull_a_resolution),
    (plans.rebuilt_state_is_the_same, confirm_without_a_word),
    (plans.a_fresh_start_reads_the_same, invent_history),
)


@pytest.mark.parametrize(
    ("invariant", "deed"), DEEDS, ids=[f"{deed.__name__}-{check.__name__}" for check, deed in DEEDS]
)
def test_what_must_not_happen_is_seen(run: Run, invariant: Invariant, deed: Callable[[Run], None]) -> None:
    witness = look(run)
    assert list(invariant(witness)) == []

    deed(run)
    run.office.wait(minutes=1)
    after = run.witness(run.office.clock.now(), witness.cycle)

    assert list(invariant(after)) != []


@pytest.mark.parametrize("mode", ["audit", "ask"])
def test_a_mode_that_is_left_is_seen(run: Run, mode: str) -> None:
    settings: dict[str, Any] = copy.deepcopy(dict(ORDINARY.settings))
    settings["policies"]["defaults"]["mode"], settings["sync"]["mode"] = mode, "audit"
    witness = replace(look(run), organisation=replace(ORDINARY, settings=settings))

    assert list(deeds.modes_are_kept(witness)) != []
