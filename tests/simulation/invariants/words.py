"""Every word once, and only to those it was meant for."""

import re
from collections import Counter
from collections.abc import Iterator

from tests.simulation.books import Entry
from tests.simulation.matters import Kind, read_matters
from tests.simulation.witness import Witness

MARKER = re.compile(r"\(note \d+\)")
PREFIX = "[public]"


def nothing_is_said_twice(witness: Witness) -> Iterator[str]:
    """No change of ours leaves two texts, and each resolution is asked about and reminded of once."""
    written = Counter((entry.record, entry.public, entry.reference) for entry in witness.books.entries)
    for (record, _, reference), count in written.items():
        if reference and count > 1:
            yield f"{record} holds {count} texts with our mark {reference}"
    for matter in read_matters(witness.books):
        said: Counter[Kind] = Counter()
        for fact in matter.facts:
            if fact.kind is Kind.RESOLVED:
                said.clear()
            elif fact.kind in (Kind.ASKED, Kind.REMINDED):
                said[fact.kind] += 1
                if said[fact.kind] > 1:
                    yield f"{matter.customer} was {fact.kind} twice about one resolution of {fact.record}"


def words_are_carried_over_once(witness: Witness) -> Iterator[str]:
    """What we carry over was written by somebody else, stands there once, and is no more public."""
    sources: dict[tuple[str, ...], list[Entry]] = {}
    for entry in witness.books.entries:
        if not entry.ours:
            sources.setdefault(_identity(entry), []).append(entry)
    carried: dict[tuple[str, ...], list[Entry]] = {}
    for entry in witness.books.entries:
        if heading := entry.heading:
            body = entry.said[heading.end() :].strip()
            key = (heading["number"], heading["author"], heading["when"], body)
            carried.setdefault((entry.record, *key), []).append(entry)
    for (record, *rest), copies in carried.items():
        originals = sources.get(tuple(rest), [])
        if len(copies) > len(originals):
            yield f"{record} holds {len(copies)} copies of {len(originals)} texts: {copies[0].said!r}"
        internal = [entry for entry in originals if not _is_meant_for_all(entry)]
        if internal and any(entry.public for entry in copies):
            yield f"{record} shows its customer an internal text: {copies[0].said!r}"


def nothing_internal_gets_out(witness: Witness) -> Iterator[str]:
    """No work note and no internal comment is part of anything that a customer can read."""
    books = witness.books
    hidden = {entry.reference for entry in books.entries if entry.reference and not entry.public}
    for entry in books.entries:
        if entry.public and (MARKER.search(entry.text) or entry.reference in hidden):
            yield f"{entry.record} shows its customer {entry.text!r}"
    for incident in books.incidents:
        for name in ("short_description", "description", "close_notes"):
            if MARKER.search(incident.row[name]):
                yield f"{incident.number} shows its customer {incident.row[name]!r}"
    for mail in books.mails:
        if MARKER.search(mail) or any(f"[ref {reference}]" in mail for reference in hidden):
            yield f"a customer was mailed {mail!r}"


def _identity(entry: Entry) -> tuple[str, ...]:
    text = entry.text.strip()
    body = text.removeprefix(PREFIX).strip()
    return (entry.record, entry.name, f"{entry.at:%Y-%m-%d %H:%M} UTC", body)


def _is_meant_for_all(entry: Entry) -> bool:
    return entry.public or entry.text.startswith(PREFIX)
