"""`careloop init`: write settings to start from, with a line about each."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from careloop.commands.console import ExitCode, say
from careloop.errors import SettingsError

PRETEND: dict[str, dict[str, str]] = {
    "servicenow": {"url": "https://example.service-now.com", "user": "careloop"},
    "jira": {
        "url": "https://example.atlassian.net",
        "user": "careloop@example.com",
        "project": "ENG",
        "flavor": "cloud",
    },
}

Place = Annotated[Path, typer.Argument(help="The file to write.")]
Sandbox = Annotated[
    Path | None,
    typer.Option(
        help="Fill in addresses and credentials from the file that 'careloop sandbox --ready-file' wrote.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(file: Place = Path("careloop.yaml"), sandbox: Sandbox = None, force: Force = False) -> int:
    """Write a commented careloop.yaml to start from; everything in it begins by only looking.

    With --sandbox it works at once, and acts.
    """
    if file.exists() and not force:
        raise SettingsError(f"{file}: is there already; name another file, or say --force to write over it")
    ready = read_ready(sandbox) if sandbox else None
    try:
        file.write_text(render_settings(ready), encoding="utf-8")
        if ready is not None:
            for name, secret in _secrets(ready).items():
                place = file.parent / f"{name}.secret"
                place.touch(mode=0o600)
                place.write_text(secret + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error.strerror}") from error
    say(f"{file} is written; {_next(file, ready)}")
    return ExitCode.DONE


def render_settings(ready: dict[str, Any] | None) -> str:
    """Return the settings file, for a sandbox's ready file or for instances to fill in."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # no other command waits for its import

    templates = Environment(
        loader=PackageLoader("careloop.commands", "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - it writes YAML, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    said = PRETEND
    if ready is not None:
        user = ready["jira"]["email"]
        said = {"servicenow": ready["servicenow"], "jira": {**ready["jira"], "user": user}}
    return templates.get_template("careloop.yaml").render(sandbox=ready is not None, **said)


def read_ready(path: Path) -> dict[str, Any]:
    """Read a sandbox's ready file; raises SettingsError for anything else."""
    try:
        ready = orjson.loads(path.read_bytes())
        found = {
            "servicenow": {name: str(ready["servicenow"][name]) for name in ("url", "user", "password")},
            "jira": {
                name: str(ready["jira"][name]) for name in ("url", "flavor", "email", "token", "project")
            },
        }
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path}: is no ready file; start 'careloop sandbox --ready-file {path}' first"
        ) from error
    if "ca" in ready:  # it was started with --tls
        for half in found.values():
            half["ca"] = str(ready["ca"])
    return found


def _secrets(ready: dict[str, Any]) -> dict[str, str]:
    return {"servicenow": ready["servicenow"]["password"], "jira": ready["jira"]["token"]}


def _next(file: Path, ready: dict[str, Any] | None) -> str:
    named = "" if file == Path("careloop.yaml") else f" --config {file}"
    if ready is not None:
        return f"go on with: careloop plan{named}"
    return f"fill in addresses and set the passwords it names, then: careloop check{named}"
