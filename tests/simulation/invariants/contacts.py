"""Nobody is nagged: budget and hours, counted from what stands on the records."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.simulation.books import Entry
from tests.simulation.matters import Matter, is_counted, read_matters
from tests.simulation.witness import Witness

PER_PERSON, PERSON_WINDOW = 3, timedelta(days=30)
PER_PROBLEM, PROBLEM_WINDOW = 2, 10
OPENS, CLOSES = time(9), time(17)


def contacts_keep_to_the_budget(witness: Witness) -> Iterator[str]:
    """A person hears from us three times in 30 days, on one matter twice in ten business days, once a day."""
    people: dict[str, list[tuple[Entry, Matter]]] = {}
    for matter in read_matters(witness.books):
        mine = sorted((entry for entry in matter.contacts if is_counted(entry)), key=_when)
        for entry in mine:
            people.setdefault(matter.customer, []).append((entry, matter))
        for first, third in zip(mine, mine[PER_PROBLEM:], strict=False):
            if third.at < add_working_days(first.at, PROBLEM_WINDOW, matter.zone):
                yield f"{matter.customer} was contacted three times about {matter.records[0]}: {_tell(mine)}"
    for person, theirs in people.items():
        mine = sorted((entry for entry, _ in theirs), key=_when)
        zone = ZoneInfo(theirs[0][1].zone)
        for first, last in zip(mine, mine[PER_PERSON:], strict=False):
            if last.at - first.at < PERSON_WINDOW:
                yield f"{person} was contacted {PER_PERSON + 1} times in 30 days: {_tell(mine)}"
        for one, other in pairwise(mine):
            if one.at.astimezone(zone).date() == other.at.astimezone(zone).date():
                yield f"{person} was contacted twice on one day: {_tell([one, other])}"


def contacts_keep_to_the_hours(witness: Witness) -> Iterator[str]:
    """No text of ours reaches a person outside working hours where the person is."""
    for matter in read_matters(witness.books):
        for entry in matter.contacts:
            there = entry.at.astimezone(ZoneInfo(matter.zone))
            if there.weekday() >= 5 or not OPENS <= there.time() < CLOSES:
                yield f"{matter.customer} was contacted at {there}: {_tell([entry])}"


def add_working_days(at: datetime, days: int, zone: str) -> datetime:
    """Return the same time of day so many working days later, as the person counts them."""
    there = at.astimezone(ZoneInfo(zone))
    while days:
        there += timedelta(days=1)
        days -= there.weekday() < 5
    return there.astimezone(UTC)


def _when(entry: Entry) -> datetime:
    return entry.at


def _tell(entries: Sequence[Entry]) -> str:
    return "; ".join(f"{entry.record} {entry.at:%m-%d %H:%M} {entry.said[:60]!r}" for entry in entries)
