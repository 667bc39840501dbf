"""`make bench`: two runs of `careloop run` on a sandbox with a long history, then the pretend Jira.

Every policy is on audit. `--events FILE` loads an audit log as the sandbox's past; without it the example
callers raise `--incidents`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import jira_sandbox

BAR = 0.05
"""The second run, with nothing new, may take this share of the first."""

SETTINGS = """\
clock: platform
store: careloop.db
instances:
  servicenow:
    kind: servicenow
    url: {servicenow[url]}
    auth: {{type: basic, user: {servicenow[user]}, password: "file:servicenow.secret"}}
    tables: [incident]
  jira:
    kind: jira
    url: {jira[url]}
    auth: {{type: basic, user: {jira[email]}, password: "file:jira.secret"}}
    projects: [{jira[project]}]
policies:
  defaults: {{mode: audit}}
  confirmed_closure: {{}}
  awaiting_caller: {{}}
  reopen: {{look_back: 30}}
  deferred_scope: {{}}
"""


@dataclass(frozen=True)
class Run:
    """One whole process: seconds from start to end, peak memory in MiB, and what it printed as JSON."""

    seconds: float
    memory: float
    said: Mapping[str, Any]

    @property
    def records(self) -> int:
        """Return how many records it read."""
        return sum(int(one["read"]) for one in self.said["pulled"])

    @property
    def events(self) -> int:
        """Return how many journal entries it added."""
        return sum(int(one["events"]) for one in self.said["pulled"])

    @property
    def requests(self) -> int:
        """Return how many calls it sent."""
        return sum(int(one["requests"]) for one in self.said["traffic"].values())


def main() -> int:
    """Measure, print, and exit with 1 when the bar is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--events", type=Path, help="an audit log, .csv or .csv.gz")
    parser.add_argument("--incidents", type=int, default=5000, help="how many, without a log (default 5000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sandbox(Path(folder), options) as addresses:
        prepare(Path(folder), addresses)
        first, second = run(Path(folder)), run(Path(folder))
    for name, one in (("first run", first), ("second run", second)):
        rate = (one.records + one.events) / one.seconds
        print(
            f"{name}: {one.seconds:.2f} s, {one.records:,} records and {one.events:,} events "
            f"({rate:,.0f} rows a second), {one.requests:,} requests, {one.memory:.0f} MiB at most"
        )
    share = second.seconds / first.seconds
    print(f"second run / first run: {share:.3f} (at most {BAR})")
    return max(jira_sandbox.measure(issues=200_000, pages=500), 0 if share <= BAR else 1)


@contextmanager
def sandbox(folder: Path, options: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    """Serve a sandbox with a past in a process of its own."""
    ready = folder / "ready.json"
    past = ["--events", str(options.events)] if options.events else ["--incidents", str(options.incidents)]
    process = subprocess.Popen(
        [sys.executable, "-m", "careloop", "sandbox", "--ready-file", str(ready), *past],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.05)
        yield json.loads(ready.read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait(timeout=10)


def prepare(folder: Path, addresses: Mapping[str, Any]) -> None:
    """Write the settings of a careloop that only looks."""
    (folder / "careloop.yaml").write_text(SETTINGS.format(**addresses), encoding="utf-8")
    (folder / "servicenow.secret").write_text(addresses["servicenow"]["password"], encoding="utf-8")
    (folder / "jira.secret").write_text(addresses["jira"]["token"], encoding="utf-8")


def run(folder: Path) -> Run:
    """Run `careloop run` once as a process and account for it."""
    out = folder / "out.json"
    with out.open("wb") as stream:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "careloop", "run", "--format", "json"], cwd=folder, stdout=stream
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"careloop run ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024, json.loads(out.read_bytes()))


if __name__ == "__main__":
    sys.exit(main())
