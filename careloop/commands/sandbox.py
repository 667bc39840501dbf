"""`careloop sandbox`: a pretend ServiceNow and Jira to try everything on."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from careloop.commands.console import ExitCode, say
from careloop.errors import SettingsError
from careloop.wiring import SystemClock

Flavor = typer.Option(help="Jira Cloud or Data Center.")
Port = typer.Option(min=0, max=65535, help="0 takes any free port.")
Events = typer.Option(
    exists=True, dir_okay=False, help="A ServiceNow audit log (CSV, gzipped or not) to load as its past."
)
Incidents = typer.Option(
    min=0,
    help="How many incidents to begin with: of the log, or made up; without either, a few examples.",
    show_default=False,
)
Issues = typer.Option(
    min=0, help="How many made-up issues the software project begins with.", show_default=False
)
ReadyFile = typer.Option(
    dir_okay=False, help="Write addresses and credentials here (JSON) once both answer.", show_default=False
)

Tls = typer.Option(
    "--tls",
    help="Speak https too, with a certificate made at start; `ca` in the ready file names its authority.",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sandbox")(sandbox)


def sandbox(
    *,
    servicenow_port: Annotated[int, Port] = 0,
    jira_port: Annotated[int, Port] = 0,
    jira_flavor: Annotated[Literal["cloud", "dc"], Flavor] = "cloud",
    events: Annotated[Path | None, Events] = None,
    incidents: Annotated[int | None, Incidents] = None,
    issues: Annotated[int | None, Issues] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people and records.")] = 0,
    ready_file: Annotated[Path | None, ReadyFile] = None,
    tls: Annotated[bool, Tls] = False,
) -> int:
    """Serve a pretend ServiceNow and Jira on this machine until it is stopped with Ctrl-C.

    Both answer on 127.0.0.1 only and forget everything when they end.
    """
    from careloop.sandbox.program import Options, run_sandbox  # no other command waits for its imports

    options = Options(
        servicenow_port=servicenow_port,
        jira_port=jira_port,
        jira_flavor=jira_flavor,
        events=events,
        incidents=incidents,
        issues=issues,
        seed=seed,
        ready_file=ready_file,
        tls=tls,
    )
    clock = SystemClock()
    try:
        run_sandbox(options, clock.now(), lambda: clock.now().timestamp(), _announce)
    except OSError as error:
        raise SettingsError(f"the sandbox cannot start: {error}") from error
    except (ValueError, LookupError, csv.Error) as error:
        if events is None:
            raise
        raise SettingsError(f"{events}: is no audit log of incidents in CSV that can be read") from error
    return ExitCode.DONE


def _announce(addresses: Mapping[str, Any]) -> None:
    servicenow, jira = addresses["servicenow"], addresses["jira"]
    say(
        f"ServiceNow  {servicenow['url']}  user {servicenow['user']}  password {servicenow['password']}\n"
        f"Jira        {jira['url']}  user {jira['email']}  token {jira['token']}  project {jira['project']}\n"
        f"Clock, faults and mails: {servicenow['control']}/clock, faults and outbox\n"
        + (f"Authority to trust: {addresses['ca']}\n" if "ca" in addresses else "")
        + "Stop with Ctrl-C."
    )
