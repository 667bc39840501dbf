"""Issue properties in queries: `issue.property[key].path`, where the path leads into the JSON of the value.

A real site searches what an app has declared (Atlassian docs, entity property module); here every property is
searched as if one had, unless a switch says otherwise.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from careloop.sandbox.jira.model.issue import Issue

PROPERTY = "issue.property"
KIND = "property"
_NAME = re.compile(r"issue\.property\[(?P<key>.+?)\](?:\.(?P<path>.+))?$", re.IGNORECASE)


class Name(NamedTuple):
    """The key of a property and the way into its value, its steps parted by dots."""

    key: str
    path: str


def read_name(text: str) -> Name | None:
    """Return what a field's name says of a property, None for any other field."""
    found = _NAME.match(text)
    return Name(found["key"], found["path"] or "") if found else None


def getter(name: Name) -> Callable[[Issue], tuple[Any, ...] | None]:
    """Return what reads the texts and numbers at the end of a path: each one of a list, none for no value."""
    steps = name.path.split(".") if name.path else []

    def get(issue: Issue) -> tuple[Any, ...] | None:
        value: Any = (issue.properties or {}).get(name.key)
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return tuple(_plain(value)) or None

    return get


def meanings(text: str) -> list[Any]:
    """Return what a literal can stand for: the text itself, and the number it is."""
    number = _number(text)
    return [text] if number is None else [text, number]


def comparable(value: Any) -> float | datetime | None:
    """Return a value as it can be smaller or larger than another: a number or a moment."""
    if isinstance(value, float):
        return value
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _plain(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _plain(one)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
