"""Creating, changing and deleting projects: the work of an administrator of the site."""

import re
from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Project, ProjectCategory, Register, RequestType, ServiceDesk
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.users import LICENSED, User
from careloop.sandbox.jira.store import Store

ADMINISTRATORS, MEMBERS = "Administrators", "Developers"
AGENTS = "Service Desk Team"
FIRST_ID = 10_100
_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}$")
_NAME_LENGTH = 80
_ASSIGNEES = ("PROJECT_LEAD", "UNASSIGNED")
_KINDS = ("software", "business", "service_desk")


def create(store: Store, user: User, asked: Mapping[str, Any]) -> Project:
    """Create a project set up like the first one of its kind; 400 names every part that is wrong."""
    administer(store, user)
    key, name = str(asked.get("key") or ""), str(asked.get("name") or "").strip()
    kind = _kind(asked)
    errors = {
        "projectKey": key_problem(store, key),
        "projectName": _name_problem(store, name, None),
        "projectLead": None if _lead(store, asked) else "You must specify a valid project lead.",
        "projectType": None if kind in _KINDS else f"An invalid project type '{kind}' was specified.",
    }
    if wrong := {field: problem for field, problem in errors.items() if problem}:
        raise Refused(400, errors=wrong)
    model = _model(store, kind)
    lead = _lead(store, asked) or user
    project = Project(
        id=str(store.next_id("project", first=FIRST_ID)),
        key=key,
        name=name,
        kind=kind,
        lead=lead.name,
        issue_types=model.issue_types,
        workflow=model.workflow,
        screen=model.screen,
        groups={AGENTS if kind == "service_desk" else MEMBERS: {LICENSED}},
    )
    _describe(store, project, asked)
    for person in (user, lead):
        person.roles[key] = (ADMINISTRATORS,)
    configuration = store.configuration
    configuration.projects.add(project)
    if project.is_service_desk:
        _open_desk(store, project)
    configuration.revision += 1
    store.announce(Happening("project_created", user, thing=project))
    return project


def edit(store: Store, user: User, project: Project, asked: Mapping[str, Any]) -> None:
    """Change what a request names; a new key is not possible here."""
    if not store.rights.may(user, "ADMINISTER_PROJECTS", project):
        administer(store, user)
    if asked.get("key") not in (None, project.key):
        raise invalid("projectKey", "The key of a project cannot be changed on this site.")
    if "name" in asked:
        name = str(asked["name"] or "").strip()
        if problem := _name_problem(store, name, project):
            raise invalid("projectName", problem)
        project.name = name
    if asked.get("leadAccountId") or asked.get("lead"):
        lead = _lead(store, asked)
        if lead is None:
            raise invalid("projectLead", "You must specify a valid project lead.")
        project.lead = lead.name
    _describe(store, project, asked)
    store.configuration.revision += 1
    store.announce(Happening("project_updated", user, thing=project))


def delete(store: Store, user: User, project: Project) -> None:
    """Delete a project with every issue in it."""
    if not store.rights.administers(user):
        raise Refused(404, f"No project could be found with key '{project.key}' that you may delete.")
    configuration = store.configuration
    for issue in [issue for issue in store.issues.values() if issue.project is project]:
        store.remove(issue)
        store.announce(Happening("jira:issue_deleted", user, issue, cascade=True))
    for desk in [desk for desk in configuration.service_desks if desk.project is project]:
        configuration.service_desks.remove(desk)
    for person in store.people:
        person.roles.pop(project.key, None)
    configuration.projects.remove(project)
    configuration.revision += 1
    store.announce(Happening("project_deleted", user, thing=project))


def administer(store: Store, user: User, status: int = 403) -> None:
    """Refuse an account that is no administrator of the site."""
    if not store.rights.administers(user):
        raise Refused(status, "You must have global administrator rights in order to modify this.")


def key_problem(store: Store, key: str) -> str | None:
    """Return what is wrong with the key of a new project, None when nothing is."""
    if not key:
        return "You must specify a valid project key."
    if not _KEY.match(key):
        return (
            "Project keys must start with an uppercase letter, followed by one or more uppercase "
            "alphanumeric characters."
        )
    taken = store.configuration.project(key)
    return f"Project '{taken.name}' uses this project key." if taken else None


def _name_problem(store: Store, name: str, project: Project | None) -> str | None:
    if not name:
        return "You must specify a valid project name."
    if len(name) > _NAME_LENGTH:
        return f"The project name must not exceed {_NAME_LENGTH} characters in length."
    taken = [one for one in store.configuration.projects.named(name) if one is not project]
    return "A project with that name already exists." if taken else None


def _kind(asked: Mapping[str, Any]) -> str:
    """Return the type of a project: as said, or as its template implies."""
    if asked.get("projectTypeKey"):
        return str(asked["projectTypeKey"])
    template = str(asked.get("projectTemplateKey") or "")
    if "servicedesk" in template:
        return "service_desk"
    return "business" if "core-project-templates" in template else "software"


def _lead(store: Store, asked: Mapping[str, Any]) -> User | None:
    people = store.people
    if store.is_cloud:
        return people.by_account(str(asked.get("leadAccountId") or ""))
    return people.by_name(str(asked.get("lead") or ""))


def _model(store: Store, kind: str) -> Project:
    """Return the project after which a new one is set up; business projects resemble software projects."""
    wanted = "service_desk" if kind == "service_desk" else "software"
    return next(project for project in store.configuration.projects if project.kind == wanted)


def _describe(store: Store, project: Project, asked: Mapping[str, Any]) -> None:
    for name in ("description", "url"):
        if name in asked:
            setattr(project, name, str(asked[name] or ""))
    if "assigneeType" in asked:
        if asked["assigneeType"] not in _ASSIGNEES:
            raise invalid("assigneeType", f"The assignee type must be one of {', '.join(_ASSIGNEES)}.")
        project.assignee_type = str(asked["assigneeType"])
    if "categoryId" in asked:
        project.category = _category(store, asked["categoryId"])


def _category(store: Store, reference: Any) -> ProjectCategory | None:
    if reference in (None, -1):
        return None
    found = store.configuration.project_categories.by_id(reference)
    if found is None:
        raise invalid("projectCategory", f"There is no project category with id '{reference}'.")
    return found


def _open_desk(store: Store, project: Project) -> None:
    """Open a service desk with the request types of the first one."""
    desks = store.configuration.service_desks
    kinds = [
        RequestType(
            str(store.next_id("requesttype", first=100)),
            kind.name,
            kind.description,
            kind.issue_type,
            kind.fields,
        )
        for kind in next(iter(desks)).request_types
    ]
    desks.add(ServiceDesk(str(store.next_id("servicedesk", first=10)), project, Register(kinds)))
