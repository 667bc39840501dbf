"""How the things of the site look in an answer: ready pieces of JSON for one address, version and time zone.

An answer repeats the same people, statuses and types many times over; each is rendered once for a view and
put in as a finished fragment.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from careloop.sandbox.jira.adf import RichText, to_document, to_text
from careloop.sandbox.jira.dates import write_instant
from careloop.sandbox.jira.model.catalog import (
    Cascade,
    Component,
    IssueType,
    LinkType,
    Option,
    Priority,
    Project,
    Resolution,
    Version,
)
from careloop.sandbox.jira.model.security import SecurityLevel
from careloop.sandbox.jira.model.service import Organization
from careloop.sandbox.jira.model.status import Status, StatusCategory
from careloop.sandbox.jira.model.users import Group, User
from careloop.sandbox.jira.store import Flavor

Json = Any
_SIZES = ("48x48", "24x24", "16x16", "32x32")
_SIZE_NAMES = {"24x24": "?size=small", "16x16": "?size=xsmall", "32x32": "?size=medium"}


class View:
    """One way of showing the site: its address as `root`, version 2 or 3 of the API, the reader's zone."""

    def __init__(self, root: str, version: int, zone: ZoneInfo, flavor: Flavor) -> None:
        self.root = root
        self.api = f"{root}/rest/api/{version}"
        self.rich = version == 3
        self.zone = None if zone.key in ("UTC", "Etc/UTC") else zone
        self.is_cloud = flavor == "cloud"
        self._pieces: dict[object, orjson.Fragment] = {}

    def instant(self, when: datetime | None) -> str | None:
        return None if when is None else write_instant(when, self.zone)

    def text(self, value: RichText) -> Json:
        """Return rich text as this version of the API writes it."""
        return to_document(value) if self.rich else to_text(value)

    def pictures(self, kind: str, name: str) -> dict[str, str]:
        """Return where a picture is found in each size: an avatar by its id, any other by a name."""
        if self.is_cloud and kind in ("project", "issuetype", "priority"):
            address = f"{self.api}/universal_avatar/view/type/{kind}/avatar/{name}"
            return {size: address + _SIZE_NAMES.get(size, "") for size in _SIZES}
        return {size: f"{self.root}/avatar/{name}/{size}.png" for size in _SIZES}

    def piece(self, thing: Any) -> orjson.Fragment | None:
        """Return the JSON of a user, status, type or the like, rendered at most once."""
        if thing is None:
            return None
        fragment = self._pieces.get(thing)
        if fragment is None:
            fragment = orjson.Fragment(orjson.dumps(_SHOW[type(thing)](self, thing)))
            self._pieces[thing] = fragment
        return fragment


def show_user(view: View, user: User) -> Json:
    """Return a user as the platform API shows one inside an issue."""
    shown = {
        "self": f"{view.api}/user?accountId={user.account_id}",
        "accountId": user.account_id,
        "emailAddress": user.email,
        "avatarUrls": view.pictures("user", user.name),
        "displayName": user.display_name,
        "active": user.active,
        "timeZone": user.zone.key,
        "accountType": user.account_type,
    }
    if not view.is_cloud:
        del shown["accountId"], shown["accountType"]
        shown |= {
            "self": f"{view.api}/user?username={user.name}",
            "name": user.name,
            "key": user.key,
        }
    return shown


def show_category(view: View, category: StatusCategory) -> Json:
    return {
        "self": f"{view.api}/statuscategory/{category.id}",
        "id": int(category.id),
        "key": category.key,
        "colorName": category.color,
        "name": category.name,
    }


def show_status(view: View, status: Status) -> Json:
    return {
        "self": f"{view.api}/status/{status.id}",
        "description": status.description,
        "iconUrl": f"{view.root}/images/icons/statuses/generic.png",
        "name": status.name,
        "id": status.id,
        "statusCategory": show_category(view, status.category),
    }


