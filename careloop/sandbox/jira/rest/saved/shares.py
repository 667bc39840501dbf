"""How what is shared looks, and with whom filters are."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira import filters
from careloop.sandbox.jira.actions.saved import sharing
from careloop.sandbox.jira.actions.saved.sharing import SCOPES
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.filter import Filter
from careloop.sandbox.jira.model.share import Share, Shareable
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.view import show_project

_INPUT = ("accountId", "groupId", "groupname", "projectId", "projectRoleId", "rights", "type")


def scope(call: Call) -> Answer:
    return Answer(200, {"scope": call.actor.share_scope})


def set_scope(call: Call) -> Answer:
    wanted = call.object("scope").get("scope")
    if wanted not in SCOPES:
        raise Refused(400, f"The scope must be one of {', '.join(SCOPES)}.")
    call.actor.share_scope = str(wanted)
    return scope(call)


def every(call: Call) -> Answer:
    return Answer(200, [show(call, share) for share in _filter(call).shares])


def single(call: Call) -> Answer:
    return Answer(200, show(call, _share(call, _filter(call))))


def add(call: Call) -> Answer:
    found = _owned(call)
    sharing.add_share(found, sharing.read_share(call.store, call.actor, call.object(*_INPUT)))
    return Answer(201, [show(call, share) for share in found.shares])


def remove(call: Call) -> Answer:
    found = _owned(call, 404)
    gone = _share(call, found)
    found.shares = [share for share in found.shares if share is not gone]
    return Answer(204)


def show(call: Call, share: Share) -> dict[str, Any]:
    """Return a share as a reader sees it, to whom a project may be unknown."""
    shown: dict[str, Any] = {"id": share.id, "type": share.kind}
    if share.group:
        shown["group"] = call.view.piece(share.group)
    if share.user:
        shown["user"] = show_owner(call, share.user)
    if share.project:
        if not call.store.rights.may(call.user, "BROWSE_PROJECTS", share.project):
            return {"id": share.id, "type": "project-unknown"}
        shown["project"] = show_project(call.view, share.project)
    if share.role:
        address = f"{call.view.api}/role/{share.role.id}"
        shown["role"] = {"self": address, "id": int(share.role.id), "name": share.role.name}
    return shown


def show_owner(call: Call, user: User) -> dict[str, Any]:
    """Return an account in the short form that shared things have."""
    identity = {"accountId": user.account_id} if call.store.is_cloud else {"name": user.name, "key": user.key}
    return {
        "self": f"{call.view.api}/user?accountId={user.account_id}",
        **identity,
        "displayName": user.display_name,
        "active": user.active,
        "avatarUrls": call.view.pictures("user", user.name),
    }


def shared_as_asked(call: Call) -> Callable[[Shareable], bool]:
    """Return whether something is shared with the group and project that the query string names."""
    group, project = call.query.get("groupId") or call.query.get("groupname"), call.query.get("projectId")
    if call.query.get("groupId") and call.query.get("groupname"):
        raise Refused(400, "The groupId and the groupname exclude one another.")

    def test(thing: Shareable) -> bool:
        with_group = (share.group and group in (share.group.id, share.group.name) for share in thing.shares)
        with_project = (share.project and share.project.id == project for share in thing.shares)
        return (not group or any(with_group)) and (not project or any(with_project))

    return test


def _filter(call: Call, status: int = 404) -> Filter:
    return filters.find(call.store, call.user, call.parameters["filter"], status)


def _owned(call: Call, status: int = 400) -> Filter:
    """Return the filter of the address, whose shares are its owner's matter."""
    user, found = call.actor, _filter(call)
    if found.owner is not user:
        raise Refused(status, "You do not own this filter and so cannot change whom it is shared with.")
    return found


def _share(call: Call, found: Filter) -> Share:
    wanted = call.parameters["permission"]
    share = next((one for one in found.shares if str(one.id) == wanted), None)
    if share is None:
        raise Refused(404, f"The filter has no share permission with id '{wanted}'.")
    return share


ROUTES: list[Route] = [
    ("GET", "/filter/defaultShareScope", scope),
    ("PUT", "/filter/defaultShareScope", set_scope),
    ("GET", "/filter/{filter}/permission", every),
    ("POST", "/filter/{filter}/permission", add),
    ("GET", "/filter/{filter}/permission/{permission}", single),
    ("DELETE", "/filter/{filter}/permission/{permission}", remove),
]
