"""`careloop explain`: one problem, what happened to it and why, and what happens next."""

from typing import Annotated

import typer

from careloop.commands.console import ExitCode, Format, say, say_json
from careloop.commands.options import Config, Shown
from careloop.report.explain import explanation_as_data, explanation_as_text
from careloop.report.explanation import explain as gather_explanation
from careloop.report.names import Names
from careloop.wiring import open_house, read_settings

Number = Annotated[str, typer.Argument(help="The number of any record of the problem, such as INC0010001.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(number: Number, config: Config = None, format: Shown = Format.TEXT) -> int:
    """Tell what happened to a problem, which rule decided what and why, and what happens next and when.

    Asks no platform: it tells what the last run read.
    """
    with open_house(read_settings(config, secrets=False), online=False) as house:
        told = gather_explanation(house.store, house.known_terms(), number, house.clock.now())
        names = Names(house.store)
        if format is Format.JSON:
            say_json(explanation_as_data(told, names))
        else:
            say(explanation_as_text(told, names, markdown=format is Format.MARKDOWN))
    return ExitCode.DONE
