"""The installed command as a process, in a folder of its own, against a sandbox over real HTTP."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from careloop.commands.init import init
from careloop.sandbox.server import Addresses, running
from careloop.sandbox.world import Sandbox
from tests.conformance import judged

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """What a process came to."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return what it printed as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Shop:
    """A folder, a sandbox that is served, and the people of it."""

    folder: Path
    sandbox: Sandbox
    addresses: Addresses

    def careloop(self, *arguments: str, folder: Path | None = None) -> Done:
        """Run the command as a person would."""
        done = subprocess.run(
            [sys.executable, "-m", "careloop", *arguments],
            cwd=folder or self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def wait(self, **span: float) -> None:
        """Let the sandbox's time pass."""
        self.sandbox.clock.advance(timedelta(**span).total_seconds())

    def id_of(self, table: str, column: str, value: str) -> str:
        """Return the sys_id of a row."""
        rows = self.sandbox.servicenow.act("admin").query(table, f"{column}={value}")
        return str(rows[0]["sys_id"])

    def call(self, title: str, *, by: str = "omar.haddad", group: str = "Service Desk", **more: str) -> str:
        """Let a customer report something; return the incident's sys_id."""
        return self.sandbox.servicenow.act("paul.adeyemi").insert(
            "incident",
            {
                "caller_id": self.id_of("sys_user", "user_name", by),
                "short_description": title,
                "category": "hardware",
                "assignment_group": self.id_of("sys_user_group", "name", group),
                "assigned_to": self.id_of("sys_user", "user_name", "rosa.quint"),
                "state": "2",
                **more,
            },
        )

    def change(self, who: str, incident: str, **values: str) -> None:
        """Let somebody change an incident."""
        self.sandbox.servicenow.act(who).update("incident", incident, values)

    def resolve(self, incident: str) -> None:
        """Let the resolver say that it is solved."""
        said = {"close_code": "Solution provided", "close_notes": "We replaced the roller."}
        self.change("rosa.quint", incident, state="6", **said)

    def row(self, incident: str) -> Mapping[str, str]:
        """Return an incident as it is on the platform."""
        return self.sandbox.servicenow.act("admin").query("incident", f"sys_id={incident}")[0]

    def texts(self, incident: str, element: str) -> list[str]:
        """Return what careloop wrote on an incident, oldest first."""
        query = f"element_id={incident}^element={element}^sys_created_by=careloop^ORDERBYsys_created_on"
        rows = self.sandbox.servicenow.act("admin").query("sys_journal_field", query)
        return [str(row["value"]) for row in rows]


@contextmanager
def open_shop(
    folder: Path, start: datetime = MONDAY, flavor: Literal["cloud", "dc"] = "cloud"
) -> Iterator[Shop]:
    """Serve a sandbox while the block lasts, with the settings that `careloop init --sandbox` writes."""
    sandbox = Sandbox(start, jira_flavor=flavor)
    if flavor == "cloud":  # the documents describe no other
        sandbox.jira_app = judged(sandbox.jira_app)
    with running(sandbox) as addresses:
        (folder / "ready.json").write_text(json.dumps(addresses))
        init(folder / "careloop.yaml", sandbox=folder / "ready.json")
        yield Shop(folder, sandbox, addresses)
