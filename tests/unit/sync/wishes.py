"""People, wishes and ledgers for tests of who is contacted when."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from careloop.model.case import Contacted
from careloop.model.change import Contact, Purpose
from careloop.model.decision import Wish
from careloop.model.person import Person
from careloop.model.plan import Held
from careloop.model.record import RecordRef
from careloop.model.rules import ContactRules
from careloop.sync.contacts import Asker, grant

TUESDAY = datetime(2026, 3, 10, 10, tzinfo=UTC)


def make_person(id: str = "anna", **told: Any) -> Person:
    return Person(id=id, instance="servicenow", native=id, **told)


def make_wish(problem: str = "p1", person: str = "anna", **told: Any) -> Wish:
    """Return the wish to ask a person about a problem, since yesterday."""
    ordinary: dict[str, Any] = {
        "purpose": Purpose.ASK,
        "cause": "proposal 1:ask",
        "rule": "confirmed_closure",
        "reason": "it was resolved",
        "line": f"Does {problem} work?",
        "message": f"Hello, does {problem} work again?",
        "not_before": TUESDAY - timedelta(days=1),
    }
    record = RecordRef("servicenow", "incident", problem)
    return Wish(problem=problem, person=person, record=record, **ordinary | told)


def sent(at: datetime, problem: str = "p9", person: str = "anna", **told: Any) -> Contacted:
    """Return a line of a person's ledger."""
    ordinary: dict[str, Any] = {
        "purpose": Purpose.ASK,
        "cause": f"at {at}",
        "channel": "comment",
        "key": f"{person} {at}",
    }
    return Contacted(person=person, problem=problem, sent_at=at, **ordinary | told)


def make_asker(
    ledger: Sequence[Contacted] = (),
    people: Sequence[Person] = (make_person(),),
    now: datetime = TUESDAY,
    **told: Any,
) -> Asker:
    """Return what granting depends on; the ledger may mix people."""
    ordinary: dict[str, Any] = {"rules": ContactRules(), "closed_channels": {}, "seen": {}}
    ledgers = {p.id: sorted((c for c in ledger if c.person == p.id), key=lambda c: c.sent_at) for p in people}
    return Asker(now=now, people={p.id: p for p in people}, ledgers=ledgers, **ordinary | told)


def granted(wishes: Sequence[Wish], asker: Asker) -> list[Contact]:
    return grant(wishes, asker)[0]


def held(wishes: Sequence[Wish], asker: Asker) -> list[Held]:
    return [one for _, one in grant(wishes, asker)[1]]
