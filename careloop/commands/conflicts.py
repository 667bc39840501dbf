"""`careloop conflicts`: fields that two people changed, and which text is kept."""

from typing import Annotated, Literal

import typer

from careloop.commands.console import ExitCode, Format, say, say_json
from careloop.commands.options import Config, ListingGroup, Shown
from careloop.commands.people import identify
from careloop.report.conflicts import conflict_as_data, conflict_as_text, pairs_in
from careloop.report.lookup import find_by_key
from careloop.report.names import Names
from careloop.sync.conflicts import keep_side
from careloop.wiring import open_house, read_settings

Id = Annotated[str, typer.Argument(help="The conflict's id as the list shows it, or the beginning of it.")]
Side = Annotated[Literal["left", "right"], typer.Argument(help="Whose text is kept.")]
Decider = Annotated[str, typer.Option("--by", help="Who decides.")]

group = typer.Typer(cls=ListingGroup, help="Fields that two people changed: show all texts, and keep one.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="conflicts")


@group.command("list")
def list_conflicts(format: Shown = Format.TEXT, config: Config = None) -> int:
    """List open conflicts with the text of each side and what both last agreed on; 'list' may be left out.

    Exits with 3 when there is one.
    """
    with open_house(read_settings(config, secrets=False), online=False) as house:
        conflicts, names = house.store.conflicts(), Names(house.store)
        pairs = pairs_in(conflicts, house.store)
        if format is Format.JSON:
            say_json([conflict_as_data(one, pairs[one.pair], names) for one in conflicts])
        else:
            texts = [conflict_as_text(one, pairs[one.pair], names) for one in conflicts]
            say("\n".join(texts) or "no conflict is open")
    return ExitCode.SOMEONE_MUST_ACT if conflicts else ExitCode.DONE


@group.command("keep")
def keep(id: Id, side: Side, by: Decider = "", config: Config = None) -> int:
    """Keep one side's text; the next run writes it to the other side, and the other text stays readable."""
    with open_house(read_settings(config, secrets=False), online=False) as house:
        store, names = house.store, Names(house.store)
        conflict = find_by_key({one.id: one for one in store.conflicts()}, id, "open conflict", "conflicts")
        pair = store.get_pairs([conflict.pair])[conflict.pair]
        kept, other = (pair.left, pair.right) if side == "left" else (pair.right, pair.left)
        record = store.get_record(kept)
        actor = identify(house, by, record, config).id if by and record else None
        keep_side(store, conflict, pair, side, house.clock.now(), actor)
        say(
            f"the {conflict.field} of {names.number(kept)} is kept; the next run writes it to "
            f"{names.number(other)}, as far as the link rule carries it that way"
        )
    return ExitCode.DONE
