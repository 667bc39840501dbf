"""The tutorials, command by command, print what they show."""

import socket
from dataclasses import replace
from pathlib import Path

from careloop.demo.past import write_past
from careloop.demo.story import START
from careloop.wiring import fixed_chance
from tests.acceptance.transcript import Step, play, read_steps

PAGES = Path(__file__).parents[2] / "docs" / "tutorial"
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


def find_wrong_steps(page: str, folder: Path, at_least: int) -> str:
    """Return the steps that do not go as they are written, with what they print now."""
    exchange = dict(zip(SHOWN_PORTS, free_ports(), strict=True))
    steps = [in_the_background(step) for step in read_steps(PAGES / page, exchange)]
    assert len(steps) >= at_least

    printed = play(steps, folder, stop="kill $SANDBOX")

    return "\n\n".join(
        f"$ {step.command}\nshown:\n{step.shown}\nprinted:\n{now}"
        for step, now in zip(steps, printed, strict=True)
        if not step.matches(now)
    )


def test_the_first_hour_goes_as_it_is_written(tmp_path: Path) -> None:
    assert find_wrong_steps("first-hour.md", tmp_path, at_least=16) == ""


def test_the_audit_goes_as_it_is_written(tmp_path: Path) -> None:
    write_past(tmp_path / "log.csv", START, fixed_chance())  # as the demo leaves it

    assert find_wrong_steps("audit.md", tmp_path, at_least=6) == ""
