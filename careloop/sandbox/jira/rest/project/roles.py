"""Project roles and who holds them."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project, Role
from careloop.sandbox.jira.model.grant import Holder
from careloop.sandbox.jira.model.issue import Comment, Visibility, Worklog
from careloop.sandbox.jira.model.users import Group, User
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings

_HOLDER = "projectRole"
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
    role = roles.add(Role(number, name, str(asked.get("description") or "")))
    return Answer(200, _show(call, None, role))


def rename(call: Call) -> Answer:
    """Change the name of a role or, when none is given, its description."""
    administer(call.store, call.actor)
    role, asked = _role(call), call.object("name", "description")
    if asked.get("name"):
        _set_name(call, role, asked["name"])
    elif "description" in asked:
        role.description = str(asked["description"] or "")
    else:
        raise Refused(400, "A name or a description must be given.")
    return Answer(200, _show(call, None, role))


def describe(call: Call) -> Answer:
    """Change the name and the description of a role, both of which must be given."""
    administer(call.store, call.actor)
    role, asked = _role(call), call.object("name", "description")
    if "name" not in asked or "description" not in asked:
        raise Refused(400, "Both a name and a description must be given.")
    _set_name(call, role, asked["name"])
    role.description = str(asked["description"] or "")
    return Answer(200, _show(call, None, role))


def delete(call: Call) -> Answer:
    """Delete a role; 409 for one that somebody holds, unless another takes its place."""
    administer(call.store, call.actor)
    roles, role = call.store.configuration.roles, _role(call)
    swap, reference = None, call.query.get("swap")
    if reference is not None:
        swap = roles.by_id(reference)
        if swap in (None, role):
            raise Refused(400, f"The role with id '{reference}' cannot take the place of this one.")
    elif _in_use(call, role):
        raise Refused(409, f"The project role '{role.name}' is in use. Name one to take its place.")
    _exchange(call, role, swap)
    if swap:
        _exchange_in_schemes(call, Holder(_HOLDER, role.id), Holder(_HOLDER, swap.id))
    roles.remove(role)
    call.store.revision += 1
    return Answer(204)


def default_actors(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, {"actors": _defaults(call, _role(call))})


def add_default_actors(call: Call) -> Answer:
    """Have accounts or groups hold a role in each project that is created from now on."""
    administer(call.store, call.actor)
    role, asked = _role(call), call.object("user", "group", "groupId")
    users = [_user(call, one) for one in strings(asked, "user")]
    groups = [_group(call, one) for one in (*strings(asked, "group"), *strings(asked, "groupId"))]
    if bool(users) == bool(groups):
        raise Refused(400, "Either users or groups must be given.")
    role.default_users.update(user.account_id for user in users)
    role.default_groups.update(group.name for group in groups)
    return Answer(200, {"actors": _defaults(call, role)})


def remove_default_actor(call: Call) -> Answer:
    administer(call.store, call.actor)
    role, reference = _role(call), call.query.get("user")
    named = call.query.get("groupId") or call.query.get("group")
    if bool(reference) == bool(named):
        raise Refused(400, "Either a user or a group must be given.")
    if reference:
        role.default_users.discard(_user(call, reference).account_id)
    else:
        role.default_groups.discard(_group(call, str(named)).name)
    return Answer(200, {"actors": _defaults(call, role)})


def _set_name(call: Call, role: Role, given: Any) -> None:
    """Rename a role, wherever it is held by its name; 400 for no name or that of another."""
    name, roles = str(given or ""), call.store.configuration.roles
    if not name.strip() or name != name.strip():
        raise Refused(400, "The name must not be empty or begin or end with a space.")
    if any(other is not role for other in roles.named(name)):
        raise Refused(400, f"A project role with name '{name}' already exists.")
    _exchange(call, role, dataclasses.replace(role, name=name))
    role.name = name
    call.store.revision += 1


def _in_use(call: Call, role: Role) -> bool:
    configuration = call.store.configuration
    return any(role.name in names for user in call.store.people for names in user.roles.values()) or any(
        project.groups.get(role.name) for project in configuration.every_project()
    )


def _exchange(call: Call, role: Role, other: Role | None) -> None:
    """Give another role to everybody who holds one, and to what only its holders read."""
    configuration, store = call.store.configuration, call.store
    for user in store.people:
        for key, names in user.roles.items():
            swapped = (other.name if other and name == role.name else name for name in names)
            user.roles[key] = tuple(dict.fromkeys(name for name in swapped if other or name != role.name))
    for project in configuration.every_project():
        groups = project.groups.pop(role.name, set())
        if other:
            project.groups.setdefault(other.name, set()).update(groups)
    written: list[Comment | Worklog] = [*store.comments.values(), *store.worklogs.values()]
    for thing in written:
        if other and thing.visibility == ("role", role.name):
            thing.visibility = Visibility("role", other.name)


def _exchange_in_schemes(call: Call, former: Holder, holder: Holder) -> None:
    """Give another role what permission schemes grant one, and have it see what its security levels hide."""
    configuration = call.store.configuration
    for scheme in configuration.permission_schemes:
        for grants in scheme.grants.values():
            grants[:] = [g._replace(holder=holder) if g.holder == former else g for g in grants]
    for level in (one for scheme in configuration.security_schemes for one in scheme.levels):
        level.members = [m._replace(holder=holder) if m.holder == former else m for m in level.members]


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
    found = call.store.account(reference)
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
    if not actors:
        return shown
    return shown | {"actors": _actors(call, project, role) if project else _defaults(call, role)}


def _defaults(call: Call, role: Role) -> list[dict[str, Any]]:
    users = [user for user in call.store.people if user.account_id in role.default_users]
    return _show_actors(call, role, users, role.default_groups)


def _actors(call: Call, project: Project, role: Role) -> list[dict[str, Any]]:
    users = [user for user in call.store.people if role.name in user.roles.get(project.key, ())]
    return _show_actors(call, role, users, project.groups.get(role.name, ()))


def _show_actors(call: Call, role: Role, users: list[User], groups: Iterable[str]) -> list[dict[str, Any]]:
    """Return accounts and groups that hold a role, by their display names."""
    store, number = call.store, int(role.id) * 1000
    rows: list[dict[str, Any]] = []
    for user in users:
        identity = {"actorUser": {"accountId": user.account_id}} if store.is_cloud else {"name": user.name}
        rows.append({"displayName": user.display_name, "type": _USERS, **identity})
    for name in groups:
        group = store.people.group(name)
        number_of = {"groupId": group.id} if group and store.is_cloud else {}
        shown = {"name": name, "displayName": name, **number_of}
        rows.append({"displayName": name, "type": _GROUPS, "name": name, "actorGroup": shown})
    rows.sort(key=lambda row: row["displayName"])
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
    ("POST", "/role/{role}", rename),
    ("PUT", "/role/{role}", describe),
    ("DELETE", "/role/{role}", delete),
    ("GET", "/role/{role}/actors", default_actors),
    ("POST", "/role/{role}/actors", add_default_actors),
    ("DELETE", "/role/{role}/actors", remove_default_actor),
]
CLOUD_ROUTES: list[Route] = [("GET", "/project/{project}/roledetails", details)]
