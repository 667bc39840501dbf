"""`careloop check`: what stands in the way of a first run, and which rights the work needs."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Annotated

import typer

from careloop.commands.console import ExitCode, Format, progress, say, say_json
from careloop.commands.options import Config, Shown
from careloop.config.terms import make_check_context
from careloop.errors import CareloopError, SettingsError
from careloop.model.check import Check, CheckContext, Right, Severity
from careloop.model.plain import to_plain
from careloop.ports import Connector, Store
from careloop.sync.reading import resume, say_lacks
from careloop.wiring import House, open_house, read_settings

MARKS = {Severity.OK: "ok      ", Severity.WARNING: "warning ", Severity.BLOCKING: "BLOCKING"}

PrintRights = Annotated[
    bool,
    typer.Option("--print-rights", help="Only list the tables, fields and roles that the settings need."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(config: Config = None, print_rights: PrintRights = False, format: Shown = Format.TEXT) -> int:
    """Look for missing rights and traps on every instance, and say what to change; writes nothing.

    Exits with 1 when something stands in the way of a run.
    """
    settings = read_settings(config, secrets=not print_rights)
    context = make_check_context(settings)
    if print_rights:
        with open_house(settings, online=False) as house:
            return _print_rights(house, context, format)
    with open_house(settings) as house, progress() as tell:
        checks: list[Check] = []
        for connector in house.connectors.values():
            part = _part(context, connector)
            for found in (*_run(connector, part), *_compare(house.store, part)):
                checks.append(found)
                tell(f"looking at {connector.name}", len(checks), None)
    if format is Format.JSON:
        say_json([to_plain(found) for found in checks])
    else:
        say(_checks_as_text(checks, markdown=format is Format.MARKDOWN))
    blocked = any(found.severity is Severity.BLOCKING for found in checks)
    return ExitCode.ERROR if blocked else ExitCode.DONE


def _run(connector: Connector, context: CheckContext) -> Iterator[Check]:
    """Yield what is found; an instance that does not answer is a finding, and the others are looked at."""
    try:
        yield from connector.check(context)
    except CareloopError as error:
        yield Check(instance=connector.name, name="connection", severity=Severity.BLOCKING, says=str(error))


def _compare(store: Store, context: CheckContext) -> Iterator[Check]:
    """Yield what the settings have come to ask for since records were read."""
    for scope in context.scopes:
        severity = Severity.WARNING
        try:
            lacks = tuple(resume(store, scope)[1].lacks(scope))
            says = say_lacks(lacks) if lacks else ""
        except SettingsError as error:
            severity, says = Severity.BLOCKING, str(error)
        if says:
            yield Check(
                instance=scope.instance, name=f"{scope.container}: settings", severity=severity, says=says
            )


def _part(context: CheckContext, connector: Connector) -> CheckContext:
    """Return what the settings intend on one instance."""
    scopes = tuple(scope for scope in context.scopes if scope.instance == connector.name)
    return replace(context, scopes=scopes)


def _checks_as_text(checks: list[Check], *, markdown: bool) -> str:
    blocks = []
    for instance, group in groupby(checks, key=lambda found: found.instance):
        lines = [f"## {instance}\n" if markdown else instance]
        for found in group:
            advice = f"; {found.advice}" if found.advice else ""
            mark = f"- **{found.severity}**" if markdown else f"  {MARKS[found.severity]}"
            lines.append(f"{mark} {found.name}: {found.says}{advice}")
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, _verdict(checks)])


def _verdict(checks: list[Check]) -> str:
    blocking = sum(found.severity is Severity.BLOCKING for found in checks)
    warnings = sum(found.severity is Severity.WARNING for found in checks)
    if blocking:
        return f"{blocking} in the way of a run, {warnings} worth a look"
    return f"nothing stands in the way of a run, {warnings} worth a look" if warnings else "all is well"


def _print_rights(house: House, context: CheckContext, format: Format) -> int:
    rights = [
        right
        for connector in house.connectors.values()
        for right in connector.rights(_part(context, connector))
    ]
    if format is Format.JSON:
        say_json([to_plain(right) for right in rights])
    else:
        say(_rights_as_text(rights, markdown=format is Format.MARKDOWN))
    return ExitCode.DONE


def _rights_as_text(rights: list[Right], *, markdown: bool) -> str:
    blocks = []
    for instance, group in groupby(rights, key=lambda right: right.instance):
        lines = [f"## {instance}\n" if markdown else instance]
        for right in group:
            fields = f" ({', '.join(right.fields)})" if right.fields else ""
            role = f", role {right.role}" if right.role else ""
            needed = f"{right.access} {right.target}{fields}{role}, from mode {right.mode}: {right.why}"
            lines.append(f"{'-' if markdown else ' '} {needed}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
