"""What a query can ask about, and where an issue keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.jql import properties
from careloop.sandbox.jira.jql.asker import Asker
from careloop.sandbox.jira.jql.kinds import HISTORY, KINDS
from careloop.sandbox.jira.jql.past import FIELDS as WITH_PAST
from careloop.sandbox.jira.model.catalog import Field
from careloop.sandbox.jira.model.configuration import Configuration
from careloop.sandbox.jira.model.issue import Comment, Issue
from careloop.sandbox.jira.service.levels import measure_level
from careloop.sandbox.jira.service.setup import Level, portal

Get = Callable[[Issue], Any]
Personal = Callable[[Asker], Get]


@dataclass(frozen=True, slots=True)
class Searchable:
    """One field of the language: `get` yields its value, a tuple of values, or None when it is empty.

    `personal` yields a getter where the answer depends on who asks.
    """

    name: str
    kind: str
    get: Get
    sort_key: Get | None
    operators: frozenset[str]
    field: Field | None = None
    personal: Personal | None = None

    def sorter(self, asker: Asker) -> Get | None:
        """Return the key that orders issues by the field for an account, None where there is no order."""
        return self.personal(asker) if self.personal and self.sort_key else self.sort_key

    def getter(self, asker: Asker) -> Get:
        """Return what reads the field for an account."""
        return self.personal(asker) if self.personal else self.get


class Searchables:
    """Every field of the language, by each of its names."""

    def __init__(self, configuration: Configuration) -> None:
        self._by_name = {one.name.casefold(): one for one in _EXTRA}
        for field in configuration.fields:
            searchable = _searchable(field)
            if searchable:
                self._by_name |= {name.casefold(): searchable for name in names_of(field)}
        self._by_name |= {alias: self._by_name[name] for alias, name in _ALIASES.items()}

    def find(self, name: str) -> Searchable | None:
        """Return the field of this name, whatever its case, or the issue property that it names."""
        if named := properties.read_name(name):
            kind = properties.KIND
            return Searchable(name, kind, properties.getter(named), None, KINDS[kind].operators)
        return self._by_name.get(name.casefold())

    def every(self) -> list[Searchable]:
        """Return each field once, in the order of their names."""
        return sorted(dict.fromkeys(self._by_name.values()), key=lambda one: one.name.casefold())


def values_of(value: Any) -> tuple[Any, ...]:
    """Return a field's value as a tuple: none for an empty field."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _readable(asker: Asker) -> Callable[[Comment], bool]:
    reads, user = asker.store.rights.reads, asker.user
    return lambda comment: comment.visibility is None or reads(user, comment)


def _comments(asker: Asker) -> Get:
    readable = _readable(asker)
    return lambda issue: tuple(to_text(c.body) or "" for c in issue.comments if readable(c))


def _all_texts(asker: Asker) -> Get:
    """Return what reads every text of an issue that a search for `text` looks at."""
    comments = _comments(asker)

    def get(issue: Issue) -> tuple[str, ...]:
        own = (issue.summary, to_text(issue.description), to_text(issue.environment))
        custom = (to_text(v) for v in (issue.custom or {}).values() if isinstance(v, str | dict))
        return (*(text for text in own if text), *(text for text in custom if text), *comments(issue))

    return get


def _link_words(issue: Issue) -> tuple[str, ...]:
    words = []
    for link in issue.links:
        phrase = link.kind.outward if link.source is issue else link.kind.inward
        words += [link.kind.name.casefold(), phrase.casefold()]
    return tuple(words)


def _nothing(_: Issue) -> None:
    return None


_GETTERS: dict[str, Get] = {
    "issuekey": lambda issue: issue.id,
    "parent": lambda issue: issue.parent.id if issue.parent else None,
    "statusCategory": lambda issue: issue.status.category,
    "subtasks": lambda issue: tuple(child for child in issue.children if child.kind.subtask),
    "attachment": lambda issue: issue.attachments,
    "votes": lambda issue: len(issue.voters),
    "watches": lambda issue: len(issue.watchers),
    "timespent": lambda issue: issue.time_spent,
    "timeestimate": lambda issue: issue.remaining_estimate,
    "timeoriginalestimate": lambda issue: issue.original_estimate,
    "workratio": lambda issue: issue.work_ratio,
    "customfield_10010": lambda issue: issue.request_type,
}
"""Fields that an issue does not keep under their own id, or not in the form that queries compare."""

_RANKED: dict[str, Get] = {"issuekey": lambda issue: issue, "parent": lambda issue: issue.parent}
"""Fields that sort by something else than what they compare."""

_UNSORTED = frozenset({"comment", "attachment", "subtasks", *(level.field for level in portal().levels)})


