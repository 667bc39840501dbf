"""The tutorial, command by command, prints what it shows."""

import socket
from dataclasses import replace
from pathlib import Path

from tests.acceptance.transcript import Step, play, read_steps

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-hour.md"
SHOWN_PORTS = ("8080", "8081")


def free_ports() -> list[str]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return [str(one.getsockname()[1]), str(other.getsockname()[1])]


def in_the_background(step: Step) -> Step:
    """Return the step that starts the sandbox as a reader does in another terminal."""
    if not step.command.startswith("careloop sandbox"):
        return step
    wait = "until grep -sq Ctrl-C sandbox.log || ! kill -0 $SANDBOX; do sleep 0.1; done; cat sandbox.log"
    return replace(step, command=f"{step.command} > sandbox.log 2>&1 & SANDBOX=$!; {wait}")


def test_the_first_hour_goes_as_it_is_written(tmp_path: Path) -> None:
    exchange = dict(zip(SHOWN_PORTS, free_ports(), strict=True))
    steps = [in_the_background(step) for step in read_steps(PAGE, exchange)]

    printed = play(steps, tmp_path, stop="kill $SANDBOX")

    wrong = [
        f"$ {step.command}\nshown:\n{step.shown}\nprinted:\n{now}"
        for step, now in zip(steps, printed, strict=True)
        if not step.matches(now)
    ]
    assert len(steps) > 15
    assert not wrong, "\n\n".join(wrong)