def show_priority(view: View, priority: Priority) -> Json:
    return {
        "self": f"{view.api}/priority/{priority.id}",
        "iconUrl": view.pictures("priority", priority.avatar)["16x16"],
        "name": priority.name,
        "id": priority.id,
    }


def show_resolution(view: View, resolution: Resolution) -> Json:
    return {
        "self": f"{view.api}/resolution/{resolution.id}",
        "id": resolution.id,
        "description": resolution.description,
        "name": resolution.name,
    }


def show_level(view: View, level: SecurityLevel) -> Json:
    return {
        "self": f"{view.api}/securitylevel/{level.id}",
        "id": level.id,
        "name": level.name,
        "description": level.description,
    }


def show_type(view: View, kind: IssueType) -> Json:
    shown = {
        "self": f"{view.api}/issuetype/{kind.id}",
        "id": kind.id,
        "description": kind.description,
        "iconUrl": view.pictures("issuetype", kind.avatar)["32x32"],
        "name": kind.name,
        "subtask": kind.subtask,
        "avatarId": int(kind.avatar),
    }
    return shown | {"hierarchyLevel": kind.level} if view.is_cloud else shown


def show_project(view: View, project: Project) -> Json:
    shown: dict[str, Any] = {
        "self": f"{view.api}/project/{project.id}",
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.kind,
        "avatarUrls": view.pictures("project", project.avatar),
    }
    if project.category is not None:
        shown["projectCategory"] = {
            "self": f"{view.api}/projectCategory/{project.category.id}",
            "id": project.category.id,
            "name": project.category.name,
            "description": project.category.description,
        }
    return shown | {"simplified": False} if view.is_cloud else shown


def show_version(view: View, version: Version) -> Json:
    shown: dict[str, Any] = {
        "self": f"{view.api}/version/{version.id}",
        "id": version.id,
        "description": version.description,
        "name": version.name,
        "archived": version.archived,
        "released": version.released,
        "projectId": int(version.project),
    }
    for name, day in (("startDate", version.start_date), ("releaseDate", version.release_date)):
        if day is not None:
            shown[name] = day.isoformat()
    return shown


def show_component(view: View, component: Component) -> Json:
    shown = {"self": f"{view.api}/component/{component.id}", "id": component.id, "name": component.name}
    return shown | {"description": component.description} if component.description else shown


def show_link_type(view: View, kind: LinkType) -> Json:
    return {
        "id": kind.id,
        "name": kind.name,
        "inward": kind.inward,
        "outward": kind.outward,
        "self": f"{view.api}/issueLinkType/{kind.id}",
    }


def show_organization(view: View, one: Organization) -> Json:
    """Return an organization as a field of an issue shows it."""
    address = f"{view.root}/rest/servicedeskapi/organization/{one.id}"
    return {"id": one.id, "name": one.name, "_links": {"self": address}}


def show_option(view: View, option: Option) -> Json:
    address = f"{view.api}/customFieldOption/{option.id}"
    return {"self": address, "value": option.value, "id": option.id}


def show_cascade(view: View, cascade: Cascade) -> Json:
    shown = show_option(view, cascade.parent)
    return shown | {"child": show_option(view, cascade.child)} if cascade.child else shown


def show_group(view: View, group: Group) -> Json:
    identity = {"groupId": group.id} if view.is_cloud else {}
    return {"name": group.name, **identity, "self": f"{view.api}/group?groupId={group.id}"}


_SHOW: dict[type, Callable[[View, Any], Json]] = {
    User: show_user,
    StatusCategory: show_category,
    Status: show_status,
    Priority: show_priority,
    Resolution: show_resolution,
    IssueType: show_type,
    Project: show_project,
    Version: show_version,
    Component: show_component,
    LinkType: show_link_type,
    Option: show_option,
    Cascade: show_cascade,
    Group: show_group,
    SecurityLevel: show_level,
    Organization: show_organization,
}
