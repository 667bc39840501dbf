"""How fast the pretend Jira gives pages, and how much room many issues take.

Run it alone with `python -m bench.jira_sandbox`.
"""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LEAST_PAGES = 50
"""Pages of 100 issues with 40 fields that one core must give in a second."""
MOST_MEMORY = 1024
"""MiB that the sandbox may take with 200,000 issues."""

_TOKEN = re.compile(rb'"nextPageToken":"([^"]+)"')
_FIELDS = 40


def main() -> int:
    """Measure, print, and exit with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.jira_sandbox", description=__doc__)
    parser.add_argument("--issues", type=int, default=200_000, help="how many there are (default 200000)")
    parser.add_argument("--pages", type=int, default=500, help="how many pages are read (default 500)")
    return measure(**vars(parser.parse_args()))


def measure(issues: int, pages: int) -> int:
    """Print what starting, reading and holding that many issues takes; return 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        began = time.perf_counter()
        command = [sys.executable, "-m", "careloop", "sandbox", "--issues", str(issues)]
        server = subprocess.Popen([*command, "--ready-file", str(ready)], stdout=subprocess.DEVNULL)
        while not ready.exists():
            if server.poll() is not None:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.05)
        start = time.perf_counter() - began
        try:
            busy, size = _read_pages(json.loads(ready.read_bytes())["jira"], pages, server.pid)
        finally:
            server.terminate()
        _, status, usage = os.wait4(server.pid, 0)
        server.returncode = os.waitstatus_to_exitcode(status)
    memory, rate = usage.ru_maxrss / 1024, pages / busy
    print(f"Jira sandbox: {issues:,} issues in {start:.1f} s, {memory:.0f} MiB at most")
    print(f"pages of 100 issues with {_FIELDS} fields: {rate:.0f} a core second, {size / 1024:.0f} KiB each")
    return 0 if rate >= LEAST_PAGES and memory <= MOST_MEMORY else 1


def _read_pages(jira: Mapping[str, Any], pages: int, server: int) -> tuple[float, float]:
    """Return the seconds of a core that a walk in `updated` order took, and the mean size of a page."""
    connection = HTTPConnection(urlsplit(jira["url"]).netloc)
    credentials = base64.b64encode(f"{jira['email']}:{jira['token']}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    asked: dict[str, Any] = {"jql": f"project = {jira['project']} ORDER BY updated ASC, key ASC"}
    asked |= {"maxResults": 100, "fields": _choose_fields(connection, headers)}
    _ask(connection, headers, asked)  # the first page sorts everything
    total, began = 0, _busy(server)
    for _ in range(pages):
        body = _ask(connection, headers, asked)
        total += len(body)
        if token := _TOKEN.search(body):
            asked["nextPageToken"] = token[1].decode()
        else:
            del asked["nextPageToken"]
    return _busy(server) - began, total / pages


def _busy(process: int) -> float:
    """Return the seconds that a process has had of a core; its neighbours cannot lengthen them."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _choose_fields(connection: HTTPConnection, headers: Mapping[str, str]) -> list[str]:
    connection.request("GET", "/rest/api/3/field", headers=dict(headers))
    fields = json.loads(connection.getresponse().read())
    return [field["id"] for field in fields if field.get("schema")][:_FIELDS]


def _ask(connection: HTTPConnection, headers: Mapping[str, str], asked: Mapping[str, Any]) -> bytes:
    connection.request("POST", "/rest/api/3/search/jql", json.dumps(asked), dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"the sandbox answered {answer.status}: {body[:200]!r}")
    return body


if __name__ == "__main__":
    sys.exit(main())
