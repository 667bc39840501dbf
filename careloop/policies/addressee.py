"""The person a policy would like to write to about one record: hours, language, what to call things."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careloop.calendars import add_business_days, hours_of, local_date
from careloop.model.case import Case
from careloop.model.change import Purpose
from careloop.model.decision import Wish
from careloop.model.hours import Hours
from careloop.model.person import Person
from careloop.model.record import Record
from careloop.model.rules import Rules
from careloop.policies.messages import Facts, Text


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person and the record on which they are written to."""

    case: Case
    record: Record
    person: Person
    rules: Rules[Any]

    @property
    def hours(self) -> Hours:
        """Return the hours in which the person may be contacted."""
        return hours_of(self.person, self.rules.contact.hours)

    def later(self, at: datetime, days: int) -> datetime:
        """Return a time so many of the person's business days later."""
        return add_business_days(self.hours, at, days)

    def facts(self, **more: Any) -> Facts:
        """Return what a message to the person about the record may say; times become local dates."""
        said = {name: local_date(self.hours, v) if isinstance(v, datetime) else v for name, v in more.items()}
        known: dict[str, Any] = {
            "name": self.person.greeting,
            "noun": self.rules.contact.noun,
            "title": self.record.title,
            "number": self.record.number,
            "reported": local_date(self.hours, self.record.opened_at or self.record.created),
            "phone": self.rules.contact.phone,
        }
        return Facts(**(known | said))

    def wish(
        self, purpose: Purpose, text: Text, demand: "Demand", begin: datetime, end: datetime | None
    ) -> Wish:
        """Return the wish to send a text between two moments."""
        return Wish(
            problem=self.case.problem,
            record=self.record.ref,
            person=self.person.id,
            purpose=purpose,
            cause=demand.cause,
            rule=demand.rule,
            reason=demand.reason,
            line=text.line,
            message=text.message,
            not_before=begin,
            not_after=end,
            counted=purpose is not Purpose.THANKS,
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """Why something is wished for: the rule, the fact that demands it, and the reason for our people."""

    rule: str
    cause: str
    reason: str
