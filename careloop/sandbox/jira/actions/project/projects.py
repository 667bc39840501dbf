"""Creating, changing and deleting projects: the work of an administrator of the site."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer, administer_project
from careloop.sandbox.jira.actions.project import avatars, project_schemes
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Project, ProjectCategory, RequestType, ServiceDesk
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.register import Register
from careloop.sandbox.jira.model.users import LICENSED, User
from careloop.sandbox.jira.store import Store

ADMINISTRATORS, MEMBERS = "Administrators", "Developers"
AGENTS = "Service Desk Team"
FIRST_ID = 10_100
_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}$")
_NAME_LENGTH = 80
_SCHEMES = ("permissionScheme", "notificationScheme", "issueSecurityScheme")
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
        schemes=project_schemes.choose(store, model.schemes, asked),
        groups={AGENTS if kind == "service_desk" else MEMBERS: {LICENSED}},
    )
    _describe(store, project, asked)
    _staff(store, project, (user, lead))
    configuration = store.configuration
    configuration.projects.add(project)
    if project.is_service_desk:
        _open_desk(store, project)
    configuration.revision += 1
    store.announce(Happening("project_created", user, thing=project))
    return project


def _staff(store: Store, project: Project, administrators: Iterable[User]) -> None:
    """Give the roles of a new project to who runs it and to the default members of each role."""
    for person in administrators:
        person.roles[project.key] = (ADMINISTRATORS,)
    for role in store.configuration.roles:
        for member in (user for user in store.people if user.account_id in role.default_users):
            held = member.roles.get(project.key, ())
            member.roles[project.key] = tuple(dict.fromkeys([*held, role.name]))
        if role.default_groups:
            project.groups.setdefault(role.name, set()).update(role.default_groups)


def edit(store: Store, user: User, project: Project, asked: Mapping[str, Any]) -> None:
    """Change what a request names; key and schemes are for administrators of the site."""
    administer_project(store, user, project)
    key = str(asked.get("key") or project.key)
    if key != project.key or any(asked.get(name) is not None for name in _SCHEMES):
        administer(store, user)
    if key != project.key and (problem := key_problem(store, key, project)):
        raise invalid("projectKey", problem)
    schemes = project_schemes.choose(store, project.schemes, asked)
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
    project.schemes = schemes
    if key != project.key:
        _rename(store, project, key)
    _release(project, asked.get("releasedProjectKeys"))
    store.configuration.revision += 1
    store.announce(Happening("project_updated", user, thing=project))


def _rename(store: Store, project: Project, key: str) -> None:
    """Give a project another key, and its issues with it; the former keys go on leading to them."""
    former, project.key = project.key, key
    project.former_keys = (*(one for one in project.former_keys if one != key), former)
    store.rights.rename(former, key)
    for person in store.people:
        if former in person.roles:
            person.roles[key] = person.roles.pop(former)
    for component in project.components:
        component.project = key
    for issue in [issue for issue in store.issues.values() if issue.project is project]:
        store.rename(issue, f"{key}-{issue.number}")
    store.revision += 1


def _release(project: Project, keys: Any) -> None:
    """Give up former keys of a project, so that others may have them."""
    given = keys if isinstance(keys, list) else []
    if foreign := [str(key) for key in given if key not in project.former_keys]:
        raise invalid("releasedProjectKeys", f"No former keys of this project: {', '.join(foreign)}.")
    project.former_keys = tuple(key for key in project.former_keys if key not in given)


def key_problem(store: Store, key: str, project: Project | None = None) -> str | None:
    """Return what is wrong with a new key of a project, None when nothing is; its former keys are its own."""
    if not key:
        return "You must specify a valid project key."
    if not _KEY.match(key):
        return (
            "Project keys must start with an uppercase letter, followed by one or more uppercase "
            "alphanumeric characters."
        )
    taken = store.configuration.project(key) or store.configuration.shelved_project(key)
    return f"Project '{taken.name}' uses this project key." if taken not in (None, project) else None


def _name_problem(store: Store, name: str, project: Project | None) -> str | None:
    if not name:
        return "You must specify a valid project name."
    if len(name) > _NAME_LENGTH:
        return f"The project name must not exceed {_NAME_LENGTH} characters in length."
    configuration = store.configuration
    taken = [*configuration.projects.named(name), *configuration.shelf.named(name)]
    taken = [one for one in taken if one is not project]
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
    if "avatarId" in asked:
        avatars.choose(store, "project", project, asked["avatarId"])


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
