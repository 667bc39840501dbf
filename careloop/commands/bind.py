"""`careloop bind`: make a copied store this installation's own."""

import typer

from careloop.commands.console import ExitCode, say
from careloop.commands.options import Config
from careloop.wiring import open_house, read_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bind")(bind)


def bind(config: Config = None) -> int:
    """Let this installation write with a store that was copied here, or whose instances were exchanged.

    Do it only when the original is no longer in use: both would make the same writes.
    """
    settings = read_settings(config, secrets=False)
    with open_house(settings, online=False, alone=True) as house:
        house.store.bind()
    say(f"{settings.store} belongs to this installation now; the next run binds it to the instances it finds")
    return ExitCode.DONE
