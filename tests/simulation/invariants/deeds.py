"""What careloop did to records: no more than its mode allows, once, and never against the customer."""

from collections import Counter
from collections.abc import Iterator

from tests.simulation.books import CANCELED, CLOSED, DONE, US
from tests.simulation.matters import Kind, Matter, read_matters
from tests.simulation.witness import Witness

ENDED = (CLOSED, CANCELED)


def modes_are_kept(witness: Witness) -> Iterator[str]:
    """Audit sends no write at all; ask changes no state; sync in audit makes and moves nothing."""
    organisation, books = witness.organisation, witness.books
    if organisation.mode == "audit" and organisation.sync_mode == "audit" and witness.writes:
        yield f"writes were sent in mode audit: {', '.join(witness.writes)}"
    moves = [move for incident in books.incidents for move in incident.moves if move.ours]
    made = [incident.number for incident in books.incidents if incident.opener in US]
    if organisation.mode != "act":
        reopened = [move.record for move in moves if move.before in DONE]
        if made or reopened:
            yield f"in mode {organisation.mode} careloop opened {', '.join([*made, *reopened])}"
    if organisation.sync_mode == "audit":
        everywhere = [*moves, *(move for move in books.issue_moves if move.ours)]
        wrong = [move.record for move in everywhere if organisation.mode != "act" and move.ours]
        wrong += [issue.key for issue in books.issues if issue.creator.name in US]
        wrong += [entry.record for entry in books.entries if entry.heading]
        if wrong:
            yield f"sync is in mode audit, yet careloop wrote to {', '.join(wrong)}"


def closed_stays_closed(witness: Witness) -> Iterator[str]:
    """Careloop moves no record out of Closed, and none into it before the customer said yes."""
    for incident in witness.books.incidents:
        for move in incident.moves:
            if move.ours and move.before in ENDED:
                yield f"careloop moved {incident.number} from {move.before} to {move.after}"
    for matter in read_matters(witness.books):
        confirmed = False
        for fact in matter.facts:
            confirmed = fact.kind is Kind.YES or (confirmed and fact.kind is not Kind.RESOLVED)
            if fact.kind is Kind.CLOSED and fact.actor in US and not confirmed:
                yield f"careloop closed {fact.record} before {matter.customer} said yes"


def nothing_is_made_twice(witness: Witness) -> Iterator[str]:
    """One issue for an incident, one successor for a closed one."""
    books = witness.books
    for incident in books.incidents:
        issues = books.made_for(incident)
        if len(issues) > 1:
            yield f"{incident.number} has {', '.join(issue.key for issue in issues)}"
    parents = Counter(
        incident.row["parent_incident"] for incident in books.incidents if incident.opener in US
    )
    for parent, count in parents.items():
        if count > 1:
            yield f"incident {parent} has {count} successors"


def work_is_reopened_for_a_reason(witness: Witness) -> Iterator[str]:
    """Each reopening and each successor of ours follows its own no of the customer, and is never repeated."""
    for matter in read_matters(witness.books):
        refused = False
        for fact in matter.facts:
            if fact.kind is Kind.RESOLVED:
                refused = False
            elif fact.kind is Kind.NO:
                refused = True
            elif fact.kind is Kind.REOPENED and fact.actor in US:
                if not refused:
                    yield f"careloop reopened {fact.record} without a word of {matter.customer}"
                refused = False
        yield from _unfounded_successors(witness, matter)


def _unfounded_successors(witness: Witness, matter: Matter) -> Iterator[str]:
    made = [incident for incident in witness.books.incidents if incident.number in matter.records[1:]]
    if made and not any(fact.kind is Kind.NO for fact in matter.facts):
        yield f"{made[0].number} continues {matter.records[0]} without a word of {matter.customer}"
