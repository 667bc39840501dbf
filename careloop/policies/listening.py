"""Turns one event into what it says about a resolution, and who said it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from careloop.calendars import hours_of, local_date, start_of
from careloop.model.case import Case
from careloop.model.comment import Audience
from careloop.model.event import Event
from careloop.model.hours import Hours
from careloop.model.record import Record
from careloop.model.rules import Phrases, Rules
from careloop.policies.answers import Reading, classify
from careloop.policies.entitlement import customers_of, is_agent, is_barred
from careloop.policies.phrases import known_phrases
from careloop.policies.story import Answer, Proposal, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Whose words count, and how they are read."""

    case: Case
    customers: frozenset[str]
    phrases: Phrases
    hours: Hours

    @classmethod
    def of(cls, case: Case, rules: Rules[Any]) -> Self:
        """Return the listener for a case."""
        return cls(
            case=case,
            customers=customers_of(case, rules),
            phrases=known_phrases(rules.phrases),
            hours=rules.contact.hours,
        )

    def is_customer(self, person: str | None) -> bool:
        """Tell whether someone is the requester, the affected user or a delegate."""
        return person is not None and person in self.customers

    def is_agent(self, person: str | None) -> bool:
        """Tell whether someone works on the problem."""
        return person is not None and not self.is_customer(person) and is_agent(self.case, person)

    def is_barred(self, person: str | None, proposal: Proposal) -> bool:
        """Tell whether someone may not confirm a resolution, because it is their own or their group's."""
        record = self.case.record(proposal.record)
        return record is None or person is None or is_barred(self.case, person, record, proposal.resolver)

    def read(self, event: Event) -> tuple[Reading, datetime | None]:
        """Return how a comment reads, and when its writer is back if it says so."""
        hours = hours_of(self.case.person(event.actor), self.hours)
        automatic = event.data.get("automatic") is True
        today = local_date(hours, event.occurred_at)
        reply = classify(event.text or "", automatic=automatic, phrases=self.phrases, today=today)
        return reply.reading, start_of(hours, reply.back) if reply.back else None

    def hear_comment(self, event: Event, proposal: Proposal) -> Answer | None:
        """Return what a public comment says about a resolution.

        An agent's comment says nothing about it, nor does the yes of a customer whose group resolved it. Of
        strangers only a verdict is heard, and it waits for a person.
        """
        if not is_public(event) or self.is_agent(event.actor):
            return None
        entitled = self.is_customer(event.actor)
        reading, back_at = self.read(event)
        if entitled and reading is Reading.YES and self.is_barred(event.actor, proposal):
            return None
        if not entitled and not reading.is_verdict:
            return None
        return _answer(event, reading, Via.COMMENT, back_at=back_at, entitled=entitled)

    def hear_command(self, event: Event, proposal: Proposal) -> Answer:
        """Return an answer given by command; agents may vouch for a call, not for a yes to their own."""
        attested = event.data.get("attested") is True
        reading = Reading(event.get("verdict"))
        barred = reading is Reading.YES and self.is_barred(event.actor, proposal)
        entitled = not barred and event.actor is not None and (attested or self.is_customer(event.actor))
        return _answer(event, reading, Via.COMMAND, attested=attested, entitled=entitled)

    def hear_move(self, event: Event, reading: Reading) -> Answer:
        """Return the verdict that lies in a customer's own closing or reopening."""
        return _answer(event, reading, Via.PORTAL)

    def hear_return(self, event: Event, record: Record) -> Answer:
        """Return the no that lies in reporting a matter again, once a person has said that it is the same."""
        answer = _answer(event, Reading.NO, Via.RETURN)
        return replace(answer, person=record.requester, text=f"{record.number}: {record.title}")

    def hear_attestation(self, event: Event, proposal: Proposal) -> Answer | None:
        """Return the yes that a declared close code or phrase vouches for."""
        said = f"{event.get('code')}\n{event.text or ''}".casefold()
        if proposal.word or not any(phrase in said for phrase in self.phrases.attested):
            return None
        return _answer(event, Reading.YES, Via.CLOSE_CODE, attested=True)


def is_public(event: Event) -> bool:
    """Tell whether a comment was written by somebody else than careloop, for the customer to read."""
    return not event.get("ours") and event.get("audience") == Audience.PUBLIC and event.actor is not None


def _answer(
    event: Event,
    reading: Reading,
    via: Via,
    *,
    back_at: datetime | None = None,
    attested: bool = False,
    entitled: bool = True,
) -> Answer:
    return Answer(
        at=event.occurred_at,
        person=event.actor,
        reading=reading,
        via=via,
        evidence=event.source_key,
        text=(event.text or "") if via in (Via.COMMENT, Via.COMMAND) else "",
        back_at=back_at,
        attested=attested,
        entitled=entitled,
    )
