"""Comments of the platform API."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira.actions.issue import comment
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Comment
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean, page

MOST_LISTED = 1000


def all_of_issue(call: Call) -> Answer:
    order = call.query.get("orderBy", "created").lstrip("+")
    if order.lstrip("-") != "created":
        raise Refused(400, f"Comments cannot be ordered by '{order}'.")
    rows = comment.readable(call.store, call.user, call.issue)
    shown = rows[::-1] if order.startswith("-") else rows
    size = 100 if call.store.is_cloud else 1_048_576
    return Answer(200, page(call, "comments", shown, _show(call), size))


def listed(call: Call) -> Answer:
    """Return comments by their ids, those that the caller may read."""
    numbers = call.object("ids").get("ids")
    if not isinstance(numbers, list) or not 0 < len(numbers) <= MOST_LISTED:
        raise Refused(400, f"Between 1 and {MOST_LISTED} comment IDs must be given.")
    found = [call.store.comments.get(int(n)) for n in numbers if str(n).isdecimal()]
    store, user = call.store, call.user
    rows = [c for c in found if c and store.rights.sees(user, c.issue) and store.rights.reads(user, c)]
    return Answer(
        200,
        bean(call, "comment/list", rows, _show(call), 1048576),
    )


def get(call: Call) -> Answer:
    return Answer(200, _show(call)(_comment_of_issue(call)))


def add(call: Call) -> Answer:
    draft = comment.read(call.store, call.actor, call.issue, call.object(), rich=call.rich)
    written = comment.add(call.store, call.issue, call.actor, draft)
    return Answer(201, _show(call)(written))


def edit(call: Call) -> Answer:
    found = _comment_of_issue(call)
    comment.edit(call.store, call.actor, found, call.object(), rich=call.rich)
    return Answer(200, _show(call)(found))


def delete(call: Call) -> Answer:
    comment.delete(call.store, call.actor, _comment_of_issue(call))
    return Answer(204)


def _comment_of_issue(call: Call) -> Comment:
    return comment.find(call.store, call.user, call.parameters["comment"], call.issue)


def _show(call: Call) -> Callable[[Comment], Any]:
    """Return how comments are shown to this caller, with what `expand` asks for."""
    rendering, wanted = call.rendering, call.words("expand")
    properties, rendered = "properties" in wanted, "renderedBody" in wanted
    return lambda comment: rendering.comment(comment, properties=properties, rendered=rendered)


ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/comment", all_of_issue),
    ("POST", "/issue/{issue}/comment", add),
    ("GET", "/issue/{issue}/comment/{comment}", get),
    ("PUT", "/issue/{issue}/comment/{comment}", edit),
    ("DELETE", "/issue/{issue}/comment/{comment}", delete),
]
CLOUD_ROUTES: list[Route] = [("POST", "/comment/list", listed)]
