"""Changing permission schemes: the work of an administrator of the site."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.setup.holders import read_holder
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.grant import Grant, PermissionScheme
from careloop.sandbox.jira.store import Store

FIRST_GRANT = 20_000


def find(store: Store, reference: str, status: int = 404) -> PermissionScheme:
    """Return a permission scheme by its id; 404 or another status when there is none."""
    found = store.configuration.permission_schemes.by_id(reference)
    if found is None:
        raise Refused(status, f"There is no permission scheme with id '{reference}'.")
    return found


def create(store: Store, asked: Mapping[str, Any]) -> PermissionScheme:
    """Create a scheme, with the grants that a request names."""
    scheme = PermissionScheme("", _name(store, asked, None), str(asked.get("description") or ""))
    _grant_all(store, scheme, asked.get("permissions"))
    scheme.id = str(store.next_id("permissionscheme"))
    store.configuration.revision += 1
    return store.configuration.permission_schemes.add(scheme)


def edit(store: Store, scheme: PermissionScheme, asked: Mapping[str, Any]) -> None:
    """Rename or describe a scheme; grants that a request names take the place of all there were."""
    name = _name(store, asked, scheme)
    if asked.get("permissions") is not None:
        fresh = PermissionScheme(scheme.id, name)
        _grant_all(store, fresh, asked["permissions"])
        scheme.grants = fresh.grants
    scheme.name = name
    if "description" in asked:
        scheme.description = str(asked["description"] or "")
    store.configuration.revision += 1


def delete(store: Store, scheme: PermissionScheme) -> None:
    """Delete a scheme; projects that used it use that of the site, which stays (Atlassian, permissions)."""
    configuration = store.configuration
    default = next(iter(configuration.permission_schemes))
    if scheme is default:
        raise Refused(403, "The default permission scheme cannot be deleted.")
    for project in configuration.every_project():
        if project.schemes.permissions is scheme:
            project.schemes.permissions = default
    configuration.permission_schemes.remove(scheme)
    configuration.revision += 1


def grant(store: Store, scheme: PermissionScheme, asked: object) -> Grant:
    """Grant a permission to a holder; 400 when it is granted already."""
    made = _grant(store, scheme, asked)
    store.configuration.revision += 1
    return made


def find_grant(scheme: PermissionScheme, reference: str, status: int = 404) -> Grant:
    """Return a grant of a scheme by its id."""
    for known in scheme:
        if known.id == reference:
            return known
    raise Refused(status, f"There is no permission grant with id '{reference}' in this scheme.")


def revoke(store: Store, scheme: PermissionScheme, known: Grant) -> None:
    """Take a grant back."""
    scheme.remove(known)
    store.configuration.revision += 1


def _grant_all(store: Store, scheme: PermissionScheme, rows: object) -> None:
    if rows is not None and not isinstance(rows, list):
        raise Refused(400, "The 'permissions' must be a list.")
    for row in rows or ():
        _grant(store, scheme, row)


def _grant(store: Store, scheme: PermissionScheme, asked: object) -> Grant:
    if not isinstance(asked, Mapping):
        raise Refused(400, "A permission grant must be an object.")
    key = str(asked.get("permission") or "")
    known = {one.key for one in store.configuration.permissions if one.kind == "PROJECT"}
    if key not in known:
        raise Refused(400, f"The permission '{key}' does not exist or is not one of projects.")
    holder = read_holder(store, asked.get("holder"))
    if holder in scheme.holders(key):
        raise Refused(400, f"The permission '{key}' is granted to this holder already.")
    return scheme.add(Grant(str(store.next_id("grant", first=FIRST_GRANT)), key, holder))


def _name(store: Store, asked: Mapping[str, Any], itself: PermissionScheme | None) -> str:
    name = str(asked.get("name") or "").strip()
    if not name:
        raise Refused(400, errors={"name": "The name of the permission scheme must be given."})
    taken = store.configuration.permission_schemes.named(name)
    if any(one is not itself for one in taken):
        raise Refused(400, errors={"name": f"A permission scheme with the name '{name}' already exists."})
    return name
