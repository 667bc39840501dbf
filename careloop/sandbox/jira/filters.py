"""Saving searches."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_000


def create(store: Store, user: User, asked: Mapping[str, Any]) -> Filter:
    """Save a search; 400 without a name, for one the owner has used, or for a wrong query."""
    made = Filter(str(store.next_id("filter", first=FIRST_ID)), "", "", user)
    _write(store, made, {"jql": "", **asked})
    if asked.get("favourite"):
        made.favourites.add(user.account_id)
    store.filters[made.id] = made
    return made


def edit(store: Store, user: User, found: Filter, asked: Mapping[str, Any]) -> None:
    """Change what a request names of one's own filter."""
    if found.owner is not user:
        raise Refused(400, "You do not own this filter and so cannot edit it.")
    _write(store, found, {"name": found.name, **asked})


def delete(store: Store, user: User, found: Filter) -> None:
    """Give up one's own filter."""
    if found.owner is not user and not store.rights.administers(user):
        raise Refused(400, "You do not own this filter and so cannot delete it.")
    del store.filters[found.id]
    store.revision += 1


def find(store: Store, user: User | None, reference: str) -> Filter:
    """Return a filter that an account sees; 400 says the same of absent and hidden ones."""
    found = store.filters.get(reference)
    if found is None or found not in store.filters_for(user):
        raise Refused(400, f"The selected filter with id '{reference}' does not exist.")
    return found


def _write(store: Store, one: Filter, asked: Mapping[str, Any]) -> None:
    name = str(asked.get("name") or "").strip()
    if not name:
        raise invalid("filterName", "You must specify a name to save this filter as.")
    taken = (other for other in store.filters.values() if other is not one and other.owner is one.owner)
    if any(other.name.casefold() == name.casefold() for other in taken):
        raise invalid("filterName", "Filter with same name already exists.")
    if "jql" in asked:
        parse(str(asked["jql"] or ""), bare_words=store.is_cloud)
        one.jql = str(asked["jql"] or "")
    one.name = name
    store.revision += 1  # what queries say of it is found anew
    if "description" in asked:
        one.description = str(asked["description"] or "")
    shares = asked.get("sharePermissions")
    if isinstance(shares, list):
        one.shares = [share for share in shares if isinstance(share, Mapping) and share.get("type")]
