"""What the lists of schemes, screens and configurations have in common."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.register import Named
from careloop.sandbox.jira.rest.call import Call, bean

T = TypeVar("T", bound=Named)


def select(call: Call, rows: Iterable[T], query: str = "queryString") -> list[T]:
    """Return the rows that a caller asks for: by id, by a part of the name, in some order."""
    ids, wanted = asked_ids(call, "id"), call.query.get(query, "").casefold()
    order = call.query.get("orderBy", "id").lstrip("+")
    if order.lstrip("-") not in ("id", "name"):
        raise Refused(400, "The orderBy must be one of id and name.")
    found = [row for row in rows if (not ids or row.id in ids) and wanted in row.name.casefold()]
    by_name = order.lstrip("-") == "name"
    found.sort(key=lambda row: (row.name.casefold(), 0) if by_name else ("", int(row.id)))
    return found[::-1] if order.startswith("-") else found


def by_project(
    call: Call, path: str, scheme_of: Callable[[Project], Any], show: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """Return a page of the schemes that some projects use, each with the ids of these projects."""
    wanted = asked_ids(call, "projectId")
    if not wanted:
        raise Refused(400, "The ids of projects must be given.")
    used: dict[Any, list[str]] = {}
    for project in call.store.configuration.projects:
        if project.id in wanted:
            used.setdefault(scheme_of(project), []).append(project.id)
    rows = sorted(used.items(), key=lambda pair: int(pair[0].id))
    return bean(call, path, rows, lambda pair: {**show(pair[0]), "projectIds": pair[1]})


def asked_ids(call: Call, name: str) -> list[str]:
    """Return the numeric ids in the query string; 400 for anything else."""
    given = call.words(name)
    if not all(word.isdecimal() for word in given):
        raise Refused(400, f"Each '{name}' must be a number.")
    return given