def _sort_key(get: Get, rank: Callable[[Any], Any]) -> Get:
    """Return the key that orders issues by a field: the rank of its first value, None for an empty one."""

    def key(issue: Issue) -> Any:
        values = values_of(get(issue))
        return rank(values[0]) if values else None

    return key


def _extra(name: str, kind: str, get: Get, personal: Personal | None = None) -> Searchable:
    sortable = KINDS[kind].rank if kind in ("number", "date") else None
    sort_key = _sort_key(get, sortable) if sortable else None
    return Searchable(name, kind, get, sort_key, KINDS[kind].operators, personal=personal)


_EXTRA = [
    Searchable("text", "text", _nothing, None, frozenset({"~", "!~"}), personal=_all_texts),
    Searchable("Rank", "number", _nothing, lambda issue: issue.id, frozenset()),
    _extra("category", "category", lambda issue: issue.project.category),
    _extra("projectType", "projecttype", lambda issue: issue.project.kind),
    _extra("hierarchyLevel", "number", lambda issue: issue.kind.level),
    _extra("issueLinkType", "linktype", _link_words),
    _extra("voter", "user", lambda issue: issue.voters),
    _extra("watcher", "user", lambda issue: issue.watchers),
    _extra("worklogAuthor", "user", lambda issue: tuple(log.author for log in issue.worklogs)),
    _extra("worklogDate", "date", lambda issue: tuple(log.started.date() for log in issue.worklogs)),
    _extra("worklogComment", "text", lambda issue: tuple(to_text(w.comment) or "" for w in issue.worklogs)),
]
"""Clauses that belong to no field."""

_ALIASES = {"epic link": "parent", "parentepic": "parent"}
"""Former names that queries still use; an epic is a parent today."""


def names_of(field: Field) -> tuple[str, ...]:
    """Return every name by which queries know a field: custom ones also by name and type, `Cost[Number]`."""
    if not field.custom:
        return field.clauses
    names = (*field.clauses, field.name, f"cf[{field.id.removeprefix('customfield_')}]")
    label = _LABELS.get(field.custom.rpartition(":")[2])
    return (*names, f"{field.name}[{label}]") if label else names


_LABELS = {
    "float": "Number",
    "textfield": "Short text",
    "textarea": "Paragraph",
    "select": "Dropdown",
    "multiselect": "Select List (multiple choices)",
    "cascadingselect": "Select List (cascading)",
    "multicheckboxes": "Checkboxes",
    "radiobuttons": "Radio Buttons",
    "datepicker": "Date",
    "datetime": "Time stamp",
    "labels": "Labels",
    "url": "URL Field",
    "userpicker": "User Picker (single user)",
    "multiuserpicker": "User Picker (multiple users)",
}
"""The type of a custom field as it can stand behind its name (Jira OpenAPI, getAutoCompletePost)."""


def _viewed(asker: Asker) -> Get:
    return lambda issue: asker.store.viewed_at(asker.user, issue)


def _measured(level: Level) -> Personal:
    """Return what reads a service level of a request, None of an ordinary issue."""
    return lambda asker: (
        lambda issue: measure_level(asker.store, issue, level) if issue.request_type else None
    )


_PERSONAL: dict[str, Personal] = {"comment": _comments, "lastViewed": _viewed}
_PERSONAL |= {level.field: _measured(level) for level in portal().levels}


def _searchable(field: Field) -> Searchable | None:
    kind = _kind(field)
    if not field.clauses or kind not in KINDS:
        return None
    get = _GETTERS.get(field.id) or (_getter(field, kind) if field.kept else _nothing)
    sort_key = None if field.id in _UNSORTED else _sort_key(_RANKED.get(field.id, get), KINDS[kind].rank)
    operators = KINDS[kind].operators | (HISTORY if field.id in WITH_PAST else frozenset())
    return Searchable(field.clauses[-1], kind, get, sort_key, operators, field, _PERSONAL.get(field.id))


_KINDS_BY_ID = {
    "issuekey": "issue",
    "parent": "issue",
    "comment": "text",
    "attachment": "presence",
    "subtasks": "presence",
    "votes": "number",
    "watches": "number",
    "timespent": "duration",
    "timeestimate": "duration",
    "timeoriginalestimate": "duration",
}


def _kind(field: Field) -> str:
    if field.id in _KINDS_BY_ID:
        return _KINDS_BY_ID[field.id]
    if field.custom and field.custom.endswith(":url"):
        return "label"
    if field.kind == "array":
        return "label" if field.items == "string" and not len(field.options) else str(field.items)
    return "text" if field.kind == "string" else field.kind


def _getter(field: Field, kind: str) -> Get:
    if kind == "text":
        return lambda issue: to_text(issue.get(field.id))
    if kind == "option-with-child":
        return lambda issue: cascade.members() if (cascade := issue.get(field.id)) else None
    return lambda issue: issue.get(field.id)
