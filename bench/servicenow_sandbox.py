"""How fast the pretend ServiceNow gives pages, how much room many incidents take, how soon it answers.

Run it alone with `python -m bench.servicenow_sandbox`.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import requests

from bench.process import Served, sandbox

RATE, MEMORY, START = 20, 2048, 2.0
"""At least so many pages a second on one core, at most so many MiB, at most so many seconds."""
PAGE = 1000
FIELDS = (
    *("sys_id", "number", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by"),
    *("sys_mod_count", "state", "incident_state", "active", "short_description", "description", "caller_id"),
    *("opened_by", "opened_at", "assignment_group", "assigned_to", "category", "subcategory", "impact"),
    *("urgency", "priority", "hold_reason", "close_code", "close_notes", "resolved_at", "resolved_by"),
    *("closed_at", "reopen_count", "correlation_id"),
)


def main() -> int:
    """Measure, print, and exit with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.servicenow_sandbox", description=__doc__)
    parser.add_argument(
        "--incidents", type=int, default=1_000_000, help="how many there are (default 1000000)"
    )
    parser.add_argument("--pages", type=int, default=100, help="how many pages a walk reads (default 100)")
    return measure(**vars(parser.parse_args()))


def measure(incidents: int, pages: int) -> int:
    """Print figures of a start without data and of one with many incidents; return 1 if a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        with sandbox(Path(folder)) as empty:
            print(f"ServiceNow sandbox: answers after {empty.seconds:.2f} s (at most {START})")
            good = empty.seconds <= START
        with sandbox(Path(folder), "--incidents", str(incidents), cores=[0]) as full:
            print(f"ServiceNow sandbox with {incidents:,} incidents: answers after {full.seconds:.1f} s")
            for name, start in (
                ("by offset", 0),
                ("by offset from the middle", incidents // 2),
                ("by key", None),
            ):
                good = _report(name, full, start, pages) and good
            print(f"memory: {full.memory:,.0f} MiB (at most {MEMORY:,})")
            return 0 if good and full.memory <= MEMORY else 1


def _report(name: str, served: Served, start: int | None, count: int) -> bool:
    with requests.Session() as session:
        session.auth = (served.addresses["servicenow"]["user"], served.addresses["servicenow"]["password"])
        before, began = served.cpu, time.perf_counter()
        rows = _by_key(served, session, count) if start is None else _by_offset(served, session, start, count)
        seconds, cpu = time.perf_counter() - began, served.cpu - before
    rate = rows / PAGE / seconds
    print(
        f"pages of {PAGE} incidents with {len(FIELDS)} fields, {name}: {rate:.1f} a second (at least {RATE}; "
        f"{1000 * cpu / count:.1f} ms of processor time each)"
    )
    return rate >= RATE


def _by_offset(served: Served, session: requests.Session, start: int, count: int) -> int:
    query = {"sysparm_query": "ORDERBYsys_updated_on^ORDERBYsys_id"}
    offsets = range(start, start + count * PAGE, PAGE)
    pages = (_page(served, session, **query, sysparm_offset=str(offset)) for offset in offsets)
    return sum(page.content.count(b'"sys_id":') for page in pages)


def _by_key(served: Served, session: requests.Session, count: int) -> int:
    """Go on behind the last row read, as careful clients do."""
    rows, query = 0, "ORDERBYsys_updated_on^ORDERBYsys_id"
    for _ in range(count):
        page = _page(served, session, sysparm_query=query).json()["result"]
        if not page:
            break
        rows, (last, sys_id) = rows + len(page), (page[-1]["sys_updated_on"], page[-1]["sys_id"])
        query = (
            f"sys_updated_on>{last}^NQsys_updated_on={last}^sys_id>{sys_id}"
            "^ORDERBYsys_updated_on^ORDERBYsys_id"
        )
    return rows


def _page(served: Served, session: requests.Session, **parameters: str) -> requests.Response:
    asked = {
        "sysparm_fields": ",".join(FIELDS),
        "sysparm_exclude_reference_link": "true",
        "sysparm_limit": str(PAGE),
        **parameters,
    }
    url = f"{served.addresses['servicenow']['url']}/api/now/table/incident"
    answer = session.get(url, params=asked, timeout=60)
    answer.raise_for_status()
    return answer


if __name__ == "__main__":
    sys.exit(main())
