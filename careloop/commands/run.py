"""`careloop run`: pull, plan and apply, once or again and again."""

import re
from pathlib import Path
from typing import Annotated

import typer

from careloop.commands.console import ExitCode, Format, progress, say, say_json, warn
from careloop.commands.options import Config, ReadAgain, Shown
from careloop.errors import PersonMustAct, SettingsError, TryAgain
from careloop.report.cycle import cycle_as_data, cycle_as_text
from careloop.report.names import Names
from careloop.report.status import someone_must_act
from careloop.sync.run import run_cycle
from careloop.wiring import SystemClock, open_house, read_settings

_UNITS = {"s": 1, "m": 60, "h": 3600}

Every = Annotated[
    str | None, typer.Option("--every", help="Repeat after this long: 60s, 5m, 1h.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    config: Config = None, every: Every = None, format: Shown = Format.TEXT, read_again: ReadAgain = False
) -> int:
    """Pull, plan and apply once, or again and again with --every.

    Exits with 3 when something waits for a person. With --every, a platform that does not answer is tried
    again in the next round; only settings that must change end it.
    """
    if every is None:
        return cycle_once(config, format, read_again)
    pause = _seconds(every)
    while True:
        try:
            cycle_once(config, format, read_again)
        except (TryAgain, PersonMustAct) as error:
            warn(f"{error}; trying again in {every}")
        read_again = False
        SystemClock().sleep(pause)


def cycle_once(config: Path | None, format: Format, read_again: bool = False) -> int:
    """Run one cycle and print what it did; return the exit code."""
    with open_house(read_settings(config), alone=True) as house:
        with progress() as tell:
            done = run_cycle(house.desk(tell), afresh=read_again)
        names = Names(house.store)
        if format is Format.JSON:
            say_json(cycle_as_data(done, names))
        else:
            say(cycle_as_text(done, names, markdown=format is Format.MARKDOWN))
        waits = someone_must_act(house.store)
        if waits and format is not Format.JSON:
            say("\nsomething waits for a person; see 'careloop status'")
    return ExitCode.SOMEONE_MUST_ACT if waits else ExitCode.DONE


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)([smh])", text)
    if not found or int(found[1]) == 0:
        raise SettingsError(f"--every {text}: write a number and s, m or h, such as 60s")
    return int(found[1]) * _UNITS[found[2]]
