"""`careloop audit`: what an export says about closings, repeats and promises; it writes nothing."""

from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import orjson
import typer

from careloop.commands.console import ExitCode, progress, say
from careloop.errors import SettingsError
from careloop.report.audit.figures import Audit, Terms, audit_as_data
from careloop.report.audit.listing import read_lists
from careloop.report.audit.log import read_log
from careloop.report.audit.moments import Order
from careloop.report.audit.page import audit_as_page
from careloop.report.audit.take import take_audit
from careloop.report.audit.text import audit_as_text
from careloop.wiring import fixed_chance


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
    bool, typer.Option("--name-accounts", help="Name the account with most closings; else it is a pseudonym.")
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
) -> int:
    """Show what your figures never showed you: who closed, what came back, what it took until it was over.

    Reads only. An export needs no settings, no account and no store.
    """
    lists = [*(incidents or ()), *(more or ())]
    if (events is None) == (not incidents) or (more and not incidents):
        raise SettingsError("name one kind of export: --events FILE, or --incidents FILE...")
    terms = Terms(window_days=window, shared_above=shared_account_above, name_accounts=name_accounts)
    with progress() as tell:
        past = read_lists(lists, tell, dates) if events is None else read_log(events, tell, dates)
        taken = take_audit(past, terms, fixed_chance())
    _show(taken, format, out)
    return ExitCode.DONE


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
