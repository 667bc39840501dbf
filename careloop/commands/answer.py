"""`careloop answer`: what a customer said by phone or in person, put on record."""

from typing import Annotated, Literal

import typer

from careloop.commands.console import ExitCode, say
from careloop.commands.options import By, Config, Number
from careloop.commands.people import identify
from careloop.errors import PersonMustAct
from careloop.model.event import Event, EventKind
from careloop.report.explanation import Explanation, explain
from careloop.report.lookup import find_record
from careloop.report.names import Names
from careloop.report.next_steps import next_steps
from careloop.sync.entry import enter
from careloop.wiring import open_house, read_settings

Verdict = Annotated[
    Literal["yes", "no", "partly", "unclear"], typer.Argument(help="Whether it works, as the customer says.")
]
Phone = Annotated[
    bool, typer.Option("--phone", help="They said it on the phone or in person: it counts as attested.")
]
Text = Annotated[
    str, typer.Option(help="Their own words; they go back to the resolvers.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("answer")(answer)


def answer(
    number: Number, verdict: Verdict, by: By, phone: Phone = False, text: Text = "", config: Config = None
) -> int:
    """Record whether a resolution works, as the customer says; the next run acts on it.

    --by names the customer, or with --phone the one of our people who vouches for the call. No platform is
    asked, except for who that is where no record names them.
    """
    with open_house(read_settings(config, secrets=False), online=False) as house:
        record = find_record(house.store, number)
        person = identify(house, by, record, config)
        now = house.clock.now()
        before = explain(house.store, house.known_terms(), number, now)
        if before.story.current is None:
            raise PersonMustAct(
                f"{record.number}: nothing is proposed as solved, so there is nothing to answer; "
                "if it was resolved just now, 'careloop run' first"
            )
        data = {"verdict": verdict, "via": "phone" if phone else "command", "attested": phone}
        said = enter(house.store, EventKind.ANSWERED, record.ref, now, actor=person.id, data=data, text=text)
        after = explain(house.store, house.known_terms(), number, now)
        names = Names(house.store)
        follows = _what_follows(after, said, names.person(person.id)) or next_steps(after, names)[0].what
        say(f"{record.number}: {names.person(person.id)} says {verdict}; {follows}.")
    return ExitCode.DONE


def _what_follows(after: Explanation, said: Event, who: str) -> str:
    """Return what becomes of a word that decides nothing by itself, or nothing for one that does."""
    answers = after.story.proposals[-1].answers
    heard = next(answer for answer in answers if answer.evidence == said.source_key)
    if heard.entitled:
        return ""
    if heard.attested:
        return f"{who} may not vouch for this one, so a person has to decide what it means"
    return (
        f"{who} may not judge it, so a person has to decide what it means; with --phone one of our people "
        "vouches for what the customer said"
    )
