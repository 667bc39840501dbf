"""What the search index holds while it runs behind the issues."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime, timedelta

from careloop.sandbox.jira.model.issue import Issue


class Index:
    """What the index still shows: how an issue was before each recent write, None where it was absent."""

    def __init__(self) -> None:
        self._former: dict[int, list[tuple[datetime, Issue | None]]] = {}

    def keep(self, issue_id: int, issue: Issue | None, until: datetime) -> None:
        """Remember the state before a write, which the index shows until that write has reached it."""
        self._former.setdefault(issue_id, []).append((until, copy(issue)))

    def view(self, issues: Iterable[Issue], now: datetime, fresh: frozenset[int]) -> Iterator[Issue]:
        """Return issues as the index shows them; those in `fresh` (reconcileIssues) as they are."""
        former = {number: self._shown(number, now) for number in list(self._former) if number not in fresh}
        hidden = {number: state for number, state in former.items() if state is not _CURRENT}
        for issue in issues:
            if issue.id not in hidden:
                yield issue
        for state in hidden.values():
            if isinstance(state, Issue):
                yield state

    def is_behind(self, now: datetime) -> bool:
        """Return whether any write has not reached the index yet."""
        return any(self._shown(number, now) is not _CURRENT for number in list(self._former))

    def _shown(self, issue_id: int, now: datetime) -> "Issue | timedelta | None":
        states = [(until, state) for until, state in self._former[issue_id] if until > now]
        if not states:
            del self._former[issue_id]
            return _CURRENT
        self._former[issue_id] = states
        return states[0][1]


_CURRENT = timedelta()
