"""Saved searches."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira import filters
from careloop.sandbox.jira.actions.saved.sharing import EVERYBODY
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.saved.shares import shared_as_asked, show

MOST_NAMED = 200
_EXPANDED = frozenset(
    {
        *("description", "favourite", "favouritedCount", "jql", "owner", "searchUrl", "sharePermissions"),
        *("editPermissions", "isWritable", "approximateLastUsed", "subscriptions", "viewUrl", "sharedUsers"),
    }
)
_ORDERS: dict[str, Callable[[Call], Callable[[Filter], Any]]] = {
    "name": lambda _: lambda one: one.name.casefold(),
    "description": lambda _: lambda one: one.description.casefold(),
    "favourite_count": lambda _: lambda one: len(one.favourites),
    "id": lambda _: lambda one: int(one.id),
    "is_favourite": lambda call: lambda one: call.user is not None and call.user.account_id in one.favourites,
    "owner": lambda _: lambda one: one.owner.account_id,
    "is_shared": lambda _: lambda one: bool(one.shares),
}


def create(call: Call) -> Answer:
    return Answer(200, _show(call, filters.create(call.store, call.actor, call.object())))


def get(call: Call) -> Answer:
    return Answer(200, _show(call, _filter(call)))


def edit(call: Call) -> Answer:
    found = _filter(call)
    filters.edit(call.store, call.actor, found, call.object())
    return Answer(200, _show(call, found))


def delete(call: Call) -> Answer:
    filters.delete(call.store, call.actor, _filter(call))
    return Answer(204)


def mine(call: Call) -> Answer:
    with_favourites, user = call.flag("includeFavourites"), call.actor
    rows = [
        one
        for one in call.store.filters_for(user)
        if one.owner is user or (with_favourites and user.account_id in one.favourites)
    ]
    return Answer(200, [_show(call, one) for one in rows])


def favourites(call: Call) -> Answer:
    rows = call.store.filters_for(call.actor)
    return Answer(200, [_show(call, one) for one in rows if call.actor.account_id in one.favourites])


def search(call: Call) -> Answer:
    wanted, ids = call.query.get("filterName", "").casefold(), call.words("id")
    owner = call.query.get("accountId")
    if len(ids) > MOST_NAMED or not _EXPANDED.issuperset(call.words("expand")):
        raise Refused(400, f"At most {MOST_NAMED} ids may be given, and only known words to expand.")
    shared = shared_as_asked(call)
    rows = [
        one
        for one in _listable(call)
        if wanted in one.name.casefold()
        and (not ids or one.id in ids)
        and owner in (None, "", one.owner.account_id)
        and shared(one)
    ]
    order = call.query.get("orderBy", "name").lstrip("+")
    if order.lstrip("-") not in _ORDERS:
        raise Refused(400, f"The orderBy '{order}' is none of {', '.join(_ORDERS)}.")
    rows.sort(key=_ORDERS[order.lstrip("-")](call), reverse=order.startswith("-"))
    return Answer(200, bean(call, "filter/search", rows, lambda one: _show_found(call, one)))


def like(call: Call) -> Answer:
    found = _filter(call)
    found.favourites.add(call.actor.account_id)
    return Answer(200, _show(call, found))


def unlike(call: Call) -> Answer:
    found = _filter(call)
    found.favourites.discard(call.actor.account_id)
    return Answer(200, _show(call, found))


def set_owner(call: Call) -> Answer:
    found, asked = _filter(call), call.object("accountId")
    owner = call.store.people.by_account(str(asked.get("accountId") or ""))
    if owner is None:
        raise Refused(400, "The account ID of the new owner must be given.")
    if found.owner is not call.actor and not call.store.rights.administers(call.actor):
        raise Refused(403, "You do not have permission to change the owner of this filter.")
    found.owner = owner
    return Answer(204)


def _listable(call: Call) -> list[Filter]:
    """Return the filters that the caller sees, for an administrator who asks so all there are."""
    if call.flag("overrideSharePermissions") and call.store.rights.administers(call.user):
        return list(call.store.filters.values())
    return call.store.filters_for(call.user)


def _sharers(call: Call, one: Filter) -> list[Any]:
    """Return the accounts that a filter is shared with, except when that is everybody."""
    found = [share for share in one.shares if share.kind not in EVERYBODY]
    rights = call.store.rights
    return [user for user in call.store.people if any(share.admits(user, rights) for share in found)]


def _filter(call: Call) -> Filter:
    return filters.find(call.store, call.user, call.parameters["filter"])


def _show(call: Call, one: Filter) -> dict[str, Any]:
    """Return a filter as the older operations show it."""
    none = {"size": 0, "items": [], "max-results": 1000, "start-index": 0, "end-index": 0}
    people = _sharers(call, one)
    shared = {**none, "size": len(people), "end-index": max(len(people) - 1, 0)}
    if "sharedUsers" in call.words("expand"):
        shared["items"] = [call.view.piece(user) for user in people[:1000]]
    return {**_show_found(call, one, every=True), "sharedUsers": shared, "subscriptions": none}


def _show_found(call: Call, one: Filter, *, every: bool = False) -> dict[str, Any]:
    """Return a filter, in a search with what `expand` asks for only."""
    wanted, view = call.words("expand"), call.view
    extra = {
        "description": one.description,
        "owner": view.piece(one.owner),
        "jql": one.jql,
        "viewUrl": f"{call.root}/issues/?filter={one.id}",
        "searchUrl": f"{view.api}/search/jql?jql={one.jql}".replace(" ", "+"),
        "favourite": call.user is not None and call.user.account_id in one.favourites,
        "favouritedCount": len(one.favourites),
        "sharePermissions": [show(call, share) for share in one.shares],
        "editPermissions": [show(call, share) for share in one.edit_shares],
        "subscriptions": [],
    }
    shown = {"self": f"{view.api}/filter/{one.id}", "id": one.id, "name": one.name}
    return shown | {name: value for name, value in extra.items() if every or name in wanted}


ROUTES: list[Route] = [
    ("POST", "/filter", create),
    ("GET", "/filter/favourite", favourites),
    ("GET", "/filter/{filter}", get),
    ("PUT", "/filter/{filter}", edit),
    ("DELETE", "/filter/{filter}", delete),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/filter/my", mine),
    ("GET", "/filter/search", search),
    ("PUT", "/filter/{filter}/favourite", like),
    ("DELETE", "/filter/{filter}/favourite", unlike),
    ("PUT", "/filter/{filter}/owner", set_owner),
]
