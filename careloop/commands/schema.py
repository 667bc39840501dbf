"""`careloop schema`: every setting there is, from the program itself."""

from pathlib import Path
from typing import Annotated

import typer

from careloop.commands import register as register_all
from careloop.commands.console import ExitCode, Format, say, say_json
from careloop.commands.options import Shown
from careloop.commands.reference import policies_as_data, policies_as_text, write_pages
from careloop.config.schema import settings_schema
from careloop.wiring import connector_kinds, policies

Policies = Annotated[
    bool, typer.Option("--policies", help="Only the policies, with their settings and defaults.")
]
Docs = Annotated[
    Path | None,
    typer.Option(help="Write the reference pages of the documentation into this folder.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("schema")
    def schema(policies_only: Policies = False, docs: Docs = None, format: Shown = Format.TEXT) -> int:
        """Print the JSON schema of careloop.yaml, with the keys of every platform and policy installed."""
        kinds = connector_kinds()
        if docs is not None:
            everything = typer.Typer()
            register_all(everything)
            write_pages(docs, everything, kinds.values(), policies())
        elif not policies_only:
            say_json(settings_schema({name: kind.settings for name, kind in kinds.items()}, policies()))
        elif format is Format.JSON:
            say_json(policies_as_data(policies()))
        else:
            say(policies_as_text(policies()))
        return ExitCode.DONE
