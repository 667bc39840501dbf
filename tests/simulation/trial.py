"""Plays seeds and scripts in worlds of their own, and tells what became of them."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.chronicle import Chronicle
from tests.simulation.run import Broken, Run, Tally
from tests.simulation.script import Script
from tests.simulation.shrink import Lines, shrink


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a run came to; `complaints` is empty when every invariant held."""

    script: Script
    tally: Tally
    complaints: tuple[str, ...] = ()

    @property
    def broken(self) -> frozenset[str]:
        """Return the names of the invariants that do not hold."""
        return frozenset(complaint.partition(":")[0].partition("\n")[0] for complaint in self.complaints)


def try_seed(seed: int) -> Verdict:
    """Draw and play a seed's run."""
    return _try(seed, lambda run: Chronicle(run, seed).write())


def try_script(script: Script) -> Verdict:
    """Play a script again, and let careloop come to rest at its end."""

    def play(run: Run) -> None:
        for line in script.lines:
            run.play(line)
        run.settle()

    return _try(script.seed, play)


def reduce(verdict: Verdict) -> Verdict:
    """Return the shortest run found that breaks one of the same invariants."""
    best = verdict

    def breaks(lines: Lines) -> bool:
        nonlocal best
        again = try_script(Script(verdict.script.seed, lines))
        if again.broken & verdict.broken:
            best = again
            return True
        return False

    shrink(verdict.script.lines, breaks)
    return best


def _try(seed: int, play: Callable[[Run], None]) -> Verdict:
    with _world(seed) as run:
        try:
            play(run)
        except Broken as broken:
            return Verdict(script=run.script, tally=run.tally, complaints=broken.complaints)
        return Verdict(script=run.script, tally=run.tally)


@contextmanager
def _world(seed: int) -> Iterator[Run]:
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), seed)
        try:
            yield run
        finally:
            run.close()
