"""The sandbox as a program of its own: what the command line starts."""

import gc
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Literal

from careloop.sandbox.server import Addresses, serve
from careloop.sandbox.servicenow import read_event_log
from careloop.sandbox.world import Sandbox


@dataclass(frozen=True)
class Options:
    """How to start: ports (0: any free one), the kind of Jira, and what has happened before.

    `events` is an audit log in CSV, gzipped or not, that becomes the past of the ServiceNow half; `incidents`
    takes the first so many of it or, without a log, makes so many up; with neither there are the example
    records of a developer instance, and with 0 there are none. `issues` is how many the software
    project of the Jira half has collected over the last year. With `tls` the same ports speak https too.
    """

    servicenow_port: int = 0
    jira_port: int = 0
    jira_flavor: Literal["cloud", "dc"] = "cloud"
    events: Path | None = None
    incidents: int | None = None
    issues: int | None = None
    seed: int = 0
    ready_file: Path | None = None
    tls: bool = False


def run_sandbox(
    options: Options,
    start: datetime,
    source: Callable[[], float],
    announce: Callable[[Addresses], None],
) -> None:
    """Serve a sandbox whose clock starts at `start` and flows with `source`, until SIGTERM or SIGINT.

    Raises PortTaken, or OSError for an event log or ready file out of reach.
    """
    sandbox = Sandbox(
        start,
        seed=options.seed,
        jira_flavor=options.jira_flavor,
        source=source,
        prepare=lambda world: _fill(world, options),
    )
    serve(sandbox, options.servicenow_port, options.jira_port, options.ready_file, announce, tls=options.tls)


def _fill(sandbox: Sandbox, options: Options) -> None:
    """Load the past; the collector would look through every row of it time and again for garbage."""
    gc.disable()
    try:
        _load(sandbox, options)
    finally:
        gc.freeze()
        gc.enable()


def _load(sandbox: Sandbox, options: Options) -> None:
    sandbox.jira.promote(
        sandbox.jira.email
    )  # the suites of other clients make projects and people of their own
    if options.issues:
        sandbox.jira.fill(options.issues, random.Random(options.seed))
    if options.events is not None:
        sandbox.servicenow.load_events(_first(read_event_log(options.events), options.incidents))
    elif options.incidents:
        sandbox.servicenow.make_incidents(options.incidents)
    elif options.incidents is None:
        sandbox.servicenow.plant_demo()


def _first(rows: Iterable[Mapping[str, str]], count: int | None) -> Iterator[Mapping[str, str]]:
    by_incident = itertools.groupby(rows, key=itemgetter("number"))
    return itertools.chain.from_iterable(events for _, events in itertools.islice(by_incident, count))
