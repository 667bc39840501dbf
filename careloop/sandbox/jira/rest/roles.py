"""Project roles and who holds them."""

from typing import Any

from careloop.sandbox.jira.actions.projects import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project, Role
from careloop.sandbox.jira.model.users import Group, User
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings

_USERS, _GROUPS = "atlassian-user-role-actor", "atlassian-group-role-actor"


def of_project(call: Call) -> Answer:
    project = call.project
    return Answer(200, {role.name: _address(call, project, role) for role in call.store.configuration.roles})


def details(call: Call) -> Answer:
    project, rights = call.project, call.store.rights
    mine = rights.roles(call.actor, project) if call.flag("currentMember") else None
    roles = [role for role in call.store.configuration.roles if mine is None or role.name in mine]
    return Answer(200, [_show(call, project, role, actors=False) for role in roles])


def get(call: Call) -> Answer:
    project, role = _administered(call)
    return Answer(200, _show(call, project, role))


def add(call: Call) -> Answer:
    """Give a role to accounts and groups."""
    project, role = _administered(call)
    asked = call.object("user", "group", "groupId")
    users = [_user(call, one) for one in strings(asked, "user")]
    groups = [_group(call, one) for one in (*strings(asked, "group"), *strings(asked, "groupId"))]
    if not users and not groups:
        raise Refused(400, "There must be a 'user', a 'group' or a 'groupId'.")
    if any(role.name in user.roles.get(project.key, ()) for user in users):
        raise Refused(400, f"A user is already a member of the project role '{role.name}'.")
    for user in users:
        user.roles[project.key] = (*user.roles.get(project.key, ()), role.name)
    project.groups.setdefault(role.name, set()).update(group.name for group in groups)
    call.store.revision += 1
    return Answer(200, _show(call, project, role))


def replace(call: Call) -> Answer:
    """Give a role to exactly these accounts and groups."""
    project, role = _administered(call)
    actors = call.object("categorisedActors", "id").get("categorisedActors")
    given = actors if isinstance(actors, dict) else {}
    users = [_user(call, one) for one in strings(given, _USERS)]
    groups = [_group(call, one) for one in (*strings(given, _GROUPS), *strings(given, f"{_GROUPS}-id"))]
    for user in call.store.people:
        held = [name for name in user.roles.get(project.key, ()) if name != role.name]
        user.roles[project.key] = (*held, *([role.name] if user in users else []))
    project.groups[role.name] = {group.name for group in groups}
    call.store.revision += 1
    return Answer(200, _show(call, project, role))


def remove(call: Call) -> Answer:
    """Take a role from an account or a group."""
    project, role = _administered(call)
    if reference := call.query.get("user"):
        user = _user(call, reference)
        held = user.roles.get(project.key, ())
        if role.name not in held:
            raise Refused(404, f"The user '{reference}' does not hold the project role '{role.name}'.")
        user.roles[project.key] = tuple(name for name in held if name != role.name)
    else:
        group = _group(call, call.query.get("groupId") or call.query.get("group") or "")
        project.groups.get(role.name, set()).discard(group.name)
    call.store.revision += 1
    return Answer(204)


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, [_show(call, None, role) for role in call.store.configuration.roles])


def single(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, _show(call, None, _role(call)))


def create(call: Call) -> Answer:
    """Create a role, which grants nothing until a permission scheme says so, and schemes are fixed here."""
    administer(call.store, call.actor)
    asked, roles = call.object("name", "description"), call.store.configuration.roles
    name = str(asked.get("name") or "").strip()
    if not name:
        raise Refused(400, "A name for the project role must be given.")
    if roles.named(name):
        raise Refused(409, f"A project role with name '{name}' already exists.")
    number = str(call.store.next_id("role", first=10_100))
    role = roles.add(Role(number, name, frozenset(), str(asked.get("description") or "")))
    return Answer(200, _show(call, None, role))


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    call.store.configuration.roles.remove(_role(call))
    return Answer(204)


def _administered(call: Call) -> tuple[Project, Role]:
    """Return the project and role of the address; 404 hides them from who administers neither."""
    project, rights = call.project, call.store.rights
    if not rights.may(call.actor, "ADMINISTER_PROJECTS", project) and not rights.administers(call.actor):
        raise Refused(404, f"You do not have permission to administer the project '{project.key}'.")
    return project, _role(call)


def _role(call: Call) -> Role:
    found = call.store.configuration.roles.by_id(call.parameters["role"])
    if found is None:
        raise Refused(
            404, f"Can not retrieve a role actor for a null project role '{call.parameters['role']}'."
        )
    return found


def _user(call: Call, reference: str) -> User:
    people = call.store.people
    found = people.by_account(reference) if call.store.is_cloud else people.by_name(reference)
    if found is None:
        raise Refused(404, f"We can't find '{reference}' in any accessible user directory.")
    return found


def _group(call: Call, reference: str) -> Group:
    found = call.store.people.group(reference)
    if found is None:
        raise Refused(404, f"We can't find '{reference}' in any accessible group directory.")
    return found


def _address(call: Call, project: Project | None, role: Role) -> str:
    place = f"project/{project.id}/" if project else ""
    return f"{call.view.api}/{place}role/{role.id}"


def _show(call: Call, project: Project | None, role: Role, *, actors: bool = True) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "self": _address(call, project, role),
        "name": role.name,
        "id": int(role.id),
        "description": role.description,
    }
    return shown | {"actors": _actors(call, project, role) if project else []} if actors else shown


def _actors(call: Call, project: Project, role: Role) -> list[dict[str, Any]]:
    store, number = call.store, int(role.id) * 1000
    rows: list[dict[str, Any]] = []
    for user in store.people:
        if role.name in user.roles.get(project.key, ()):
            identity = (
                {"actorUser": {"accountId": user.account_id}} if store.is_cloud else {"name": user.name}
            )
            rows.append({"displayName": user.display_name, "type": _USERS, **identity})
    for name in sorted(project.groups.get(role.name, ())):
        group = store.people.group(name)
        number_of = {"groupId": group.id} if group and store.is_cloud else {}
        shown = {"name": name, "displayName": name, **number_of}
        rows.append({"displayName": name, "type": _GROUPS, "name": name, "actorGroup": shown})
    return [{"id": number + place, **row} for place, row in enumerate(rows)]


ROUTES: list[Route] = [
    ("GET", "/project/{project}/role", of_project),
    ("GET", "/project/{project}/role/{role}", get),
    ("POST", "/project/{project}/role/{role}", add),
    ("PUT", "/project/{project}/role/{role}", replace),
    ("DELETE", "/project/{project}/role/{role}", remove),
    ("GET", "/role", every),
    ("POST", "/role", create),
    ("GET", "/role/{role}", single),
    ("DELETE", "/role/{role}", delete),
]
CLOUD_ROUTES: list[Route] = [("GET", "/project/{project}/roledetails", details)]
