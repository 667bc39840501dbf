"""How long `careloop audit` takes beside a bare pass over the same log, and what a longer log costs.

Run it alone with `python -m bench.audit --events FILE`.
"""

import argparse
import csv
import gzip
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

MOST_TIME = 3.0
"""Times a bare pass."""
MOST_MEMORY = 1.5
"""Times the memory that the log itself takes, for one four times as long."""
COPIES = 4
RUNS = 3
"""Of which the fastest counts."""

BARE = """
import csv, gzip, sys, time
began = time.process_time()
opener = gzip.open if sys.argv[1].endswith("gz") else open
with opener(sys.argv[1], "rt", encoding="utf-8", newline="") as lines:
    for row in csv.DictReader(lines):
        pass
print(time.process_time() - began)
"""
AUDIT = """
import sys, time
from pathlib import Path
from careloop.report.audit.figures import Terms
from careloop.report.audit.log import read_log
from careloop.report.audit.take import take_audit
from careloop.report.audit.text import audit_as_text
from careloop.wiring import fixed_chance
began = time.process_time()
past = read_log(Path(sys.argv[1]), lambda *_: None)
audit_as_text(take_audit(past, Terms(), fixed_chance()))
print(time.process_time() - began)
"""


def main() -> int:
    """Measure, print, and exit with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--events", type=Path, help="an audit log, .csv or .csv.gz")
    return measure(parser.parse_args().events)


def measure(events: Path | None) -> int:
    """Print both ratios; return 1 when a bar is missed. Without a log one of 12,000 incidents is made up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = events or make_up(folder / "log.csv.gz", incidents=12_000)
        bare, audit = seconds(BARE, log), seconds(AUDIT, log)
        one, four = memory(log), memory(multiply(log, folder / "long.csv.gz"))
    time_ratio, memory_ratio = audit / bare, four / one
    print(f"audit: {audit:.2f} s of processor time, a bare csv.DictReader pass {bare:.2f} s")
    print(f"audit / bare pass: {time_ratio:.2f} (at most {MOST_TIME:g})")
    print(f"peak memory of 'careloop audit': {one:.0f} MiB, with a log {COPIES} times as long {four:.0f} MiB")
    print(f"longer / shorter: {memory_ratio:.2f} (at most {MOST_MEMORY:g})")
    return 0 if time_ratio <= MOST_TIME and memory_ratio <= MOST_MEMORY else 1


def seconds(program: str, log: Path) -> float:
    """Return the processor time of a pass in a process of its own, without the start of the interpreter."""
    command = [sys.executable, "-c", program, str(log)]
    return min(float(subprocess.check_output(command, text=True)) for _ in range(RUNS))


def memory(log: Path) -> float:
    """Return the most memory in MiB that the whole command takes."""
    command = [sys.executable, "-m", "careloop", "audit", "--events", str(log)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"careloop audit ended with {process.returncode}")
    return usage.ru_maxrss / 1024


def multiply(log: Path, target: Path) -> Path:
    """Write a log several times as long: copies with renamed incidents and callers."""
    with _open(log) as lines, gzip.open(target, "wt", 1, encoding="utf-8", newline="") as stream:
        rows = csv.reader(lines)
        writer = csv.writer(stream)
        heading = next(rows)
        writer.writerow(heading)
        renamed = [heading.index(name) for name in ("number", "caller_id")]
        for copy in range(COPIES):
            if copy:
                lines.seek(0)
                next(rows)
            for row in rows:
                for place in renamed:
                    if copy and row[place] != "?":
                        row[place] += f"-{copy}"
                writer.writerow(row)
    return target


def make_up(target: Path, incidents: int) -> Path:
    """Write a log of incidents that nobody had, with the columns and the habits of a real one."""
    rng = random.Random(0)  # noqa: S311 - seeded chance, not secrets
    heading = (
        *("number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count"),
        *("made_sla", "caller_id", "opened_by", "opened_at", "sys_created_by", "sys_created_at"),
        *("sys_updated_by", "sys_updated_at", "contact_type", "location", "category", "subcategory"),
        *("u_symptom", "cmdb_ci", "impact", "urgency", "priority", "assignment_group", "assigned_to"),
        *("knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor", "caused_by"),
        *("closed_code", "resolved_by", "resolved_at", "closed_at"),
    )
    with gzip.open(target, "wt", 1, encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, heading, restval="?")
        writer.writeheader()
        for count in range(incidents):
            writer.writerows(_incident(count, rng))
    return target


def _incident(count: int, rng: random.Random) -> Iterator[dict[str, str]]:
    opened = datetime(2016, 3, 1, 8) + timedelta(minutes=7 * count)  # noqa: DTZ001 - as in a log, without a zone
    waits = ["Awaiting User Info"] if rng.random() < 0.2 else []
    states = ["New", *["Active"] * rng.randrange(4), *waits, "Resolved", "Closed"]
    ends = [opened + timedelta(hours=5 * place) for place in range(len(states))]
    ends[-1] = ends[-2] + timedelta(hours=120, minutes=rng.randrange(60))
    known = {
        "number": f"INC{count:07}",
        "caller_id": f"Caller {rng.randrange(3000)}",
        "opened_at": _say(opened),
        "category": f"Category {rng.randrange(40)}",
        "subcategory": f"Subcategory {rng.randrange(100)}",
        "u_symptom": f"Symptom {rng.randrange(300)}",
        "reopen_count": "0",
        "reassignment_count": str(rng.randrange(4)),
        "resolved_at": _say(ends[-2]),
        "closed_at": _say(ends[-1]),
    }
    for place, (state, at) in enumerate(zip(states, ends, strict=True)):
        by = "Updated by 1" if state == "Closed" else f"Updated by {rng.randrange(200)}"
        yield known | {
            "incident_state": state,
            "sys_updated_at": _say(at),
            "sys_updated_by": by,
            "sys_mod_count": str(place),
        }


def _say(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M}"


def _open(log: Path) -> TextIO:
    opener: Callable[..., TextIO] = gzip.open if log.suffix == ".gz" else open
    return opener(log, "rt", encoding="utf-8", newline="")


if __name__ == "__main__":
    sys.exit(main())
