"""Dashboards, their gadgets, and what apps keep about these."""

from collections.abc import Callable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.saved import dashboards, sharing
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.dashboard import Dashboard, Gadget
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.issue.properties import Holder, Properties, routes
from careloop.sandbox.jira.rest.saved.shares import shared_as_asked, show, show_owner

MOST_EDITED = 100
_DETAILS = ("description", "editPermissions", "name", "sharePermissions")
_BULK = ("action", "changeOwnerDetails", "entityIds", "extendAdminPermissions", "permissionDetails")
_EXPANDED = frozenset({*_DETAILS, "owner", "viewUrl", "favourite", "favouritedCount", "isWritable"})
_ORDERS: dict[str, Callable[[Call], Callable[[Dashboard], Any]]] = {
    "name": lambda _: lambda one: one.name.casefold(),
    "description": lambda _: lambda one: one.description.casefold(),
    "favorite_count": lambda _: lambda one: len(one.favourites),
    "id": lambda _: lambda one: int(one.id),
    "is_favorite": lambda call: lambda one: call.user is not None and call.user.account_id in one.favourites,
    "owner": lambda _: lambda one: one.owner.account_id,
}


def every(call: Call) -> Answer:
    wanted = call.query.get("filter")
    if wanted not in (None, "", "my", "favourite"):
        raise Refused(400, "The filter must be one of my and favourite.")
    user, rows = call.user, _visible(call)
    if wanted == "my":
        rows = [one for one in rows if one.owner is user]
    elif wanted == "favourite":
        rows = [one for one in rows if user is not None and user.account_id in one.favourites]
    start, size = call.number("startAt", 0), call.number("maxResults", 20, most=1000)
    address = f"{call.view.api}/dashboard?maxResults={size}&startAt="
    return Answer(
        200,
        {
            "startAt": start,
            "maxResults": size,
            "total": len(rows),
            **({"prev": f"{address}{max(start - size, 0)}"} if start else {}),
            **({"next": f"{address}{start + size}"} if start + size < len(rows) else {}),
            "dashboards": [_show(call, one) for one in rows[start : start + size]],
        },
    )


def search(call: Call) -> Answer:
    name, account = call.query.get("dashboardName", "").casefold(), call.query.get("accountId")
    order, status = call.query.get("orderBy", "name").lstrip("+"), call.query.get("status", "active")
    if order.lstrip("-") not in _ORDERS or not _EXPANDED.issuperset(call.words("expand")):
        raise Refused(400, f"The orderBy is none of {', '.join(_ORDERS)}, or the expand is unknown.")
    if status not in ("active", "archived", "deleted") or (account and call.query.get("owner")):
        raise Refused(400, "The status is unknown, or both accountId and owner are given.")
    shared = shared_as_asked(call)
    rows = [
        one
        for one in (_visible(call) if status == "active" else [])
        if name in one.name.casefold() and account in (None, "", one.owner.account_id) and shared(one)
    ]
    rows.sort(key=_ORDERS[order.lstrip("-")](call), reverse=order.startswith("-"))
    return Answer(200, bean(call, "dashboard/search", rows, lambda one: _show(call, one)))


def get(call: Call) -> Answer:
    return Answer(200, _show(call, dashboards.find(call.store, call.user, call.parameters["id"])))


def create(call: Call) -> Answer:
    return Answer(200, _show(call, dashboards.create(call.store, call.actor, call.object(*_DETAILS))))


def copy(call: Call) -> Answer:
    user, asked = call.actor, call.object(*_DETAILS)
    model = dashboards.find(call.store, user, call.parameters["id"])
    return Answer(200, _show(call, dashboards.create(call.store, user, asked, model)))


def edit(call: Call) -> Answer:
    user, reference = call.actor, call.parameters["id"]
    administers = call.flag("extendAdminPermissions") and call.store.rights.administers(user)
    found = call.store.dashboards.get(reference) if administers else None
    found = found or dashboards.editable(call.store, user, reference)
    dashboards.write(call.store, user, found, call.object(*_DETAILS))
    return Answer(200, _show(call, found))


def delete(call: Call) -> Answer:
    found = call.store.dashboards.get(call.parameters["id"])
    if found is None or found.owner is not call.actor:
        raise Refused(400, "The dashboard does not exist, or you do not own it.")
    del call.store.dashboards[found.id]
    return Answer(204)


def edit_many(call: Call) -> Answer:
    """Change the owner or the shares of dashboards, each of which may fail by itself."""
    user, asked = call.actor, call.object(*_BULK)
    ids, action = asked.get("entityIds"), asked.get("action")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_EDITED or action not in _ACTIONS:
        raise Refused(400, f"An action and between 1 and {MOST_EDITED} entityIds must be given.")
    administers = bool(asked.get("extendAdminPermissions")) and call.store.rights.administers(user)
    errors: dict[str, Any] = {}
    for number in ids:
        try:
            found = call.store.dashboards.get(str(number)) if administers else None
            _ACTIONS[action](call, found or dashboards.editable(call.store, user, str(number)), asked)
        except Refused as refusal:
            errors[str(number)] = refusal.platform_body()
    return Answer(200, {"action": action, "entityErrors": errors})


def available(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"gadgets": dashboards.gadgets()})


