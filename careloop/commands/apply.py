"""`careloop apply`: do what a plan says."""

from pathlib import Path
from typing import Annotated

import typer

from careloop.commands.console import ExitCode, Format, progress, say, say_json
from careloop.commands.options import Config, Shown
from careloop.commands.plan import read_plan
from careloop.commands.run import cycle_once
from careloop.errors import SettingsError
from careloop.report.applied import applied_as_data, applied_as_text
from careloop.report.names import Names
from careloop.report.status import someone_must_act
from careloop.sync.apply import apply_kept_plan
from careloop.sync.recover import recover
from careloop.sync.run import refuse_strangers
from careloop.wiring import open_house, read_settings

File = Annotated[
    Path | None, typer.Argument(help="A plan kept by 'careloop plan --out FILE'.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Without FILE: pull, plan and apply at once.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply)


def apply(file: File = None, yes: Yes = False, config: Config = None, format: Shown = Format.TEXT) -> int:
    """Do what a plan says: each record is read again before it is written to.

    Exits with 3 when something waits for a person.
    """
    if (file is None) == (not yes):
        raise SettingsError("name the plan to apply, or say --yes to pull, plan and apply at once, not both")
    if file is None:
        return cycle_once(config, format)
    made = read_plan(file)
    with open_house(read_settings(config), alone=True) as house:
        with progress() as tell:
            desk = house.desk(tell)
            refuse_strangers(desk)
            recover(house.store, house.connectors, desk.terms, house.clock)
            done = apply_kept_plan(made, desk.hands)
        names = Names(house.store)
        if format is Format.JSON:
            say_json(applied_as_data(done, names))
        else:
            say(applied_as_text(done, names, markdown=format is Format.MARKDOWN))
        waits = someone_must_act(house.store)
    return ExitCode.SOMEONE_MUST_ACT if waits else ExitCode.DONE
