"""Sessions at a terminal as the documentation shows them, and whether they still go like that.

A block of kind `console` holds commands behind `$ ` and what they print. `...` stands for whatever is left
out: on a line of its own for any number of lines, within a line for any text.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROMPT, LEFT_OUT, ENDED = "$ ", "...", "@@ended@@"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One command and the lines shown below it."""

    command: str
    shown: str

    def matches(self, printed: str) -> bool:
        """Tell whether a command's real output is what is shown."""
        pattern = "".join(map(_pattern, self.shown.split("\n")))
        return re.fullmatch(pattern, printed.strip("\n") + "\n") is not None


def read_steps(page: Path, exchange: Mapping[str, str]) -> Iterator[Step]:
    """Yield the steps of a page in order, with texts such as ports exchanged."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for old, new in exchange.items():
            block = block.replace(old, new)  # noqa: PLW2901 - the same block in other words
        first, *rest = re.split(r"^\$ ", block, flags=re.MULTILINE)
        if first:
            raise ValueError(f"{page.name}: a session begins with a command, not with {first!r}")
        for part in rest:
            command, _, shown = part.partition("\n")
            yield Step(command, shown.strip("\n"))


def play(steps: list[Step], folder: Path, stop: str) -> list[str]:
    """Run the commands in one shell in a folder; return what each prints, errors included.

    The shell finds the installed `careloop` first. `stop` is run at the end, whatever happened.
    """
    ended = f"code=$?; printf '\\n{ENDED}\\n'; (exit $code)"
    installed = f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH COLUMNS=300"
    script = [installed, f"trap {stop!r} EXIT", *(f"{step.command}\n{ended}" for step in steps)]
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-c", "\n".join(script)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=240,
    )
    return done.stdout.split(f"\n{ENDED}\n")[:-1]


def _pattern(line: str) -> str:
    if line.strip() == LEFT_OUT:
        return r"(?:.*\n)*?"
    return ".*?".join(map(re.escape, line.rstrip().split(LEFT_OUT))) + r"[ \t]*\n"
