"""Queries in Jira's own language, built so that no value can break out of its place."""

from collections.abc import Iterable
from datetime import datetime

from careloop.connectors.jira.moment import to_milliseconds

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(value: str) -> str:
    """Return a text as a JQL string, whatever it holds."""
    return '"' + "".join(_ESCAPES.get(char) or _unprintable(char) or char for char in value) + '"'


def _unprintable(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 and not char.isprintable() else ""


def conjunction(*terms: str) -> str:
    """Return a query that demands all the terms; a term of the settings' own is kept in brackets."""
    return " AND ".join(term for term in terms if term)


def in_project(key: str) -> str:
    return f"project = {quote(key)}"


def since(field: str, moment: datetime | None) -> str:
    """Return a lower bound in epoch milliseconds, which mean the same in every account's time zone."""
    return f"{field} >= {to_milliseconds(moment)}" if moment else ""


def among(ids: Iterable[str]) -> str:
    """Return a term for issues by their numeric ids; ValueError for anything else."""
    return f"id in ({', '.join(str(int(id)) for id in ids)})"


def bracket(query: str) -> str:
    """Return a query of the settings as one term."""
    return f"({query})" if query else ""
