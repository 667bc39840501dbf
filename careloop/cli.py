"""The command line: it puts the commands together and turns errors into one line and an exit code."""

import sys
from typing import NoReturn

import typer

from careloop.commands import COMMANDS
from careloop.commands.console import ERR, ExitCode
from careloop.errors import CareloopError

app = typer.Typer(
    name="careloop",
    help="Keep the promises IT makes to its customers, on top of ServiceNow and Jira.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 error; 2 changes pending (plan only); 3 someone must act.",
)
for command in COMMANDS:
    command.register(app)


def main() -> NoReturn:
    """Run one command and exit with its code; no traceback reaches a user."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(args=arguments, prog_name="careloop", standalone_mode=False)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        ERR.print("careloop: stopped")
        return ExitCode.ERROR
    except typer.TyperException as error:
        ERR.print(f"careloop: {_usage(error)}", markup=False)
        return ExitCode.ERROR
    except CareloopError as error:
        ERR.print(f"careloop: {error}", markup=False)
        return ExitCode.ERROR
    except KeyboardInterrupt:
        ERR.print("careloop: stopped; what was done is recorded, the next run goes on from there")
        return ExitCode.ERROR
    except BrokenPipeError:
        return ExitCode.DONE
    return code if isinstance(code, int) else ExitCode.DONE


def _usage(error: typer.TyperException) -> str:
    """Say what is wrong with the call, and where the right way is told."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "careloop"
    return f"{str(getattr(error, 'message', error)).rstrip('.')}; see '{path} --help'"
