"""`careloop retry`: writes that wait, set free or given up."""

from typing import Annotated

import typer

from careloop.commands.console import ExitCode, Format, say, say_json
from careloop.commands.options import Config, Shown
from careloop.errors import PersonMustAct
from careloop.model.intent import Intent, IntentState
from careloop.report.letters import LETTERS, letter_as_data, letter_as_text
from careloop.report.lookup import find_by_key
from careloop.report.names import Names
from careloop.report.words import say_count
from careloop.sync.recover import drop, free
from careloop.wiring import open_house, read_settings

Key = Annotated[
    str | None, typer.Argument(help="The letter's key or the beginning of it.", show_default=False)
]
All = Annotated[bool, typer.Option("--all", help="Every letter, except those that may have arrived.")]
Drop = Annotated[bool, typer.Option("--drop", help="Give it up for good instead.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("retry")(retry)


def retry(
    key: Key = None,
    every: All = False,
    drop_it: Drop = False,
    format: Shown = Format.TEXT,
    config: Config = None,
) -> int:
    """Set a write that failed free, so that the next run plans it again; or give it up with --drop.

    Without KEY it lists what waits. A write that may have arrived is only set free by its key: look at the
    record first. Exits with 3 when something still waits.
    """
    with open_house(read_settings(config, secrets=False), online=False) as house:
        store, names = house.store, Names(house.store)
        letters = store.intents(*LETTERS)
        chosen = _choose(letters, key, every=every)
        for letter in chosen:
            (drop if drop_it else free)(store, letter)
        left = [letter for letter in letters if letter not in chosen]
        if format is Format.JSON:
            say_json([letter_as_data(letter, names) for letter in (chosen or left)])
        elif chosen:
            done = "given up" if drop_it else "set free; the next run plans what is still demanded"
            say(f"{say_count(len(chosen), 'letter')} {done}")
        else:
            say("\n".join(letter_as_text(letter, names) for letter in left) or "no write waits")
    return ExitCode.SOMEONE_MUST_ACT if left else ExitCode.DONE


def _choose(letters: list[Intent], key: str | None, *, every: bool) -> list[Intent]:
    """Return the letters meant; raises UnknownNumber or PersonMustAct when that is not clear."""
    if key is not None and every:
        raise PersonMustAct("name one letter or say --all, not both")
    if every:
        return [letter for letter in letters if letter.state is not IntentState.PARKED]
    if key is None:
        return []
    return [find_by_key({letter.key: letter for letter in letters}, key, "write that waits", "retry")]
