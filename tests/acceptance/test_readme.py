"""The README's first screen: its commands exist, and the program still prints what is shown."""

import re
import subprocess
import sys
from pathlib import Path

from tests.acceptance.transcript import BLOCK, LEFT_OUT

ROOT = Path(__file__).parents[2]


def shown_lines() -> list[str]:
    """Return the lines of the demo that the README shows, in order."""
    (block,) = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    lines = [line.rstrip() for line in block.splitlines()]
    assert lines[0] == "$ make demo"
    return [line for line in lines[1:] if line and line != LEFT_OUT]


def test_the_demo_prints_what_the_readme_shows_in_that_order(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "careloop", "demo", "--folder", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr

    printed = iter([line.rstrip() for line in done.stdout.splitlines()])
    missing = next((line for line in shown_lines() if line not in printed), None)
    assert missing is None, f"not printed after the line above it: {missing}"


def test_the_two_commands_of_the_first_screen_are_targets_of_make() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    shown = re.findall(r"^make ([a-z]+)", readme, re.MULTILINE)
    assert shown == ["demo", "test"]
    assert set(shown) <= set(targets)
