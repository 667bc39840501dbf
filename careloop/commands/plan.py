"""`careloop plan`: pull, decide, and show what would be done; nothing is written outside."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from careloop.commands.console import ExitCode, Format, progress, say, say_json, warn
from careloop.commands.options import Config, ReadAgain, Shown
from careloop.errors import SettingsError
from careloop.model.plain import from_plain, to_plain
from careloop.model.plan import Plan
from careloop.report.cycle import say_gaps
from careloop.report.names import Names
from careloop.report.plan import plan_as_data, plan_as_markdown, plan_as_text
from careloop.sync.run import plan_once
from careloop.wiring import open_house, read_settings

Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Keep the plan in this file, for 'careloop apply FILE'.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


def plan(
    config: Config = None, out: Out = None, format: Shown = Format.TEXT, read_again: ReadAgain = False
) -> int:
    """Pull, decide and show what would be done, with reasons; write nothing outside.

    Exits with 2 when changes are pending, 0 when there is nothing to do.
    """
    with open_house(read_settings(config), alone=True) as house:
        with progress() as tell:
            made, pulled = plan_once(house.desk(tell), afresh=read_again)
        for gap in (gap for one in pulled for gap in say_gaps(one)):
            warn(gap)
        show(made, format, Names(house.store))
    if out is not None:
        write_plan(made, out)
    return ExitCode.CHANGES_PENDING if made.changes else ExitCode.DONE


def show(plan: Plan, format: Format, names: Names) -> None:
    """Print a plan."""
    if format is Format.JSON:
        say_json(plan_as_data(plan, names))
    elif format is Format.MARKDOWN:
        say(plan_as_markdown(plan, names))
    else:
        say(plan_as_text(plan, names))


def write_plan(plan: Plan, path: Path) -> None:
    """Keep a plan in a file that `read_plan` reads back unchanged; raises SettingsError when it cannot be."""
    kept = orjson.dumps({"careloop_plan": 1, **to_plain(plan)}, option=orjson.OPT_INDENT_2)
    try:
        path.write_bytes(kept)
    except OSError as error:
        raise SettingsError(f"{path}: the plan cannot be kept there: {error.strerror or error}") from error


def read_plan(path: Path) -> Plan:
    """Read a plan file; raises SettingsError for anything else."""
    try:
        data = orjson.loads(path.read_bytes())
        if not isinstance(data, dict) or data.pop("careloop_plan", None) != 1:
            raise SettingsError(f"{path}: is no plan; make one with 'careloop plan --out {path}'")
        made: Plan = from_plain(Plan, data)
        return made
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: there is no such file; make one with 'careloop plan --out {path}'"
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{path}: is no plan that can be read: {error}; make one with 'careloop plan --out'"
        ) from error
