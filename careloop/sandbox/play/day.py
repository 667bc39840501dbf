"""Random working days: plausible acts of callers, agents and engineers, each of them a line of a script."""

import random
import shlex
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import count
from typing import Any

import orjson

from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.play.people import DeskPeople, SitePeople, read_desk, read_site
from careloop.sandbox.play.script import perform
from careloop.sandbox.servicenow.data import load
from careloop.sandbox.world import Sandbox

Act = Mapping[str, Any]
Record = Mapping[str, str]


def _load(name: str) -> Any:
    return orjson.loads((files(__package__) / name).read_bytes())


ACTS: Sequence[Act] = _load("acts.json")
"""What people do: how often (`weight`), to what (`incidents`: an encoded query; `issues`: project and status;
neither: a new matter), and the `line`, whose {words} come from the record, the people and the phrases. With
`turn` it is up to somebody other than the one who touched the record last.
"""
MATTERS: Sequence[Record] = load("matters")
PHRASES: Mapping[str, Sequence[str]] = _load("phrases.json")
RAISE = "{caller} reports {category}/{subcategory} {complaint}"
INTERNAL = ("note", "progress")
"""Phrases that no customer may read; each is numbered, so that one that gets out is known again."""


class WorkingDay:
    """Draws one act after the other from `rng`, fitting what the records permit at that moment.

    The lines that it returns are the whole run: performed in a fresh sandbox of the same seed, they do the
    same.
    """

    def __init__(self, sandbox: Sandbox, rng: random.Random) -> None:
        self._sandbox = sandbox
        self._rng = rng
        self._desk = read_desk(sandbox.servicenow)
        self._site = read_site(sandbox.jira)
        self._numbers = count(1)

    def step(self) -> str:
        """Have somebody do one thing."""
        weights = [act["weight"] for act in ACTS]
        records: Sequence[Record] = ()
        while not records:
            [act] = self._rng.choices(ACTS, weights)
            records = self._records(act)
        return self._play(act["line"], self._rng.choice(records))

    def raise_incident(self) -> str:
        """Have a caller raise an incident."""
        return self._play(RAISE, self._rng.choice(MATTERS))

    def pass_time(self, longest: int = 4 * 3600) -> str:
        """Let a minute to `longest` seconds go by."""
        line = f"wait {self._rng.randint(60, longest)}"
        perform(self._sandbox, line)
        return line

    def _play(self, template: str, record: Record) -> str:
        filling = _Filling(record, self._desk, self._site, self._rng, self._numbers)
        line = shlex.join(word.format_map(filling) for word in shlex.split(template))
        perform(self._sandbox, line)
        return line

    def _records(self, act: Act) -> Sequence[Record]:
        if "incidents" in act:
            records = self._incidents(act["incidents"])
        elif "issues" in act:
            records = [_show(issue) for issue in self._issues(*act["issues"])]
        else:
            return MATTERS
        return [record for record in records if "turn" not in act or record["last"] != record["owner"]]

    def _incidents(self, query: str) -> list[Record]:
        rows = self._sandbox.servicenow.act("admin").query("incident", f"{query}^ORDERBYnumber")
        names = self._desk.names
        return [
            {**row, "owner": names[row["caller_id"]], "last": row["sys_updated_by"]}
            for row in rows
            if names.get(row["caller_id"]) in self._desk.callers
        ]

    def _issues(self, project: str, status: str) -> list[Issue]:
        issues = self._sandbox.jira.store.issues.values()
        return [issue for issue in issues if issue.project.key == project and issue.status.name == status]


class _Filling(dict[str, str]):
    """The words of a line: a record's own, and on demand people around it and phrases."""

    def __init__(
        self, record: Record, desk: DeskPeople, site: SitePeople, rng: random.Random, numbers: Iterator[int]
    ) -> None:
        super().__init__(record)
        self._desk, self._site, self._rng, self._numbers = desk, site, rng, numbers

    def __missing__(self, name: str) -> str:
        word = self._rng.choice(self._people(name) or PHRASES[name])
        return f"{word} (note {next(self._numbers)})" if name in INTERNAL else word

    def _people(self, name: str) -> Sequence[str]:
        match name:
            case "caller" | "reporter":
                return [self["owner"]] if "owner" in self else self._desk.callers
            case "agent":
                return self._agents()
            case "closer":
                return self._desk.closers
            case "group":
                here = self._desk.groups.get(self["assignment_group"])
                return [group for group in self._desk.agents if group != here]
            case "engineer":
                return (
                    [self["assignee"]]
                    if self.get("assignee") in self._site.engineers
                    else self._site.engineers
                )
            case "supporter":
                return self._site.supporters
            case "customer":
                return self._site.customers
        return ()

    def _agents(self) -> Sequence[str]:
        """Who works on the incident, or else its group, or else anybody."""
        assigned = self._desk.names.get(self["assigned_to"])
        if assigned:
            return [assigned]
        members = self._desk.agents.get(self._desk.groups.get(self["assignment_group"], ""))
        return members or [agent for agents in self._desk.agents.values() for agent in agents]


def _show(issue: Issue) -> Record:
    comments = issue.comments
    return {
        "key": issue.key,
        "assignee": issue.assignee.name if issue.assignee else "",
        "owner": issue.reporter.name if issue.reporter else "",
        "last": comments[-1].author.name if comments else "",
    }
