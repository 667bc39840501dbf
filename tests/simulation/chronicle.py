"""Draws what happens in a run: working days of people, cycles in between, and trouble."""

import json
import shlex
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from careloop.sandbox.jira.errors import Refused as RefusedByJira
from careloop.sandbox.play.day import WorkingDay
from careloop.sandbox.servicenow.errors import Refused as RefusedByServiceNow
from tests.simulation.run import Run

FAULTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "status", "code": 429, "headers": {"Retry-After": "20"}},
    {"kind": "status", "code": 503},
    {"kind": "status", "code": 500, "after": True},
    {"kind": "answer_lost"},
    {"kind": "answer_lost", "method": "POST"},
    {"kind": "answer_lost", "method": "PATCH"},
    {"kind": "timeout_after", "method": "POST"},
    {"kind": "timeout_after"},
    {"kind": "timeout"},
    {"kind": "reset"},
    {"kind": "reset", "method": "PATCH"},
    {"kind": "cut"},
    {"kind": "mixed"},
    {"kind": "html"},
    {"kind": "latency", "seconds": (0.1, 30.0)},
    {"kind": "commit_delay", "seconds": 3},
)
MORNING, EVENING = time(8), time(18)


class Chronicle:
    """Draws a run as it goes, since what people can do depends on what happened."""

    def __init__(self, run: Run, seed: int) -> None:
        self._run = run
        self._rng = Random(f"chronicle {seed}")
        self._day = WorkingDay(run.office.sandbox, Random(f"people {seed}"))
        self._trouble = self._rng.choice([0.0, 0.6, 0.6, 0.9])
        self._pause = self._rng.choice([300, 1800, 5400])

    def write(self) -> None:
        """Play the whole run; raises Broken when an invariant does not hold."""
        for _ in range(self._rng.randint(2, 4)):
            self._do(self._day.raise_incident)
        for _ in range(self._rng.randint(3, 5)):
            for _ in range(self._rng.randint(1, 2)):
                self._session()
            self._night()
        self._run.settle()

    def _session(self) -> None:
        for _ in range(self._rng.randint(3, 9)):
            self._do(self._day.step)
            self._wait(self._rng.randint(0, self._pause))
        self._wait(self._rng.choice([0, 5, 60]))
        if self._rng.random() < self._trouble:
            self._disturb()
        self._run.play("cycle")
        if self._rng.random() < 0.5:
            self._run.play("mend")

    def _disturb(self) -> None:
        match self._rng.choice(["kill", "kill", "kill", "fault", "fault", "rate", "rate", "meanwhile"]):
            case "kill":
                how = self._rng.choice(["before", "after", "call"])
                last = 40 if how == "call" else 3
                self._run.play(f"kill {self._rng.randint(1, last)} {how}")
            case "fault":
                self._break({"times": self._rng.randint(1, 3), "skip": self._rng.randint(0, 25)})
            case "rate":
                self._break({"rate": self._rng.choice([0.02, 0.1, 0.3])})
            case _:
                self._interfere(self._rng.randint(3, 40))

    def _break(self, how_often: Mapping[str, Any]) -> None:
        rule = {**self._rng.choice(FAULTS), **how_often}
        self._run.play(shlex.join(["fault", json.dumps(rule)]))

    def _interfere(self, call: int) -> None:
        """Have somebody act while careloop works; what they do is drawn, and written down, at that moment."""
        place = len(self._run.lines)

        def act() -> None:
            line = self._draw(self._day.step)
            if line:
                self._run.lines.insert(place, shlex.join(["meanwhile", str(call), line]))

        self._run.executioner.meanwhile[call] = lambda: self._run.intervene(act)

    def _night(self) -> None:
        """Go home: until the next morning, over a weekend, or away for long enough that silence counts."""
        now = self._run.office.clock.now()
        days = self._rng.choice([1, 1, 1, 2, 3, 8])
        morning = datetime.combine(now.date() + timedelta(days=days), MORNING, now.tzinfo)
        if self._rng.random() < 0.3:
            self._wait(6 * 3600)
            self._run.play("cycle")
        left = (morning - self._run.office.clock.now()).total_seconds()
        self._wait(int(left) + self._rng.randint(0, 6 * 3600))
        if days > 1:
            self._run.play("cycle")

    def _wait(self, seconds: int) -> None:
        if seconds > 0:
            self._run.play(f"wait {seconds}")

    def _do(self, draw: Any) -> None:
        line = self._draw(draw)
        if line:
            self._run.lines.append(line)

    def _draw(self, draw: Any) -> str:
        try:
            return str(draw())
        except (RefusedByServiceNow, RefusedByJira):
            return ""
        finally:
            self._run.pause()
