"""`careloop demo`: the whole story in under a minute."""

from pathlib import Path
from typing import Annotated

import typer

from careloop.commands.console import say
from careloop.demo.story import run_demo

Folder = Annotated[Path, typer.Option("--folder", help="Where everything is left; it is made when missing.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(folder: Folder = Path("careloop-demo")) -> int:
    """Tell the whole story on a pretend ServiceNow and Jira, over HTTP, in under a minute."""
    return run_demo(folder.resolve(), say)
