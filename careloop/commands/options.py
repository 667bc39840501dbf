"""Options and arguments that several commands share."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperGroup

from careloop.commands.console import Format

DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]

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
Number = Annotated[
    str, typer.Argument(help="The number of a record, such as INC0010001; INSTANCE/NUMBER where two have it.")
]
MaybeNumber = Annotated[
    str | None, typer.Argument(help="Only the problem of this record.", show_default=False)
]
By = Annotated[
    str,
    typer.Option(help="Who says so: a user name, e-mail address or account id."),
]
Reason = Annotated[str, typer.Option(help="Why; it stays with the problem.")]
Until = Annotated[
    datetime | None,
    typer.Option(formats=DAYS, help="Until when, in the organisation's time zone.", show_default=False),
]


class DefaultGroup(TyperGroup):
    """A group of commands in which the command named `default` may be left out."""

    default = "add"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


class ListingGroup(DefaultGroup):
    """A group of commands that lists when no command is named."""

    default = "list"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `list` before arguments that name no command, and where there are none."""
        return super().parse_args(ctx, args or [self.default])


def moment(given: datetime | None, zone: str) -> datetime | None:
    """Return a time typed without a zone as the organisation means it."""
    return given.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if given else None
