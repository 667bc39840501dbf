"""Organizations: their members, their properties, and the service desks they belong to."""

from functools import partial

from careloop.sandbox.jira.actions.issue import properties
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.service import Organization
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.customers import named_accounts
from careloop.sandbox.jira.rest.service_desk.desks import desk_of_agent
from careloop.sandbox.jira.rest.service_desk.paging import PREFIX, paged
from careloop.sandbox.jira.rest.service_desk.views import show_organization, show_user
from careloop.sandbox.jira.service import desks, organizations


def listed(call: Call) -> Answer:
    """Return organizations, to agents perhaps those of one account."""
    rows = organizations.visible(call.store, call.actor, _asked_account(call))
    return Answer(200, paged(call, "/organization", rows, partial(show_organization, call)))


def create(call: Call) -> Answer:
    made = organizations.create(call.store, call.actor, call.object())
    return Answer(201, show_organization(call, made))


def get(call: Call) -> Answer:
    return Answer(200, show_organization(call, _seen(call)))


def delete(call: Call) -> Answer:
    organizations.delete(call.store, call.actor, call.parameters["organization"])
    return Answer(204)


def members(call: Call) -> Answer:
    one = _seen(call)
    path = f"/organization/{one.id}/user"
    return Answer(200, paged(call, path, one.members, partial(show_user, call)))


def add_members(call: Call) -> Answer:
    organizations.add_members(_changed(call), named_accounts(call))
    return Answer(204)


def remove_members(call: Call) -> Answer:
    organizations.remove_members(_changed(call), named_accounts(call))
    return Answer(204)


def property_keys(call: Call) -> Answer:
    one = _seen(call)
    address = f"{call.root}{PREFIX}/organization/{one.id}/property"
    return Answer(200, properties.show_keys(one.properties, address))


def get_property(call: Call) -> Answer:
    key = call.parameters["key"]
    return Answer(200, {"key": key, "value": properties.find(_seen(call).properties, key)})


def put_property(call: Call) -> Answer:
    one, key = _changed(call), call.parameters["key"]
    held = one.properties or {}
    one.properties = {**held, key: properties.check_value(key, call.json())}
    return Answer(200 if key in held else 201)


def delete_property(call: Call) -> Answer:
    one, key = _changed(call), call.parameters["key"]
    properties.find(one.properties, key)
    one.properties = {name: value for name, value in (one.properties or {}).items() if name != key}
    return Answer(204)


def of_desk(call: Call) -> Answer:
    at = desk_of_agent(call)
    rows = organizations.of_desk(call.store, at, _asked_account(call))
    path = f"/servicedesk/{at.id}/organization"
    return Answer(200, paged(call, path, rows, partial(show_organization, call)))


def add_to_desk(call: Call) -> Answer:
    at = desk_of_agent(call)
    organizations.find(call.store, call.actor, call.object().get("organizationId")).desks.add(at.id)
    return Answer(204)


def remove_from_desk(call: Call) -> Answer:
    at = desk_of_agent(call)
    organizations.find(call.store, call.actor, call.object().get("organizationId")).desks.discard(at.id)
    return Answer(204)


def _asked_account(call: Call) -> User | None:
    reference = call.query.get("accountId")
    if not reference:
        return None
    organizations.demand_agent(call.store, call.actor)
    found = desks.account(call.store, reference)
    if found is None:
        raise Refused(404, f"The user '{reference}' does not exist.")
    return found


def _seen(call: Call) -> Organization:
    return organizations.find(call.store, call.actor, call.parameters["organization"])


def _changed(call: Call) -> Organization:
    return organizations.find_for_agent(call.store, call.actor, call.parameters["organization"])


_ONE = "/organization/{organization}"
ROUTES: list[Route] = [
    ("GET", "/organization", listed),
    ("POST", "/organization", create),
    ("GET", _ONE, get),
    ("DELETE", _ONE, delete),
    ("GET", f"{_ONE}/user", members),
    ("POST", f"{_ONE}/user", add_members),
    ("DELETE", f"{_ONE}/user", remove_members),
    ("GET", f"{_ONE}/property", property_keys),
    ("GET", _ONE + "/property/{key}", get_property),
    ("PUT", _ONE + "/property/{key}", put_property),
    ("DELETE", _ONE + "/property/{key}", delete_property),
    ("GET", "/servicedesk/{desk}/organization", of_desk),
    ("POST", "/servicedesk/{desk}/organization", add_to_desk),
    ("DELETE", "/servicedesk/{desk}/organization", remove_from_desk),
]
