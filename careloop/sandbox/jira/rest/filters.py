"""Saved searches."""

from typing import Any

from careloop.sandbox.jira import filters
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean


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
    rows = [
        one
        for one in call.store.filters_for(call.user)
        if wanted in one.name.casefold()
        and (not ids or one.id in ids)
        and owner in (None, "", one.owner.account_id)
    ]
    if call.query.get("orderBy", "name").startswith("-"):
        rows.reverse()
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


def scope(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"scope": "PRIVATE"})


def _filter(call: Call) -> Filter:
    return filters.find(call.store, call.user, call.parameters["filter"])


def _show(call: Call, one: Filter) -> dict[str, Any]:
    """Return a filter as the older operations show it."""
    none = {"size": 0, "items": [], "max-results": 1000, "start-index": 0, "end-index": 0}
    return {**_show_found(call, one, every=True), "sharedUsers": none, "subscriptions": none}


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
        "sharePermissions": one.shares,
        "editPermissions": [],
    }
    shown = {"self": f"{view.api}/filter/{one.id}", "id": one.id, "name": one.name}
    return shown | {name: value for name, value in extra.items() if every or name in wanted}


ROUTES: list[Route] = [
    ("POST", "/filter", create),
    ("GET", "/filter/favourite", favourites),
    ("GET", "/filter/defaultShareScope", scope),
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
