"""Which types the issues of a project can have: the work of an administrator of the site."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.setup.naming import read_name
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import IssueType, Project
from careloop.sandbox.jira.model.scheme import Choice
from careloop.sandbox.jira.store import Store

Types = Choice[IssueType]


def find(store: Store, reference: object, status: int = 404) -> Types:
    """Return an issue type scheme by its id."""
    found = store.configuration.type_schemes.by_id(reference)
    if found is None:
        raise Refused(status, f"The issue type scheme with the id '{reference}' was not found.")
    return found


def default(store: Store) -> Types:
    """Return the scheme that holds every type."""
    return next(iter(store.configuration.type_schemes))


def create(store: Store, asked: Mapping[str, Any]) -> Types:
    """Create a scheme of types, one of which at least is no sub-task."""
    name = read_name(store.configuration.type_schemes, asked, taken=409)
    kinds = _kinds(store, asked, 400)
    if not any(not kind.subtask for kind in kinds):
        raise Refused(400, "An issue type scheme must have a standard issue type.")
    scheme: Types = Choice("", name, kinds, None, str(asked.get("description") or ""))
    _choose_default(scheme, asked)
    scheme.id = str(store.next_id("typescheme", first=10_100))
    store.configuration.revision += 1
    return store.configuration.type_schemes.add(scheme)


def edit(store: Store, scheme: Types, asked: Mapping[str, Any]) -> None:
    """Rename or describe a scheme, or choose its default type."""
    if "name" in asked:
        scheme.name = read_name(store.configuration.type_schemes, asked, scheme)
    if "description" in asked:
        scheme.description = str(asked["description"] or "")
    _choose_default(scheme, asked)
    store.configuration.revision += 1


def delete(store: Store, scheme: Types) -> None:
    """Delete a scheme; projects that used it have every type (Jira OpenAPI, deleteIssueTypeScheme)."""
    if scheme is default(store):
        raise Refused(400, "The default issue type scheme cannot be deleted.")
    for project in _users(store, scheme):
        project.schemes.types = default(store)
    store.configuration.type_schemes.remove(scheme)
    store.configuration.revision += 1


def add(store: Store, scheme: Types, asked: Mapping[str, Any]) -> None:
    """Add types behind the others, all or none."""
    kinds = _kinds(store, asked, 404)
    if any(kind in scheme.members for kind in kinds):
        raise Refused(400, "An issue type is part of the scheme already.")
    scheme.members += kinds
    store.configuration.revision += 1


def remove(store: Store, scheme: Types, reference: str) -> None:
    """Take a type out of a scheme, unless issues have it."""
    kind = next((one for one in scheme.members if one.id == reference), None)
    if kind is None:
        raise Refused(404, f"The issue type with the id '{reference}' is not in the scheme.")
    if scheme is default(store):
        raise Refused(400, "An issue type cannot be removed from the default issue type scheme.")
    if not kind.subtask and [one for one in scheme.members if not one.subtask] == [kind]:
        raise Refused(400, "The last standard issue type of a scheme cannot be removed.")
    projects = _users(store, scheme)
    if any(issue.kind is kind and issue.project in projects for issue in store.issues.values()):
        raise Refused(400, f"The issue type '{kind.name}' is used by issues.")
    scheme.members.remove(kind)
    if scheme.default is kind:
        scheme.default = None
    store.configuration.revision += 1


def move(store: Store, scheme: Types, asked: Mapping[str, Any]) -> None:
    """Bring types first, last, or behind another one."""
    kinds, after, position = _kinds(store, asked, 400), asked.get("after"), asked.get("position")
    rest = [kind for kind in scheme.members if kind not in kinds]
    if any(kind not in scheme.members for kind in kinds):
        raise Refused(400, "An issue type is not part of the scheme.")
    if after is not None:
        before = [kind for kind in rest if kind.id == str(after)]
        if not before:
            raise Refused(400, f"The issue type '{after}' is not one to stand behind.")
        place = rest.index(before[0]) + 1
    elif position in ("First", "Last"):
        place = 0 if position == "First" else len(rest)
    else:
        raise Refused(400, "Either 'after' or a 'position', First or Last, must be given.")
    scheme.members[:] = [*rest[:place], *kinds, *rest[place:]]
    store.configuration.revision += 1


def assign(store: Store, project: Project, scheme: Types) -> None:
    """Have a project use a scheme that has the types of all its issues."""
    kinds = {issue.kind for issue in store.issues.values() if issue.project is project}
    if lost := [kind.name for kind in kinds if kind not in scheme.members]:
        raise Refused(400, f"Issues of the project have the type '{min(lost)}', which the scheme lacks.")
    project.schemes.types = scheme
    store.configuration.revision += 1


def _users(store: Store, scheme: Types) -> list[Project]:
    return [project for project in store.configuration.every_project() if project.schemes.types is scheme]


def _kinds(store: Store, asked: Mapping[str, Any], status: int) -> list[IssueType]:
    """Return the types that a request names; `status` for an unknown one."""
    given = asked.get("issueTypeIds")
    if not isinstance(given, list) or not given:
        raise Refused(400, "The 'issueTypeIds' must be a list of ids.")
    found = [store.configuration.issue_types.by_id(one) for one in dict.fromkeys(map(str, given))]
    known = [kind for kind in found if kind]
    if len(known) < len(found):
        raise Refused(status, "An issue type does not exist.")
    return known


def _choose_default(scheme: Types, asked: Mapping[str, Any]) -> None:
    if "defaultIssueTypeId" not in asked:
        return
    number = asked["defaultIssueTypeId"]
    found = [kind for kind in scheme.members if kind.id == str(number)]
    if number is not None and not found:
        raise Refused(400, "The default issue type must be part of the scheme.")
    scheme.default = found[0] if found else None
