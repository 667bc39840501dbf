"""careloop and both pretend platforms in one process, on one clock that stands still until it is moved."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from requests.adapters import BaseAdapter

from careloop.config import Instance
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.world import Sandbox
from careloop.wiring import House, open_house, read_settings

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

SETTINGS: dict[str, Any] = {
    "clock": "platform",
    "store": "careloop.db",
    "instances": {
        "servicenow": {
            "kind": "servicenow",
            "url": "http://127.0.0.1:8080",
            "auth": {"type": "basic", "user": "careloop", "password": "file:servicenow.secret"},
            "tables": ["incident"],
        },
        "jira": {
            "kind": "jira",
            "url": "http://127.0.0.1:8081",
            "flavor": "cloud",
            "auth": {"type": "basic", "user": "bot@example.com", "password": "file:jira.secret"},
            "projects": ["ENG"],
        },
    },
    "contact": {
        "channel": "comment",
        "non_production": "send",
        "phone": "+00 000 0000",
        "hours": {"zone": "UTC", "from": "09:00", "to": "17:00"},
    },
    "sync": {
        "mode": "act",
        "links": [
            {
                "from": {
                    "instance": "servicenow",
                    "table": "incident",
                    "query": "assignment_group.name=Engineering",
                },
                "to": {"instance": "jira", "project": "ENG", "issue_type": "Bug"},
                "create": True,
                "fields": [
                    {"from": "short_description", "to": "summary", "direction": "both"},
                    {"from": "description", "to": "description", "direction": "forward"},
                    {
                        "from": "priority",
                        "to": "priority",
                        "direction": "forward",
                        "values": {"1": "Highest", "2": "High"},
                    },
                ],
                "states": [{"from": "2", "to": "In Progress", "direction": "both"}],
                "comments": {"public": "both", "internal": "both"},
            }
        ],
    },
    "policies": {
        "defaults": {
            "mode": "act",
            "since": "2026-01-01",
            "approved_by": "owner@example.com",
            "care_level": "cost",
        },
        "confirmed_closure": {"reminder_after": 3, "window": 10},
        "awaiting_caller": {},
        "reopen": {"look_back": 30},
        "deferred_scope": {"label": "deferred", "remind_before": [30, 7]},
    },
}

DATA_CENTER = {"flavor": "dc", "auth": {"type": "bearer", "token": "file:jira.secret"}}
"""What stands under `instances.jira` for the other kind of Jira."""


def on_jira(kind: str, settings: Mapping[str, Any] = SETTINGS) -> dict[str, Any]:
    """Return settings of one's own for Jira Cloud or, for the kind `dc`, Data Center."""
    own: dict[str, Any] = copy.deepcopy(dict(settings))
    if kind == "dc":
        own["instances"]["jira"] |= DATA_CENTER
    return own


class PretendClock:
    """The sandbox's clock as careloop's own; waiting moves it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._clock = sandbox.clock

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds)


class Office:
    """A sandbox and a folder with the settings of a careloop that works on it."""

    def __init__(
        self,
        folder: Path,
        start: datetime = MONDAY,
        seed: int = 0,
        settings: Mapping[str, Any] = SETTINGS,
    ) -> None:
        flavor = settings["instances"]["jira"]["flavor"]
        self.sandbox = Sandbox(start, seed=seed, jira_flavor=flavor)
        self.clock = PretendClock(self.sandbox)
        self.path = folder / "careloop.yaml"
        self.path.write_text(yaml.safe_dump(settings, sort_keys=False))
        (folder / "servicenow.secret").write_text(self.sandbox.servicenow.password)
        (folder / "jira.secret").write_text(self.sandbox.jira.token)

    @contextmanager
    def house(self, adapter: Callable[[Instance], BaseAdapter] | None = None) -> Iterator[House]:
        """Open careloop as a new process would."""
        settings = read_settings(self.path)
        with open_house(settings, alone=True, inner=adapter or self.adapter, clock=self.clock) as house:
            yield house

    def adapter(self, instance: Instance) -> BaseAdapter:
        """Return the way to an instance without a network."""
        return AsgiAdapter(
            self.sandbox.servicenow_app if instance.kind == "servicenow" else self.sandbox.jira_app
        )

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.sandbox.clock.advance(timedelta(**span).total_seconds())


def say_nothing(what: str, done: int, total: int | None) -> None:
    """Hear of progress and do nothing."""
