"""The order of a result, and the place in it where a page begins."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import cmp_to_key
from typing import Any

from careloop.sandbox.jira.dates import epoch_millis
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.fields import Get, Searchables
from careloop.sandbox.jira.jql.tree import Sort
from careloop.sandbox.jira.model.issue import Issue

Keys = tuple[Any, ...]
MOST_FIELDS = 7


class Order:
    """A total order of issues: empty values last when ascending; equal ones by their ids, newest first."""

    def __init__(
        self,
        searchables: Searchables,
        sorts: Sequence[Sort],
        asker: Asker,
        *,
        lenient: bool,
        limited: bool,
    ) -> None:
        if limited and len(sorts) > MOST_FIELDS:
            raise Refused(400, f"The maximum number of fields in ORDER BY is {MOST_FIELDS}.")
        self._columns: list[tuple[Get, bool]] = []
        for sort in sorts:
            field = searchables.find(sort.field)
            if field is None and not lenient:
                raise Refused(
                    400, f"Field '{sort.field}' does not exist or you do not have permission to view it."
                )
            key = field.sorter(asker) if field else None
            if field is not None and key is None:
                raise Refused(400, f"Not able to sort using field '{sort.field}'.")
            if key is not None:
                self._columns.append((key, sort.descending))

    def sort(self, issues: list[Issue]) -> None:
        """Sort in place."""
        issues.sort(key=lambda issue: issue.id, reverse=True)
        for key, descending in reversed(self._columns):
            issues.sort(key=lambda issue: _sortable(key(issue)), reverse=descending)

    def keys(self, issue: Issue) -> list[Any]:
        """Return where an issue stands in this order, as plain JSON values."""
        return [*(_plain(key(issue)) for key, _ in self._columns), issue.id]

    def start_after(self, issues: Sequence[Issue], keys: Sequence[Any]) -> int:
        """Return the index of the first issue behind `keys`, wherever the issue they came from stands now."""
        place = cmp_to_key(self._compare)
        return bisect_right(issues, place(list(keys)), key=lambda issue: place(self.keys(issue)))

    def _compare(self, left: list[Any], right: list[Any]) -> int:
        directions = [descending for _, descending in self._columns] + [True]
        for one, other, descending in zip(left, right, directions, strict=True):
            if one != other:
                smaller = _sortable(one) < _sortable(other)
                return 1 if smaller is descending else -1
        return 0


def _sortable(value: Any) -> tuple[bool, Any]:
    return (True, 0) if value is None else (False, value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return epoch_millis(value)
    return list(value) if isinstance(value, tuple) else value
