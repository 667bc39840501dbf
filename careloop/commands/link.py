"""`careloop link`: two records that are one problem, or are not."""

from typing import Annotated

import typer

from careloop.commands.console import ExitCode, say
from careloop.commands.options import Config, Number
from careloop.commands.people import identify
from careloop.model.intent import RETURN
from careloop.report.lookup import find_record
from careloop.sync.link import join_by_hand, part_by_hand
from careloop.wiring import open_house, read_settings

Other = Annotated[str, typer.Argument(help="The number of its counterpart.")]
Separate = Annotated[
    bool,
    typer.Option("--separate", help="They are two matters: suggest no more that one is the other's return."),
]
Decider = Annotated[str, typer.Option("--by", help="Who says so.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("link")(link)


def link(
    number: Number, other: Other, separate: Separate = False, by: Decider = "", config: Config = None
) -> int:
    """Say that two records are one problem.

    Two of different places are paired under the link rule between them, and the next run keeps them in step.
    Two of one customer in one place are an old matter and its return: the newer one continues the older.
    """
    with open_house(read_settings(config, secrets=False), online=False) as house:
        store = house.store
        one, two = find_record(store, number), find_record(store, other)
        actor = identify(house, by, one, config).id if by else None
        now = house.clock.now()
        if separate:
            part_by_hand(store, one, two, now, actor)
            say(f"{one.number} and {two.number} are two matters; it is not suggested again that they are one")
            return ExitCode.DONE
        pair = join_by_hand(store, house.known_terms(), one, two, now, actor)
    if pair.rule == RETURN:
        older, newer = (one, two) if pair.left == one.ref else (two, one)
        say(f"{newer.number} is the return of {older.number}: they are one problem now")
    else:
        say(f"{one.number} and {two.number} are one problem now, kept in step by the link rule {pair.rule}")
    return ExitCode.DONE
