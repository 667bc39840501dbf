"""Made-up exports: an organisation where everything can be seen, and one whose export says little."""

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

COLUMNS = (
    *("number", "incident_state", "sys_updated_on", "sys_updated_by", "sys_mod_count", "caller_id"),
    *("category", "subcategory", "u_symptom", "opened_at", "resolved_at", "closed_at", "reopen_count"),
    *("reassignment_count", "close_code", "due_date"),
)
LABELS = {
    "number": "Number",
    "incident_state": "State",
    "caller_id": "Caller",
    "category": "Category",
    "subcategory": "Subcategory",
    "opened_at": "Opened",
    "resolved_at": "Resolved",
    "closed_at": "Closed",
}
SYMPTOMS = ("Does not start", "Error message", "Very slow", "Access denied", "Lost data")
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
WEEKS, PEOPLE, A_WEEK = 26, 420, 90
TIMER = timedelta(days=3, hours=2)
MATTERS = {
    "Hardware": ("Laptop", "Docking station", "Printer", "Phone"),
    "Software": ("Mail", "Office", "VPN", "ERP", "Browser"),
    "Access": ("Password", "Shared folder", "Badge"),
    "Network": ("Wireless", "Cable", "Meeting room"),
}


def write_log(path: Path, rng: random.Random) -> Path:
    """Write the audit log of half a year, one row for each update of an incident."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for number, (opened, caller, matter) in enumerate(sorted(_matters(rng)), 10_001):
            writer.writerows(_history(f"INC{number:07}", opened, caller, matter, rng))
    return path


def write_list(path: Path, log: Path) -> Path:
    """Write the list export that the same organisation would make: the last state of each incident."""
    with log.open(encoding="utf-8", newline="") as stream:
        last = {row["number"]: row for row in csv.DictReader(stream)}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, LABELS, extrasaction="ignore")
        writer.writerow(LABELS)
        writer.writerows(last.values())
    return path


def write_little(path: Path) -> Path:
    """Write an export that has only numbers and states in the words of its own organisation."""
    rows = (("T1", "Offen"), ("T2", "Erledigt"), ("T3", "Erledigt"))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("number", "state", "sys_updated_on"))
        writer.writerows((number, state, _when(BEGIN)) for number, state in rows)
    return path


def _matters(rng: random.Random) -> Iterator[tuple[datetime, str, tuple[str, str, str]]]:
    """Yield when what was reported by whom; one in eight is reported once more some days later."""
    for week in range(WEEKS):
        for _ in range(rng.randint(A_WEEK - 25, A_WEEK + 25)):
            opened = BEGIN + timedelta(days=7 * week + rng.randrange(5), minutes=rng.randrange(540))
            category = rng.choice(tuple(MATTERS))
            matter = category, rng.choice(MATTERS[category]), rng.choice(SYMPTOMS)
            caller = "Monitoring" if rng.random() < 0.03 else f"Caller {rng.randint(1, PEOPLE)}"
            yield opened, caller, matter
            while rng.random() < 0.12:
                opened += timedelta(days=rng.expovariate(1 / 3), hours=10)
                yield opened, caller, matter


def _history(
    number: str, opened: datetime, caller: str, matter: tuple[str, str, str], rng: random.Random
) -> Iterator[dict[str, str]]:
    """Yield the updates of one incident, until a timer closes it or, seldom, somebody does."""
    agent = f"agent.{rng.randint(1, 12)}"
    resolved = opened + timedelta(hours=rng.expovariate(1 / 9) + 0.2)
    by_hand, reopened, workaround = (rng.random() < share for share in (0.08, 0.012, 0.06))
    closed = resolved + (timedelta(hours=rng.expovariate(1 / 60)) if by_hand else TIMER)
    half = opened + (resolved - opened) / 2
    middle = "Awaiting User Info" if rng.random() < 0.2 else "Active"
    turns = [("New", opened, caller), (middle, half, agent)]
    if reopened:
        turns += [("Resolved", half, agent), ("Active", half, agent)]
    turns += [("Resolved", resolved, agent), ("Closed", closed, agent if by_hand else "system")]
    last = {
        "number": number,
        "caller_id": caller,
        "category": matter[0],
        "subcategory": matter[1],
        "u_symptom": matter[2],
        "opened_at": _when(opened),
        "resolved_at": _when(resolved),
        "closed_at": _when(closed),
        "reopen_count": str(int(reopened)),
        "reassignment_count": str(min(int(rng.expovariate(1)), 5)),
        "close_code": "Workaround provided" if workaround else "Solution provided",
        "due_date": _when(closed + timedelta(days=30)) if workaround and rng.random() < 0.3 else "",
    }
    for revision, (state, at, who) in enumerate(turns):
        update = {"incident_state": state, "sys_updated_on": _when(at), "sys_updated_by": who}
        yield {**last, **update, "sys_mod_count": str(revision)}


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
