"""The contacts that the promise of confirmed closure wishes for: ask, reminder, lapse notice, thanks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from careloop.calendars import next_open
from careloop.model.case import Case
from careloop.model.change import Purpose
from careloop.model.decision import Wish
from careloop.model.rules import Rules
from careloop.policies.addressee import Addressee, Demand
from careloop.policies.deferrals import Signs, find_deferrals
from careloop.policies.messages import reads_plainly, write_ask, write_lapse, write_reminder, write_thanks
from careloop.policies.never_ask import never_asked
from careloop.policies.reopening import is_open_again
from careloop.policies.standing import Standing
from careloop.policies.story import Basis, Proposal, Story, Via

_WAY_ROUND = Signs(label="")
_THANKS_WITHIN = 2  # business days; later a thank-you would only puzzle


def wish_contacts(
    case: Case, story: Story, standing: Standing, now: datetime, rules: Rules[Any]
) -> Iterator[Wish]:
    """Yield what should be said to the customer about the last proposal."""
    proposal = story.proposals[-1] if story.proposals else None
    record = case.record(proposal.record) if proposal else None
    person = case.person(record.requester) if record else None
    if proposal is None or record is None or person is None:
        return
    to = Addressee(case, record, person, rules)
    if standing.ask_from and standing.ask_until:
        yield _ask(to, proposal, now, standing.ask_from, standing.ask_until)
    elif standing.remind_at and standing.deadline:
        text = write_reminder(to.facts(asked_on=proposal.asked_at), person.language)
        demand = _demand(proposal, Purpose.REMINDER, "the question was not answered yet")
        yield to.wish(Purpose.REMINDER, text, demand, standing.remind_at, standing.deadline)
    elif (
        standing.basis is Basis.LAPSED
        and proposal.asked_at
        and standing.deadline
        and rules.contact.lapse_notice
    ):
        text = write_lapse(to.facts(), person.language)
        demand = _demand(proposal, Purpose.LAPSE, "the question stayed unanswered")
        begin = next_open(to.hours, standing.deadline)
        yield to.wish(Purpose.LAPSE, text, demand, begin, to.later(begin, rules.settings.window))
    if proposal.is_refuted and not proposal.history and is_open_again(case, rules):
        yield from _thank(to, proposal, now)


def _ask(to: Addressee, proposal: Proposal, now: datetime, begin: datetime, end: datetime) -> Wish:
    done = proposal.notes if reads_plainly(proposal.notes) else ""
    reminder = to.later(max(begin, now), to.rules.settings.reminder_after)
    put_off = [item for item in find_deferrals(to.case, to.rules, _WAY_ROUND) if item.record == to.record]
    later_on = put_off[0].revisit_on if put_off else None
    facts = to.facts(done=done, next_on=reminder, is_way_round=bool(put_off), later_on=later_on)
    text = write_ask(facts, to.person.language)
    demand = _demand(proposal, Purpose.ASK, f"{to.record.number} was resolved")
    return to.wish(Purpose.ASK, text, demand, begin, end)


def _thank(to: Addressee, proposal: Proposal, now: datetime) -> Iterator[Wish]:
    """Say that it is open again, to whoever said no in words.

    Who reopened it by hand, or reported it anew, sees that it is.
    """
    word = proposal.word
    if word is None or word.via in (Via.PORTAL, Via.RETURN) or word.person != to.person.id:
        return
    end = to.later(word.at, _THANKS_WITHIN)
    if now <= end and never_asked(to.case, to.record, proposal.resolver, to.rules) is None:
        text = write_thanks(to.facts(), to.person.language)
        demand = _demand(proposal, Purpose.THANKS, "the customer said that it does not work")
        yield to.wish(Purpose.THANKS, text, demand, next_open(to.hours, word.at), end)


def _demand(proposal: Proposal, purpose: Purpose, reason: str) -> Demand:
    return Demand("confirmed_closure", proposal.cause(purpose.value), reason)
