"""The command line: it puts the commands together and turns errors into one line and an exit code."""

import itertools
import sys
import traceback
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from careloop.commands import COMMANDS, register
from careloop.commands.console import ExitCode, say, warn
from careloop.config import Environment
from careloop.errors import CareloopError

INTERRUPTED = 130
"""What typer returns for Ctrl-C."""
EPILOG = "Exit codes: 0 done; 1 error; 2 changes pending (plan only); 3 someone must act."


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with the commands of these names."""
    app = typer.Typer(
        name="careloop",
        help="Keep the promises IT makes to its customers, on top of ServiceNow and Jira.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=EPILOG,
    )
    app.callback()(careloop)
    register(app, names)
    return app


def _say_version(wanted: bool) -> None:
    if wanted:
        say(f"careloop {version('careloop')}")
        raise typer.Exit


def careloop(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep the promises IT makes to its customers, on top of ServiceNow and Jira."""


def main() -> NoReturn:
    """Run one command and exit with its code; no traceback reaches a user."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; whoever starts one does not wait for the others."""
    named = [name for name in COMMANDS if name == next(iter(arguments), "")]
    try:
        code = make_app(named or COMMANDS)(args=arguments, prog_name="careloop", standalone_mode=False)
    except typer.Abort:
        warn("stopped")
        return ExitCode.ERROR
    except typer.TyperException as error:
        if not arguments:
            return ExitCode.DONE  # the help was shown
        warn(_usage(error))
        return ExitCode.ERROR
    except CareloopError as error:
        warn(" ".join(str(error).split()))
        return ExitCode.ERROR
    except BrokenPipeError:
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - a fault of ours, whatever it is, ends in one line and a report
        warn(f"this is a bug: {_in_short(error)}; {_report_bug(arguments)}")
        return ExitCode.ERROR
    if code == INTERRUPTED:
        warn("stopped; what was done is recorded, the next run goes on from there")
        return ExitCode.ERROR
    return code if isinstance(code, int) else ExitCode.DONE


def _usage(error: typer.TyperException) -> str:
    """Say what is wrong with the call, and where the right way is told."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "careloop"
    said = error.format_message().replace("Value error, ", "").rstrip(".")
    return f"{said}; see '{path} --help'"


def _in_short(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__


def _report_bug(arguments: list[str]) -> str:
    """Leave the whole story of an error beside the settings, where the store is too, and say where."""
    named = [value for name, value in itertools.pairwise(arguments) if name in ("--config", "-c")]
    place = Path(named[-1] if named else Environment().config).parent / "careloop-bug.txt"
    told = f"careloop {version('careloop')}\n{' '.join(arguments)}\n\n{traceback.format_exc()}"
    try:
        place.write_text(told, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        return f"a report could not be written to {place} ({error.strerror})"
    return f"please report it with what is in {place}"
