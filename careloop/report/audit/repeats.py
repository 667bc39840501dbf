"""Incidents that came back under a new number: how many, how many by chance, and how long it really took."""

import random
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from statistics import median
from zlib import crc32

from careloop.report.audit.figures import Bar, Repeats, Terms, UntilOver
from careloop.report.audit.incident import Incident, Incidents

DAY = 86_400
SHUFFLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Incidents of a known matter in the order of callers and opening, one column for each attribute.

    `mark` is made of the number, so that the order of rows decides nothing. `eligible` counts those whose
    caller is known and no shared account. `later` and `earlier` hold the places of such incidents that
    followed another of the same caller within the window, and of those they followed, whatever both were
    about.
    """

    mark: "array[int]"
    opened: "array[int]"
    resolved: "array[int]"
    matter: "array[int]"
    symptom: "array[int]"
    eligible: int
    later: "array[int]"
    earlier: "array[int]"

    def repeats(self, matter: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the places, later and earlier, that are about the same if incidents were about `matter`."""
        pairs = zip(self.later, self.earlier, strict=True)
        return ((later, earlier) for later, earlier in pairs if matter[later] == matter[earlier])


def find_columns(incidents: Incidents, shared: frozenset[int], window_days: int) -> Columns:
    """Return what repeats are looked for among; callers that are shared accounts count as unknown."""
    callers, mark, opened, resolved, matter, symptom = columns = [array("I") for _ in range(6)]
    for number, one in incidents.numbered():
        if one.matter and one.opened:
            callers.append(0 if one.caller in shared else one.caller)
            mark.append(crc32(number.encode()))
            opened.append(one.opened)
            resolved.append(one.resolved)
            matter.append(one.matter)
            symptom.append(one.symptom)
    order = _order(callers, opened)
    callers, mark, opened, resolved, matter, symptom = (
        array("I", map(column.__getitem__, order)) for column in columns
    )
    later, earlier = array("I"), array("I")
    for pair in _pairs(callers, opened, resolved, window_days):
        later.append(pair[0])
        earlier.append(pair[1])
    return Columns(
        mark=mark,
        opened=opened,
        resolved=resolved,
        matter=matter,
        symptom=symptom,
        eligible=sum(map(bool, callers)),
        later=later,
        earlier=earlier,
    )


def _order(callers: "array[int]", opened: "array[int]") -> "array[int]":
    """Return the places in the order of callers and opening; one number for each takes least room."""
    keys = sorted(
        caller << 64 | at << 32 | place
        for place, (caller, at) in enumerate(zip(callers, opened, strict=True))
    )
    return array("I", (key & 0xFFFF_FFFF for key in keys))


def _pairs(
    callers: "array[int]", opened: "array[int]", resolved: "array[int]", window_days: int
) -> Iterator[tuple[int, int]]:
    longest = window_days * DAY
    for caller, group in groupby(range(len(callers)), key=callers.__getitem__):
        places = list(group) if caller else ()
        for later in places:
            for earlier in places:
                if (
                    resolved[earlier]
                    and 0 < opened[later] - resolved[earlier] <= longest
                    and later != earlier
                ):
                    yield later, earlier


def count_repeats(columns: Columns, terms: Terms, rng: random.Random, *, symptoms: bool) -> Repeats:
    """Return the repeats, and how many chance would make."""
    same = list(columns.repeats(columns.matter))
    alike = {
        later
        for later, earlier in same
        if columns.symptom[later] and columns.symptom[later] == columns.symptom[earlier]
    }
    return Repeats(
        window_days=terms.window_days,
        eligible=columns.eligible,
        same_subcategory=len({later for later, _ in same}),
        same_symptom=len(alike) if symptoms else None,
        expected_by_chance=_expect(columns, rng),
    )


def _expect(columns: Columns, rng: random.Random) -> float:
    """Return the mean of ten counts with the matters shuffled among incidents opened in one ISO week.

    The same incidents give the same mean, in whatever order and form they were read.
    """
    weeks: dict[int, array[int]] = defaultdict(lambda: array("I"))
    for place, opened in enumerate(columns.opened):
        weeks[(opened // DAY + 3) // 7].append(place)  # the first of January 1970 was a Thursday
    in_order = [
        sorted(weeks[week], key=lambda place: (columns.opened[place], columns.mark[place]))
        for week in sorted(weeks)
    ]
    total = 0
    for _ in range(SHUFFLES):
        shuffled = columns.matter[:]
        for places in in_order:
            drawn = [columns.matter[place] for place in places]
            rng.shuffle(drawn)
            for place, matter in zip(places, drawn, strict=True):
                shuffled[place] = matter
        total += len({later for later, _ in columns.repeats(shuffled)})
    return total / SHUFFLES


def time_until_over(columns: Columns) -> tuple[UntilOver, tuple[Bar, ...]]:
    """Return how long it took until matters that came back were over, and how many incidents they had.

    Incidents that were resolved before they were opened, or never, have no official time.
    """
    chains = _chains(columns)
    official = [
        columns.resolved[place] - columns.opened[place]
        for chain in chains
        for place in chain
        if columns.resolved[place] >= columns.opened[place]
    ]
    real = [
        max(columns.resolved[place] for place in chain) - min(columns.opened[place] for place in chain)
        for chain in chains
    ]
    lengths = Counter(len(chain) for chain in chains)
    over = UntilOver(
        chains=len(chains),
        incidents=sum(map(len, chains)),
        official_hours=median(official) / 3600 if official else None,
        real_hours=median(real) / 3600 if real else None,
    )
    return over, tuple(Bar(at=str(length), count=count) for length, count in sorted(lengths.items()))


def _chains(columns: Columns) -> list[list[int]]:
    """Return the places of incidents that are about one matter, joined from repeat to repeat."""
    heads: dict[int, int] = {}

    def head(place: int) -> int:
        while heads.setdefault(place, place) != place:
            heads[place] = place = heads[heads[place]]
        return place

    for later, earlier in columns.repeats(columns.matter):
        heads[head(later)] = head(earlier)
    chains: dict[int, list[int]] = defaultdict(list)
    for place in heads:
        chains[head(place)].append(place)
    return list(chains.values())


def repeats_by_day(columns: Columns) -> tuple[Bar, ...]:
    """Return how many came back on which day after the last resolution before."""
    after: dict[int, int] = {}
    for later, earlier in columns.repeats(columns.matter):
        gap = columns.opened[later] - columns.resolved[earlier]
        after[later] = min(gap, after.get(later, gap))
    days = Counter(-(-gap // DAY) for gap in after.values())
    return tuple(Bar(at=str(day), count=days[day]) for day in range(1, max(days, default=0) + 1))


def find_shared(incidents: Iterable[Incident], above: int) -> frozenset[int]:
    """Return the callers with more incidents than one person has."""
    counts = Counter(map(attrgetter("caller"), incidents))
    return frozenset(caller for caller, count in counts.items() if caller and count > above)
