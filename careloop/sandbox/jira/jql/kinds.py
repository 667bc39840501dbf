"""The kinds of values that fields have: their operators, how they rank, and what a literal means."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

EQUALITY = frozenset({"=", "!=", "IN", "NOT IN", "IS", "IS NOT"})
ORDER = EQUALITY | {"<", ">", "<=", ">="}
TEXT = frozenset({"~", "!~", "IS", "IS NOT"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value; `rank` is what comparing and sorting go by."""

    operators: frozenset[str]
    rank: Callable[[Any], Any]


def _itself(value: Any) -> Any:
    return value


def _name(value: Any) -> str:
    return str(value.name).casefold()


KINDS = {
    "text": Kind(TEXT, str.casefold),
    "label": Kind(EQUALITY, _itself),
    "number": Kind(ORDER, _itself),
    "datetime": Kind(ORDER, _itself),
    "date": Kind(ORDER, lambda day: datetime.combine(day, time(), UTC)),
    "user": Kind(EQUALITY, lambda user: user.display_name.casefold()),
    "issue": Kind(ORDER, lambda issue: (issue.project.key, issue.number)),
    "project": Kind(EQUALITY, _name),
    "issuetype": Kind(EQUALITY, _name),
    "component": Kind(EQUALITY, _name),
    "version": Kind(ORDER, lambda version: int(version.id)),
    "status": Kind(EQUALITY, lambda status: status.rank),
    "statusCategory": Kind(EQUALITY, lambda category: category.rank),
    "priority": Kind(ORDER, lambda priority: priority.rank),
    "resolution": Kind(ORDER, lambda resolution: resolution.rank),
}


def choices(store: Store, kind: str, text: str) -> list[Any]:
    """Return what a literal means for a field whose values are picked from a set; nothing when unknown.

    Issues are given by their ids, since the index may hold former states of them.
    """
    configuration = store.configuration
    match kind:
        case "label":
            return [text]
        case "issue":
            issue = store.issue(text)
            return [issue.id] if issue else []
        case "user":
            return _people(store, text)
        case "project":
            project = configuration.project(text)
            return [project] if project else list(configuration.projects.named(text))
        case "component":
            return [found for project in configuration.projects for found in project.components.find(text)]
        case "version":
            return [found for project in configuration.projects for found in project.versions.find(text)]
        case "statusCategory":
            by_key = [category for category in configuration.categories if category.key == text.casefold()]
            return by_key or configuration.categories.find(text)
    registers: dict[str, Any] = {
        "issuetype": configuration.issue_types,
        "status": configuration.statuses,
        "priority": configuration.priorities,
        "resolution": configuration.resolutions,
    }
    return list(registers[kind].find(text))


def _people(store: Store, text: str) -> list[User]:
    """Return the account: by its id on Cloud, by user name, full name or address on Data Center."""
    if store.is_cloud:
        found = store.people.by_account(text)
        return [found] if found else []
    wanted = text.casefold()
    return [user for user in store.people if wanted in _names(user)]


def _names(user: User) -> tuple[str, ...]:
    return user.name.casefold(), user.email.casefold(), user.display_name.casefold()
