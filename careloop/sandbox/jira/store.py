"""The issue store: one place for every issue, comment and link, and the only way to write to them."""

from collections import deque
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from careloop.sandbox.clock import Clock
from careloop.sandbox.faults import Faults
from careloop.sandbox.jira.dates import whole_millis
from careloop.sandbox.jira.errors import Refused, missing_issue
from careloop.sandbox.jira.index import Index
from careloop.sandbox.jira.model.audit import Record, record
from careloop.sandbox.jira.model.avatar import Gallery
from careloop.sandbox.jira.model.catalog import Field, Project
from careloop.sandbox.jira.model.configuration import Configuration
from careloop.sandbox.jira.model.dashboard import Dashboard
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Attachment, Comment, Issue, Link, Worklog
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.model.rights import Rights
from careloop.sandbox.jira.model.service import Service
from careloop.sandbox.jira.model.settings import Settings
from careloop.sandbox.jira.model.task import Task
from careloop.sandbox.jira.model.users import Directory, User
from careloop.sandbox.jira.switches import Switches

FIRST_ID = 10_000
REMEMBERED = 1_000
"""Writes to issues of which the store knows the order."""
CAPACITY = {
    "comments": 5_000,
    "worklogs": 10_000,
    "attachments": 2_000,
    "issueLinks": 2_000,
    "remoteIssueLinks": 2_000,
}
"""The most that one issue on Cloud holds (Atlassian docs, per-issue limits)."""

Flavor = Literal["cloud", "dc"]


