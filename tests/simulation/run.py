"""One run: people, careloop and trouble on one clock, with the invariants looked at after every cycle."""

import json
import shlex
import traceback
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from requests.adapters import BaseAdapter

from careloop.config import Instance
from careloop.errors import FixSettings, TryAgain
from careloop.sandbox.faults import Fault
from careloop.sandbox.jira.errors import Refused as RefusedByJira
from careloop.sandbox.play.script import perform
from careloop.sandbox.servicenow.errors import Refused as RefusedByServiceNow
from careloop.sync.run import Cycle, Desk, run_cycle
from tests.simulation.executioner import Executioner, Killed
from tests.simulation.invariants import AFTER_A_CYCLE, ALWAYS, AT_REST, Invariant
from tests.simulation.office import Office, say_nothing
from tests.simulation.organisation import Organisation, draw_organisation
from tests.simulation.script import Script
from tests.simulation.witness import Witness

ROUNDS = 20
"""Cycles within which careloop has to come to rest once edits and faults have stopped."""
MOMENT = 2
"""Seconds that people need; what happens within one second has no order in ServiceNow."""
PAUSE = timedelta(minutes=12)
"""Between those cycles: longer than a lost answer needs to settle."""


@dataclass(kw_only=True)
class Tally:
    """What a run came to."""

    cycles: int = 0
    writes: int = 0
    faults: int = 0
    deaths: int = 0


class Broken(Exception):
    """An invariant does not hold."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints))


class Run:
    """Plays lines in a fresh world; `lines` holds all that were played."""

    def __init__(self, folder: Path, seed: int, organisation: Organisation | None = None) -> None:
        self.organisation = organisation or draw_organisation(seed)
        self.office = Office(folder, seed=seed, settings=self.organisation.settings)
        self.organisation.furnish(self.office.sandbox)
        self.executioner = Executioner()
        self.lines: list[str] = []
        self.tally = Tally()
        self._seed = seed
        self._house = ExitStack()
        self._desk: Desk | None = None

    @property
    def script(self) -> Script:
        """Return what happened so far."""
        return Script(self._seed, tuple(self.lines))

    def play(self, line: str) -> None:
        """Play one line; an act that the platforms refuse, or that names what is not there, comes to nothing.

        Raises Broken when a cycle leaves an invariant broken, ValueError for what is no line.
        """
        self.lines.append(line)
        match shlex.split(line):
            case ["cycle"]:
                self.cycle()
            case ["kill", number, how]:
                self._doom(int(number), how)
            case ["fault", rule]:
                self.office.sandbox.faults.add(Fault(**json.loads(rule)))
            case ["mend"]:
                self.office.sandbox.faults.clear()
            case ["meanwhile", number, act]:
                self.executioner.meanwhile[int(number)] = lambda: self.intervene(lambda: self.act(act))
            case _:
                self.act(line)

    def act(self, line: str) -> bool:
        """Have somebody do something, and return whether they could."""
        try:
            perform(self.office.sandbox, line)
        except (RefusedByServiceNow, RefusedByJira, LookupError):
            return False
        finally:
            self.pause()
        return True

    def pause(self) -> None:
        """Let a moment pass."""
        self.office.wait(seconds=MOMENT)

    def intervene(self, act: Callable[[], object]) -> None:
        """Have somebody act while careloop works, which takes a moment."""
        self.pause()
        act()

    def cycle(self) -> Cycle | None:
        """Run careloop once and look at what it did; None when it died or could not finish."""
        self.pause()
        self.tally.cycles += 1
        self.executioner.begin()
        began, hits = self.office.clock.now(), len(self.office.sandbox.faults.log)
        done: Cycle | None = None
        try:
            done = run_cycle(self._open())
        except Killed:
            self.tally.deaths += 1
            self.close()
        except (TryAgain, FixSettings) as error:
            if len(self.office.sandbox.faults.log) == hits:
                raise Broken([f"a cycle without a fault ended with {error!r}"]) from error
        except Exception as error:
            raise Broken([f"careloop broke down\n{traceback.format_exc()}"]) from error
        self.pause()
        self.executioner.rest()
        self.tally.writes = len(self.executioner.writes)
        self.tally.faults = len(self.office.sandbox.faults.log)
        self._inspect([*ALWAYS, *(AFTER_A_CYCLE if done else [])], self.witness(began, done))
        return done

    def settle(self) -> Witness:
        """Let all trouble end and careloop come to rest, and return what can be seen then.

        Raises Broken when it does not come to rest, or rests wrongly.
        """
        self.office.sandbox.faults.clear()
        self.executioner.rest()
        cycle = None
        for _ in range(ROUNDS):
            self.office.wait(seconds=PAUSE.total_seconds())
            began, writes = self.office.clock.now(), len(self.executioner.writes)
            cycle = self.cycle()
            if cycle and _is_quiet(cycle) and len(self.executioner.writes) == writes:
                witness = self.witness(began, cycle)
                self._inspect(AT_REST, witness)
                return witness
        raise Broken([f"careloop does not come to rest within {ROUNDS} cycles; the last one: {_tell(cycle)}"])

    def witness(self, began: datetime, cycle: Cycle | None) -> Witness:
        """Return what can be seen after a cycle that began at a time."""
        return Witness(
            organisation=self.organisation,
            sandbox=self.office.sandbox,
            folder=self.office.path.parent,
            writes=tuple(self.executioner.writes),
            began=began,
            desk=self._desk,
            cycle=cycle,
        )

    def close(self) -> None:
        """End the process, if one is running."""
        self._desk = None
        self._house.close()

    def _inspect(self, invariants: Iterable[Invariant], witness: Witness) -> None:
        complaints = [f"{check.__name__}: {said}" for check in invariants for said in check(witness)]
        if complaints:
            raise Broken(complaints)

    def _open(self) -> Desk:
        if self._desk is None:
            house = self._house.enter_context(self.office.house(self._adapter))
            self._desk = house.desk(say_nothing)
        return self._desk

    def _adapter(self, instance: Instance) -> BaseAdapter:
        return self.executioner.around(self.office.adapter(instance))

    def _doom(self, number: int, how: str) -> None:
        if how == "call":
            self.executioner.at_call = number
            return
        if how not in ("before", "after"):
            raise ValueError(f"nobody can be killed {how!r}")
        self.executioner.at = len(self.executioner.writes) + number
        self.executioner.after = how == "after"


def _is_quiet(cycle: Cycle) -> bool:
    return not cycle.plan.changes and not cycle.recovered.settling and not cycle.released


def _tell(cycle: Cycle | None) -> str:
    if cycle is None:
        return "it could not finish"
    return "; ".join(f"{c.kind} {c.subject} ({c.reason})" for c in cycle.plan.changes) or "nothing planned"
