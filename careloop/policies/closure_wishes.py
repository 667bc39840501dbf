"""The contacts that the promise of confirmed closure wishes for: ask, reminder, lapse notice, thanks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careloop.calendars import add_business_days, hours_of, local_date, next_open
from careloop.model.case import Case
from careloop.model.change import Purpose
from careloop.model.decision import Wish
from careloop.model.hours import Hours
from careloop.model.person import Person
from careloop.model.record import Record
from careloop.model.rules import Rules
from careloop.policies.messages import (
    Facts,
    Text,
    reads_plainly,
    write_ask,
    write_lapse,
    write_reminder,
    write_thanks,
)
from careloop.policies.never_ask import never_asked
from careloop.policies.reopening import is_open_again
from careloop.policies.standing import Standing
from careloop.policies.story import Basis, Proposal, Story, Via

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
    said = _Speaker(case, proposal, record, person, rules)
    if standing.ask_from and standing.ask_until:
        yield said.ask(now, standing.ask_from, standing.ask_until)
    elif standing.remind_at and standing.deadline:
        yield said.remind(standing.remind_at, standing.deadline)
    elif (
        standing.basis is Basis.LAPSED and proposal.asks and standing.deadline and rules.contact.lapse_notice
    ):
        yield said.tell_lapse(standing.deadline)
    if proposal.is_refuted and not proposal.history and is_open_again(case, rules):
        yield from said.thank(now)


@dataclass(frozen=True, slots=True)
class _Speaker:
    case: Case
    proposal: Proposal
    record: Record
    person: Person
    rules: Rules[Any]

    @property
    def _hours(self) -> Hours:
        return hours_of(self.person, self.rules.contact.hours)

    def ask(self, now: datetime, begin: datetime, end: datetime) -> Wish:
        remind_at = add_business_days(self._hours, max(begin, now), self.rules.settings.reminder_after)
        done = self.proposal.notes if reads_plainly(self.proposal.notes) else ""
        facts = self._facts(done=done, next_on=local_date(self._hours, remind_at))
        text = write_ask(facts, self.person.language)
        return self._wish(Purpose.ASK, text, f"{self.record.number} was resolved", begin, end)

    def remind(self, begin: datetime, end: datetime) -> Wish:
        asked_at = self.proposal.asks[0].at
        facts = self._facts(asked_on=local_date(self._hours, asked_at))
        text = write_reminder(facts, self.person.language)
        return self._wish(Purpose.REMINDER, text, "the question was not answered yet", begin, end)

    def tell_lapse(self, begin: datetime) -> Wish:
        end = add_business_days(self._hours, begin, self.rules.settings.window)
        text = write_lapse(self._facts(), self.person.language)
        return self._wish(
            Purpose.LAPSE, text, "the question stayed unanswered", next_open(self._hours, begin), end
        )

    def thank(self, now: datetime) -> Iterator[Wish]:
        """Say that it is open again, to whoever said no in words; who reopens it by hand sees that it is."""
        word = self.proposal.word
        if (
            word is None
            or word.via is Via.PORTAL
            or never_asked(self.case, self.record, self.proposal.resolver, self.rules)
        ):
            return
        end = add_business_days(self._hours, word.at, _THANKS_WITHIN)
        if now <= end:
            text = write_thanks(self._facts(), self.person.language)
            begin = next_open(self._hours, word.at)
            yield self._wish(Purpose.THANKS, text, "the customer said that it does not work", begin, end)

    def _wish(self, purpose: Purpose, text: Text, reason: str, begin: datetime, end: datetime) -> Wish:
        return Wish(
            problem=self.case.problem,
            record=self.record.ref,
            person=self.person.id,
            purpose=purpose,
            cause=self.proposal.cause(purpose.value),
            rule="confirmed_closure",
            reason=reason,
            line=text.line,
            message=text.message,
            not_before=begin,
            not_after=end,
            counted=purpose is not Purpose.THANKS,
        )

    def _facts(self, **more: Any) -> Facts:
        return Facts(
            name=self.person.greeting,
            noun=self.rules.contact.noun,
            title=self.record.title,
            number=self.record.number,
            reported=local_date(self._hours, self.record.opened_at or self.record.created),
            phone=self.rules.contact.phone,
            **more,
        )
