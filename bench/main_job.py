"""Two runs of `careloop run` on a sandbox with a long history, every policy on audit."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process import sandbox

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


def measure(folder: Path, events: Path | None, incidents: int) -> int:
    """Print the figures of two runs, the second with nothing new; return 1 when the bar is missed."""
    past = ["--events", str(events)] if events else ["--incidents", str(incidents)]
    with sandbox(folder, *past) as served:
        prepare(folder, served.addresses)
        first, second = run(folder), run(folder)
    for name, one in (("first run", first), ("second run", second)):
        rate = (one.records + one.events) / one.seconds
        print(
            f"{name}: {one.seconds:.2f} s, {one.records:,} records and {one.events:,} events "
            f"({rate:,.0f} rows a second), {one.requests:,} requests, {one.memory:.0f} MiB at most"
        )
    share = second.seconds / first.seconds
    print(f"second run / first run: {share:.3f} (at most {BAR})")
    return 0 if share <= BAR else 1


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
