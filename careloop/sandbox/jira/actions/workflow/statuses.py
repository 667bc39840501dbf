"""Creating, changing and deleting statuses: the work of administrators."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.status import Status, StatusCategory
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

FIRST_ID = 10_100
NAME_LENGTH = 60
_DESCRIPTION_LENGTH = 255


def permit(store: Store, user: User, project: str | None) -> None:
    """Refuse with 401 who may set up neither the site nor, with its id, the project it is about."""
    found = store.configuration.project(project) if project else None
    if not store.rights.administers(user) and not store.rights.may(user, "ADMINISTER_PROJECTS", found):
        raise Refused(401, "You do not have permission to configure statuses and workflows here.")


def read_scope(store: Store, raw: object) -> str | None:
    """Return the id of the project that a scope names, None for the whole site; 400 for anything else."""
    if raw is None or (isinstance(raw, Mapping) and raw.get("type") == "GLOBAL"):
        return None
    reference = raw.get("project") if isinstance(raw, Mapping) and raw.get("type") == "PROJECT" else None
    number = reference.get("id") if isinstance(reference, Mapping) else None
    project = store.configuration.projects.by_id(number)
    if project is None:
        raise Refused(400, "The scope must be GLOBAL, or PROJECT with the id of a project.")
    return project.id


def create(store: Store, scope: str | None, rows: object) -> list[Status]:
    """Create statuses of one scope, all or none."""
    given = _rows(rows)
    names = [str(row.get("name")).casefold() for row in given]
    for row in given:
        if problem := name_problem(store, row.get("name"), scope):
            raise Refused(400, problem)
        category(store, row.get("statusCategory"))
    if len(set(names)) < len(names):
        raise Refused(400, "You must use a unique status name.")
    made = [make(store, scope, row, place) for place, row in enumerate(given)]
    for status in made:
        store.configuration.statuses.add(status)
    store.configuration.revision += 1
    return made


def make(store: Store, scope: str | None, row: Mapping[str, Any], place: int = 0) -> Status:
    """Return a new status that was found to be right, to be added behind `place` others."""
    number = str(store.next_id("status", first=FIRST_ID))
    rank = max(status.rank for status in store.configuration.statuses) + 1 + place
    name, description = str(row["name"]).strip(), str(row.get("description") or "")
    return Status(number, name, category(store, row.get("statusCategory")), rank, description, scope)


def edit(store: Store, user: User, rows: object) -> None:
    """Rename, describe and move statuses to other categories, all or none."""
    given = [(find(store, row.get("id")), row) for row in _rows(rows)]
    for status, row in given:
        permit(store, user, status.project)
        if problem := name_problem(store, row.get("name"), status.project, status):
            raise Refused(400, problem)
        category(store, row.get("statusCategory"))
    for status, row in given:
        change(store, status, row)
    store.renew()


def change(store: Store, status: Status, row: Mapping[str, Any]) -> None:
    """Make a status what a request says, which was found to be right."""
    status.name, status.category = str(row["name"]).strip(), category(store, row.get("statusCategory"))
    status.description = str(row.get("description", status.description) or "")


def delete(store: Store, user: User, ids: list[str]) -> None:
    """Delete statuses that no workflow has; 400 for others."""
    given = [find(store, number) for number in ids]
    for status in given:
        permit(store, user, status.project)
        users = [flow.name for flow in store.configuration.workflows if status in flow.statuses()]
        if users:
            raise Refused(400, f"The status '{status.name}' is used by the workflow '{users[0]}'.")
    for status in given:
        store.configuration.statuses.remove(status)
    store.configuration.revision += 1


def find(store: Store, reference: object, status: int = 400) -> Status:
    """Return a status by its id."""
    found = store.configuration.statuses.by_id(reference)
    if found is None:
        raise Refused(status, f"The status with the id '{reference}' was not found.")
    return found


def category(store: Store, code: object) -> StatusCategory:
    """Return the category of this code; 400 when there is none."""
    for one in store.configuration.categories:
        if one.code == code:
            return one
    raise Refused(400, f"The status category '{code}' is none of TODO, IN_PROGRESS, DONE.")


def name_problem(store: Store, name: object, scope: str | None, itself: Status | None = None) -> str | None:
    """Return what is wrong with the name of a status, None when nothing is: it is unique in its scope."""
    if not isinstance(name, str) or not name.strip():
        return "The status name must be given."
    if len(name) > NAME_LENGTH:
        return f"The status name must not exceed {NAME_LENGTH} characters."
    taken = store.configuration.statuses.named(name.strip())
    clash = any(one is not itself and one.project == scope for one in taken)
    return "You must use a unique status name." if clash else None


def _rows(rows: object) -> list[Mapping[str, Any]]:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'statuses' must be a list of objects.")
    if any(len(str(row.get("description") or "")) > _DESCRIPTION_LENGTH for row in rows):
        raise Refused(400, f"The description must not exceed {_DESCRIPTION_LENGTH} characters.")
    return rows
