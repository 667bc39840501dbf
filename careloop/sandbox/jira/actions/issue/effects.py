"""What `update` asks for besides values of fields: comments, links and worklogs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.jira.actions.issue import comment, linking, worklog
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Effect = Callable[[Issue], object]
Read = Callable[["Place", str, Any], Effect]
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is about to happen: by whom, in which project, on which issue if there is one yet."""

    store: Store
    user: User
    project: Project
    issue: Issue | None
    rich: bool


def read_effects(place: Place, update: Mapping[str, Any], *, admits: bool = True) -> list[Effect]:
    """Return what is to be done once the fields are written; 400 for anything that is not right.

    A transition without a screen `admits` none of it.
    """
    effects = []
    for name, read in READERS.items():
        operations = update.get(name, [])
        if operations and not admits:
            raise invalid(name, NOT_ON_SCREEN.format(name))
        if not isinstance(operations, list):
            raise invalid(name, "data was not an array")
        for operation in operations:
            if not isinstance(operation, Mapping) or len(operation) != 1:
                raise invalid(name, "An operation must be an object with one key.")
            verb, raw = next(iter(operation.items()))
            effects.append(read(place, str(verb), raw))
    return effects


def _read_comment(place: Place, verb: str, raw: Any) -> Effect:
    store, user, rich = place.store, place.user, place.rich
    if verb == "add" and place.issue is None:
        draft = comment.read_draft(raw, rich=rich)
        return lambda issue: comment.add(store, issue, user, draft)
    if verb == "add" and place.issue is not None:
        draft = comment.read(store, user, place.issue, raw, rich=rich)
        return lambda issue: comment.add(store, issue, user, draft)
    if verb not in ("edit", "remove") or not isinstance(raw, Mapping) or place.issue is None:
        raise _unsupported("comment", verb)
    known = comment.find(store, user, str(raw.get("id", "")), place.issue)
    if verb == "remove":
        comment.permit(store, user, known, "DELETE")
        return lambda _: comment.delete(store, user, known)
    comment.permit(store, user, known, "EDIT")
    comment.read_draft(raw, rich=rich)
    return lambda _: comment.edit(store, user, known, raw, rich=rich)


def _read_link(place: Place, verb: str, raw: Any) -> Effect:
    """Return the link to an issue: `outwardIssue` is what this one, say, blocks."""
    if verb != "add" or not isinstance(raw, Mapping):
        raise _unsupported("issuelinks", verb)
    store, user = place.store, place.user
    kind = linking.read_type(store, raw.get("type"))
    outward = raw.get("outwardIssue") is not None
    other = linking.read_end(store, user, raw.get("outwardIssue") if outward else raw.get("inwardIssue"))

    def connect(issue: Issue) -> None:
        source, target = (issue, other) if outward else (other, issue)
        linking.connect(store, user, kind, source, target)

    return connect


def _read_worklog(place: Place, verb: str, raw: Any) -> Effect:
    if verb != "add":
        raise _unsupported("worklog", verb)
    store, user = place.store, place.user
    if place.issue is not None:
        draft = worklog.read(store, user, place.issue, raw, rich=place.rich)
    else:
        draft = worklog.read_draft(raw, rich=place.rich)
    return lambda issue: worklog.add(store, issue, user, draft, worklog.Adjustment())


def _unsupported(name: str, verb: str) -> Refused:
    return invalid(name, f"Field with id '{name}' does not support operation '{verb}'.")


READERS: dict[str, Read] = {"comment": _read_comment, "issuelinks": _read_link, "worklog": _read_worklog}
