"""Service levels: cycles of a clock that runs, pauses and stops with what happens to a request.

Everything follows from the history and the comments of the request, so that a request that was resolved and
reopened shows each of its cycles. By a switch the clocks run in office hours only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.service.hours import WorkingHours
from careloop.sandbox.jira.service.setup import Level, portal
from careloop.sandbox.jira.store import Store

DEFAULT_PRIORITY = "3"
OFFICE = WorkingHours(time(9), time(17))
"""The sample calendar of a new service desk (Atlassian docs, SLA calendars)."""

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of the clock; `stop` is None while it goes on, `breach` None while it is paused in time."""

    start: datetime
    stop: datetime | None
    goal: timedelta
    elapsed: timedelta
    breach: datetime | None
    paused: bool
    within_hours: bool

    @property
    def remaining(self) -> timedelta:
        return self.goal - self.elapsed

    @property
    def breached(self) -> bool:
        return self.elapsed > self.goal


class Measured(NamedTuple):
    """A service level of one request: its finished cycles, oldest first, and the one that goes on."""

    level: Level
    completed: list[Cycle]
    ongoing: Cycle | None


def measure(store: Store, issue: Issue) -> list[Measured]:
    """Return every service level of a request at the present time."""
    return [measure_level(store, issue, level) for level in portal().levels]


def measure_level(store: Store, issue: Issue, level: Level) -> Measured:
    """Return one service level of a request at the present time."""
    goals = level.goals
    goal = goals.get(issue.priority.id if issue.priority else DEFAULT_PRIORITY, goals[DEFAULT_PRIORITY])
    watch = _Watch(goal, OFFICE if store.switches.sla_calendar == "office" else None)
    for mark in sorted(_marks(store, issue, level), key=lambda mark: mark.when):
        watch.hear(mark)
    return Measured(level, watch.completed, watch.ongoing(store.now()))


class _Mark(NamedTuple):
    when: datetime
    what: Literal["start", "stop", "pause", "resume"]


def _marks(store: Store, issue: Issue, level: Level) -> Iterator[_Mark]:
    yield _Mark(issue.created, "start")
    responds = level.stops == "response"
    for history in issue.histories:
        for item in history.items:
            if item.field_id == "resolution" and item.after is not None:
                yield _Mark(history.created, "stop")
            elif item.field_id == "resolution" and not responds:
                yield _Mark(history.created, "start")
            elif item.field_id == "status" and level.paused_in:
                yield _Mark(history.created, "pause" if item.after in level.paused_in else "resume")
    if responds:
        for comment in issue.comments:
            is_answer = comment.public and comment.author is not issue.reporter
            if is_answer and store.rights.is_agent(comment.author, issue.project):
                yield _Mark(comment.created, "stop")


class _Watch:
    """A stop watch that hears marks in the order of time."""

    def __init__(self, goal: timedelta, hours: WorkingHours | None) -> None:
        self.completed: list[Cycle] = []
        self._goal = goal
        self._hours = hours
        self._start: datetime | None = None
        self._running_since: datetime | None = None
        self._elapsed = timedelta()

    def hear(self, mark: _Mark) -> None:
        match mark.what:
            case "start" if self._start is None:
                self._start = self._running_since = mark.when
                self._elapsed = timedelta()
            case "stop" if self._start is not None:
                self.completed.append(self._cycle(self._start, mark.when, mark.when))
                self._start = self._running_since = None
            case "pause" if self._running_since is not None:
                self._elapsed += self._counted(self._running_since, mark.when)
                self._running_since = None
            case "resume" if self._start is not None and self._running_since is None:
                self._running_since = mark.when

    def ongoing(self, now: datetime) -> Cycle | None:
        return None if self._start is None else self._cycle(self._start, None, now)

    def _cycle(self, start: datetime, stop: datetime | None, now: datetime) -> Cycle:
        since = self._running_since
        left = self._goal - self._elapsed
        return Cycle(
            start=start,
            stop=stop,
            goal=self._goal,
            elapsed=self._elapsed + (self._counted(since, now) if since else timedelta()),
            breach=self._after(since, left) if since else None,
            paused=since is None,
            within_hours=self._hours is None or self._hours.hold(now, UTC),
        )

    def _counted(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of the time between two moments counts."""
        return self._hours.worked(start, end, UTC) if self._hours else end - start

    def _after(self, start: datetime, length: timedelta) -> datetime:
        """Return the moment by which so much time counts since another."""
        late = length < timedelta()
        return start + length if late or self._hours is None else self._hours.after(start, length, UTC)
