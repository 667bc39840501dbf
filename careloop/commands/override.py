"""`careloop override`: decide against the rule for one problem, with a reason."""

from datetime import datetime
from typing import Annotated, Any

import typer

from careloop.commands.console import ExitCode, Format, say, say_json
from careloop.commands.options import Config, DefaultGroup, MaybeNumber, Number, Reason, Shown, Until, moment
from careloop.commands.people import identify
from careloop.errors import PersonMustAct
from careloop.model.event import EventKind
from careloop.model.record import Record
from careloop.policies.overrides import REVOKE, Action, Override, find_override, live_overrides
from careloop.ports import Store
from careloop.report.lookup import find_record
from careloop.report.names import Names
from careloop.report.words import say_state, say_time
from careloop.sync.entry import enter
from careloop.wiring import open_house, read_settings

What = Annotated[
    Action,
    typer.Argument(
        help="keep_open, reopen, call, extend and stop_asking need a reason; close ends care and needs a "
        "second person and an end date as well."
    ),
]
Decider = Annotated[str, typer.Option(help="Who decides: a user name, e-mail address or account id.")]
Granter = Annotated[str, typer.Option("--granted-by", help="The second person, where care ends.")]

group = typer.Typer(
    cls=DefaultGroup, help="Decide against the rule for one problem: override NUMBER ACTION --reason ..."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="override")


@group.command("add")
def add(
    number: Number,
    action: What,
    reason: Reason,
    by: Decider = "",
    granted_by: Granter = "",
    until: Until = None,
    config: Config = None,
) -> int:
    """Decide against the rule; 'add' may be left out."""
    settings = read_settings(config, secrets=False)
    with open_house(settings, online=False) as house:
        record = find_record(house.store, number)
        actor = identify(house, by, record, config).id if by else None
        granter = identify(house, granted_by, record, config).id if granted_by else ""
        ends = moment(until, settings.root.contact.hours.zone)
        now = house.clock.now()
        _refuse_flaw(record, _override(action, now, ends, actor, granter, reason))
        data = {
            "action": action.value,
            "until": ends.isoformat() if ends else "",
            "approved_by": granter,
        }
        enter(house.store, EventKind.OVERRIDDEN, record.ref, now, actor=actor, data=data, text=reason)
    until_when = f" until {say_time(ends)}" if ends else ""
    say(f"{record.number}: {say_state(action)}{until_when} is recorded; the next run goes by it.")
    return ExitCode.DONE


@group.command("revoke")
def revoke(number: Number, action: What, reason: Reason, by: Decider = "", config: Config = None) -> int:
    """Take an override back; the rule holds again."""
    with open_house(read_settings(config, secrets=False), online=False) as house:
        record = find_record(house.store, number)
        now = house.clock.now()
        if find_override(_live(house.store, record, now), action) is None:
            raise PersonMustAct(
                f"{record.number}: no override {action} holds; 'careloop override list' shows all"
            )
        actor = identify(house, by, record, config).id if by else None
        data = {"action": REVOKE, "revokes": action.value}
        enter(house.store, EventKind.OVERRIDDEN, record.ref, now, actor=actor, data=data, text=reason)
    say(f"{record.number}: {say_state(action)} is taken back.")
    return ExitCode.DONE


@group.command("list")
def list_overrides(number: MaybeNumber = None, format: Shown = Format.TEXT, config: Config = None) -> int:
    """List the overrides that hold now."""
    with open_house(read_settings(config, secrets=False), online=False) as house:
        store, names = house.store, Names(house.store)
        found = (
            [find_record(store, number)]
            if number
            else list(store.get_records(store.records_with([EventKind.OVERRIDDEN])).values())
        )
        held = [(record, one) for record in found for one in _live(store, record, house.clock.now())]
        if format is Format.JSON:
            say_json([_as_data(record, one, names) for record, one in held])
        else:
            say("\n".join(_as_text(record, one, names) for record, one in held) or "no override holds")
    return ExitCode.DONE


def _live(store: Store, record: Record, now: datetime) -> tuple[Override, ...]:
    return live_overrides(store.events_on([record.ref], [EventKind.OVERRIDDEN]).get(record.ref, ()), now)


def _override(
    action: Action, at: datetime, until: datetime | None, by: str | None, granter: str, reason: str
) -> Override:
    return Override(
        action=action, at=at, until=until, by=by, approved_by=granter, reason=reason.strip(), evidence=""
    )


def _refuse_flaw(record: Record, override: Override) -> None:
    """Say what an override lacks before it is recorded; without that it would have no effect."""
    if override.flaw:
        raise PersonMustAct(f"{record.number}: {override.flaw}; see --reason, --until and --granted-by")
    if override.action.ends_care and override.by is None:
        raise PersonMustAct(f"{record.number}: an override that ends care needs to say who decides; see --by")


def _as_data(record: Record, override: Override, names: Names) -> dict[str, Any]:
    return {
        "number": record.number,
        "action": override.action.value,
        "reason": override.reason,
        "by": names.person(override.by) if override.by else None,
        "granted_by": names.person(override.approved_by) if override.approved_by else None,
        "at": override.at.isoformat(),
        "until": override.until.isoformat() if override.until else None,
    }


def _as_text(record: Record, override: Override, names: Names) -> str:
    until = f" until {say_time(override.until)}" if override.until else ""
    by = f" ({names.person(override.by)})" if override.by else ""
    return f"{names.title(record.ref)}: {say_state(override.action)}{until}: {override.reason}{by}"
