"""Whom no policy asks, and why."""

from typing import Any

from careloop.model.case import Case
from careloop.model.person import Person, PersonKind
from careloop.model.record import Record
from careloop.model.rules import NeverAsk, Rules
from careloop.policies.entitlement import is_barred


def never_asked(case: Case, record: Record, resolver: str | None, rules: Rules[Any]) -> str | None:
    """Return why nobody is asked about this resolution, or None when the requester may be asked."""
    if record.requester is None:
        return "no requester is known"
    person = case.person(record.requester)
    if person is None:
        return "nothing is known about the requester"
    return (
        _by_person(person, rules.never_ask)
        or _by_record(case, record, rules.never_ask)
        or _by_part(case, person, record, resolver)
        or _by_channel(record, rules)
    )


def _by_person(person: Person, rules: NeverAsk) -> str | None:
    if {person.id, person.native, person.account, person.email} & rules.accounts:
        return "the settings say never to ask this account"
    if person.kind is PersonKind.SERVICE:
        return "the requester is a service account"
    if person.kind is PersonKind.SHARED:
        return "the requester is a shared account"
    if person.left or not person.active:
        return "the requester is no longer active"
    return "mail to the requester came back" if person.bounced else None


def _by_record(case: Case, record: Record, rules: NeverAsk) -> str | None:
    opener = case.person(record.opened_by)
    if record.contact_type.casefold() in rules.contact_types:
        return "it was created by monitoring or another system"
    if opener and opener.kind is PersonKind.SERVICE and opener.id == record.requester:
        return "it was created by a service account"
    if {record.category.casefold(), record.subcategory.casefold()} & rules.categories:
        return "it is about access rights or security"
    return None


def _by_part(case: Case, person: Person, record: Record, resolver: str | None) -> str | None:
    if person.id == resolver:
        return "the requester resolved it"
    return "the requester is in the resolver group" if is_barred(case, person.id, record, resolver) else None


def _by_channel(record: Record, rules: Rules[Any]) -> str | None:
    dialect = rules.dialects.get((record.ref.instance, record.container))
    if rules.contact.channel == "comment" and dialect is not None and not dialect.public_comments:
        return "customers cannot read comments there"
    return None
