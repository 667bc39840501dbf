"""The story of a few weeks, told by calling the installed commands against a sandbox over HTTP."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from careloop.demo.past import write_past
from careloop.errors import CareloopError
from careloop.wiring import fixed_chance

Say = Callable[[str], None]

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""

EXPECTED = (0, 2, 3)

SETTINGS = """\
# The settings of the demo: three promises and one link, switched on from the start.
clock: platform            # the sandbox's time; only accepted on this machine
store: careloop.db
instances:
  servicenow:
    kind: servicenow
    url: {servicenow[url]}
    auth: {{type: basic, user: {servicenow[user]}, password: "file:servicenow.secret"}}
    tables: [incident]
  jira:
    kind: jira
    url: {jira[url]}
    auth: {{type: basic, user: {jira[email]}, password: "file:jira.secret"}}
    projects: [{jira[project]}]
contact:
  channel: comment         # we ask on the customer's own record
  non_production: send     # only accepted on this machine
  phone: "+00 000 0000"
  hours: {{zone: UTC, days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}}
sync:
  mode: act
  links:
    - from: {{instance: servicenow, table: incident, query: assignment_group.name=Engineering}}
      to: {{instance: jira, project: {jira[project]}, issue_type: Bug}}
      create: true
      fields:
        - {{from: short_description, to: summary, direction: both}}
        - {{from: priority, to: priority, direction: forward, values: {{"1": Highest, "2": High}}}}
      states:
        - {{from: "2", to: In Progress, direction: both}}
      comments: {{public: both, internal: both}}
policies:
  defaults: {{mode: act, since: 2026-01-01, approved_by: owner@example.com, care_level: cost}}
  confirmed_closure: {{reminder_after: 3, window: 10}}
  awaiting_caller: {{}}
  reopen: {{look_back: 30}}
  deferred_scope: {{label: deferred, remind_before: [30, 7]}}
