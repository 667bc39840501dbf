"""`careloop deferral`: what was put off, who owns it, to whom it was promised, and what becomes of it."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from careloop.commands.console import ExitCode, Format, progress, say, say_json
from careloop.commands.options import DAYS, Config, ListingGroup, MaybeNumber, Number, Reason, Shown, Until
from careloop.commands.people import identify
from careloop.errors import PersonMustAct
from careloop.model.event import EventKind, Plain
from careloop.report.deferrals import deferral_as_data, deferral_as_text, gather_deferrals
from careloop.report.lookup import find_record
from careloop.report.names import Names
from careloop.sync.entry import enter
from careloop.wiring import open_house, read_settings

Owner = Annotated[str, typer.Option(help="Who sees to it: a user name, e-mail address or account id.")]
PromisedTo = Annotated[str, typer.Option("--promised-to", help="To whom it was promised.")]
Revisit = Annotated[datetime, typer.Option("--until", formats=DAYS, help="When both hear of it again.")]
Decider = Annotated[str, typer.Option("--by", help="Who says so.")]
Choice = Annotated[
    Literal["do", "keep", "drop"],
    typer.Argument(help="Do it now, keep it put off until another date, or drop it."),
]
Benefit = Annotated[str, typer.Option(help="What it would bring.")]
Cost = Annotated[str, typer.Option(help="What it would take.")]

group = typer.Typer(cls=ListingGroup, help="What was put off: list it, enter it, decide what becomes of it.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="deferral")


@group.command("add")
def add(
    number: Number,
    *,
    owner: Owner,
    promised_to: PromisedTo,
    until: Revisit,
    reason: Reason,
    benefit: Benefit = "",
    cost: Cost = "",
    by: Decider = "",
    config: Config = None,
) -> int:
    """Put a piece of scope off, with everything it takes to come back to it."""
    with open_house(read_settings(config, secrets=False), online=False) as house:
        store, record = house.store, find_record(house.store, number)
        people = {
            "owner": identify(house, owner, record, config).id,
            "promised_to": identify(house, promised_to, record, config).id,
        }
        data: dict[str, Plain] = {"action": "defer", **people, "until": until.date().isoformat()}
        data |= {name: text for name, text in (("benefit", benefit), ("cost", cost)) if text}
        actor = identify(house, by, record, config).id if by else None
        enter(store, EventKind.DEFERRED, record.ref, house.clock.now(), actor=actor, data=data, text=reason)
    say(f"{record.number} is put off until {until:%Y-%m-%d}; both hear of it then, and before.")
    return ExitCode.DONE


@group.command("decide")
def decide(
    number: Number,
    choice: Choice,
    reason: Reason,
    until: Until = None,
    by: Decider = "",
    config: Config = None,
) -> int:
    """Decide what becomes of something put off; the promised person is told."""
    with open_house(read_settings(config, secrets=False), online=False) as house:
        store, record = house.store, find_record(house.store, number)
        with progress() as tell:
            items = gather_deferrals(store, house.known_terms(), number, tell)
        if not any(item.record.ref == record.ref for item in items):
            raise PersonMustAct(f"{record.number}: nothing is put off there; see 'careloop deferral list'")
        if choice == "keep" and until is None:
            raise PersonMustAct(f"{record.number}: to keep it put off needs another date; see --until")
        actor = identify(house, by, record, config).id if by else None
        data: dict[str, Plain] = {"action": choice}
        if until is not None:
            data["until"] = until.date().isoformat()
        enter(store, EventKind.DEFERRED, record.ref, house.clock.now(), actor=actor, data=data, text=reason)
    say(f"{record.number}: {choice} is recorded; the next run tells whom it was promised to.")
    return ExitCode.DONE


@group.command("list")
def list_deferrals(number: MaybeNumber = None, format: Shown = Format.TEXT, config: Config = None) -> int:
    """List what is put off, the next date first; 'list' may be left out."""
    with open_house(read_settings(config, secrets=False), online=False) as house, progress() as tell:
        names = Names(house.store)
        items = gather_deferrals(house.store, house.known_terms(), number, tell)
        if format is Format.JSON:
            say_json([deferral_as_data(item, names) for item in items])
        else:
            say("\n".join(deferral_as_text(item, names) for item in items) or "nothing is put off")
    return ExitCode.DONE
