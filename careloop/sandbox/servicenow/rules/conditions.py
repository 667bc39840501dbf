"""Conditions on a record that has just been written: what it is, and what has changed about it."""

from collections.abc import Callable

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.query.encoded import Condition, parse
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Row

Matches = Callable[[Row, str, Session], bool]
"""Whether a stored row meets an encoded query."""


def meets(row: Row, draft: Draft, text: str, session: Session, matches: Matches) -> bool:
    """Return whether a write meets an encoded query, in which VALCHANGES, CHANGESFROM, CHANGESTO may stand.

    A journal column changes when it gets an entry. Source: ServiceNow docs r_OpAvailableFiltersQueries.md.
    """

    def holds(condition: Condition) -> bool:
        column, operator, value = condition
        match operator:
            case "VALCHANGES":
                return column in draft.entries or draft.changes(column)
            case "CHANGESFROM":
                return draft.changes(column) and draft.before.get(column, "") == value
            case "CHANGESTO":
                return draft.changes_to(column, value)
        return matches(row, f"{column}{operator}{value.replace('^', '^^')}", session)

    groups = parse(text).groups
    return not groups or any(all(any(map(holds, any_of)) for any_of in group) for group in groups)
