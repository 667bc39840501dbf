"""A past for the software project: made-up issues, each with a life of its own."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira.actions.issue import changelog, comment
from careloop.sandbox.jira.actions.issue.creating import insert
from careloop.sandbox.jira.actions.issue.editing import Values, change
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.configuration import read
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

SPAN = timedelta(days=365)
"""How far back the oldest issue was made."""

_LIFE = timedelta(days=40)
_MOVES = (0, 1, 1, 2, 2, 2, 3, 3, 4)
_REMARKS = (0, 0, 1, 1, 2, 3)
_DEVELOPERS = "Developers"


def fill(store: Store, project_key: str, count: int, rng: random.Random) -> None:
    """Add `count` issues to a project, made one after the other over the year before now.

    Developers raise them, take them on, move them along the workflow and comment; nobody is mailed, and the
    clock of the site stays where it is.
    """
    project = store.configuration.project(project_key)
    if project is None:
        raise KeyError(f"no project {project_key!r} in this sandbox")
    people = [u for u in store.people if u.active and _DEVELOPERS in u.roles.get(project.key, ())]
    end = store.now()
    with _in_the_past(store, end - SPAN) as past:
        for number in range(count):
            past.move_to(end - SPAN + SPAN * number / count)
            room = min(end - past.now(), _LIFE)
            _live(store, project, people, past, room, rng)


@contextmanager
def _in_the_past(store: Store, start: datetime) -> Iterator[Clock]:
    """Let the store go by a clock of its own for a while, which nothing else hangs on."""
    live, store.clock = store.clock, Clock(start)
    try:
        yield store.clock
    finally:
        store.clock = live


def _live(
    store: Store, project: Project, people: Sequence[User], past: Clock, room: timedelta, rng: random.Random
) -> None:
    """Raise one issue and do to it what happens to it within `room`."""
    pick = rng.choice
    issue = _raise(store, project, pick(people), rng)
    acts = [_advance] * pick(_MOVES) + [_remark] * pick(_REMARKS)
    rng.shuffle(acts)
    for act in acts:
        past.advance(room.total_seconds() * rng.random() / len(acts))
        act(store, issue, pick(people), rng)


def _raise(store: Store, project: Project, user: User, rng: random.Random) -> Issue:
    words, pick = _words(), rng.choice
    title = f"{pick(words['parts'])} {pick(words['faults'])} {pick(words['places'])}"
    values: Values = {
        "summary": title,
        "description": f"{title}. {pick(words['details'])}\n\n{pick(words['details'])}",
        "priority": pick(list(store.configuration.priorities)),
        "labels": _some(words["labels"], rng),
        "components": _some(list(project.components), rng),
        "fixVersions": _some(list(project.versions), rng),
    }
    kinds = [kind for kind in project.issue_types if kind.level == 0]
    return insert(store, user, project, pick(kinds), values)


def _some(things: Sequence[Any], rng: random.Random) -> tuple[Any, ...]:
    return tuple(rng.sample(things, min(len(things), rng.choice((0, 0, 1, 1, 2)))))


def _advance(store: Store, issue: Issue, user: User, rng: random.Random) -> None:
    """Make one step of the workflow; whoever makes the first takes the issue on."""
    step = rng.choice(issue.workflow.leaving(issue.status))
    now = store.begin_write(issue)
    target = step.leads_to(issue.status)
    values: Values = {"status": target, "assignee": issue.assignee or user, "resolution": None}
    if target.category.key == "done":
        values["resolution"] = rng.choice(list(store.configuration.resolutions))
    if target.category is not issue.status.category:
        issue.category_changed = now
    changelog.record(store, issue, user, now, change(store, issue, values, now))


def _remark(store: Store, issue: Issue, user: User, rng: random.Random) -> None:
    comment.add(store, issue, user, comment.Draft(rng.choice(_words()["comments"]), None, {}))


@cache
def _words() -> Mapping[str, Sequence[str]]:
    words: Mapping[str, Sequence[str]] = read("backlog")
    return words
