"""Who sees which issues: schemes with levels and their members, the work of an administrator of the site."""

from collections.abc import Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.editing import change
from careloop.sandbox.jira.actions.setup.holders import read_holder
from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.security import Member, SecurityLevel, SecurityScheme
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

_NAME = 60


def find(store: Store, reference: object, status: int = 404) -> SecurityScheme:
    """Return an issue security scheme by its id."""
    found = store.configuration.security_schemes.by_id(reference)
    if found is None:
        raise Refused(status, f"The issue security scheme with the id '{reference}' was not found.")
    return found


def find_level(scheme: SecurityScheme, reference: object, status: int = 404) -> SecurityLevel:
    """Return a level of a scheme by its id."""
    found = scheme.levels.by_id(reference)
    if found is None:
        raise Refused(status, f"The issue security level with the id '{reference}' was not found.")
    return found


def create(store: Store, asked: Mapping[str, Any]) -> SecurityScheme:
    """Create a scheme with the levels and members that a request names."""
    name = read_name(store.configuration.security_schemes, asked, length=_NAME)
    scheme = SecurityScheme("", name, str(asked.get("description") or ""))
    if asked.get("levels"):
        add_levels(store, scheme, asked["levels"])
    scheme.id = str(store.next_id("securityscheme"))
    store.renew()
    return store.configuration.security_schemes.add(scheme)


def edit(
    store: Store, scheme: SecurityScheme | SecurityLevel, others: Iterable[Any], asked: Mapping[str, Any]
) -> None:
    """Rename or describe a scheme or a level, whose name none of the others has."""
    if "name" in asked:
        scheme.name = read_name(others, asked, scheme, length=_NAME)
    if "description" in asked:
        scheme.description = str(asked["description"] or "")
    store.renew()


def delete(store: Store, scheme: SecurityScheme) -> None:
    """Delete a scheme that no project uses."""
    if any(project.schemes.security is scheme for project in store.configuration.every_project()):
        raise Refused(400, f"The issue security scheme '{scheme.name}' is used by projects.")
    store.configuration.security_schemes.remove(scheme)
    store.renew()


def add_levels(store: Store, scheme: SecurityScheme, rows: object) -> None:
    """Add levels with their members, all or none."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'levels' must be a list of objects.")
    fresh: list[SecurityLevel] = []
    for row in rows:
        name = read_name([*scheme.levels, *fresh], row, length=_NAME)
        members = _read_members(store, row.get("members") or [])
        number = str(store.next_id("securitylevel"))
        fresh.append(SecurityLevel(number, name, str(row.get("description") or ""), members))
    for level, row in zip(fresh, rows, strict=True):
        scheme.levels.add(level)
        if row.get("isDefault") is True:
            scheme.default = level
    store.renew()


def add_members(store: Store, level: SecurityLevel, rows: object) -> None:
    """Add members to a level; those it has already are not added twice."""
    known = {member.holder for member in level.members}
    level.members += [one for one in _read_members(store, rows) if one.holder not in known]
    store.renew()


def remove_member(store: Store, level: SecurityLevel, reference: str) -> None:
    """Take a member from a level; 404 when there is none."""
    found = [member for member in level.members if member.id == reference]
    if not found:
        raise Refused(404, f"The member with the id '{reference}' was not found.")
    level.members.remove(found[0])
    store.renew()


def remove_level(
    store: Store, user: User, scheme: SecurityScheme, level: SecurityLevel, heir: object
) -> None:
    """Delete a level; its issues get the one that is named instead, or none."""
    instead = find_level(scheme, heir, 400) if heir else None
    if instead is level:
        raise Refused(400, "A level cannot take its own place.")
    for issue in [issue for issue in store.issues.values() if issue.level is level]:
        _give(store, user, issue, instead)
    scheme.levels.remove(level)
    if scheme.default is level:
        scheme.default = None
    store.renew()


def assign(
    store: Store,
    user: User,
    project: Project,
    scheme: SecurityScheme | None,
    levels: Mapping[str, SecurityLevel],
) -> None:
    """Have a project use a scheme; issues get the levels that take the place of theirs, or none."""
    project.schemes.security = scheme
    for issue in [issue for issue in store.issues.values() if issue.project is project and issue.level]:
        if issue.level and (scheme is None or issue.level not in scheme.levels):
            _give(store, user, issue, levels.get(issue.level.id))
    store.renew()


def _give(store: Store, user: User, issue: Issue, level: SecurityLevel | None) -> None:
    now = store.begin_write(issue)
    changelog.record(store, issue, user, now, change(store, issue, {"security": level}, now))


def _read_members(store: Store, rows: object) -> list[Member]:
    if not isinstance(rows, list):
        raise Refused(400, "The 'members' must be a list.")
    return [Member(str(store.next_id("member")), read_holder(store, row)) for row in rows]
