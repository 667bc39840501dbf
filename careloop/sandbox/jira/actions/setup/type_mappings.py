"""Schemes that give each issue type its own thing: its screens, or the configuration of its fields."""

from collections.abc import Mapping
from typing import Any, TypeVar

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.register import Named, Register
from careloop.sandbox.jira.model.scheme import Scheme
from careloop.sandbox.jira.store import Store

T = TypeVar("T", bound=Named)
DEFAULT = "default"
"""What stands for every issue type that is not named."""


def read(store: Store, rows: object, key: str, things: Register[T]) -> dict[str, T]:
    """Return what a request gives to issue types, by their ids or `default`; 404 for what does not exist."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The mappings must be a list of objects.")
    kinds = [str(row.get("issueTypeId")) for row in rows]
    if len(set(kinds)) < len(kinds):
        raise Refused(400, "An issue type is named more than once.")
    found = {kind: things.by_id(row.get(key)) for kind, row in zip(kinds, rows, strict=True)}
    unknown = [
        kind for kind in kinds if kind != DEFAULT and store.configuration.issue_types.by_id(kind) is None
    ]
    known = {kind: thing for kind, thing in found.items() if thing is not None}
    if unknown or len(known) < len(found):
        raise Refused(404, f"An issue type or a '{key}' does not exist.")
    return known


def apply(store: Store, scheme: Scheme[T], given: Mapping[str, T]) -> None:
    """Give issue types what was read."""
    scheme.default = given.get(DEFAULT, scheme.default)
    scheme.mapping |= {kind: thing for kind, thing in given.items() if kind != DEFAULT}
    store.configuration.revision += 1


def drop(store: Store, scheme: Scheme[Any], asked: Mapping[str, Any]) -> None:
    """Give issue types what all others have; 404 for one that a scheme does not name."""
    kinds = asked.get("issueTypeIds")
    if not isinstance(kinds, list) or not kinds:
        raise Refused(400, "The 'issueTypeIds' must be a list of ids.")
    if not scheme.mapping.keys() >= set(map(str, kinds)):
        raise Refused(404, "The scheme does not name one of the issue types.")
    for kind in map(str, kinds):
        scheme.mapping.pop(kind, None)
    store.configuration.revision += 1


def show(scheme: Scheme[Any], name: str, key: str) -> list[dict[str, str]]:
    """Return each issue type of a scheme with what it is given, the default last."""
    rows = [*scheme.mapping.items(), (DEFAULT, scheme.default)]
    return [{"issueTypeId": kind, name: scheme.id, key: thing.id} for kind, thing in rows]
