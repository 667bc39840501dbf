"""`careloop audit`: what an export or an instance says about closings, repeats and promises."""

from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import orjson
import typer

from careloop.commands.console import ExitCode, progress, say
from careloop.commands.options import Config, ReadAgain
from careloop.errors import SettingsError
from careloop.model.page import Scope
from careloop.ports import Auditable, Progress
from careloop.report.audit.figures import Audit, Terms, audit_as_data
from careloop.report.audit.incident import Past
from careloop.report.audit.listing import read_lists
from careloop.report.audit.live import take_past
from careloop.report.audit.log import read_log
from careloop.report.audit.moments import Order
from careloop.report.audit.page import audit_as_page
from careloop.report.audit.reading import Reading
from careloop.report.audit.take import take_audit
from careloop.report.audit.text import audit_as_text
from careloop.wiring import find_auditable, fixed_chance, read_settings


class AuditFormat(StrEnum):
    """How an audit is shown."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


Events = Annotated[
    Path | None,
    typer.Option(help="An audit log of incidents: CSV, one row for each update.", show_default=False),
]
Incidents = Annotated[
    list[Path] | None,
    typer.Option(
        help="A list export: CSV, one row for each incident; more files may follow it.", show_default=False
    ),
]
More = Annotated[list[Path] | None, typer.Argument(help="More list exports.", metavar="[FILE]...")]
Window = Annotated[
    int, typer.Option(min=1, max=365, help="Days in which the same matter counts as come back.")
]
Shared = Annotated[
    int, typer.Option(min=1, help="A caller with more incidents than this is a shared account, not a person.")
]
NameAccounts = Annotated[
    bool, typer.Option("--name-accounts", help="Name the account with most closings; else none is named.")
]
Instance = Annotated[
    str | None,
    typer.Option(help="Live: the instance to read, where the settings name several.", show_default=False),
]
PrintFields = Annotated[
    bool, typer.Option("--print-fields", help="Live: only list the fields that would be read.")
]
Dates = Annotated[
    Order | None,
    typer.Option(help="Which comes first in dates, where the file does not prove it.", show_default=False),
]
Shown = Annotated[AuditFormat, typer.Option("--format", "-f", help="How the audit is shown.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Write it into this file instead of printing it.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(audit)


def audit(
    more: More = None,
    *,
    events: Events = None,
    incidents: Incidents = None,
    window: Window = 14,
    shared_account_above: Shared = 50,
    name_accounts: NameAccounts = False,
    dates: Dates = None,
    format: Shown = AuditFormat.TEXT,
    out: Out = None,
    config: Config = None,
    instance: Instance = None,
    print_fields: PrintFields = False,
    read_again: ReadAgain = False,
) -> int:
    """Show what your figures never showed you: who closed, what came back, what it took until it was over.

    Reads only, and contacts nobody. An export needs no settings, no account and no store. Without one the
    instance in the settings is read; stopped, it goes on where it was.
    """
    if (events and incidents) or (more and not incidents):
        raise SettingsError("name one kind of export: --events FILE, or --incidents FILE...")
    if print_fields:
        say(_list_fields(*_find_live(config, instance, secrets=False)[1:]))
        return ExitCode.DONE
    terms = Terms(window_days=window, shared_above=shared_account_above, name_accounts=name_accounts)
    with progress() as tell:
        if events:
            past = read_log(events, tell, dates)
        elif incidents:
            past = read_lists([*incidents, *(more or ())], tell, dates)
        else:
            past = _read_live(*_find_live(config, instance), tell, again=read_again)
        taken = take_audit(past, terms, fixed_chance())
    _show(taken, format, out)
    return ExitCode.DONE


def _find_live(
    config: Path | None, instance: str | None, *, secrets: bool = True
) -> tuple[Path, Scope, Auditable]:
    """Return where a reading is kept, what is read, and who reads it."""
    try:
        settings = read_settings(config, secrets=secrets)
    except SettingsError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        raise SettingsError(f"{error}; or name an export: --events FILE, or --incidents FILE...") from error
    found = [each for each in find_auditable(settings) if instance in (None, each[0].instance)]
    if not found:
        where = f"no instance {instance}" if instance else "no instance in the settings"
        raise SettingsError(
            f"{where} has a table of incidents to audit; --events FILE takes an export instead"
        )
    if len(found) > 1:
        names = ", ".join(sorted(scope.id for scope, _ in found))
        raise SettingsError(f"there are several tables of incidents ({names}): name one with --instance")
    ((scope, connector),) = found
    place = settings.path.parent / f"careloop-audit-{scope.instance}-{scope.container}.jsonl"
    return place, scope, connector


def _read_live(place: Path, scope: Scope, connector: Auditable, tell: Progress, *, again: bool) -> Past:
    """Read what is missing in the reading kept, and return what all of it says."""
    reading = Reading(place, scope, again=again)
    reading.read_on(connector, scope, tell)
    past = take_past(scope.id, reading.pages())
    if not len(past.incidents):
        raise SettingsError(f"{scope.id} has no incidents that our account may see")
    return past


def _list_fields(scope: Scope, connector: Auditable) -> str:
    """Return every field that is read, by table."""
    tables = connector.audited(scope)
    return "\n".join(f"{scope.instance}  {table}: {', '.join(names)}" for table, names in tables.items())


def _show(taken: Audit, format: AuditFormat, out: Path | None) -> None:
    """Print an audit, or write it into a file."""
    if format is AuditFormat.JSON:
        text = orjson.dumps(audit_as_data(taken), option=orjson.OPT_INDENT_2).decode()
    elif format is AuditFormat.HTML:
        text = audit_as_page(taken, version("careloop"))
    else:
        text = audit_as_text(taken, strong=str if out else _strong)
    if out is None:
        say(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out}: cannot be written: {error.strerror or error}") from error
    say(f"the audit is in {out}")


def _strong(text: str) -> str:
    """Make a text stand out on a terminal; elsewhere nothing is left of it."""
    return typer.style(text, bold=True)
