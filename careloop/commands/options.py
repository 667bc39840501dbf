"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from careloop.commands.console import Format

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The settings file; else $CARELOOP_CONFIG, else ./careloop.yaml.",
        show_default=False,
    ),
]
Shown = Annotated[Format, typer.Option("--format", "-f", help="How the answer is printed.")]
ReadAgain = Annotated[
    bool,
    typer.Option("--read-again", help="Read every record again, not only what changed since the last run."),
]
