"""Plays random working days and says in its last line what it saw.

    python -m tests.simulation --seeds 200 [--first 1]
    python -m tests.simulation --seed 17
    python -m tests.simulation --script FILE

A run that breaks an invariant is reduced to
its shortest script, printed, and written to a file that --script plays again.
"""

import argparse
import sys
from pathlib import Path

from tests.simulation.run import Tally
from tests.simulation.script import Script
from tests.simulation.trial import Verdict, reduce, try_script, try_seed


def main(arguments: list[str]) -> int:
    """Run what the arguments say and return the exit code: 1 when an invariant is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, help="how many seeds")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="one seed only")
    parser.add_argument("--script", type=Path, help="a script to play instead of drawing one")
    parser.add_argument("--whole", action="store_true", help="do not look for a shorter script")
    parser.add_argument("--folder", type=Path, default=Path(), help="where scripts that fail are written")
    chosen = parser.parse_args(arguments)
    if chosen.script:
        verdicts = [try_script(Script.read(chosen.script))]
    else:
        first, count = (chosen.seed, 1) if chosen.seed is not None else (chosen.first, chosen.seeds)
        verdicts = []
        for seed in range(first, first + count):
            verdict = try_seed(seed)
            verdicts.append(verdict)
            if verdict.complaints:
                report(verdict if chosen.whole else reduce(verdict), chosen.folder)
    if chosen.script and verdicts[0].complaints:
        report(verdicts[0], None)
    say(summarise(verdicts))
    return 1 if any(verdict.complaints for verdict in verdicts) else 0


def report(verdict: Verdict, folder: Path | None) -> None:
    """Print what is broken and the script that shows it, and keep the script in a folder."""
    say("\n  ".join([f"seed {verdict.script.seed}:", *verdict.complaints]))
    if folder is None:
        return
    file = folder / f"simulation-{verdict.script.seed}.script"
    verdict.script.write(file, verdict.complaints)
    say("\n    ".join(["", *verdict.script.lines]))
    say(f"\n  play it again: python -m tests.simulation --script {file}\n")


def say(text: str) -> None:
    """Print something at once, since a run may take long."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def summarise(verdicts: list[Verdict]) -> str:
    """Return the last line of a run."""
    total = Tally()
    for verdict in verdicts:
        total.cycles += verdict.tally.cycles
        total.writes += verdict.tally.writes
        total.faults += verdict.tally.faults
        total.deaths += verdict.tally.deaths
    broken = sum(len(verdict.broken) for verdict in verdicts)
    return (
        f"{len(verdicts)} seeds, {total.cycles} cycles, {total.writes} writes, {total.faults} faults, "
        f"{total.deaths} deaths, {broken} broken invariants"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
