"""What a query can ask about: the fields, the operators each understands, and what their values mean."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.catalog import Field, Named
from careloop.sandbox.jira.configuration import Configuration
from careloop.sandbox.jira.issue import Issue
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.users import User

Get = Callable[[Issue], Any]
EQUALITY = frozenset({"=", "!=", "IN", "NOT IN", "IS", "IS NOT"})
ORDER = frozenset({"<", ">", "<=", ">="})
TEXT = frozenset({"~", "!~", "IS", "IS NOT"})


@dataclass(frozen=True, slots=True)
class Searchable:
    """One field of the language: `kind` decides how values are read, `get` yields one value or a tuple."""

    name: str
    kind: str
    get: Get
    operators: frozenset[str]
    sort_key: Get | None


class Searchables:
    """Every field of the language, by each of its names."""

    def __init__(self, store: Store) -> None:
        self._by_name: dict[str, Searchable] = {}
        for field in store.configuration.fields:
            searchable = _searchable(field)
            names = [*field.clauses, field.name] if field.custom else field.clauses
            if field.custom:
                names = [*names, f"cf[{field.id.removeprefix('customfield_')}]"]
            for name in names if searchable else ():
                self._by_name[name.casefold()] = searchable  # type: ignore[assignment]
        self._by_name["text"] = Searchable("text", "text", all_texts, frozenset({"~", "!~"}), None)

    def find(self, name: str) -> Searchable | None:
        return self._by_name.get(name.casefold())


def values_of(value: Any) -> tuple[Any, ...]:
    """Return a field's value as a tuple: none for an empty field."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def all_texts(issue: Issue) -> tuple[str, ...]:
    """Return every text of an issue that a search for `text` reads."""
    long_texts = (to_text(issue.description), to_text(issue.environment))
    custom = (value for value in (issue.custom or {}).values() if isinstance(value, str))
    return (issue.summary, *(text for text in long_texts if text), *custom, *_comments(issue))


def _comments(issue: Issue) -> tuple[str, ...]:
    return tuple(to_text(comment.body) or "" for comment in issue.comments)


def _searchable(field: Field) -> Searchable | None:
    if not field.clauses or field.id == "lastViewed":
        return None
    name = field.clauses[-1] if field.system else field.name
    if field.id == "issuekey":
        return Searchable(
            "key", "issue", lambda i: i.id, EQUALITY | ORDER, lambda i: (i.project.key, i.number)
        )
    if field.id == "comment":
        return Searchable("comment", "text", _comments, TEXT, None)
    if field.id == "statusCategory":
        return Searchable(
            name, field.kind, lambda i: i.status.category, EQUALITY, lambda i: i.status.category.rank
        )
    if field.id == "parent":
        return Searchable(name, "issue", _parent_id, EQUALITY, _parent_key)
    kind = field.items if field.kind == "array" else field.kind
    if kind not in _OPERATORS:
        return None
    if kind == "string":
        return _of_strings(field, name)
    get = _getter(field.id)
    return Searchable(name, kind, get, _OPERATORS[kind], _sort_key(kind, get))


def _parent_id(issue: Issue) -> int | None:
    return issue.parent.id if issue.parent else None


def _parent_key(issue: Issue) -> tuple[str, int] | None:
    return (issue.parent.project.key, issue.parent.number) if issue.parent else None


def _of_strings(field: Field, name: str) -> Searchable:
    if field.kind == "array":
        get = _getter(field.id)
        return Searchable(name, "label", get, EQUALITY, lambda issue: " ".join(get(issue)) or None)
    raw = _getter(field.id)
    return Searchable(
        name, "text", lambda issue: to_text(raw(issue)), TEXT, lambda i: _folded(to_text(raw(i)))
    )


_OPERATORS = {
    "string": TEXT,
    "number": EQUALITY | ORDER,
    "date": EQUALITY | ORDER,
    "datetime": EQUALITY | ORDER,
    "user": EQUALITY,
    "issuetype": EQUALITY,
    "status": EQUALITY,
    "project": EQUALITY,
    "priority": EQUALITY | ORDER,
    "resolution": EQUALITY | ORDER,
    "component": EQUALITY,
    "version": EQUALITY | ORDER,
}


def _getter(field_id: str) -> Get:
    return lambda issue: issue.get(field_id)


def _folded(text: str | None) -> str | None:
    return text.casefold() if text else None


def _sort_key(kind: str, get: Get) -> Get:
    def key(issue: Issue) -> Any:
        value = get(issue)
        first = value[0] if isinstance(value, tuple) and value else value or None
        return None if first is None else _SORT_VALUES[kind](first)

    return key


_SORT_VALUES: dict[str, Callable[[Any], Any]] = {
    "number": lambda value: value,
    "date": lambda day: datetime.combine(day, time(), UTC),
    "datetime": lambda when: when,
    "user": lambda user: user.display_name.casefold(),
    "issuetype": lambda kind: kind.name.casefold(),
    "status": lambda status: status.rank,
    "project": lambda project: project.name.casefold(),
    "priority": lambda priority: priority.rank,
    "resolution": lambda resolution: resolution.rank,
    "component": lambda component: component.name.casefold(),
    "version": lambda version: int(version.id),
}


def choices(store: Store, kind: str, text: str) -> list[Any]:
    """Return what a literal means for a field whose values are picked from a set; nothing when unknown.

    Issues are given by their ids, since the index may hold former states of them.
    """
    configuration = store.configuration
    match kind:
        case "label":
            return [text]
        case "project":
            named = configuration.projects.named(text)
            found = configuration.project(text)
            return [found] if found else list(named)
        case "issue":
            issue = store.issue(text)
            return [issue.id] if issue else []
        case "user":
            return _people(store, text)
        case "statusCategory":
            return [
                c for c in configuration.categories if text.casefold() in (c.id, c.key, c.name.casefold())
            ]
        case _:
            return _registered(configuration, kind, text)


def _people(store: Store, text: str) -> list[User]:
    """Return the account: by its id on Cloud, by user name, full name or address on Data Center."""
    if store.is_cloud:
        found = store.people.by_account(text)
        return [found] if found else []
    wanted = text.casefold()
    return [
        u
        for u in store.people
        if wanted in (u.name.casefold(), u.email.casefold(), u.display_name.casefold())
    ]


def _registered(configuration: Configuration, kind: str, text: str) -> list[Any]:
    match kind:
        case "issuetype":
            return configuration.issue_types.find(text)
        case "status":
            return configuration.statuses.find(text)
        case "priority":
            return configuration.priorities.find(text)
        case "resolution":
            return configuration.resolutions.find(text)
        case "component":
            return _in_projects(found for p in configuration.projects for found in p.components.find(text))
        case "version":
            return _in_projects(found for p in configuration.projects for found in p.versions.find(text))
    raise AssertionError(kind)


def _in_projects(found: Iterable[Named]) -> list[Any]:
    return list(found)


def comparable(kind: str, value: Any, context_zone: Any) -> Any:
    """Return what < and > compare for a value of this kind."""
    match kind:
        case "date":
            day: date = value
            return datetime.combine(day, time(), context_zone)
        case "priority" | "resolution":
            return value.rank
        case "version":
            return int(value.id)
        case _:
            return value
