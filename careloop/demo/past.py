"""Half a year at a service desk that nobody has, written as the audit log of its ServiceNow."""

import csv
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

COLUMNS = (
    *("number", "incident_state", "sys_updated_on", "sys_updated_by", "sys_mod_count", "caller_id"),
    *("category", "subcategory", "opened_at", "resolved_at", "closed_at", "reopen_count"),
    *("reassignment_count", "close_code"),
)
WEEKS, A_WEEK, CALLERS, AGENTS = 26, 50, 260, 9
TIMER = timedelta(days=5, minutes=24)
"""So long after a resolution the incident is closed, whatever the customer thinks."""
BY_HAND = 0.06
"""The share that agents close before."""
KINDS = {
    "Hardware": ("Laptop", "Printer", "Phone"),
    "Software": ("Mail", "VPN", "Reports", "Calendar"),
    "Access": ("Password", "Shared folder"),
}


@dataclass(frozen=True, slots=True)
class _Call:
    """Somebody reports something."""

    opened: datetime
    caller: str
    kind: tuple[str, str]


def write_past(path: Path, until: datetime, rng: random.Random) -> int:
    """Write the log, oldest incident first, and return how many incidents it has."""
    calls = sorted(_calls(until - timedelta(weeks=WEEKS), rng), key=lambda call: call.opened)
    calls = [call for call in calls if call.opened < until - timedelta(days=14)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for number, call in enumerate(calls, start=5001):
            writer.writerows(_updates(f"INC{number:07}", call, rng))
    return len(calls)


def _calls(begin: datetime, rng: random.Random) -> Iterator[_Call]:
    """Yield calls in working hours; of nine problems one comes back within days, under a new number."""
    for week in range(WEEKS):
        for _ in range(A_WEEK):
            opened = begin + timedelta(days=7 * week + rng.randrange(5), minutes=rng.randrange(480))
            category = rng.choice(sorted(KINDS))
            call = _Call(opened, f"Caller {rng.randrange(CALLERS)}", (category, rng.choice(KINDS[category])))
            yield call
            while rng.random() < 0.11:
                later = call.opened + timedelta(days=rng.randrange(2, 9), minutes=rng.randrange(480))
                call = _Call(later, call.caller, call.kind)
                yield call


def _updates(number: str, call: _Call, rng: random.Random) -> Iterator[Mapping[str, str]]:
    """Yield the updates of one incident, up to the timer that closes it."""
    agent = f"agent {rng.randrange(AGENTS)}"
    resolved = call.opened + timedelta(minutes=rng.randrange(30, 1800))
    waits, by_hand = rng.random() < 0.18, rng.random() < BY_HAND
    closed = resolved + (TIMER * rng.random() if by_hand else TIMER)
    turns = [("New", call.opened, agent)]
    turns += [
        ("Awaiting User Info" if waits else "Active", call.opened + (resolved - call.opened) / 2, agent)
    ]
    turns += [("Resolved", resolved, agent), ("Closed", closed, agent if by_hand else "system")]
    known = {
        "number": number,
        "caller_id": call.caller,
        "category": call.kind[0],
        "subcategory": call.kind[1],
        "opened_at": _say(call.opened),
        "resolved_at": _say(resolved),
        "closed_at": _say(closed),
        "reopen_count": "0",
        "reassignment_count": str(rng.choice((0, 0, 0, 1, 1, 2, 4))),
        "close_code": "Workaround provided" if rng.random() < 0.05 else "Solution provided",
    }
    for revision, (state, at, who) in enumerate(turns):
        update = {"incident_state": state, "sys_updated_on": _say(at), "sys_updated_by": who}
        yield {**known, **update, "sys_mod_count": str(revision)}


def _say(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
