"""Only applying writes to the outside: intent first, push, outcome; what fails waits with its cause."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from careloop.errors import AuthenticationRefused, LimitExceeded, PersonMustAct, Refused
from careloop.model.change import AnyChange, Contact, Transition
from careloop.model.comment import Audience
from careloop.model.decision import Decision
from careloop.model.intent import Intent, Receipt
from careloop.model.plain import from_plain, to_plain
from careloop.model.plan import Limits, Plan
from careloop.model.rules import Budget, ContactRules
from careloop.store import open_store
from careloop.sync.apply import apply_kept_plan
from careloop.sync.link import join, make_pair
from careloop.testing.fake_connector import FakeConnector, Fault
from tests.unit.sync.office import LINK, Office, ask, note

TITLE, SUMMARY = "short_description", "summary"


@dataclass(kw_only=True)
class Witness(FakeConnector):
    """A platform that looks into the store whenever something is written to it."""

    path: Path
    found: list[tuple[list[Intent], int]] = field(default_factory=list)

    def push(self, change: AnyChange) -> Receipt:
        with closing(open_store(self.path, installation="here")) as store:
            ledger = store.contacts_of([getattr(change, "person", "")])
            self.found.append((store.intents("sent"), sum(map(len, ledger.values()))))
        return super().push(change)


def letters(office: Office) -> list[str]:
    return [intent.cause for intent in office.store.intents("failed")]


# --- intent, push, outcome ---------------------------------------------------------------------------------


def test_the_intent_and_the_contact_are_in_the_store_before_anything_is_sent(tmp_path: Path) -> None:
    office = Office(tmp_path, make=partial(Witness, path=tmp_path / "careloop.db"))
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    office.open_incident()
    office.cycle()

    assert isinstance(office.servicenow, Witness)
    [(intents, told)] = office.servicenow.found
    assert [intent.change.kind for intent in intents] == ["contact"]
    assert told == 1
    assert office.store.intents("sent") == []
    office.store.close()


def test_the_entry_of_a_contact_and_its_line_in_the_ledger_say_the_same(office: Office) -> None:
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    ref = office.open_incident()
    office.cycle()

    person = office.incident(ref).requester or ""
    [line] = office.store.contacts_of([person])[person]
    [told] = [e for e in office.store.events_of([str(ref)])[str(ref)] if e.kind == "contacted"]
    assert (told.get("person"), told.get("cause"), told.get("key")) == (line.person, line.cause, line.key)
    assert (told.occurred_at, told.data["counted"]) == (line.sent_at, line.counted)


def test_a_refused_contact_uses_up_nothing_and_is_no_contact(office: Office) -> None:
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    ref = office.open_incident()
    office.servicenow.fail(Fault.REFUSED)
    office.cycle()

    assert office.store.contacts_of([office.incident(ref).requester or ""]) == {}
    assert [e.kind for e in office.store.events_of([str(ref)])[str(ref)] if e.kind == "contacted"] == []


# --- what happened since -----------------------------------------------------------------------------------


def test_after_news_nothing_that_was_planned_for_the_problem_is_done(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case),), wishes=(ask(case, office.clock.now()),))
    ref, other = office.open_incident(), office.open_incident()
    plan = office.plan()
    office.servicenow.say(ref, "It works again, thank you.")
    applied = office.apply(plan)

    assert {skipped.change.problem for skipped in applied.skipped} == {str(ref)}
    assert {change.problem for change in applied.done} == {str(other)}


def test_our_own_writes_make_nothing_stale(office: Office) -> None:
    office.whim.decide = lambda case: Decision(
        changes=(note(case, "1"), note(case, "2")), wishes=(ask(case, office.clock.now()),)
    )
    office.open_incident()

    assert len(office.cycle().applied.done) == 3


def test_a_contact_is_not_sent_after_its_time(office: Office) -> None:
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    office.open_incident()
    plan = office.plan()
    office.clock.wait(days=1)
    applied = office.apply(plan)

    assert [skipped.why for skipped in applied.skipped] == ["outside the time it may be sent in"]
    assert office.servicenow.written == []


def test_the_budget_is_looked_at_again_when_a_contact_is_sent(office: Office) -> None:
    rules = ContactRules(budget=Budget(per_person=1))
    office.change_terms(contact=rules)
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    office.open_incident()
    first = office.plan()
    office.open_incident()
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now(), "another"),))
    second = office.plan()
    office.apply(first)
    again = replace(second, changes=tuple(replace(c, seen=replace(c.seen, event=99)) for c in second.changes))
    applied = office.apply(again)

    assert [change.kind for change in office.servicenow.written] == ["contact"]
    assert {skipped.why for skipped in applied.skipped} == {
        "it was sent before, or the person's budget is used up"
    }


def test_applying_a_plan_twice_changes_nothing_the_second_time(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    office.open_incident()
    plan = office.plan()
    office.apply(plan)
    again = office.apply(plan)

    assert len(office.servicenow.written) == 1
    assert again.done == []


# --- what fails --------------------------------------------------------------------------------------------


def test_a_refused_change_waits_with_its_cause_and_stops_only_its_record(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case, "1"), note(case, "2")))
    refs = sorted([office.open_incident(), office.open_incident()])
    office.servicenow.fail(Fault.REFUSED)
    applied = office.cycle().applied

    assert letters(office) == ["the platform says no: a mandatory field is empty"]
    assert [skipped.why for skipped in applied.skipped] == [
        "an earlier write to the same record did not succeed"
    ]
    assert [change.subject for change in applied.done] == [refs[1], refs[1]]


def test_a_value_that_the_platform_changes_is_a_letter_and_not_sent_again(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "New"})
    office.jira.fail(Fault.ALTERED)
    office.cycle()
    count = len(office.jira.written)
    office.cycle()

    assert letters(office) == ["refused by the platform: summary holds 'New (rule)'"]
    assert len(office.jira.written) == count
    assert office.issue(right).fields[SUMMARY] == "New (rule)"


def test_a_counterpart_that_holds_something_else_is_made_once_and_shown(office: Office) -> None:
    office.jira.fail(Fault.ALTERED)
    left, right = office.linked()
    office.cycle()

    assert [change.kind for change in office.jira.written] == ["create"]
    assert office.issue(right).fields[SUMMARY] == "No sound (rule)"
    assert [(one.left, one.right) for one in office.store.conflicts()] == [("No sound", "No sound (rule)")]
    assert office.incident(left).fields[TITLE] == "No sound"


@dataclass(kw_only=True)
class Stubborn(FakeConnector):
    """A platform that never takes one kind of change, though something of it may be left behind."""

    stubborn: str = ""
    refused: int = 0

    def push(self, change: AnyChange) -> Receipt:
        if change.kind != self.stubborn:
            return super().push(change)
        self.refused += 1
        self.edit(change.subject, {"trace": str(self.refused)})
        raise Refused("not like this")


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Office]:
    """Return an office whose platforms are stubborn once they are told so."""
    made = Office(tmp_path, make=Stubborn)
    with closing(made.store):
        yield made


def test_a_reference_that_is_refused_is_no_reason_to_leave_a_state_behind(stubborn: Office) -> None:
    assert isinstance(stubborn.servicenow, Stubborn)
    stubborn.servicenow.stubborn = "link"
    left = stubborn.hand_over()
    stubborn.cycle()
    stubborn.cycle()
    assert len(letters(stubborn)) == 1
    [pair] = stubborn.store.pairs_of([left])
    stubborn.jira.move(pair.right, "In Progress")
    stubborn.cycle()

    assert stubborn.incident(left).native_state == "2"


def test_a_value_that_is_refused_is_no_reason_to_leave_a_state_behind(stubborn: Office) -> None:
    left, right = stubborn.linked()
    assert isinstance(stubborn.jira, Stubborn)
    stubborn.jira.stubborn = "update"
    stubborn.servicenow.edit(left, {TITLE: "New"})
    stubborn.cycle()
    stubborn.servicenow.move(left, "2")
    stubborn.cycle()

    assert len(letters(stubborn)) == 1
    assert stubborn.issue(right).native_state == "In Progress"


def test_what_a_refused_write_left_behind_is_no_reason_to_try_it_again(stubborn: Office) -> None:
    left, _ = stubborn.linked()
    assert isinstance(stubborn.jira, Stubborn)
    stubborn.jira.stubborn = "transition"
    stubborn.servicenow.move(left, "2")
    for _ in range(4):
        stubborn.cycle()

    assert stubborn.jira.refused == 1
    assert letters(stubborn) == ["not like this"]


class Blind(FakeConnector):
    """A platform on which careloop may write what it may not read."""

    def push(self, change: AnyChange) -> Receipt:
        return replace(super().push(change), record=None)


def test_a_counterpart_that_cannot_be_read_is_left_to_a_person_and_not_forgotten(tmp_path: Path) -> None:
    office = Office(tmp_path, make=Blind)
    with closing(office.store):
        office.hand_over()
        office.settle()

        [parked] = office.store.intents("parked")
        assert (parked.change.kind, parked.native_id) == ("create", "1")
        assert "our account cannot read it" in parked.cause
        assert len(office.jira.written) == 1


def test_a_letter_about_a_shared_record_goes_out_when_that_record_changes(office: Office) -> None:
    left, right = office.linked()
    other = office.open_incident()
    office.cycle()
    join(office.store, make_pair(LINK.name, other, right), office.clock.now())
    office.settle()
    office.servicenow.edit(other, {TITLE: "New"})
    office.jira.fail(Fault.REFUSED)
    office.cycle()
    assert len(letters(office)) == 1
    office.jira.edit(right, released=True)
    office.settle()

    assert letters(office) == []
    assert office.issue(right).fields[SUMMARY] == office.incident(left).fields[TITLE] == "New"


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.RATE_LIMITED])
def test_what_surely_was_not_written_is_planned_again(office: Office, fault: Fault) -> None:
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    ref = office.open_incident()
    office.servicenow.fail(fault)
    applied = office.cycle().applied

    assert len(applied.skipped) == 1
    assert office.store.intents("sent", "failed", "done") == []
    assert office.store.contacts_of([office.incident(ref).requester or ""]) == {}
    assert len(office.cycle().applied.done) == 1


def test_settings_that_no_longer_work_end_the_run_and_keep_what_was_done(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    for _ in range(3):
        office.open_incident()
    office.servicenow.fail(Fault.LOCKED_OUT, after=1)

    with pytest.raises(AuthenticationRefused):
        office.cycle()
    assert [intent.change.kind for intent in office.store.intents("sent", "done")] == ["comment"]
    office.settle()
    assert len(office.servicenow.written) == 3


def test_a_record_that_was_deleted_leaves_a_letter_that_says_so(office: Office) -> None:
    left, right = office.linked()
    office.jira.delete(right)
    office.servicenow.edit(left, {TITLE: "New"})
    cycle = office.cycle()

    assert [skipped.change.subject for skipped in cycle.applied.failed] == [right]
    assert letters(office) == [f"{right} cannot be read: it was deleted, or our account may no longer see it"]


def test_a_demand_of_a_record_that_was_deleted_is_a_letter_too(office: Office) -> None:
    left = office.hand_over()
    plan = office.plan()
    office.servicenow.delete(left)
    applied = office.apply(plan)

    assert [skipped.change.kind for skipped in applied.failed] == ["create"]
    assert office.jira.written == []


def test_while_one_platform_cannot_be_read_the_others_are_written_to(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "New"})
    office.open_incident()
    office.whim.decide = lambda case: Decision(changes=(note(case),) if case.primary.ref != left else ())
    plan = office.plan()
    office.jira.break_down(Fault.UNREACHABLE)
    applied = office.apply(plan)

    assert [skipped.change.subject for skipped in applied.skipped] == [right]
    assert [change.kind for change in applied.done] == ["comment"]
    office.jira.recover()
    office.settle()
    assert office.issue(right).fields[SUMMARY] == "New"


def test_a_platform_that_keeps_failing_is_left_alone_for_the_rest_of_the_run(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    for _ in range(6):
        office.open_incident()
    plan = office.plan()
    office.servicenow.break_down(Fault.UNREACHABLE)
    before = office.servicenow.traffic.requests
    applied = office.apply(plan)

    assert len(applied.skipped) == 6
    assert office.servicenow.traffic.requests - before == 3


# --- a message about several matters -----------------------------------------------------------------------


def mail_office(office: Office) -> None:
    office.change_terms(contact=ContactRules(channel="mail"))
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))


def test_one_message_about_two_problems_is_one_contact_with_an_entry_for_each(office: Office) -> None:
    mail_office(office)
    refs = [office.open_incident(), office.open_incident()]
    office.settle()

    assert len(office.servicenow.written) == 1
    for ref in refs:
        events = office.store.events_of([str(ref)])[str(ref)]
        assert [event.kind.value for event in events].count("contacted") == 1


@pytest.mark.parametrize("news", [0, 1])
def test_news_about_any_matter_of_a_message_holds_it_back(office: Office, news: int) -> None:
    mail_office(office)
    refs = sorted([office.open_incident(), office.open_incident()])
    plan = office.plan()
    office.servicenow.say(refs[news], "It works, thank you.")
    applied = office.apply(plan)

    assert office.servicenow.written == []
    assert len(applied.skipped) == 1
    [contact] = office.cycle().applied.done  # both are looked at again
    assert isinstance(contact, Contact)
    assert [matter.record for matter in contact.covers] == refs


# --- a plan from a file ------------------------------------------------------------------------------------


def kept(plan: Plan) -> Plan:
    """Return a plan as it comes out of a file."""
    read: Plan = from_plain(Plan, to_plain(plan))
    return read


def test_after_a_plan_from_a_file_its_problems_are_looked_at_again(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.edit(left)
    plan = kept(office.plan())
    assert len(plan.looks) == 1
    office.jira.edit(right, {SUMMARY: "New"})
    office.plan()  # pulls: the incident's problem is to be looked at, although its journal has nothing new
    apply_kept_plan(plan, office.desk.hands)
    office.settle()

    assert office.incident(left).fields[TITLE] == "New"


def test_what_pairs_agreed_on_when_a_plan_was_kept_is_not_taken_for_what_they_agree_on_now(
    office: Office,
) -> None:
    left, right = office.linked()
    office.servicenow.edit(left, {TITLE: "Both"})
    office.jira.edit(right, {SUMMARY: "Both"})
    plan = kept(office.plan())
    office.settle()
    office.servicenow.edit(left, {TITLE: "Later"})
    office.settle()
    apply_kept_plan(plan, office.desk.hands)
    office.jira.edit(right, {SUMMARY: "Both"})
    office.settle()

    assert office.incident(left).fields[TITLE] == "Both"


def test_a_plan_from_a_file_is_refused_under_other_settings(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    office.open_incident()
    plan = kept(office.plan())
    office.change_terms(promises=(), links=(replace(LINK, create=False),))

    with pytest.raises(PersonMustAct, match="settings have changed"):
        apply_kept_plan(plan, office.desk.hands)
    assert office.servicenow.written == []


def test_a_plan_from_a_file_is_held_to_the_limits_of_today(office: Office) -> None:
    office.whim.decide = lambda case: Decision(changes=(note(case),))
    for _ in range(3):
        office.open_incident()
    plan = replace(kept(office.plan()), limits=())
    office.change_terms(limits=Limits(changes=2))

    with pytest.raises(LimitExceeded):
        apply_kept_plan(plan, office.desk.hands)


# --- several problems, one issue ---------------------------------------------------------------------------


def test_a_move_planned_on_an_issue_that_moved_since_is_not_made(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.move(left, "2")
    plan = office.plan()
    assert isinstance(plan.changes[0], Transition)
    office.jira.edit(right, released=True)
    applied = office.apply(plan)

    assert applied.done == []
    assert office.issue(right).native_state == "To Do"


def test_contacts_go_out_as_public_comments_signed_and_timed(office: Office) -> None:
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    ref = office.open_incident()
    [contact] = office.cycle().applied.done

    assert isinstance(contact, Contact)
    assert contact.not_after - contact.not_before <= timedelta(hours=8)
    [comment] = office.servicenow.comments(ref)
    assert (comment.audience, comment.key) == (Audience.PUBLIC, contact.key[:10])
