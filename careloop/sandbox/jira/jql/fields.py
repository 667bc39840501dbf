"""What a query can ask about, and where an issue keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.jql.kinds import KINDS
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.configuration import Configuration
from careloop.sandbox.jira.model.issue import Issue

Get = Callable[[Issue], Any]


@dataclass(frozen=True, slots=True)
class Searchable:
    """One field of the language: `get` yields its value, a tuple of values, or None when it is empty."""

    kind: str
    get: Get
    sort_key: Get | None
    operators: frozenset[str]


class Searchables:
    """Every field of the language, by each of its names."""

    def __init__(self, configuration: Configuration) -> None:
        self._by_name = {"text": Searchable("text", all_texts, None, frozenset({"~", "!~"}))}
        for field in configuration.fields:
            searchable = _searchable(field)
            if searchable:
                self._by_name |= {name.casefold(): searchable for name in _names(field)}

    def find(self, name: str) -> Searchable | None:
        """Return the field of this name, whatever its case."""
        return self._by_name.get(name.casefold())


def values_of(value: Any) -> tuple[Any, ...]:
    """Return a field's value as a tuple: none for an empty field."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def all_texts(issue: Issue) -> tuple[str, ...]:
    """Return every text of an issue that a search for `text` reads."""
    own = (issue.summary, to_text(issue.description), to_text(issue.environment))
    custom = (value for value in (issue.custom or {}).values() if isinstance(value, str))
    return (*(text for text in own if text), *custom, *_comments(issue))


def _comments(issue: Issue) -> tuple[str, ...]:
    return tuple(to_text(comment.body) or "" for comment in issue.comments)


def _parent_id(issue: Issue) -> int | None:
    return issue.parent.id if issue.parent else None


_GETTERS: dict[str, Get] = {
    "issuekey": lambda issue: issue.id,
    "parent": _parent_id,
    "statusCategory": lambda issue: issue.status.category,
    "comment": _comments,
}
"""Fields that an issue does not keep under their own id, or not in the form that queries compare."""

_RANKED: dict[str, Get] = {"issuekey": lambda issue: issue, "parent": lambda issue: issue.parent}
"""Fields that sort by something else than what they compare."""

_UNSORTED = frozenset({"comment"})


def _names(field: Field) -> tuple[str, ...]:
    if not field.custom:
        return field.clauses
    return (*field.clauses, field.name, f"cf[{field.id.removeprefix('customfield_')}]")


def _searchable(field: Field) -> Searchable | None:
    kind = _kind(field)
    if not field.clauses or not field.kept or kind not in KINDS:
        return None
    get = _GETTERS.get(field.id) or _getter(field, kind)
    sort_key = None if field.id in _UNSORTED else _sort_key(_RANKED.get(field.id, get), KINDS[kind].rank)
    return Searchable(kind, get, sort_key, KINDS[kind].operators)


def _kind(field: Field) -> str:
    if field.id in ("issuekey", "parent"):
        return "issue"
    if field.id == "comment":
        return "text"
    if field.kind == "array":
        return "label" if field.items == "string" else str(field.items)
    return "text" if field.kind == "string" else field.kind


def _getter(field: Field, kind: str) -> Get:
    if kind == "text":
        return lambda issue: to_text(issue.get(field.id))
    return lambda issue: issue.get(field.id)


def _sort_key(get: Get, rank: Callable[[Any], Any]) -> Get:
    """Return the key that orders issues by a field: the rank of its first value, None for an empty one."""

    def key(issue: Issue) -> Any:
        values = values_of(get(issue))
        return rank(values[0]) if values else None

    return key
