"""Giving projects, issue types and priorities a picture."""

from typing import Any, NamedTuple, cast

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.avatar import Avatar, Kind, default_avatar
from careloop.sandbox.jira.model.catalog import IssueType, Priority, Project
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.picture import measure
from careloop.sandbox.jira.store import Store

Owner = Project | IssueType | Priority
OWNED: tuple[Kind, ...] = ("project", "issuetype", "priority")


class Crop(NamedTuple):
    """The part of a picture to keep, in pixels; a size of 0 is the largest square from its corner."""

    x: int
    y: int
    size: int


def owner(store: Store, user: User | None, kind: str, reference: str) -> Owner:
    """Return what avatars belong to; 404 for an unknown kind or thing, or a project out of sight."""
    configuration = store.configuration
    found: Any = None
    if kind == "project":
        project = configuration.project(reference)
        found = project if project and store.rights.may(user, "BROWSE_PROJECTS", project) else None
    elif kind in OWNED:
        register = configuration.issue_types if kind == "issuetype" else configuration.priorities
        found = register.by_id(reference)
    if found is None:
        raise Refused(404, f"There is no {kind} with id '{reference}' to have avatars.")
    return cast(Owner, found)


def load(store: Store, kind: Kind, owned: Owner, content: bytes, crop: Crop) -> Avatar:
    """Keep a picture for something; 400 unless it is a PNG, GIF or JPEG that the crop lies within."""
    size = measure(content)
    if size is None:
        raise Refused(400, "The avatar must be a JPEG, GIF or PNG image.")
    side = crop.size or 1
    if crop.x < 0 or crop.y < 0 or crop.x + side > size.width or crop.y + side > size.height:
        raise Refused(400, "The crop area extends beyond the edge of the image.")
    number = str(store.next_id("avatar", first=11_000))
    return store.gallery.add(Avatar(number, kind, owned.id, size.media_type, content))


def choose(store: Store, kind: Kind, owned: Owner, avatar_id: Any) -> None:
    """Have something show one of its own avatars or of the site's; 404 for any other."""
    found = store.gallery.find(kind, str(avatar_id))
    if found is None or found.owner not in (None, owned.id):
        raise Refused(404, f"There is no avatar with id '{avatar_id}'.")
    owned.avatar = found.id
    store.configuration.revision += 1


def remove(store: Store, kind: Kind, owned: Owner, avatar_id: str, refusal: int) -> None:
    """Give up an avatar, the site's own ones never; who showed it shows the first of the site's again."""
    found = store.gallery.find(kind, avatar_id)
    if found is None or found.owner not in (None, owned.id):
        raise Refused(404, f"There is no avatar with id '{avatar_id}'.")
    if found.is_system:
        raise Refused(refusal, "System avatars cannot be deleted.")
    store.gallery.remove(found)
    if owned.avatar == found.id:
        owned.avatar = default_avatar(kind)
    store.configuration.revision += 1
