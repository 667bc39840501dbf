"""Making, changing and giving up issue types."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.editing import change
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.avatar import default_avatar
from careloop.sandbox.jira.model.catalog import IssueType
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_100
_NAME_LENGTH = 60
_LEVELS = {"subtask": -1, "standard": 0}
Asked = Mapping[str, Any]


def create(store: Store, user: User, asked: Asked) -> IssueType:
    """Create a type and add it to the default scheme, the first one."""
    administer(store, user)
    configuration, kind = store.configuration, asked.get("type")
    if kind is not None and kind not in _LEVELS:
        raise invalid("type", f"The type must be one of {', '.join(_LEVELS)}.")
    level = asked.get("hierarchyLevel", _LEVELS[kind or "standard"])
    if level not in _LEVELS.values():
        raise invalid("hierarchyLevel", "The hierarchy level must be 0, or -1 for a sub-task.")
    name, number = _read_name(store, asked.get("name"), None), str(store.next_id("issuetype", first=FIRST_ID))
    text = str(asked.get("description") or "")
    made = IssueType(number, name, text, level < 0, level, default_avatar("issuetype"))
    configuration.issue_types.add(made)
    next(iter(configuration.type_schemes)).members.append(made)
    configuration.revision += 1
    return made


def edit(store: Store, user: User, found: IssueType, asked: Asked) -> None:
    """Change the name, description and avatar of a type as far as they are named."""
    administer(store, user)
    name = _read_name(store, asked["name"], found) if "name" in asked else found.name
    if asked.get("avatarId") is not None:
        avatar = store.gallery.find("issuetype", str(asked["avatarId"]))
        if avatar is None or avatar.owner not in (None, found.id):
            raise invalid("avatarId", f"The avatar '{asked['avatarId']}' does not belong to this issue type.")
        found.avatar = avatar.id
    found.name, found.description = name, str(asked.get("description", found.description) or "")
    store.configuration.revision += 1


def delete(store: Store, user: User, gone: IssueType, reference: str | None) -> None:
    """Give up a type; issues that have it get the alternative one, without which they hold it back (404)."""
    administer(store, user)
    configuration = store.configuration
    users = [issue for issue in store.issues.values() if issue.kind is gone]
    other = configuration.issue_types.by_id(reference) if reference else None
    if reference and other is None:
        raise Refused(404, f"The alternative issue type '{reference}' does not exist.")
    if users and other is None:
        raise Refused(404, f"The issue type '{gone.name}' is in use: name an alternative issue type.")
    if users and other:
        _exchange(store, user, users, gone, other)
    for scheme in configuration.type_schemes:
        scheme.members = [one for one in scheme.members if one is not gone]
        scheme.default = None if scheme.default is gone else scheme.default
    configuration.issue_types.remove(gone)
    configuration.revision += 1


def alternatives(store: Store, kind: IssueType) -> list[IssueType]:
    """Return the types that issues of one type can have instead: those of its level."""
    return [one for one in store.configuration.issue_types if one is not kind and one.level == kind.level]


def _exchange(store: Store, user: User, issues: list[Issue], gone: IssueType, other: IssueType) -> None:
    if other is gone or other.subtask is not gone.subtask:
        raise Refused(409, f"Issues of the type '{gone.name}' cannot become '{other.name}'.")
    if any(other not in issue.project.issue_types for issue in issues):
        raise Refused(400, f"Some issues are in projects that do not have the type '{other.name}'.")
    for issue in issues:
        now = store.begin_write(issue, even_archived=True)
        with store.in_bulk():
            changelog.record(store, issue, user, now, change(store, issue, {"issuetype": other}, now))


def _read_name(store: Store, raw: Any, own: IssueType | None) -> str:
    name = str(raw or "").strip()
    if not 0 < len(name) <= _NAME_LENGTH:
        raise invalid("name", f"The issue type name must have 1 to {_NAME_LENGTH} characters.")
    if any(one is not own for one in store.configuration.issue_types.named(name)):
        raise Refused(409, errors={"name": f"An issue type with the name '{name}' already exists."})
    return name
