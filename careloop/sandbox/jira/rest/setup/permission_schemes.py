"""Permission schemes, their grants, and the one of a project."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.setup import permission_schemes as schemes
from careloop.sandbox.jira.actions.setup.holders import show_holder
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.grant import Grant, PermissionScheme
from careloop.sandbox.jira.rest.call import Answer, Call, Route

_GIVEN = ("description", "expand", "id", "name", "permissions", "scope", "self")


def every(call: Call) -> Answer:
    call.sign_in()
    found = call.store.configuration.permission_schemes
    return Answer(200, {"permissionSchemes": [_show(call, scheme) for scheme in found]})


def get(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, _show(call, _scheme(call)))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(201, _show(call, schemes.create(call.store, call.object(*_GIVEN)), whole=True))


def edit(call: Call) -> Answer:
    administer(call.store, call.actor)
    scheme = _scheme(call)
    schemes.edit(call.store, scheme, call.object(*_GIVEN))
    return Answer(200, _show(call, scheme, whole=True))


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    schemes.delete(call.store, _scheme(call))
    return Answer(204)


def grants(call: Call) -> Answer:
    call.sign_in()
    scheme = _scheme(call)
    shown = [_show_grant(call, scheme, grant) for grant in scheme]
    return Answer(200, {"expand": "user,group,projectRole,field,all", "permissions": shown})


def grant(call: Call) -> Answer:
    administer(call.store, call.actor)
    scheme = _scheme(call, 400)
    made = schemes.grant(call.store, scheme, call.object("holder", "id", "permission", "self"))
    return Answer(201, _show_grant(call, scheme, made))


def get_grant(call: Call) -> Answer:
    call.sign_in()
    scheme = _scheme(call)
    return Answer(200, _show_grant(call, scheme, schemes.find_grant(scheme, call.parameters["grant"])))


def revoke(call: Call) -> Answer:
    administer(call.store, call.actor)
    scheme = _scheme(call, 400)
    known = schemes.find_grant(scheme, call.parameters["grant"], 400)
    schemes.revoke(call.store, scheme, known)
    return Answer(204)


def of_project(call: Call) -> Answer:
    return Answer(200, _show(call, call.project.schemes.permissions))


def assign(call: Call) -> Answer:
    """Have a project use a scheme."""
    project = call.project
    administer(call.store, call.actor)
    number = call.object("id").get("id")
    if isinstance(number, bool) or not isinstance(number, int):
        raise Refused(400, "The 'id' of the permission scheme must be a number.")
    project.schemes.permissions = schemes.find(call.store, str(number))
    call.store.configuration.revision += 1
    return Answer(200, _show(call, project.schemes.permissions))


def _scheme(call: Call, status: int = 404) -> PermissionScheme:
    return schemes.find(call.store, call.parameters["scheme"], status)


def _show(call: Call, scheme: PermissionScheme, *, whole: bool = False) -> dict[str, Any]:
    """Return a scheme; its grants too, when the answer is to be whole or anything is to be expanded."""
    shown: dict[str, Any] = {
        "expand": "permissions,user,group,projectRole,field,all",
        "id": int(scheme.id),
        "self": f"{call.view.api}/permissionscheme/{scheme.id}",
        "name": scheme.name,
        "description": scheme.description,
    }
    if whole or call.words("expand"):
        shown["permissions"] = [_show_grant(call, scheme, grant) for grant in scheme]
    return shown


def _show_grant(call: Call, scheme: PermissionScheme, grant: Grant) -> dict[str, Any]:
    return {
        "id": int(grant.id),
        "self": f"{call.view.api}/permissionscheme/{scheme.id}/permission/{grant.id}",
        "holder": show_holder(call.store, grant.holder),
        "permission": grant.permission,
    }


ROUTES: list[Route] = [
    ("GET", "/permissionscheme", every),
    ("POST", "/permissionscheme", create),
    ("GET", "/permissionscheme/{scheme}", get),
    ("PUT", "/permissionscheme/{scheme}", edit),
    ("DELETE", "/permissionscheme/{scheme}", delete),
    ("GET", "/permissionscheme/{scheme}/permission", grants),
    ("POST", "/permissionscheme/{scheme}/permission", grant),
    ("GET", "/permissionscheme/{scheme}/permission/{grant}", get_grant),
    ("DELETE", "/permissionscheme/{scheme}/permission/{grant}", revoke),
    ("GET", "/project/{project}/permissionscheme", of_project),
    ("PUT", "/project/{project}/permissionscheme", assign),
]
