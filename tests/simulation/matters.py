"""Every customer's matter as the platforms' books tell it: what was said and done, by whom, in order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.play.day import PHRASES
from tests.simulation.books import (
    CANCELED,
    CLOSED,
    DONE,
    US,
    Books,
    Entry,
    Incident,
    Move,
    read_comments,
)

YES = frozenset(PHRASES["confirm"])
NO = frozenset((*PHRASES["refuse"], *PHRASES["partly"]))
QUESTION = frozenset(PHRASES["wonder"])
IDLE = frozenset((*PHRASES["thanks"], *PHRASES["away"]))

ASK, REMINDER, THANKS = "does it work now?", "our last question about it", "thank you for telling us"
HANDED_ON = "the customer says that it"


class Kind(StrEnum):
    """What a fact is."""

    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    YES = "yes"
    NO = "no"
    QUESTION = "question"
    REPLY = "reply"
    ASKED = "asked"
    REMINDED = "reminded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened on a record of the matter."""

    at: datetime
    kind: Kind
    record: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """The records of one customer's matter (an incident and what continues it, or a request)."""

    customer: str
    zone: str
    records: tuple[str, ...]
    ids: tuple[str, ...]
    facts: tuple[Fact, ...]
    contacts: tuple[Entry, ...]
    is_open: bool

    def until(self, at: datetime) -> list[Fact]:
        """Return what had happened by then."""
        return [fact for fact in self.facts if fact.at <= at]


def read_matters(books: Books) -> list[Matter]:
    """Return every matter; people who resolved or closed something without a customer's word are in it."""
    matters = [_family(group) for group in _families(books.incidents)]
    return matters + [_request(issue, books) for issue in books.issues if issue.request_type is not None]


def last_resolution(facts: Sequence[Fact]) -> Fact | None:
    """Return the last time somebody said that it is solved."""
    return next((fact for fact in reversed(facts) if fact.kind is Kind.RESOLVED), None)


def verdict(facts: Sequence[Fact]) -> Fact | None:
    """Return the customer's last word since the last resolution."""
    start = last_resolution(facts)
    since = [fact for fact in facts if start and fact.at >= start.at]
    return next((fact for fact in reversed(since) if fact.kind in (Kind.YES, Kind.NO)), None)


def is_contact(entry: Entry) -> bool:
    """Tell whether a text is us speaking to a customer, and not somebody's words carried over."""
    handed_on = entry.heading is not None or _says(entry, HANDED_ON)
    return entry.ours and entry.public and not handed_on


def is_counted(entry: Entry) -> bool:
    """Tell whether a contact uses up the budget: all but an answer to the customer's own no."""
    return not _says(entry, THANKS)


def _families(incidents: Iterable[Incident]) -> list[list[Incident]]:
    """Put incidents that careloop opened beside those that they continue."""
    families: dict[str, list[Incident]] = {}
    for incident in incidents:
        continues = families.get(incident.row["parent_incident"]) if incident.opener in US else None
        family = continues if continues is not None else []
        family.append(incident)
        families[incident.row["sys_id"]] = family
    return list({id(family): family for family in families.values()}.values())


def _family(group: Sequence[Incident]) -> Matter:
    first = group[0]
    facts: list[Fact] = []
    for incident in group:
        facts += _hear(incident.entries, first.caller)
        facts += _watch(incident.moves, first.caller, DONE, (CLOSED, CANCELED))
    return Matter(
        customer=first.caller,
        zone=first.zone,
        records=tuple(incident.number for incident in group),
        ids=tuple(incident.row["sys_id"] for incident in group),
        facts=tuple(sorted(facts, key=lambda fact: fact.at)),
        contacts=tuple(entry for incident in group for entry in incident.entries if is_contact(entry)),
        is_open=any(incident.state not in (*DONE, CANCELED) for incident in group),
    )


def _request(issue: Issue, books: Books) -> Matter:
    entries = list(read_comments(issue))
    moves = [move for move in books.issue_moves if move.record == issue.key]
    customer = issue.reporter.name if issue.reporter else ""
    facts = [
        *_hear(entries, customer),
        *_watch(moves, customer, ("Resolved", "Closed"), ("Closed",)),
    ]
    return Matter(
        customer=customer,
        zone=issue.reporter.zone.key if issue.reporter else "UTC",
        records=(issue.key,),
        ids=(str(issue.id),),
        facts=tuple(sorted(facts, key=lambda fact: fact.at)),
        contacts=tuple(entry for entry in entries if is_contact(entry)),
        is_open=issue.status.name not in ("Resolved", "Closed"),
    )


def _hear(entries: Iterable[Entry], customer: str) -> Iterator[Fact]:
    for entry in entries:
        if entry.public and (kind := _read(entry, customer)):
            yield Fact(at=entry.at, kind=kind, record=entry.record, actor=entry.author)


def _read(entry: Entry, customer: str) -> Kind | None:
    if is_contact(entry):
        if _says(entry, ASK):
            return Kind.ASKED
        return Kind.REMINDED if _says(entry, REMINDER) else None
    if entry.ours:
        return None
    if entry.author != customer:
        return Kind.REPLY
    if entry.text in YES:
        return Kind.YES
    if entry.text in NO:
        return Kind.NO
    return Kind.QUESTION if entry.text in QUESTION else None


def _says(entry: Entry, phrase: str) -> bool:
    return phrase in entry.text.casefold()


def _watch(moves: Iterable[Move], customer: str, done: Sequence[str], ended: Sequence[str]) -> Iterator[Fact]:
    for move in moves:
        was_done, is_done = move.before in done, move.after in done or move.after in ended
        by_customer = move.actor == customer
        if is_done and not was_done:
            yield Fact(at=move.at, kind=Kind.RESOLVED, record=move.record, actor=move.actor)
        if was_done and not is_done:
            if by_customer:
                yield Fact(at=move.at, kind=Kind.NO, record=move.record, actor=move.actor)
            yield Fact(at=move.at, kind=Kind.REOPENED, record=move.record, actor=move.actor)
        if move.after in ended:
            if by_customer and was_done:
                yield Fact(at=move.at, kind=Kind.YES, record=move.record, actor=move.actor)
            yield Fact(at=move.at, kind=Kind.CLOSED, record=move.record, actor=move.actor)
