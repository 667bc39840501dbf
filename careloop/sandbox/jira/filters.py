"""Saving searches."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.saved.sharing import name_is_taken, read_shares, share_by_default
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_000


def create(store: Store, user: User, asked: Mapping[str, Any]) -> Filter:
    """Save a search; 400 without a name, for one the owner has used, or for a wrong query."""
    made = Filter(str(store.next_id("filter", first=FIRST_ID)), "", user)
    share_by_default(store, made)
    _write(store, user, made, {"jql": "", **asked})
    if asked.get("favourite"):
        made.favourites.add(user.account_id)
    store.filters[made.id] = made
    return made


def edit(store: Store, user: User, found: Filter, asked: Mapping[str, Any]) -> None:
    """Change what a request names of a filter that is one's own, or that one was given the right to edit."""
    if not found.is_edited_by(user, store.rights):
        raise Refused(400, "You do not own this filter and so cannot edit it.")
    _write(store, user, found, {"name": found.name, **asked})


def delete(store: Store, user: User, found: Filter) -> None:
    """Give up one's own filter."""
    if found.owner is not user and not store.rights.administers(user):
        raise Refused(400, "You do not own this filter and so cannot delete it.")
    del store.filters[found.id]
    store.revision += 1


def find(store: Store, user: User | None, reference: str, status: int = 400) -> Filter:
    """Return a filter that an account sees; a refusal says the same of absent and hidden ones."""
    found = store.filters.get(reference)
    if found is None or not found.is_seen_by(user, store.rights):
        raise Refused(status, f"The selected filter with id '{reference}' does not exist.")
    return found


def _write(store: Store, user: User, one: Filter, asked: Mapping[str, Any]) -> None:
    name = str(asked.get("name") or "").strip()
    if not name:
        raise invalid("filterName", "You must specify a name to save this filter as.")
    if name_is_taken(one, name, one.owner, store.filters.values()):
        raise invalid("filterName", "Filter with same name already exists.")
    if "jql" in asked:
        parse(str(asked["jql"] or ""), bare_words=store.is_cloud)
        one.jql = str(asked["jql"] or "")
    if asked.get("sharePermissions") is not None:
        one.shares = read_shares(store, user, asked["sharePermissions"])
    if asked.get("editPermissions") is not None:
        one.edit_shares = read_shares(store, user, asked["editPermissions"])
    one.name = name
    store.revision += 1  # what queries say of it is found anew
    if "description" in asked:
        one.description = str(asked["description"] or "")
