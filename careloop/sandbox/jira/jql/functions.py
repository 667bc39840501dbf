"""The functions that a query can call."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from careloop.sandbox.jira.jql.dates import find_edge, is_edge
from careloop.sandbox.jira.model.catalog import Version
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


class Asker(NamedTuple):
    """Who asks, and when."""

    store: Store
    user: User | None
    zone: ZoneInfo
    now: datetime


def call(asker: Asker, name: str, arguments: tuple[str, ...]) -> list[Any] | None:
    """Return the values of a function, or None when there is no such function or its arguments are wrong."""
    if is_edge(name):
        edge = find_edge(name, arguments[0] if arguments else None, asker.zone, asker.now)
        return None if edge is None else [edge]
    function = _FUNCTIONS.get(name.casefold())
    return function(asker, arguments) if function else None


def _versions(asker: Asker, arguments: tuple[str, ...], *, released: bool) -> list[Version]:
    projects = [asker.store.configuration.project(key) for key in arguments] or list(
        asker.store.configuration.projects
    )
    return [v for project in projects if project for v in project.versions if v.released is released]


def _members(asker: Asker, arguments: tuple[str, ...]) -> list[User]:
    return [user for user in asker.store.people if user.groups.intersection(arguments)]


_FUNCTIONS: dict[str, Callable[[Asker, tuple[str, ...]], list[Any]]] = {
    "now": lambda asker, _: [asker.now],
    "currentuser": lambda asker, _: [asker.user] if asker.user else [],
    "membersof": _members,
    "releasedversions": lambda asker, arguments: _versions(asker, arguments, released=True),
    "unreleasedversions": lambda asker, arguments: _versions(asker, arguments, released=False),
    "standardissuetypes": lambda asker, _: [
        k for k in asker.store.configuration.issue_types if not k.subtask
    ],
    "subtaskissuetypes": lambda asker, _: [k for k in asker.store.configuration.issue_types if k.subtask],
}
