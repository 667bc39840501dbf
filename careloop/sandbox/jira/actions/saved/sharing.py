"""Sharing saved searches and dashboards with others."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project, Role
from careloop.sandbox.jira.model.share import Share, Shareable, ShareKind
from careloop.sandbox.jira.model.users import Group, User
from careloop.sandbox.jira.store import Store

SCOPES: Mapping[str, ShareKind | None] = {"PRIVATE": None, "AUTHENTICATED": "loggedin", "GLOBAL": "global"}
"""What somebody shares new filters and dashboards with unless they say so."""
EVERYBODY = ("global", "loggedin")
_KINDS = ("user", "group", "project", "projectRole", *EVERYBODY)
Row = Mapping[str, Any]


def read_shares(store: Store, user: User, raw: Any) -> list[Share]:
    """Return the shares in a list as filters and dashboards carry it; 400 for a wrong one."""
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        raise Refused(400, "The permissions must be a list of objects.")
    return [read_share(store, user, _flat(row)) for row in raw]


def read_share(store: Store, user: User, row: Row) -> Share:
    """Return a share written with projectId, projectRoleId, groupId, groupname and accountId; 400 else.

    It takes the right to share at all.
    """
    kind = "loggedin" if row.get("type") == "authenticated" else row.get("type")
    if kind not in _KINDS:
        raise Refused(400, f"The share type '{kind}' is not valid.")
    if not store.rights.may(user, "CREATE_SHARED_OBJECTS", None):
        raise Refused(400, "You do not have permission to share with others.")
    number = store.next_id("share")
    if kind in EVERYBODY:
        return Share(number, cast(ShareKind, kind))
    if kind == "group":
        return Share(number, "group", group=_group(store, row.get("groupId") or row.get("groupname")))
    if kind == "user":
        return Share(number, "user", user=_user(store, row.get("accountId")))
    role = (
        _role(store, row.get("projectRoleId")) if kind == "projectRole" or row.get("projectRoleId") else None
    )
    return Share(number, "project", project=_project(store, user, row.get("projectId")), role=role)


def add_share(thing: Shareable, share: Share) -> None:
    """Share with somebody more; sharing with everybody takes the place of all else (Jira OpenAPI)."""
    kept = [] if share.kind in EVERYBODY else [one for one in thing.shares if one.kind not in EVERYBODY]
    thing.shares = [*kept, share]


def share_by_default(store: Store, thing: Shareable) -> None:
    """Share something new as its owner's preference says."""
    kind = SCOPES[thing.owner.share_scope]
    thing.shares = [Share(store.next_id("share"), kind)] if kind else []


def name_is_taken(thing: Shareable, name: str, owner: User, others: Iterable[Shareable]) -> bool:
    """Return whether an owner has another thing of this name, whatever its case."""
    wanted = name.casefold()
    return any(one is not thing and one.owner is owner and one.name.casefold() == wanted for one in others)


def _flat(row: Row) -> dict[str, Any]:
    """Return a share written with objects in the form that is written with ids."""

    def inside(noun: str, *keys: str) -> Any:
        given = row.get(noun)
        found = (given.get(key) for key in keys) if isinstance(given, Mapping) else ()
        return next((value for value in found if value), None)

    return {
        "type": row.get("type"),
        "groupId": inside("group", "groupId", "name"),
        "projectId": inside("project", "id", "key"),
        "projectRoleId": inside("role", "id"),
        "accountId": inside("user", "accountId"),
    }


def _group(store: Store, reference: Any) -> Group:
    found = store.people.group(str(reference or ""))
    if found is None:
        raise Refused(400, f"The group '{reference}' to share with does not exist.")
    return found


def _user(store: Store, reference: Any) -> User:
    found = store.people.by_account(str(reference or ""))
    if found is None:
        raise Refused(400, f"The user '{reference}' to share with does not exist.")
    return found


def _project(store: Store, user: User, reference: Any) -> Project:
    found = store.configuration.project(str(reference or ""))
    if found is None or not store.rights.may(user, "BROWSE_PROJECTS", found):
        raise Refused(400, f"The project '{reference}' to share with does not exist.")
    return found


def _role(store: Store, reference: Any) -> Role:
    found = store.configuration.roles.by_id(str(reference or ""))
    if found is None:
        raise Refused(400, f"The project role '{reference}' to share with does not exist.")
    return found