class Store:
    """All that changes while the site is used."""

    def __init__(
        self,
        clock: Clock,
        configuration: Configuration,
        people: Directory,
        flavor: Flavor,
        switches: Switches,
        faults: Faults,
    ) -> None:
        self.clock = clock
        self.configuration = configuration
        self.people = people
        self.flavor = flavor
        self.switches = switches
        self.listener: Callable[[Happening], None] | None = None
        self._faults = faults
        self.rights = Rights(configuration)
        self.index = Index()
        self.outbox: list[Mail] = []
        self.service = Service()
        self.settings = Settings()
        self.audit: list[Record] = []
        self.gallery = Gallery()
        self.issues: dict[int, Issue] = {}
        self.comments: dict[int, Comment] = {}
        self.links: dict[int, Link] = {}
        self.worklogs: dict[int, Worklog] = {}
        self.filters: dict[str, Filter] = {}
        self.dashboards: dict[str, Dashboard] = {}
        self.trash: dict[str, Field] = {}
        self.tasks: dict[str, Task] = {}
        self.bulk_tasks: dict[str, dict[str, Any]] = {}
        self.deleted_worklogs: dict[int, datetime] = {}
        self.attachments: dict[int, Attachment] = {}
        self.revision = 0
        self._written: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)
        self._in_bulk = False
        self._keys: dict[str, Issue] = {}
        self._former_keys: dict[int, list[str]] = {}
        self._last_ids: dict[str, int] = {}

    @property
    def is_cloud(self) -> bool:
        return self.flavor == "cloud"

    def written_since(self, revision: int) -> set[int] | None:
        """Return the ids of the issues written to since; None when it was long ago or more was written."""
        since = [number for at, number in self._written if at > revision]
        return set(since) if len(since) == self.revision - revision else None

    def now(self) -> datetime:
        """Return the time to the millisecond, as the platform stores it."""
        return whole_millis(self.clock.now())

    def next_id(self, noun: str, first: int = FIRST_ID) -> int:
        """Return the next number of a counter of its own, such as "comment"."""
        self._last_ids[noun] = self._last_ids.get(noun, first - 1) + 1
        return self._last_ids[noun]

    def account(self, reference: str) -> User | None:
        """Return an account by what the site calls it: its id on Cloud, its user name on Data Center."""
        return self.people.by_account(reference) if self.is_cloud else self.people.by_name(reference)

    def issue(self, reference: str) -> Issue | None:
        """Return the issue with this id or key, whatever the key's case."""
        if reference.isdecimal():
            return self.issues.get(int(reference))
        return self._keys.get(reference.upper())

    def issue_for(self, user: User | None, reference: str) -> Issue:
        """Return an issue that an account may see; 404 says the same of absent and hidden ones."""
        issue = self.issue(reference)
        if issue is None or not self.rights.sees(user, issue):
            raise missing_issue()
        return issue

    def note_view(self, user: User, issue: Issue) -> None:
        """Remember that somebody looked at an issue."""
        user.viewed[issue.id] = self.now()
        self.revision += 1

    def viewed_at(self, user: User | None, issue: Issue) -> datetime | None:
        """Return when somebody looked at an issue last."""
        return user.viewed.get(issue.id) if user else None

    def viewed_by(self, user: User | None) -> list[int]:
        """Return the ids of the issues that somebody looked at, the latest first."""
        seen = user.viewed if user else {}
        return sorted(seen, key=lambda number: seen[number], reverse=True)

    def note_visit(self, user: User, project: Project) -> None:
        """Remember that somebody looked at a project."""
        user.visited[project.id] = self.next_id("visit", first=1)

    def note_task(self, user: User, description: str, result: Any = None) -> int:
        """Remember a task that was carried out at once, and return its number."""
        number = self.next_id("task", first=1)
        self.tasks[str(number)] = Task(number, description, user, self.now(), result)
        return number

    def filters_for(self, user: User | None) -> list[Filter]:
        """Return the saved searches that an account sees, by name."""
        every = self.filters.values()
        found = [one for one in every if one.is_seen_by(user, self.rights)]
        return sorted(found, key=lambda one: one.name.casefold())

    def add(self, issue: Issue) -> None:
        """Take in a new issue."""
        self._keep_for_index(issue.id, None)
        self.issues[issue.id] = issue
        self._keys[issue.key] = issue

    def rename(self, issue: Issue, key: str) -> None:
        """Give an issue another key; those it had go on leading to it."""
        self._former_keys.setdefault(issue.id, []).append(issue.key)
        issue.key, issue.number = key, int(key.rpartition("-")[2])
        self._keys[key] = issue

    def remove(self, issue: Issue) -> None:
        """Forget an issue with its comments and links; its key is not given again."""
        self._keep_for_index(issue.id, issue)
        for comment in issue.comments:
            del self.comments[comment.id]
        for log in issue.worklogs:
            del self.worklogs[log.id]
            self.deleted_worklogs[log.id] = self.now()
        for file in issue.attachments:
            del self.attachments[file.id]
        for link in issue.links:
            self.unlink(link)
        issue.set("parent", None)
        for child in issue.children:
            self._keep_for_index(child.id, child)
            child.set("parent", None)
        del self.issues[issue.id]
        for key in (issue.key, *self._former_keys.pop(issue.id, ())):
            self._keys.pop(key, None)

    def unlink(self, link: Link) -> None:
        """Remove a link from both its issues."""
        del self.links[link.id]
        for issue in (link.source, link.target):
            self._keep_for_index(issue.id, issue)
            issue.links = tuple(other for other in issue.links if other is not link)

    @property
    def search_lag(self) -> timedelta:
        """How far the search index runs behind: by the switch, or by a fault in force."""
        fault = self._faults.in_force("search_lag")
        if fault is None or not isinstance(fault.seconds, float | int):
            return self.switches.search_lag
        return max(self.switches.search_lag, timedelta(seconds=fault.seconds))

    def announce(self, happening: Happening) -> None:
        """Say that something has happened to whoever listens, and note it for administrators."""
        line = record(happening, len(self.audit) + 1, self.now())
        self.audit += [line] if line else []
        if self.listener is not None:
            self.listener(replace(happening, cascade=True) if self._in_bulk else happening)

    @contextmanager
    def in_bulk(self) -> Iterator[None]:
        """Mark what happens meanwhile as part of a bulk operation."""
        self._in_bulk = True
        try:
            yield
        finally:
            self._in_bulk = False

    def demand_room(self, noun: str, held: Sized, more: int = 1) -> None:
        """Refuse with 413 what goes beyond the most that an issue on Cloud holds of something."""
        most = self.switches.issue_capacity or CAPACITY[noun]
        if self.is_cloud and len(held) + more > most:
            raise Refused(413, f"The issue has reached its limit of {most} {noun}.")

    def renew(self) -> None:
        """Have searches and rendered pieces made anew, because the site is set up otherwise now."""
        self.configuration.revision += 1
        self.revision += 1

    def begin_write(
        self, issue: Issue, *, moves_updated: bool = True, even_archived: bool = False
    ) -> datetime:
        """Announce that an issue is about to change, and return the time of the change.

        Every writer calls this first: the index may go on showing the former state for a while. An archived
        issue is not changed (400) but by what is done to the whole site.
        """
        if issue.archived and not even_archived:
            raise Refused(400, f"The issue '{issue.key}' is archived and cannot be changed.")
        self._keep_for_index(issue.id, issue)
        now = self.now()
        if moves_updated:
            issue.updated = now
        return now

    def _keep_for_index(self, issue_id: int, issue: Issue | None) -> None:
        self.revision += 1
        self._written.append((self.revision, issue_id))
        if lag := self.search_lag:
            self.index.keep(issue_id, issue, self.now() + lag)
