"""Request types of service desks, their groups on the portal and their properties."""

from functools import partial

from careloop.sandbox.jira.actions.issue import properties
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import RequestType, ServiceDesk
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.desks import desk_of, desk_of_administrator
from careloop.sandbox.jira.rest.service_desk.experimental import experimental
from careloop.sandbox.jira.rest.service_desk.paging import PREFIX, paged
from careloop.sandbox.jira.rest.service_desk.views import show_type, show_type_fields
from careloop.sandbox.jira.service import desks as service
from careloop.sandbox.jira.service.setup import portal

MOST_CHECKED = 50


def types(call: Call) -> Answer:
    """Return the request types of a desk, perhaps of one group or with a word in name or description."""
    at, group = desk_of(call), call.query.get("groupId")
    groups = {one.id: one for one in portal().groups}
    rows = [
        kind for kind in _sought(call, at) if not group or (group in groups and groups[group].holds(kind))
    ]
    return Answer(200, paged(call, f"/servicedesk/{at.id}/requesttype", rows, partial(show_type, call, at)))


@experimental
def all_types(call: Call) -> Answer:
    """Return the request types of every desk, or of those that `serviceDeskId` names."""
    wanted = call.query.getlist("serviceDeskId")
    at = [one for one in service.desks(call.store, call.actor) if not wanted or one.id in wanted]
    rows = [(one, kind) for one in at for kind in _sought(call, one)]
    return Answer(200, paged(call, "/requesttype", rows, lambda row: show_type(call, *row)))


def get_type(call: Call) -> Answer:
    at = desk_of(call)
    return Answer(200, show_type(call, at, _type(call, at)))


def type_fields(call: Call) -> Answer:
    at = desk_of(call)
    return Answer(200, show_type_fields(call, at, _type(call, at)))


@experimental
def create_type(call: Call) -> Answer:
    """Create a request type, which no group shows yet."""
    at, asked = desk_of_administrator(call), call.object()
    name, number = asked.get("name"), asked.get("issueTypeId")
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, "The name of a request type must not be empty.")
    kinds = [kind for kind in at.project.issue_types if kind.id == str(number)]
    if not kinds:
        raise Refused(404, f"The issue type '{number}' does not exist in this service desk.")
    taken = [int(kind.id) for one in call.store.configuration.service_desks for kind in one.request_types]
    words = (str(asked.get("description") or ""), str(asked.get("helpText") or ""))
    fields = ("summary", "description")
    made = RequestType(str(max(taken, default=0) + 1), name, words[0], kinds[0], fields, words[1])
    at.request_types.add(made)
    return Answer(200, show_type(call, at, made))


@experimental
def delete_type(call: Call) -> Answer:
    """Delete a request type; its requests become ordinary issues, which the portal does not show."""
    at = desk_of_administrator(call)
    gone = _type(call, at)
    at.request_types.remove(gone)
    for issue in call.store.issues.values():
        if issue.request_type is gone:
            issue.request_type = None
    return Answer(204)


@experimental
def check_types(call: Call) -> Answer:
    """Return for which request types an account may raise requests, and which it may administer."""
    at, asked = desk_of(call), call.object()
    numbers, kinds = asked.get("requestTypeIds"), asked.get("permissions")
    if not isinstance(numbers, list) or len(numbers) > MOST_CHECKED:
        raise Refused(400, f"At most {MOST_CHECKED} requestTypeIds can be checked.")
    if not isinstance(kinds, list) or not kinds:
        raise Refused(400, "The permissions to check are required.")
    user = call.actor
    if asked.get("accountId"):
        (user,) = service.accounts(call.store, [asked["accountId"]])
    known = [number for number in numbers if at.request_types.by_id(number)]
    may = {
        "canCreateRequest": service.may_ask(call.store, user, at),
        "canAdminister": service.administers(call.store, user, at),
    }
    return Answer(200, {name: known if may[name] else [] for name in kinds if name in may})


def groups(call: Call) -> Answer:
    at = desk_of(call)
    rows = [{"id": group.id, "name": group.name} for group in portal().groups]
    return Answer(200, paged(call, f"/servicedesk/{at.id}/requesttypegroup", rows, dict))


@experimental
def type_property_keys(call: Call) -> Answer:
    at = desk_of(call)
    kind = _type(call, at)
    held = call.store.service.type_properties.get(kind.id)
    path = f"{PREFIX}/servicedesk/{at.id}/requesttype/{kind.id}/property"
    return Answer(200, properties.show_keys(held, call.root + path))


@experimental
def get_type_property(call: Call) -> Answer:
    kind, key = _type(call, desk_of(call)), call.parameters["key"]
    held = call.store.service.type_properties.get(kind.id)
    return Answer(200, {"key": key, "value": properties.find(held, key)})


@experimental
def put_type_property(call: Call) -> Answer:
    kind, key = _type(call, desk_of_administrator(call)), call.parameters["key"]
    held = call.store.service.type_properties.setdefault(kind.id, {})
    is_new = key not in held
    held[key] = properties.check_value(key, call.json())
    return Answer(201 if is_new else 200)


@experimental
def delete_type_property(call: Call) -> Answer:
    kind, key = _type(call, desk_of_administrator(call)), call.parameters["key"]
    held = call.store.service.type_properties.get(kind.id)
    properties.find(held, key)
    if held:
        del held[key]
    return Answer(204)


def _type(call: Call, at: ServiceDesk) -> RequestType:
    found = at.request_types.by_id(call.parameters["type"])
    if found is None:
        raise Refused(404, f"The request type with id '{call.parameters['type']}' does not exist.")
    return found


def _sought(call: Call, at: ServiceDesk) -> list[RequestType]:
    """Return the request types that match `searchQuery`; hidden ones are left out of a search."""
    wanted = call.query.get("searchQuery", "").casefold()
    if not wanted:
        return list(at.request_types)
    hidden = call.flag("includeHiddenRequestTypesInSearch")
    return [
        kind
        for kind in at.request_types
        if (hidden or any(group.holds(kind) for group in portal().groups))
        and any(word.startswith(wanted) for word in f"{kind.name} {kind.description}".casefold().split())
    ]


_KIND = "/servicedesk/{desk}/requesttype/{type}"
ROUTES: list[Route] = [
    ("GET", "/requesttype", all_types),
    ("GET", "/servicedesk/{desk}/requesttype", types),
    ("POST", "/servicedesk/{desk}/requesttype", create_type),
    ("POST", "/servicedesk/{desk}/requesttype/permissions/check", check_types),
    ("GET", _KIND, get_type),
    ("DELETE", _KIND, delete_type),
    ("GET", f"{_KIND}/field", type_fields),
    ("GET", f"{_KIND}/property", type_property_keys),
    ("GET", _KIND + "/property/{key}", get_type_property),
    ("PUT", _KIND + "/property/{key}", put_type_property),
    ("DELETE", _KIND + "/property/{key}", delete_type_property),
    ("GET", "/servicedesk/{desk}/requesttypegroup", groups),
]
