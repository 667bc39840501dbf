"""What a field held in the past, and who changed it when: the history behind WAS and CHANGED."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from careloop.sandbox.jira.actions.issue.changelog import identify
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.issue import Issue, Item
from careloop.sandbox.jira.model.users import User

DAY = timedelta(days=1)
FIELDS = frozenset({"assignee", "fixVersions", "priority", "reporter", "resolution", "status"})
"""The fields whose past can be searched (Atlassian docs, JQL operators WAS and CHANGED)."""


class Spell(NamedTuple):
    """A time during which a field held a value, None for no value; `by` brought it about."""

    value: str | None
    start: datetime
    end: datetime | None
    by: User


class Window(NamedTuple):
    """What the predicates of a clause ask: the time between two moments, and one of these people."""

    start: datetime | None
    end: datetime | None
    people: frozenset[User] | None

    def admits(self, start: datetime, end: datetime | None, by: User) -> bool:
        """Return whether something from `start` to `end` (None: until now), done by somebody, is meant."""
        if self.people is not None and by not in self.people:
            return False
        late = self.end is not None and start >= self.end
        return not late and (self.start is None or end is None or end > self.start)

    def admits_moment(self, when: datetime, by: User) -> bool:
        """Return whether a change at `when` is meant."""
        if self.people is not None and by not in self.people:
            return False
        return (self.start is None or when >= self.start) and (self.end is None or when < self.end)


def was(
    field: Field, values: frozenset[str | None], window: Window, *, cloud: bool
) -> Callable[[Issue], bool]:
    """Return a test whether a field held one of these values in a window."""

    def test(issue: Issue) -> bool:
        return any(
            spell.value in values and window.admits(spell.start, spell.end, spell.by)
            for spell in spells(issue, field, cloud=cloud)
        )

    return test


def changed(
    field: Field,
    before: frozenset[str | None] | None,
    after: frozenset[str | None] | None,
    window: Window,
) -> Callable[[Issue], bool]:
    """Return a test whether a field changed, perhaps from and to certain values, in a window."""

    def test(issue: Issue) -> bool:
        return any(
            (before is None or item.before in before)
            and (after is None or item.after in after)
            and window.admits_moment(when, by)
            for when, by, item in _events(issue, field)
        )

    return test


def spells(issue: Issue, field: Field, *, cloud: bool) -> Iterator[Spell]:
    """Yield what a field held, and when; a list holds several values at once."""
    events = list(_events(issue, field))
    value = issue.get(field.id)
    members = value if isinstance(value, tuple) else () if value is None else (value,)
    held = {identify(member, cloud=cloud)[0] for member in members}
    for _, _, item in reversed(events):
        held.discard(item.after)
        held |= {item.before} - {None}
    since = dict.fromkeys(held or {None}, (issue.created, issue.creator))
    for when, by, item in events:
        if item.before is not None and item.before in since:
            start, author = since.pop(item.before)
            yield Spell(item.before, start, when, author)
        if item.after is not None:
            since[item.after] = (when, by)
            if None in since:
                start, author = since.pop(None)
                yield Spell(None, start, when, author)
        if not since:
            since[None] = (when, by)
    for one, (start, author) in since.items():
        yield Spell(one, start, None, author)


def _events(issue: Issue, field: Field) -> Iterator[tuple[datetime, User, Item]]:
    for history in issue.histories:
        for item in history.items:
            if item.field_id == field.id:
                yield history.created, history.author, item
