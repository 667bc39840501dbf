"""One file per command; each registers itself with the command line and returns an exit code."""

from collections.abc import Iterable
from importlib import import_module

import typer

COMMANDS = (
    "init",
    "audit",
    "check",
    "plan",
    "apply",
    "run",
    "status",
    "explain",
    "answer",
    "override",
    "deferral",
    "conflicts",
    "retry",
    "link",
    "bind",
    "schema",
    "sandbox",
    "demo",
)


def register(app: typer.Typer, names: Iterable[str] = COMMANDS) -> None:
    """Add commands to an app; those that are not named are not even imported."""
    for name in names:
        import_module(f"{__name__}.{name}").register(app)
