"""A write whose answer was lost is found out about, and happens exactly once."""

from pathlib import Path

from careloop.errors import RecordMissing
from careloop.model.decision import Decision
from careloop.model.intent import Intent, Probe, Receipt, Verdict
from careloop.sync.recover import recover
from careloop.sync.run import Cycle
from careloop.testing.fake_connector import FakeConnector, Fault
from tests.unit.sync.office import Office, ask


def lose_an_ask(office: Office, fault: Fault = Fault.LOST_AFTER) -> Cycle:
    """Have the answer to an ask get lost."""
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    office.open_incident()
    office.servicenow.fail(fault)
    return office.cycle()


def told(office: Office) -> list[str]:
    """Return the purposes of all contacts in the ledger."""
    ledgers = office.store.contacts_of(list(office.servicenow.people))
    return [line.purpose for ledger in ledgers.values() for line in ledger]


def entries(office: Office) -> list[bool]:
    """Return, for every contact in the journal, whether it is known to have arrived."""
    problems = office.store.problems_to_look_at(office.clock.now(), "other rules")
    events = [event for group in office.store.events_of(problems).values() for event in group]
    return [bool(event.data["delivered"]) for event in events if event.kind == "contacted"]


def test_a_lost_answer_is_left_alone_until_the_write_has_settled(office: Office) -> None:
    cycle = lose_an_ask(office)
    assert len(cycle.applied.unknown) == 1

    early = office.cycle(minutes=4)
    assert (len(early.recovered.settling), early.plan.changes) == (1, ())
    assert len(office.cycle().recovered.happened) == 1
    assert (len(office.servicenow.written), told(office), entries(office)) == (1, ["ask"], [True])


def test_a_write_that_never_arrived_is_planned_again_with_the_same_key(office: Office) -> None:
    first = lose_an_ask(office, Fault.LOST_BEFORE).plan
    cycle = office.cycle()

    assert len(cycle.recovered.freed) == 1
    assert [change.key for change in cycle.applied.done] == [change.key for change in first.changes]
    assert (len(office.servicenow.written), told(office), entries(office)) == (1, ["ask"], [True])


def test_a_write_that_was_overtaken_is_decided_afresh(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.move(left, "2")
    office.jira.fail(Fault.LOST_BEFORE)
    office.cycle()
    office.jira.move(right, "Done")
    office.clock.wait(minutes=10)
    cycle = office.cycle()

    assert [change.kind for change in cycle.recovered.freed] == ["transition"]
    assert office.issue(right).native_state == "Done"


def test_one_look_may_not_be_enough(office: Office) -> None:
    lose_an_ask(office)
    office.servicenow.verdict = Probe(verdict=Verdict.AGAIN)
    for looks in (1, 2):
        assert len(office.cycle().recovered.settling) == 1
        assert [intent.looks for intent in office.store.intents("sent")] == [looks]
    office.servicenow.verdict = None

    assert len(office.cycle().recovered.happened) == 1


def test_what_nobody_can_know_waits_for_a_person_and_counts_as_sent(office: Office) -> None:
    lose_an_ask(office)
    office.servicenow.verdict = Probe(verdict=Verdict.UNKNOWN, why="the journal cannot be read")
    cycle = office.cycle()

    assert len(cycle.recovered.parked) == 1
    assert office.letters == ["the journal cannot be read"]
    assert (told(office), entries(office)) == (["ask"], [False])
    office.cycle()
    assert len(office.servicenow.written) == 1


def test_a_platform_that_cannot_be_asked_now_is_asked_later(office: Office) -> None:
    lose_an_ask(office)
    [intent] = office.store.intents("sent")
    office.servicenow.break_down(Fault.UNREACHABLE)
    office.clock.wait(minutes=10)

    found = recover(office.store, office.connectors, office.terms, office.clock)
    assert (len(found.settling), office.store.intents("sent")) == (1, [intent])


class Vanished(FakeConnector):
    """A platform whose records cannot be found when a write to them is looked for."""

    def probe(self, intent: Intent) -> Probe:
        raise RecordMissing(f"{intent.change.subject} is gone")


def test_a_record_that_is_gone_does_not_keep_a_write_unknown_for_ever(tmp_path: Path) -> None:
    office = Office(tmp_path, make=Vanished)
    lose_an_ask(office)
    office.cycle()

    assert "nobody can tell whether it was written" in office.letters[0]
    assert told(office) == ["ask"]
    office.store.close()


def test_a_write_to_an_instance_that_is_gone_waits_for_a_person(office: Office) -> None:
    lose_an_ask(office)
    del office.connectors["servicenow"]
    office.change_terms(scopes=office.terms.scopes[1:], links=())
    cycle = office.cycle()

    assert len(cycle.recovered.parked) == 1
    assert office.letters == ["its instance is no longer in the settings"]


def test_a_read_back_that_differs_is_a_letter_after_a_crash_too(office: Office) -> None:
    left, _ = office.linked()
    office.servicenow.edit(left, {"short_description": "New"})
    plan = office.plan()
    office.jira.verdict = Probe(verdict=Verdict.HAPPENED, receipt=Receipt(refused={"summary": "New (rule)"}))
    [change] = plan.changes
    office.store.begin(Intent(change=change, sent_at=office.clock.now()), office.terms.contact.budget, None)
    office.cycle()

    assert office.letters == ["refused by the platform: summary holds 'New (rule)'"]
