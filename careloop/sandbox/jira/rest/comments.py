"""Comments of the platform API, and their properties."""

from careloop.sandbox.jira.actions import comment, properties
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Comment
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean, page

MOST_LISTED = 1000


def all_of_issue(call: Call) -> Answer:
    order = call.query.get("orderBy", "created").lstrip("+")
    if order.lstrip("-") != "created":
        raise Refused(400, f"Comments cannot be ordered by '{order}'.")
    rows = comment.readable(call.store, call.user, call.issue)
    rendering, with_properties = call.rendering, _with_properties(call)
    shown = rows[::-1] if order.startswith("-") else rows
    size = 100 if call.store.is_cloud else 1_048_576
    return Answer(
        200, page(call, "comments", shown, lambda c: rendering.comment(c, properties=with_properties), size)
    )


def listed(call: Call) -> Answer:
    """Return comments by their ids, those that the caller may read."""
    numbers = call.object().get("ids")
    if not isinstance(numbers, list) or not 0 < len(numbers) <= MOST_LISTED:
        raise Refused(400, f"Between 1 and {MOST_LISTED} comment IDs must be given.")
    found = [call.store.comments.get(int(n)) for n in numbers if str(n).isdecimal()]
    store, user = call.store, call.user
    rows = [c for c in found if c and store.rights.sees(user, c.issue) and store.rights.reads(user, c)]
    rendering, with_properties = call.rendering, _with_properties(call)
    return Answer(
        200,
        bean(call, "comment/list", rows, lambda c: rendering.comment(c, properties=with_properties), 1048576),
    )


def get(call: Call) -> Answer:
    return Answer(200, call.rendering.comment(_comment_of_issue(call), properties=_with_properties(call)))


def add(call: Call) -> Answer:
    draft = comment.read(call.store, call.actor, call.issue, call.object(), rich=call.rich)
    written = comment.add(call.store, call.issue, call.actor, draft)
    return Answer(201, call.rendering.comment(written))


def edit(call: Call) -> Answer:
    found = _comment_of_issue(call)
    comment.edit(call.store, call.actor, found, call.object(), rich=call.rich)
    return Answer(200, call.rendering.comment(found))


def delete(call: Call) -> Answer:
    comment.delete(call.store, call.actor, _comment_of_issue(call))
    return Answer(204)


def property_keys(call: Call) -> Answer:
    found = _comment(call)
    return Answer(
        200, properties.show_keys(found.properties, f"{call.view.api}/comment/{found.id}/properties")
    )


def get_property(call: Call) -> Answer:
    key = call.parameters["key"]
    return Answer(200, {"key": key, "value": properties.find(_comment(call).properties, key)})


def put_property(call: Call) -> Answer:
    """Write a property; the one that holds the audience changes who reads the comment."""
    found, key = _comment(call), call.parameters["key"]
    comment.permit(call.store, call.actor, found, "EDIT")
    is_new = key not in found.properties
    value = properties.check_value(key, call.json())
    call.store.begin_write(found.issue, moves_updated=False)
    found.properties = {**found.properties, key: value}
    comment.set_audience(found)
    return Answer(201 if is_new else 200)


def delete_property(call: Call) -> Answer:
    found, key = _comment(call), call.parameters["key"]
    comment.permit(call.store, call.actor, found, "EDIT")
    properties.find(found.properties, key)
    call.store.begin_write(found.issue, moves_updated=False)
    found.properties = {name: value for name, value in found.properties.items() if name != key}
    comment.set_audience(found)
    return Answer(204)


def _comment(call: Call) -> Comment:
    return comment.find(call.store, call.user, call.parameters["comment"])


def _comment_of_issue(call: Call) -> Comment:
    return comment.find(call.store, call.user, call.parameters["comment"], call.issue)


def _with_properties(call: Call) -> bool:
    return "properties" in call.words("expand")


ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/comment", all_of_issue),
    ("POST", "/issue/{issue}/comment", add),
    ("GET", "/issue/{issue}/comment/{comment}", get),
    ("PUT", "/issue/{issue}/comment/{comment}", edit),
    ("DELETE", "/issue/{issue}/comment/{comment}", delete),
    ("GET", "/comment/{comment}/properties", property_keys),
    ("GET", "/comment/{comment}/properties/{key}", get_property),
    ("PUT", "/comment/{comment}/properties/{key}", put_property),
    ("DELETE", "/comment/{comment}/properties/{key}", delete_property),
]
CLOUD_ROUTES: list[Route] = [("POST", "/comment/list", listed)]
