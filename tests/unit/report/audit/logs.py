"""Small audit logs, written as CSV."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from careloop.report.audit.figures import Audit, Terms
from careloop.report.audit.log import read_log
from careloop.report.audit.take import take_audit
from careloop.wiring import fixed_chance

COLUMNS = (
    *("number", "incident_state", "sys_updated_at", "sys_updated_by", "sys_mod_count", "caller_id"),
    *("category", "subcategory", "u_symptom", "opened_at", "resolved_at", "closed_at", "reopen_count"),
    *("reassignment_count", "closed_code"),
)
Event = Mapping[str, str]


def quiet(what: str, done: int, total: int | None) -> None:
    """Tell nobody how far it is."""


def story(number: str, *turns: tuple[str, str, str], **attributes: str) -> list[dict[str, str]]:
    """Return the events of an incident; each turn is a state, a time and who did it."""
    last = {
        "number": number,
        "caller_id": "Caller 1",
        "category": "Category 1",
        "subcategory": "Subcategory 1",
        "u_symptom": "Symptom 1",
        "opened_at": turns[0][1],
        "resolved_at": next((at for state, at, _ in reversed(turns) if state == "Resolved"), "?"),
        "closed_at": next((at for state, at, _ in turns if state == "Closed"), "?"),
        "reopen_count": "0",
        "reassignment_count": "0",
        "closed_code": "code 1",
        **attributes,
    }
    return [
        {
            **last,
            "incident_state": state,
            "sys_updated_at": at,
            "sys_updated_by": who,
            "sys_mod_count": str(revision),
        }
        for revision, (state, at, who) in enumerate(turns)
    ]


def solved(number: str, opened: str, resolved: str, closed: str, **attributes: str) -> list[dict[str, str]]:
    """Return the events of an incident that an agent resolves and a timer closes."""
    turns = (("New", opened, "agent"), ("Resolved", resolved, "agent"), ("Closed", closed, "timer"))
    return story(number, *turns, **attributes)


def write_log(path: Path, events: Iterable[Event], columns: Iterable[str] = COLUMNS, **form: Any) -> Path:
    """Write a log; `form` may give encoding and delimiter."""
    encoding = form.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, tuple(columns), extrasaction="ignore", **form)
        writer.writeheader()
        writer.writerows(events)
    return path


def audit_of(path: Path, **terms: Any) -> Audit:
    """Return the audit of a log."""
    return take_audit(read_log(path, quiet), Terms(**terms), fixed_chance())