def gadgets(call: Call) -> Answer:
    found = dashboards.find(call.store, call.user, call.parameters["dashboard"])
    ids, keys, uris = call.words("gadgetId"), call.query.getlist("moduleKey"), call.query.getlist("uri")
    rows = [
        _show_gadget(*place)
        for place in found.gadgets()
        if (not ids or str(place[2].id) in ids)
        and (not keys or place[2].module_key in keys)
        and (not uris or place[2].uri in uris)
    ]
    return Answer(200, {"gadgets": rows})


def add_gadget(call: Call) -> Answer:
    found, asked = _editable(call), call.object()
    made = dashboards.add_gadget(call.store, found, asked)
    return Answer(200, next(_show_gadget(*place) for place in found.gadgets() if place[2] is made))


def edit_gadget(call: Call) -> Answer:
    found = _editable(call)
    dashboards.edit_gadget(found, dashboards.find_gadget(found, call.parameters["gadget"]), call.object())
    return Answer(204)


def remove_gadget(call: Call) -> Answer:
    found = _editable(call)
    found.remove(dashboards.find_gadget(found, call.parameters["gadget"]))
    return Answer(204)


def _visible(call: Call) -> list[Dashboard]:
    rights = call.store.rights
    found = [one for one in call.store.dashboards.values() if one.is_seen_by(call.user, rights)]
    return sorted(found, key=lambda one: one.name.casefold())


def _editable(call: Call) -> Dashboard:
    return dashboards.editable(call.store, call.actor, call.parameters["dashboard"])


def _change_owner(call: Call, found: Dashboard, asked: Mapping[str, Any]) -> None:
    details = asked.get("changeOwnerDetails")
    given: Mapping[str, Any] = details if isinstance(details, Mapping) else {}
    owner = call.store.people.by_account(str(given.get("newOwner") or ""))
    if owner is None:
        raise Refused(400, "The account ID of the new owner must be given.")
    name, others, number = found.name, call.store.dashboards.values(), 2
    while sharing.name_is_taken(found, name, owner, others):
        if not given.get("autofixName"):
            raise Refused(400, "The new owner has a dashboard of this name.")
        name, number = f"{found.name} {number}", number + 1
    found.name, found.owner = name, owner


def _change_shares(call: Call, found: Dashboard, asked: Mapping[str, Any]) -> None:
    """Replace, add or remove shares, the latter by whom they are for."""
    details, action = asked.get("permissionDetails"), asked["action"]
    given: Mapping[str, Any] = details if isinstance(details, Mapping) else {}
    for key, held in (("sharePermissions", found.shares), ("editPermissions", found.edit_shares)):
        named = sharing.read_shares(call.store, call.actor, given.get(key) or [])
        kept = [one for one in held if action == "addPermission" or not any(one.equals(n) for n in named)]
        held[:] = named if action == "changePermission" else kept
        if action == "addPermission":
            held += [one for one in named if not any(one.equals(known) for known in kept)]


def _show(call: Call, one: Dashboard) -> dict[str, Any]:
    rights, user = call.store.rights, call.user
    return {
        "self": f"{call.view.api}/dashboard/{one.id}",
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "owner": show_owner(call, one.owner),
        "popularity": len(one.favourites),
        "isFavourite": user is not None and user.account_id in one.favourites,
        "isWritable": one.is_edited_by(user, rights),
        "systemDashboard": False,
        "sharePermissions": [show(call, share) for share in one.shares],
        "editPermissions": [show(call, share) for share in one.edit_shares],
        "view": f"{call.root}/jira/dashboards/{one.id}",
    }


def _show_gadget(column: int, row: int, gadget: Gadget) -> dict[str, Any]:
    what = {"moduleKey": gadget.module_key} if gadget.module_key else {"uri": gadget.uri}
    place = {"row": row, "column": column}
    return {"id": gadget.id, **what, "color": gadget.color, "position": place, "title": gadget.title}


def _of_item(call: Call) -> Holder:
    store, reference = call.store, call.parameters["dashboard"]
    found = dashboards.find(store, call.user, reference)
    gadget = dashboards.find_gadget(found, call.parameters["item"])

    def save(fresh: Properties) -> None:
        gadget.properties = fresh or None

    address = f"{call.view.api}/dashboard/{found.id}/items/{gadget.id}/properties"
    return Holder(
        gadget.properties, address, lambda: dashboards.editable(store, call.actor, reference, 403), save
    )


_ACTIONS: dict[str, Callable[[Call, Dashboard, Mapping[str, Any]], None]] = {
    "changeOwner": _change_owner,
    "changePermission": _change_shares,
    "addPermission": _change_shares,
    "removePermission": _change_shares,
}
CLOUD_ROUTES: list[Route] = [
    ("GET", "/dashboard", every),
    ("POST", "/dashboard", create),
    ("PUT", "/dashboard/bulk/edit", edit_many),
    ("GET", "/dashboard/gadgets", available),
    ("GET", "/dashboard/search", search),
    ("GET", "/dashboard/{id}", get),
    ("PUT", "/dashboard/{id}", edit),
    ("DELETE", "/dashboard/{id}", delete),
    ("POST", "/dashboard/{id}/copy", copy),
    ("GET", "/dashboard/{dashboard}/gadget", gadgets),
    ("POST", "/dashboard/{dashboard}/gadget", add_gadget),
    ("PUT", "/dashboard/{dashboard}/gadget/{gadget}", edit_gadget),
    ("DELETE", "/dashboard/{dashboard}/gadget/{gadget}", remove_gadget),
    *routes("/dashboard/{dashboard}/items/{item}/properties", _of_item),
]
