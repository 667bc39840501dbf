"""Exports that say less than an audit log: a list of incidents, and one that says next to nothing."""

import csv
from pathlib import Path

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
        writer.writerows((number, state, "2026-01-05 08:00:00") for number, state in rows)
    return path
