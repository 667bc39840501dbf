"""Avatars: lists, loading, choosing, and the pictures themselves."""

from typing import Any, cast
from zlib import crc32

from careloop.sandbox.jira.actions.administration import administer, administer_project
from careloop.sandbox.jira.actions.project import avatars
from careloop.sandbox.jira.actions.project.avatars import OWNED, Crop, Owner
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.avatar import SIZES, Avatar, Kind, default_avatar
from careloop.sandbox.jira.picture import draw_png
from careloop.sandbox.jira.rest.call import Answer, Call, Raw, Route

_KINDS = (*OWNED, "user")


def system(call: Call) -> Answer:
    kind = _kind(call, *_KINDS)
    return Answer(200, {"system": [_show(call, one, None) for one in call.store.gallery.system(kind)]})


def of_project(call: Call) -> Answer:
    return Answer(200, _listed(call, "project", call.project))


def load_for_project(call: Call) -> Answer:
    project = call.project
    administer_project(call.store, call.actor, project)
    return _load(call, "project", project)


def choose_for_project(call: Call) -> Answer:
    project = call.project
    administer_project(call.store, call.actor, project)
    avatars.choose(call.store, "project", project, call.object().get("id"))
    return Answer(204)


def remove_from_project(call: Call) -> Answer:
    project = call.project
    administer_project(call.store, call.actor, project)
    avatars.remove(call.store, "project", project, call.parameters["avatar"], 403)
    return Answer(204)


def load_for_type(call: Call) -> Answer:
    administer(call.store, call.actor)
    return _load(call, "issuetype", avatars.owner(call.store, call.user, "issuetype", call.parameters["id"]))


def of_owner(call: Call) -> Answer:
    kind, owned = _owned(call)
    return Answer(200, _listed(call, kind, owned))


def load(call: Call) -> Answer:
    administer(call.store, call.actor)
    kind, owned = _owned(call)
    return _load(call, kind, owned)


def remove(call: Call) -> Answer:
    administer(call.store, call.actor)
    kind, owned = _owned(call)
    avatars.remove(call.store, kind, owned, call.parameters["avatar"], 403)
    return Answer(204)


def view_default(call: Call) -> Answer:
    kind = _kind(call, *OWNED)
    return _view(call, call.store.gallery.find(kind, default_avatar(kind)))


def view(call: Call) -> Answer:
    """Give out a picture; one that was loaded is shown to who sees its owner only."""
    kind = _kind(call, *OWNED)
    found = call.store.gallery.find(kind, call.parameters["avatar"])
    if found is not None and found.owner is not None:
        avatars.owner(call.store, call.user, kind, found.owner)
    return _view(call, found)


def view_of_owner(call: Call) -> Answer:
    kind, owned = _owned(call)
    return _view(call, call.store.gallery.find(kind, owned.avatar or default_avatar(kind)))


def drawn(call: Call) -> Answer:
    """Draw the picture of an account or the like, in the size that its address ends in: 24x24.png."""
    size = call.parameters["picture"].partition("x")[0]
    if not size.isdecimal() or int(size) not in SIZES.values():
        raise Refused(404, "There is no such picture.")
    return Answer(200, Raw(draw_png(crc32(call.parameters["name"].encode()), int(size)), "image/png"))


def _kind(call: Call, *known: str) -> Kind:
    kind = call.parameters["type"]
    if kind not in known:
        raise Refused(404, f"There are no avatars of the type '{kind}'.")
    return cast(Kind, kind)


def _owned(call: Call) -> tuple[Kind, Owner]:
    kind = _kind(call, *OWNED)
    return kind, avatars.owner(call.store, call.user, kind, call.parameters["owner"])


def _load(call: Call, kind: Kind, owned: Owner) -> Answer:
    call.check_forgery()
    crop = Crop(call.number("x", 0), call.number("y", 0), call.number("size", 0))
    return Answer(201, _show(call, avatars.load(call.store, kind, owned, call.body, crop), owned))


def _view(call: Call, found: Avatar | None) -> Answer:
    size = call.query.get("size", "large")
    picture = found.picture(size, call.query.get("format")) if found and size in SIZES else None
    if picture is None:
        raise Refused(404, "There is no such avatar, or none of this size and format.")
    return Answer(200, Raw(*picture))


def _listed(call: Call, kind: Kind, owned: Owner) -> dict[str, Any]:
    gallery = call.store.gallery
    return {
        "system": [_show(call, one, owned) for one in gallery.system(kind)],
        "custom": [_show(call, one, owned) for one in gallery.custom(kind, owned.id)],
    }


def _show(call: Call, avatar: Avatar, owned: Owner | None) -> dict[str, Any]:
    return {
        "id": avatar.id,
        **({} if avatar.owner is None else {"owner": avatar.owner}),
        "isSystemAvatar": avatar.is_system,
        "isSelected": owned is not None and owned.avatar == avatar.id,
        "isDeletable": not avatar.is_system,
        "urls": call.view.pictures(avatar.kind, avatar.id),
    }


CLOUD_ROUTES: list[Route] = [
    ("GET", "/avatar/{type}/system", system),
    ("GET", "/project/{project}/avatars", of_project),
    ("POST", "/project/{project}/avatar2", load_for_project),
    ("PUT", "/project/{project}/avatar", choose_for_project),
    ("DELETE", "/project/{project}/avatar/{avatar}", remove_from_project),
    ("POST", "/issuetype/{id}/avatar2", load_for_type),
    ("GET", "/universal_avatar/type/{type}/owner/{owner}", of_owner),
    ("POST", "/universal_avatar/type/{type}/owner/{owner}", load),
    ("DELETE", "/universal_avatar/type/{type}/owner/{owner}/avatar/{avatar}", remove),
    ("GET", "/universal_avatar/view/type/{type}", view_default),
    ("GET", "/universal_avatar/view/type/{type}/avatar/{avatar}", view),
    ("GET", "/universal_avatar/view/type/{type}/owner/{owner}", view_of_owner),
]
