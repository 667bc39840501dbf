"""The versions and components of a project, and what happens to issues when one goes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.editing import change
from careloop.sandbox.jira.dates import read_day
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Component, Project, Version
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.register import Register
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_100
_NAME_LENGTH = 255
_ASSIGNEES = ("PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED")


def permit(store: Store, user: User, project: Project, status: int) -> None:
    """Refuse an account that administers neither the project nor the site."""
    if not store.rights.may(user, "ADMINISTER_PROJECTS", project) and not store.rights.administers(user):
        raise Refused(status, f"You do not have permission to administer the project '{project.key}'.")


def create_version(store: Store, user: User, project: Project, asked: Mapping[str, Any]) -> Version:
    """Create a version behind the others."""
    name = _name(project.versions, asked, "version")
    version = Version(str(store.next_id("version", first=FIRST_ID)), name, project.id)
    _describe_version(version, asked)
    project.versions.add(version)
    _tell(store, user, version, "created")
    return version


def edit_version(
    store: Store, user: User, project: Project, version: Version, asked: Mapping[str, Any]
) -> None:
    """Change what a request names of a version; releasing it, or taking that back, is an event of its own."""
    before = replace(version)
    if "name" in asked:
        version.name = _name(project.versions, asked, "version", version)
    _describe_version(version, asked)
    if version.released != before.released:
        _tell(store, user, version, "released" if version.released else "unreleased")
    if _details(version) != _details(before):
        _tell(store, user, version, "updated")


def _details(version: Version) -> tuple[object, ...]:
    """Return what makes a change of a version an update."""
    days = version.release_date, version.start_date
    return version.name, version.description, version.archived, *days


def _tell(store: Store, user: User, version: Version, verb: str) -> None:
    store.configuration.revision += 1
    store.announce(Happening(f"jira:version_{verb}", user, thing=version))


def move_version(
    store: Store, user: User, project: Project, version: Version, asked: Mapping[str, Any]
) -> None:
    """Bring a version to another place in the order of its project (Jira OpenAPI, moveVersion)."""
    ids = [one.id for one in project.versions if one is not version]
    here = [one.id for one in project.versions].index(version.id)
    places = {"First": 0, "Last": len(ids), "Earlier": max(here - 1, 0), "Later": min(here + 1, len(ids))}
    after = str(asked.get("after") or "").rpartition("/")[2]
    if after in ids:
        place = ids.index(after) + 1
    elif asked.get("position") in places:
        place = places[str(asked["position"])]
    else:
        raise Refused(400, "A position or the version to move behind must be given.")
    project.versions.reorder([*ids[:place], version.id, *ids[place:]])
    store.revision += 1
    _tell(store, user, version, "moved")


def remove_version(
    store: Store, user: User, project: Project, version: Version, swaps: Mapping[str, Version | None]
) -> None:
    """Give up a version; in `fixVersions` and `versions` of issues another may take its place."""
    for field, other in swaps.items():
        _exchange(store, user, field, version, other)
    project.versions.remove(version)
    _tell(store, user, version, "deleted")


def create_component(store: Store, project: Project, asked: Mapping[str, Any]) -> Component:
    """Create a component."""
    name = _name(project.components, asked, "component")
    component = Component(str(store.next_id("component", first=FIRST_ID)), name, project.key)
    _describe_component(store, component, asked)
    store.configuration.revision += 1
    return project.components.add(component)


def edit_component(store: Store, project: Project, component: Component, asked: Mapping[str, Any]) -> None:
    """Change what a request names of a component."""
    if "name" in asked:
        component.name = _name(project.components, asked, "component", component)
    _describe_component(store, component, asked)
    store.configuration.revision += 1


def remove_component(
    store: Store, user: User, project: Project, component: Component, other: Component | None
) -> None:
    """Give up a component; on its issues another may take its place."""
    _exchange(store, user, "components", component, other)
    project.components.remove(component)
    store.configuration.revision += 1


def _exchange(store: Store, user: User, field: str, gone: Any, other: Any) -> None:
    for issue in list(store.issues.values()):
        held = issue.get(field)
        if gone in held:
            fresh = tuple(dict.fromkeys(other if one is gone else one for one in held))
            now = store.begin_write(issue)
            items = change(store, issue, {field: tuple(one for one in fresh if one is not None)}, now)
            changelog.record(store, issue, user, now, items)


def _name(register: Register[Any], asked: Mapping[str, Any], noun: str, itself: Any = None) -> str:
    name = str(asked.get("name") or "").strip()
    if not name:
        raise invalid("name", f"You must specify a valid {noun} name")
    if len(name) > _NAME_LENGTH:
        raise invalid("name", f"The {noun} name must not exceed {_NAME_LENGTH} characters.")
    if any(one is not itself for one in register.named(name)):
        raise invalid("name", f"A {noun} with this name already exists in this project.")
    return name


def _describe_version(version: Version, asked: Mapping[str, Any]) -> None:
    start, release = (_day(asked, name) for name in ("startDate", "releaseDate"))
    if start and release and start > release:
        raise invalid("startDate", "The start date must be before the release date.")
    if "startDate" in asked:
        version.start_date = start
    if "releaseDate" in asked:
        version.release_date = release
    if "description" in asked:
        version.description = str(asked["description"] or "")
    for name in ("archived", "released"):
        if name in asked:
            setattr(version, name, asked[name] is True)


def _describe_component(store: Store, component: Component, asked: Mapping[str, Any]) -> None:
    if "description" in asked:
        component.description = str(asked["description"] or "")
    if "assigneeType" in asked:
        if asked["assigneeType"] not in _ASSIGNEES:
            raise invalid("assigneeType", f"The assignee type must be one of {', '.join(_ASSIGNEES)}.")
        component.assignee_type = str(asked["assigneeType"])
    reference = asked.get("leadAccountId" if store.is_cloud else "leadUserName")
    if reference:
        lead = store.account(str(reference))
        if lead is None:
            raise invalid("leadUserName", f"The user '{reference}' does not exist.")
        component.lead = lead.account_id


def _day(asked: Mapping[str, Any], name: str) -> date | None:
    raw = asked.get(name)
    if raw in (None, ""):
        return None
    day = read_day(raw) if isinstance(raw, str) else None
    if day is None:
        raise invalid(name, f"'{raw}' is no date of the form yyyy-MM-dd.")
    return day
