"""What happened in a run, one line after the other, so that it can be written down and played again.

The lines of `careloop.sandbox.play.script` say what people do and how time passes; ours say the rest:

    cycle                       careloop runs once
    kill 3 before               the next cycle ends at its third write, before it is sent
    kill 3 after                the same, after it was carried out
    kill 12 call                the next cycle ends at its twelfth call of any kind
    fault '{"kind": "reset"}'   a rule of `careloop.sandbox.faults` is put in force
    mend                        every fault is lifted
    meanwhile 20 'omar.haddad closes INC0010001'    right before the next cycle's twentieth call
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Script:
    """A seed, which stands for organisation and world, and the lines of a run."""

    seed: int
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `write` wrote; raises ValueError when it does not begin with its seed."""
        first, *lines = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
        word, _, number = first.partition(" ")
        if word != "seed" or not number.isdecimal():
            raise ValueError(f"{path}: a script begins with a line such as 'seed 17', not with {first!r}")
        return cls(int(number), tuple(lines))

    def write(self, path: Path, why: Sequence[str] = ()) -> None:
        """Write the script, with what it breaks as remarks."""
        remarks = [f"# {line}" for text in why for line in text.splitlines()]
        path.write_text("\n".join([*remarks, f"seed {self.seed}", *self.lines, ""]))