"""

NEWCOMERS = {"nadia.petrova": "Nadia Petrova", "samuel.osei": "Samuel Osei", "ivy.chen": "Ivy Chen"}

CALLS = (  # caller, what it is about, who takes it, what was done
    (
        "omar.haddad",
        "Label printer jams after two pages",
        "rosa.quint",
        "We replaced the roller of the printer.",
    ),
    (
        "viktor.stahl",
        "Quarterly report shows last year's numbers",
        "paul.adeyemi",
        "We loaded the new figures.",
    ),
    ("nadia.petrova", "Cannot open the travel form", "paul.adeyemi", "We gave you access to the form again."),
    ("samuel.osei", "Calendar shows meetings twice", "mei.tanaka", "We removed the second calendar."),
    ("ivy.chen", "Scanner sends empty files", "mei.tanaka", "We updated the scanner."),
    ("lena.moreau", "Invoices print without the logo", "paul.adeyemi", "We set the template back."),
    ("grace.okoro", "VPN drops every ten minutes", "rosa.quint", "We gave you a second profile that holds."),
)
ENGINEERING = ("omar.haddad", "grace.okoro")


class DemoFailed(CareloopError):
    """The story cannot be told here."""


class Stage:
    """The sandbox, the folder, and the people who act over HTTP with their own accounts."""

    def __init__(self, folder: Path, addresses: Mapping[str, Any], say: Say) -> None:
        self.folder = folder
        self.say = say
        self._servicenow = addresses["servicenow"]["url"]
        self._jira = addresses["jira"]["url"]
        self._control = addresses["servicenow"]["control"]
        self._http = requests.Session()
        self.project = addresses["jira"]["project"]
        self.numbers: dict[str, str] = {}
        self.incidents: dict[str, str] = {}
        (folder / "careloop.yaml").write_text(SETTINGS.format(**addresses), encoding="utf-8")
        (folder / "servicenow.secret").write_text(addresses["servicenow"]["password"], encoding="utf-8")
        (folder / "jira.secret").write_text(addresses["jira"]["token"], encoding="utf-8")

    def careloop(self, *arguments: str, lines: int | None = None, until: str = "") -> str:
        """Run the command as a person would, show what it prints, and return it.

        Of a long answer only the first `lines` are shown, or those before the line `until`.
        """
        done = subprocess.run(
            [sys.executable, "-m", "careloop", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in EXPECTED:
            raise DemoFailed(f"'careloop {' '.join(arguments)}' failed: {done.stderr.strip()}")
        if lines != 0:
            shown = " ".join(f'"{word}"' if " " in word else word for word in arguments)
            self.say(f"$ careloop {shown}")
            printed = done.stdout.rstrip().splitlines()
            self._show(printed, printed.index(until) if until else lines)
        return done.stdout

    def _show(self, printed: Sequence[str], most: int | None) -> None:
        for line in printed[:most]:
            self.say(f"  {line}" if line else "")
        if most is not None and len(printed) > most:
            self.say(f"  ... ({len(printed) - most} more lines)")
        self.say("")

    def go_to(self, when: datetime) -> None:
        """Move the sandbox's clock."""
        self._send("POST", f"{self._control}/clock", None, {"now": when.isoformat()})
        self.say(f"--- {when:%A, %-d %B %Y, %H:%M} UTC " + "-" * 40)
        self.say("")

    def table(self, who: str, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        """Let a person use ServiceNow; the password of an example person is the user name."""
        found = self._send(method, f"{self._servicenow}/api/now/table/{path}", (who, who), body)
        return found["result"]

    def issue(self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Let an engineer use Jira; the token of an example account is the user name and `-token`."""
        return self._send(
            method, f"{self._jira}/rest/api/2/{path}", (f"{who}@example.com", f"{who}-token"), body
        )

    def id_of(self, table: str, query: str) -> str:
        """Return the sys_id of the only row a query finds."""
        (row,) = self.table("admin", "GET", f"{table}?sysparm_query={query}&sysparm_fields=sys_id")
        return str(row["sys_id"])

    def _send(
        self, method: str, url: str, who: tuple[str, str] | None, body: Mapping[str, Any] | None
    ) -> Any:
        answer = self._http.request(
            method, url, auth=who, json=body, headers={"Accept": "application/json"}, timeout=30
        )
        if not answer.ok:
            raise DemoFailed(f"the sandbox refused {method} {url}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None


def run_demo(folder: Path, say: Say) -> int:
    """Tell the whole story in `folder`; return an exit code. Raises CareloopError when it cannot be told."""
    folder.mkdir(parents=True, exist_ok=True)
    _audit(folder, say)
    with _sandbox(folder, "--incidents", "0") as addresses:
        stage = Stage(folder, addresses, say)
        for chapter in (_look, _ask, _answer, _close_behind_her_back, _fall_silent, _keep_what_was_put_off):
            chapter(stage)
        _report(stage)
    return 0


def _audit(folder: Path, say: Say) -> None:
    """Before anything is switched on: what did the figures of the last half year never show."""
    past, report = folder / "past", folder / "audit.html"
    past.mkdir(exist_ok=True)
    count = write_past(past / "log.csv", START, fixed_chance())
    say(f"A ServiceNow with {count:,} incidents of the last half year. Nothing is switched on, nobody is")
    say("asked: careloop only reads, and no more than it names beforehand.")
    say("")
    with _sandbox(past, "--events", "log.csv") as addresses:
        stage = Stage(past, addresses, say)
        stage.careloop("audit", "--print-fields")
        stage.careloop("audit", until="Also in the data")
        stage.careloop("audit", "--format", "html", "--out", str(report), lines=0)
    say(f"The same for those who decide, on one page with charts: {report}")
    say("So that it does not stay like this:")
    say("")


@contextmanager
def _sandbox(folder: Path, *arguments: str) -> Iterator[Mapping[str, Any]]:
    """Start both pretend platforms on free ports, and stop them in the end."""
    ready = folder / "sandbox.json"
    ready.unlink(missing_ok=True)
    with (folder / "sandbox.log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "careloop", "sandbox", "--ready-file", str(ready), *arguments]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _wait_for(ready, process, folder / "sandbox.log")
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait_for(ready: Path, process: "subprocess.Popen[bytes]", log: Path) -> Mapping[str, Any]:
    for _ in range(300):
        if ready.exists():
            addresses: Mapping[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
            return addresses
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise DemoFailed(f"the sandbox ended at once: {log.read_text(encoding='utf-8').strip()}")
    raise DemoFailed(f"the sandbox did not answer within 30 seconds; see {log}")


def _look(stage: Stage) -> None:
    """Seven people call; the desk works."""
    stage.go_to(START)
    for user, name in NEWCOMERS.items():
        first, last = name.split()
        person = {
            "user_name": user,
            "user_password": user,
            "first_name": first,
            "last_name": last,
            "active": "true",
        }
        stage.table("admin", "POST", "sys_user", {**person, "email": f"{user}@example.com"})
    groups = {name: stage.id_of("sys_user_group", f"name={name}") for name in ("Service Desk", "Engineering")}
    for caller, title, agent, _ in CALLS:
        row = stage.table("paul.adeyemi", "POST", "incident", {
            "caller_id": stage.id_of("sys_user", f"user_name={caller}"),
            "short_description": title,
            "category": "software",
            "assignment_group": groups["Engineering" if caller in ENGINEERING else "Service Desk"],
            "assigned_to": stage.id_of("sys_user", f"user_name={agent}"),
            "state": "2",
        })  # fmt: skip
        stage.incidents[caller], stage.numbers[caller] = row["sys_id"], row["number"]
    stage.say("Seven people have called the service desk. What stands between careloop and this instance?")
    stage.say("")
    stage.careloop("check")
    stage.say("Two of the matters went to Engineering, so each gets an issue in Jira.")
    stage.say("")
    stage.careloop("run")


def _ask(stage: Stage) -> None:
    """Everything is said to be solved; careloop asks."""
    stage.go_to(START + timedelta(hours=1))
    for caller, _, agent, done in CALLS:
        code = "Workaround provided" if caller == "grace.okoro" else "Solution provided"
        change = {"state": "6", "close_code": code, "close_notes": done}
        stage.table(agent, "PATCH", f"incident/{stage.incidents[caller]}", change)
    lena = stage.incidents["lena.moreau"]
    stage.table("ines.lund", "PATCH", f"incident/{lena}", {"state": "7"})
    stage.say(
        "All seven are marked as resolved, and one is even closed already. Nobody has asked the customers."
    )
    stage.say("This is what careloop would do, and why:")
    stage.say("")
    stage.careloop("plan", "--out", "plan.json", lines=20)
    stage.careloop("apply", "plan.json")


def _answer(stage: Stage) -> None:
    """Yes, no, thank you, an automatic reply, and silence."""
    stage.go_to(START + timedelta(hours=2))
    words = {
        "viktor.stahl": "Yes, it works again.",
        "omar.haddad": "It is still broken, the labels jam after two pages.",
        "nadia.petrova": "Thank you for looking into it!",
        "ivy.chen": "Automatic reply: I am out of the office until 16 March 2026.",
    }
    for caller, text in words.items():
        stage.say(f"{caller} writes: {text}")
        stage.table(caller, "PATCH", f"incident/{stage.incidents[caller]}", {"comments": text})
    stage.say("samuel.osei says nothing.")
    stage.say("")
    stage.careloop("run")
    stage.go_to(START + timedelta(hours=2, minutes=10))
    stage.careloop("run")
    stage.say("The engineers have the customer's own words, on the issue that they work on:")
    stage.say("")
    for comment in stage.issue("ada.keller", "GET", f"issue/{stage.project}-1/comment")["comments"]:
        stage.say("  " + comment["body"].replace("\n", "\n  "))
        stage.say("")


def _close_behind_her_back(stage: Stage) -> None:
    """Lena rings; her incident is closed for good, and she fills in no form."""
    number = stage.numbers["lena.moreau"]
    stage.go_to(START + timedelta(hours=5, minutes=30))
    stage.say(f"lena.moreau rings: the logo is still missing. ServiceNow keeps {number} closed for good.")
    stage.say("")
    words = "The invoices still come out without the logo."
    stage.careloop("answer", number, "no", "--by", "lena.moreau", "--phone", "--text", words)
    stage.careloop("run")
    stage.go_to(START + timedelta(hours=5, minutes=40))
    stage.careloop("run")
    stage.careloop("explain", number)


def _fall_silent(stage: Stage) -> None:
    """One reminder, then peace."""
    stage.go_to(datetime(2026, 3, 6, 14, 30, tzinfo=UTC))
    stage.careloop("run")
    stage.go_to(datetime(2026, 3, 20, 14, 30, tzinfo=UTC))
    stage.careloop("run")


def _keep_what_was_put_off(stage: Stage) -> None:
    """A deferral's date comes, and both sides hear of it."""
    issue = f"{stage.project}-2"
    stage.say(
        f"Grace has a way round; the lasting fix, {issue}, is put off until 1 June. Ada Keller owns it."
    )
    stage.say("")
    ada = stage.issue("ada.keller", "GET", "myself")["accountId"]
    fields = {"labels": ["deferred"], "duedate": "2026-06-01", "assignee": {"accountId": ada}}
    stage.issue("ada.keller", "PUT", f"issue/{issue}", {"fields": fields})
    stage.careloop("run", lines=0)
    stage.careloop("deferral", "list")
    stage.go_to(datetime(2026, 6, 1, 14, 30, tzinfo=UTC))
    stage.careloop("run")
    stage.careloop(
        "deferral",
        "decide",
        issue,
        "do",
        "--reason",
        "The new gateway is here.",
        "--by",
        "ada.keller@example.com",
    )
    stage.go_to(datetime(2026, 6, 2, 14, 30, tzinfo=UTC))
    stage.careloop("run")


def _report(stage: Stage) -> None:
    report = stage.folder / "report.md"
    report.write_text(stage.careloop("status", "--format", "markdown"), encoding="utf-8")
    stage.say(f"Everything is in {stage.folder}: settings, store, plan, and the report in {report.name}.")
    stage.say("Look further:")
    stage.say(f"  cd {stage.folder}")
    for caller in ("omar.haddad", "samuel.osei", "grace.okoro"):
        stage.say(f"  careloop explain {stage.numbers[caller]}")
    stage.say("  careloop status")
    stage.say("  careloop sandbox      # a ServiceNow and a Jira of your own to play with")
