"""Priorities and resolutions: ordered lists of which issues have one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.editing import change
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Priority, Resolution
from careloop.sandbox.jira.model.register import Register
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Ranked = Priority | Resolution
Asked = Mapping[str, Any]
FIRST_ID = 10_100
_NAME_LENGTH, _TEXT_LENGTH = 60, 255
_COLOR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")
_ICON = re.compile(r"/?images/icons/priorities/\w+\.png$")


def create_priority(store: Store, user: User, asked: Asked) -> Priority:
    """Create a priority below the others; 400 names what is wrong."""
    administer(store, user)
    register = store.configuration.priorities
    name = _read_name(register, asked.get("name"), None)
    made = Priority(str(store.next_id("priority", first=FIRST_ID)), name, "", _read_color(asked), 0)
    _describe_priority(store, made, asked)
    register.add(made)
    rank(store)
    return made


def edit_priority(store: Store, user: User, found: Priority, asked: Asked) -> None:
    """Change what a request names of a priority; 400 when it names nothing."""
    administer(store, user)
    if not asked:
        raise Refused(400, "At least one value must be given.")
    if "name" in asked:
        found.name = _read_name(store.configuration.priorities, asked["name"], found)
    if "statusColor" in asked:
        found.color = _read_color(asked)
    _describe_priority(store, found, asked)
    rank(store)


def delete_priority(store: Store, user: User, gone: Priority) -> None:
    """Give up a priority; issues that had it get the default one, which itself must stay."""
    administer(store, user)
    if gone.id == store.configuration.default_priority:
        raise Refused(400, "The default priority cannot be deleted.")
    _exchange(
        store, user, "priority", gone, store.configuration.priorities[store.configuration.default_priority]
    )
    store.configuration.priorities.remove(gone)
    rank(store)


def create_resolution(store: Store, user: User, asked: Asked) -> Resolution:
    """Create a resolution behind the others; 400 names what is wrong."""
    administer(store, user)
    register = store.configuration.resolutions
    name = _read_name(register, asked.get("name"), None)
    number = str(store.next_id("resolution", first=FIRST_ID))
    made = register.add(Resolution(number, name, _read_text(asked, ""), 0))
    rank(store)
    return made


def edit_resolution(store: Store, user: User, found: Resolution, asked: Asked) -> None:
    """Change the name, which must be given, and the description of a resolution."""
    administer(store, user)
    found.name = _read_name(store.configuration.resolutions, asked.get("name"), found)
    found.description = _read_text(asked, found.description)
    rank(store)


def delete_resolution(store: Store, user: User, gone: Resolution, successor: Resolution | None) -> None:
    """Give up a resolution; another takes its place on issues."""
    administer(store, user)
    configuration = store.configuration
    if successor in (None, gone):
        raise Refused(400, "A resolution to take the place of this one must be given.")
    if gone.id == configuration.default_resolution:
        configuration.default_resolution = None
    _exchange(store, user, "resolution", gone, successor)
    configuration.resolutions.remove(gone)
    rank(store)


def move(store: Store, user: User, register: Register[Any], asked: Asked) -> None:
    """Bring some items behind another one, or to the first or last place; 404 for an unknown one."""
    administer(store, user)
    ids, after, position = asked.get("ids"), asked.get("after"), asked.get("position")
    if not isinstance(ids, list) or not ids or (after is None) == (position is None):
        raise Refused(400, "The ids and either 'after' or a 'position' must be given.")
    moved = [str(one) for one in ids]
    rest = [one.id for one in register if one.id not in moved]
    if any(register.by_id(one) is None for one in (*moved, *([after] if after is not None else []))):
        raise Refused(404, "There is nothing with one of these ids.")
    if after is not None and str(after) not in rest:
        raise Refused(400, "The items cannot be moved behind one of themselves.")
    if position not in (None, "First", "Last"):
        raise Refused(400, "The position must be First or Last.")
    place = rest.index(str(after)) + 1 if after is not None else 0 if position == "First" else len(rest)
    register.reorder([*rest[:place], *moved, *rest[place:]])
    rank(store)


def rank(store: Store) -> None:
    """Number priorities and resolutions anew: the first priority ranks highest, the first resolution last."""
    configuration = store.configuration
    priorities: Sequence[Priority] = list(configuration.priorities)
    for place, priority in enumerate(priorities):
        priority.rank = len(priorities) - place
    for place, resolution in enumerate(configuration.resolutions):
        resolution.rank = place
    configuration.revision += 1
    store.revision += 1


def _exchange(store: Store, user: User, field: str, gone: Ranked, successor: Ranked | None) -> None:
    for issue in [one for one in store.issues.values() if one.get(field) is gone]:
        now, resolved = store.begin_write(issue, even_archived=True), issue.resolved
        with store.in_bulk():
            changelog.record(store, issue, user, now, change(store, issue, {field: successor}, now))
        issue.resolved = resolved


def _describe_priority(store: Store, priority: Priority, asked: Asked) -> None:
    priority.description = _read_text(asked, priority.description)
    icon, avatar = asked.get("iconUrl"), asked.get("avatarId")
    if icon is not None and (avatar is not None or not _ICON.match(str(icon))):
        raise invalid("iconUrl", "The icon must be one of the site's, and excludes an avatarId.")
    if avatar is not None:
        found = store.gallery.find("priority", str(avatar))
        if found is None or found.owner not in (None, priority.id):
            raise invalid("avatarId", f"There is no avatar with id '{avatar}' for this priority.")
        priority.avatar = found.id


def _read_name(register: Register[Any], raw: Any, own: Ranked | None) -> str:
    name = str(raw or "").strip()
    if not 0 < len(name) <= _NAME_LENGTH:
        raise invalid("name", f"A name of 1 to {_NAME_LENGTH} characters must be given.")
    if any(one is not own for one in register.named(name)):
        raise invalid("name", f"The name '{name}' is in use already.")
    return name


def _read_text(asked: Asked, default: str) -> str:
    text = str(asked.get("description", default) or "")
    if len(text) > _TEXT_LENGTH:
        raise invalid("description", f"The description must not exceed {_TEXT_LENGTH} characters.")
    return text


def _read_color(asked: Asked) -> str:
    color = str(asked.get("statusColor") or "")
    if not _COLOR.match(color):
        raise invalid("statusColor", "The color must be written as #RGB or #RRGGBB.")
    return color
