"""How commands speak: text for people, JSON and Markdown on request, progress on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from typing import Any

import orjson
import typer

from careloop.ports import Progress as Tell


class Format(StrEnum):
    """What a command prints."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class ExitCode(IntEnum):
    """How a command ended; when several hold, the lowest of the ones above zero wins."""

    DONE = 0
    ERROR = 1
    CHANGES_PENDING = 2
    SOMEONE_MUST_ACT = 3


EXIT_CODES = {
    ExitCode.DONE: "done, or nothing to do",
    ExitCode.ERROR: "error: usage, settings, credentials, a platform out of reach, or 'check' found a trap",
    ExitCode.CHANGES_PENDING: "changes are pending ('careloop plan' only)",
    ExitCode.SOMEONE_MUST_ACT: "done, but something waits for a person: see 'careloop status'",
}


def say(text: str) -> None:
    """Print text for people."""
    typer.echo(text)


def say_json(data: Any) -> None:
    """Print data as JSON, two spaces deep."""
    typer.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())


def warn(text: str) -> None:
    """Print one line on the error stream."""
    typer.echo(f"careloop: {text}", err=True)


@contextmanager
def progress() -> Iterator[Tell]:
    """Show how far a long walk is, on the error stream, and only where a person looks at it."""
    if not sys.stderr.isatty():
        yield _say_nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell


def _say_nothing(what: str, done: int, total: int | None) -> None:
    pass
