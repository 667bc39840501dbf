"""What asking would have meant: messages by week, most to one person, and who cannot be asked."""

from array import array
from collections import Counter
from datetime import UTC, datetime
from itertools import groupby

from careloop.report.audit.figures import Bar, SwitchingOn
from careloop.report.audit.incident import Past

DAY = 86_400
_BITS = 20  # days since 1970 fit; callers stand above them


def weigh_asking(past: Past, shared: frozenset[int]) -> tuple[SwitchingOn, tuple[Bar, ...]]:
    """Return what asking after each resolution would have meant, and the messages of each week.

    Whoever has several resolutions on one day gets one message about all of them.
    """
    because = dict.fromkeys(("unknown caller", "shared account", "resolved by the caller"), 0)
    callers = array("I", (one.caller for one in past.incidents))
    by_caller = {one.ordinal for one in past.incidents if one.by_caller}
    asks = array("Q")
    for incident, at in zip(past.resolutions.incidents, past.resolutions.times, strict=True):
        caller = callers[incident]
        if not caller:
            because["unknown caller"] += 1
        elif caller in shared:
            because["shared account"] += 1
        elif incident in by_caller:
            because["resolved by the caller"] += 1
        else:
            asks.append(caller << _BITS | at // DAY)
    weeks, most = _by_week(asks)
    switching = SwitchingOn(
        messages_a_week=_typical(weeks),
        messages_in_busiest_week=max(weeks.values(), default=0),
        most_to_one_person_a_week=most,
        cannot_be_asked=sum(because.values()),
        of=len(past.resolutions.times),
        because=because,
    )
    return switching, tuple(Bar(at=_monday(week), count=count) for week, count in sorted(weeks.items()))


def _by_week(asks: "array[int]") -> tuple[Counter[int], int]:
    """Return messages by week, and the most that one person gets in one."""
    weeks: Counter[int] = Counter()
    most = 0
    for _, days in groupby(sorted(asks), key=lambda ask: ask >> _BITS):
        own = Counter(_week(day & (1 << _BITS) - 1) for day, _ in groupby(days))
        weeks.update(own)
        most = max(most, *own.values())
    return weeks, most


def _typical(weeks: Counter[int]) -> int:
    """Return the number so that half of all messages fall into weeks with at least as many."""
    left = sum(weeks.values()) / 2
    for count in sorted(weeks.values(), reverse=True):
        left -= count
        if left <= 0:
            return count
    return 0


def _week(day: int) -> int:
    return (day + 3) // 7  # the first of January 1970 was a Thursday


def _monday(week: int) -> str:
    return datetime.fromtimestamp((week * 7 - 3) * DAY, UTC).date().isoformat()
