"""No basis without its evidence, and no evidence without its consequence."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from careloop.model.decision import Finding
from tests.simulation.books import US
from tests.simulation.invariants.contacts import add_working_days
from tests.simulation.matters import Fact, Kind, Matter, last_resolution, read_matters, verdict
from tests.simulation.witness import Witness


def every_basis_has_its_evidence(witness: Witness) -> Iterator[str]:
    """Confirmed needs the customer's yes to the latest proposal; lapsed an ask that stayed unanswered.

    A statement may rest on what happened until just now, or on what had happened when the cycle began.
    """
    window = int(witness.organisation.closure["window"])
    matters = {id: matter for matter in read_matters(witness.books) for id in matter.ids}
    for finding in _statements(witness):
        matter = matters.get(finding.record.id)
        if matter is None:
            continue
        moments = [witness.known, *(fact.at for fact in matter.facts if fact.at > witness.known)]
        if not any(_holds(finding.what, matter, at, window, witness.now) for at in moments):
            yield f"{matter.records[0]} counts as {finding.what} without evidence: {_tell(matter.facts)}"


def closings_behind_the_customers_back_are_found(witness: Witness) -> Iterator[str]:
    """Whatever was closed without the customer's yes is a finding, by whomever; with a yes it is none."""
    found: dict[str, int] = {}
    for finding in _statements(witness):
        if finding.what == "unconfirmed_closing":
            found[finding.record.id] = found.get(finding.record.id, 0) + 1
    for matter in _pulled(witness):
        silent, all_told = 0, 0
        for position, fact in enumerate(matter.facts):
            if fact.kind is Kind.CLOSED and fact.actor not in US:
                word = verdict(matter.facts[: position + 1])
                unconfirmed = word is None or word.kind is not Kind.YES
                all_told += unconfirmed
                silent += unconfirmed and fact.at <= witness.known
        stated = sum(found.get(id, 0) for id in matter.ids)
        if not silent <= stated <= all_told:
            counts = f"{silent} to {all_told} closings without a yes, {stated} found"
            yield f"{matter.records[0]}: {counts}: {_tell(matter.facts)}"


def the_customers_word_is_heard(witness: Witness) -> Iterator[str]:
    """At rest a yes is a confirmation, and after a no the matter is open again or somebody is told."""
    stated: dict[str, set[str]] = {}
    for finding in _statements(witness):
        stated.setdefault(finding.record.id, set()).add(finding.what)
    for matter in _pulled(witness):
        word = verdict(matter.facts)
        if word is None or matter.is_open or any(_is_later_reopening(fact, word) for fact in matter.facts):
            continue
        consequences = set().union({"look"}, *(stated.get(id, ()) for id in matter.ids))
        if not consequences & _expected(word, witness.organisation.mode):
            yield f"{matter.customer} said {word.kind} about {matter.records[0]}: {_tell(matter.facts)}"


def _expected(word: Fact, mode: str) -> set[str]:
    """Return the findings one of which has to follow from a word about a matter that is not open again.

    When all may be done nothing will do, and when nothing may be done it is enough to look.
    """
    match word.kind, mode:
        case Kind.YES, _:
            return {"confirmed"}
        case _, "ask":
            return {"refuted"}
        case _, "audit":
            return {"look"}
    return set()


def _is_later_reopening(fact: Fact, word: Fact) -> bool:
    return fact.kind is Kind.REOPENED and fact.at > word.at


def _statements(witness: Witness) -> Iterator[Finding]:
    """Yield what stands, the findings that no longer hold left out."""
    for look in witness.store.looks():
        for finding in look.findings:
            if finding.rule == "confirmed_closure" and not finding.reason.startswith("settled: "):
                yield finding


def _pulled(witness: Witness) -> Iterator[Matter]:
    """Yield the matters on the tables and projects that careloop reads."""
    projects = witness.organisation.settings["instances"]["jira"]["projects"]
    for matter in read_matters(witness.books):
        if matter.records[0].startswith("INC") or matter.records[0].split("-")[0] in projects:
            yield matter


def _holds(what: str, matter: Matter, at: datetime, window: int, now: datetime) -> bool:
    facts = matter.until(at)
    start, word = last_resolution(facts), verdict(facts)
    match what:
        case "confirmed":
            return word is not None and word.kind is Kind.YES
        case "attested":
            return False  # nobody vouches for a call in these days
        case "lapsed" | "unanswered":
            asked = [fact for fact in facts if fact.kind is Kind.ASKED and start and fact.at >= start.at]
            over = bool(asked) and add_working_days(asked[0].at, window, matter.zone) <= now
            return word is None and over and not _is_waiting_for_us(facts)
        case "unasked":
            return start is not None and not any(f.kind is Kind.ASKED and f.at >= start.at for f in facts)
        case "refuted":
            return word is not None and word.kind is Kind.NO
        case _:
            return True


def _is_waiting_for_us(facts: Sequence[Fact]) -> bool:
    """Tell whether the customer's question was not answered: a clock must not run while it is our turn."""
    start = last_resolution(facts)
    turns = [f for f in facts if start and f.at >= start.at and f.kind in (Kind.QUESTION, Kind.REPLY)]
    return bool(turns) and turns[-1].kind is Kind.QUESTION


def _tell(facts: Sequence[Fact]) -> str:
    return ", ".join(f"{fact.at:%m-%d %H:%M:%S} {fact.record} {fact.kind} by {fact.actor}" for fact in facts)
