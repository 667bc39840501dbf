"""A real log of a year at one service desk, read whole."""

from pathlib import Path
from typing import Any

from careloop.model.event import EventKind
from careloop.sandbox.servicenow.history import read_event_log

BACK = {"new", "in_progress", "awaiting_caller", "on_hold"}


def test_every_incident_of_a_real_log_comes_with_its_history(
    world: Any, desk: Any, walk: Any, shared: Path
) -> None:
    loaded = world.instance.load_events(read_event_log(shared / "data" / "incident_event_log.csv.gz"))
    snapshots = walk(desk).snapshots.values()
    moves = [e for s in snapshots for e in s.events if e.kind is EventKind.STATE_CHANGED]
    reopened = [e for e in moves if e.get("from") in {"resolved", "closed"} and e.get("to") in BACK]
    assert len(snapshots) == loaded == 12_380
    assert all(s.observed for s in snapshots)
    assert len(reopened) == 169
    assert desk.traffic.requests < 500
