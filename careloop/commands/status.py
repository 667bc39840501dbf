"""`careloop status`: what waits for a person, what comes next, and whether promises are kept."""

import typer

from careloop.commands.console import ExitCode, Format, say, say_json
from careloop.commands.options import Config, Shown
from careloop.report.names import Names
from careloop.report.overview import status_as_data, status_as_text
from careloop.report.status import take_status
from careloop.wiring import open_house, read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(config: Config = None, format: Shown = Format.TEXT) -> int:
    """Show what waits for a person, what careloop does next by itself, and whether promises are kept.

    Asks no platform. Exits with 3 when something waits for a person.
    """
    with open_house(read_settings(config, secrets=False), online=False) as house:
        taken = take_status(house.store, house.known_terms())
        names = Names(house.store)
        if format is Format.JSON:
            say_json(status_as_data(taken, names))
        else:
            say(status_as_text(taken, names, markdown=format is Format.MARKDOWN))
    return ExitCode.SOMEONE_MUST_ACT if taken.someone_must_act else ExitCode.DONE
