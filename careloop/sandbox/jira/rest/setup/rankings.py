"""Priorities and resolutions."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import rankings
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Priority, Resolution
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.tasks import address

_MOVE = ("after", "ids", "position")


def priorities(call: Call) -> Answer:
    return Answer(200, [_show(call, priority) for priority in call.store.configuration.priorities])


def priority(call: Call) -> Answer:
    return Answer(200, _show(call, _priority(call, call.parameters["id"])))


def priority_page(call: Call) -> Answer:
    ids, name = call.words("id"), call.query.get("priorityName", "").casefold()
    only_default, default = call.flag("onlyDefault"), call.store.configuration.default_priority
    rows = [
        one
        for one in call.store.configuration.priorities
        if (not ids or one.id in ids)
        and name in one.name.casefold()
        and (not only_default or one.id == default)
    ]

    def show(one: Priority) -> dict[str, Any]:
        return {**_show(call, one), "isDefault": one.id == default}

    return Answer(200, bean(call, "priority/search", rows, show))


def create_priority(call: Call) -> Answer:
    return Answer(201, {"id": rankings.create_priority(call.store, call.actor, call.object()).id})


def edit_priority(call: Call) -> Answer:
    administer(call.store, call.actor)
    found = _priority(call, call.parameters["id"])
    rankings.edit_priority(call.store, call.actor, found, call.object())
    return Answer(204)


def delete_priority(call: Call) -> Answer:
    administer(call.store, call.actor)
    gone = _priority(call, call.parameters["id"])
    rankings.delete_priority(call.store, call.actor, gone)
    return _task(call, f"Delete priority {gone.name}")


def set_default_priority(call: Call) -> Answer:
    administer(call.store, call.actor)
    found = _priority(call, _id(call))
    call.store.configuration.default_priority = found.id
    return Answer(204)


def move_priorities(call: Call) -> Answer:
    rankings.move(call.store, call.actor, call.store.configuration.priorities, call.object(*_MOVE))
    return Answer(204)


def resolutions(call: Call) -> Answer:
    return Answer(200, [call.view.piece(one) for one in call.store.configuration.resolutions])


def resolution(call: Call) -> Answer:
    return Answer(200, call.view.piece(_resolution(call, call.parameters["id"])))


def resolution_page(call: Call) -> Answer:
    ids, only_default = call.words("id"), call.flag("onlyDefault")
    default = call.store.configuration.default_resolution
    rows = [
        one
        for one in call.store.configuration.resolutions
        if (not ids or one.id in ids) and (not only_default or one.id == default)
    ]

    def show(one: Resolution) -> dict[str, Any]:
        shown = {"id": one.id, "name": one.name, "description": one.description}
        return {**shown, "default": one.id == default}

    return Answer(200, bean(call, "resolution/search", rows, show))


def create_resolution(call: Call) -> Answer:
    return Answer(201, {"id": rankings.create_resolution(call.store, call.actor, call.object()).id})


def edit_resolution(call: Call) -> Answer:
    administer(call.store, call.actor)
    found = _resolution(call, call.parameters["id"])
    rankings.edit_resolution(call.store, call.actor, found, call.object())
    return Answer(204)


def delete_resolution(call: Call) -> Answer:
    administer(call.store, call.actor)
    gone = _resolution(call, call.parameters["id"])
    successor = call.store.configuration.resolutions.by_id(call.query.get("replaceWith", ""))
    rankings.delete_resolution(call.store, call.actor, gone, successor)
    return _task(call, f"Delete resolution {gone.name}")


def set_default_resolution(call: Call) -> Answer:
    """Name the default resolution; an empty id takes the present one back."""
    administer(call.store, call.actor)
    number = _id(call)
    call.store.configuration.default_resolution = _resolution(call, number).id if number else None
    return Answer(204)


def move_resolutions(call: Call) -> Answer:
    rankings.move(call.store, call.actor, call.store.configuration.resolutions, call.object(*_MOVE))
    return Answer(204)


def _id(call: Call) -> str:
    asked = call.object("id")
    if not isinstance(asked.get("id"), str):
        raise Refused(400, "The id must be given as a string.")
    return str(asked["id"])


def _priority(call: Call, number: str) -> Priority:
    found = call.store.configuration.priorities.by_id(number)
    if found is None:
        raise Refused(404, f"The priority with id '{number}' does not exist")
    return found


def _resolution(call: Call, number: str) -> Resolution:
    found = call.store.configuration.resolutions.by_id(number)
    if found is None:
        raise Refused(404, f"The resolution with id '{number}' does not exist")
    return found


def _task(call: Call, description: str) -> Answer:
    number = call.store.note_task(call.actor, description)
    return Answer(303, headers={"Location": address(call, number)})


def _show(call: Call, priority: Priority) -> dict[str, Any]:
    return {
        "self": f"{call.view.api}/priority/{priority.id}",
        "statusColor": priority.color,
        "description": priority.description,
        "iconUrl": call.view.pictures("priority", priority.avatar)["16x16"],
        "name": priority.name,
        "id": priority.id,
    }


ROUTES: list[Route] = [
    ("GET", "/priority", priorities),
    ("GET", "/priority/{id}", priority),
    ("GET", "/resolution", resolutions),
    ("GET", "/resolution/{id}", resolution),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/priority/search", priority_page),
    ("POST", "/priority", create_priority),
    ("PUT", "/priority/{id}", edit_priority),
    ("DELETE", "/priority/{id}", delete_priority),
    ("PUT", "/priority/default", set_default_priority),
    ("PUT", "/priority/move", move_priorities),
    ("GET", "/resolution/search", resolution_page),
    ("POST", "/resolution", create_resolution),
    ("PUT", "/resolution/{id}", edit_resolution),
    ("DELETE", "/resolution/{id}", delete_resolution),
    ("PUT", "/resolution/default", set_default_resolution),
    ("PUT", "/resolution/move", move_resolutions),
]
