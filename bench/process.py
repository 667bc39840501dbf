"""A sandbox in a process of its own, and what the system says about it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Served:
    """A running sandbox: its addresses, and the seconds from the start of the process to the first answer."""

    addresses: Mapping[str, Any]
    seconds: float
    pid: int

    @property
    def memory(self) -> float:
        """Return the resident memory in MiB at this moment."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def cpu(self) -> float:
        """Return the seconds of processor time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def sandbox(folder: Path, *arguments: str, cores: Sequence[int] = ()) -> Iterator[Served]:
    """Serve a sandbox while the block lasts, on some cores only where named."""
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "careloop", "sandbox", "--ready-file", str(ready), *arguments],
        stdout=subprocess.DEVNULL,
    )
    try:
        if cores:
            os.sched_setaffinity(process.pid, cores)
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        yield Served(json.loads(ready.read_text(encoding="utf-8")), seconds, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)
