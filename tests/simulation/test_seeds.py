"""Forty working days with everything that goes wrong in them."""

from pathlib import Path

import pytest

from tests.simulation.script import Script
from tests.simulation.shrink import shrink
from tests.simulation.trial import try_script, try_seed

SEEDS, CHUNK = 40, 5


@pytest.mark.parametrize("first", range(1, SEEDS + 1, CHUNK))
def test_every_invariant_holds_on_random_days(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + CHUNK):
        verdict = try_seed(seed)
        if verdict.complaints:
            file = tmp_path / f"simulation-{seed}.script"
            verdict.script.write(file, verdict.complaints)
            pytest.fail(f"seed {seed}; python -m tests.simulation --script {file}\n" + file.read_text())


def test_a_script_plays_a_seed_again(tmp_path: Path) -> None:
    drawn = try_seed(7)
    drawn.script.write(tmp_path / "seed.script", ["this is why"])

    again = try_script(Script.read(tmp_path / "seed.script"))

    assert again.script.lines == drawn.script.lines
    assert again.tally == drawn.tally


def test_a_script_is_reduced_to_the_lines_that_matter() -> None:
    lines = [f"line {number}" for number in range(40)]

    assert shrink(lines, {"line 3", "line 17", "line 18"}.issubset) == ("line 3", "line 17", "line 18")
