"""Who may say whether a problem is solved."""

from collections.abc import Iterator
from typing import Any

from careloop.model.case import Case
from careloop.model.record import Record, RecordKind
from careloop.model.rules import Rules

_ASKED_KINDS = (RecordKind.INCIDENT, RecordKind.SERVICE_REQUEST)


def proposes(record: Record, rules: Rules[Any]) -> bool:
    """Tell whether resolving a record proposes something to a customer.

    The container's dialect says so; without one incidents and service requests do. Tasks, problem records,
    changes, demands and project tasks never do.
    """
    dialect = rules.dialects.get((record.ref.instance, record.container))
    if dialect is None:
        return record.kind in _ASKED_KINDS
    return dialect.asks and record.kind in (*_ASKED_KINDS, RecordKind.REQUEST_ITEM)


def customers_of(case: Case, rules: Rules[Any]) -> frozenset[str]:
    """Return the requesters and affected users of a problem, with their delegates."""
    return frozenset(_customers(case, rules))


def is_barred(case: Case, person: str, record: Record, resolver: str | None) -> bool:
    """Tell whether a person may not judge a resolution: the resolver, or someone in the resolver group."""
    if person == resolver:
        return True
    known = case.person(person)
    return known is not None and record.group is not None and record.group in known.groups


def is_agent(case: Case, person: str) -> bool:
    """Tell whether someone works on the problem's records or belongs to a resolver group."""
    if any(person in (record.assignee, record.resolver) for record in case.records):
        return True
    known = case.person(person)
    return known is not None and bool(known.groups)


def _customers(case: Case, rules: Rules[Any]) -> Iterator[str]:
    for record in case.records:
        if not proposes(record, rules):
            continue
        for id in (record.requester, record.affected):
            if id is None:
                continue
            yield id
            person = case.person(id)
            yield from person.delegates if person else ()
