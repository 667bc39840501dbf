"""Work outside the issues that belongs to a version: links to designs, chats and the like."""

from typing import Any
from uuid import UUID, uuid5

from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Project, RelatedWork, Version
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.project.releases import find_version

_IDS = UUID("5c0d4c52-0e7a-4d53-9b0b-5a7c4d6f1e33")
_KEYS = ("category", "issueId", "relatedWorkId", "title", "url")


def every(call: Call) -> Answer:
    _, version = find_version(call)
    return Answer(200, [_show(work) for work in version.related_work])


def add(call: Call) -> Answer:
    version, asked = _editable(call), call.object(*_KEYS)
    number = str(uuid5(_IDS, str(call.store.next_id("relatedwork"))))
    made = RelatedWork(number, *_details(asked))
    version.related_work = (*version.related_work, made)
    return Answer(201, _show(made))


def edit(call: Call) -> Answer:
    version, asked = _editable(call), call.object(*_KEYS)
    found = _find(version, str(asked.get("relatedWorkId") or ""))
    changed = RelatedWork(found.id, *_details(asked))
    version.related_work = tuple(changed if one is found else one for one in version.related_work)
    return Answer(200, _show(changed))


def remove(call: Call) -> Answer:
    version = _editable(call)
    gone = _find(version, call.parameters["work"])
    version.related_work = tuple(one for one in version.related_work if one is not gone)
    return Answer(204)


def _editable(call: Call) -> Version:
    """Return the version of the address; it takes the rights to resolve and to edit issues."""
    found: tuple[Project, Version] = find_version(call)
    project, version = found
    may = call.store.rights.may
    if not all(may(call.actor, one, project) for one in ("RESOLVE_ISSUES", "EDIT_ISSUES")):
        raise Refused(403, "You do not have permission to change the related work of this version.")
    return version


def _find(version: Version, number: str) -> RelatedWork:
    found = next((work for work in version.related_work if work.id == number), None)
    if found is None:
        raise Refused(404, f"The version '{version.name}' has no related work with id '{number}'.")
    return found


def _details(asked: dict[str, Any]) -> tuple[str, str, str]:
    category, title, url = (asked.get(name) for name in ("category", "title", "url"))
    if not category:
        raise invalid("category", "The category must be given.")
    if url is not None and not str(url).startswith(("http://", "https://")):
        raise invalid("url", "The url must be absolute.")
    return str(category), str(title or ""), str(url or "")


def _show(work: RelatedWork) -> dict[str, str]:
    shown = {"relatedWorkId": work.id, "category": work.category, "title": work.title, "url": work.url}
    return {name: value for name, value in shown.items() if value}


CLOUD_ROUTES: list[Route] = [
    ("GET", "/version/{release}/relatedwork", every),
    ("POST", "/version/{release}/relatedwork", add),
    ("PUT", "/version/{release}/relatedwork", edit),
    ("DELETE", "/version/{release}/relatedwork/{work}", remove),
]
