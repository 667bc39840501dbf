"""Issue security schemes, their levels and members, and those of projects."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue.values import levels_for
from careloop.sandbox.jira.actions.setup import security_schemes as schemes
from careloop.sandbox.jira.actions.setup.holders import show_holder
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.security import Member, SecurityLevel, SecurityScheme
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.rest.setup.scheme_lists import asked_ids
from careloop.sandbox.jira.rest.setup.type_schemes import known_project
from careloop.sandbox.jira.rest.tasks import lead_to

_PATH = "issuesecurityschemes"


def every(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = [_show(call, one, levels=False) for one in call.store.configuration.security_schemes]
    return Answer(200, {"issueSecuritySchemes": rows})


def get(call: Call) -> Answer:
    """Return a scheme to who administers the site, or a project that uses it."""
    number, rights = call.parameters["scheme"], call.store.rights
    found = call.store.configuration.security_schemes.by_id(number)
    users = [one for one in call.store.configuration.projects if found and one.schemes.security is found]
    if not any(rights.may(call.actor, "ADMINISTER_PROJECTS", one) for one in users):
        administer(call.store, call.actor)
    return Answer(200, _show(call, schemes.find(call.store, number, 403)))


def search(call: Call) -> Answer:
    """Return schemes, perhaps those of some projects only, with the ids of these."""
    administer(call.store, call.actor)
    ids, projects = asked_ids(call, "id"), asked_ids(call, "projectId")
    rows = []
    for scheme in call.store.configuration.security_schemes:
        users = [one.id for one in call.store.configuration.projects if one.schemes.security is scheme]
        wanted = [number for number in users if number in projects]
        if (not ids or scheme.id in ids) and (not projects or wanted):
            rows.append(
                {**_brief(call, scheme), **({"projectIds": list(map(int, wanted))} if wanted else {})}
            )
    return Answer(200, bean(call, f"{_PATH}/search", rows, lambda row: row))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    made = schemes.create(call.store, call.object("description", "levels", "name"))
    return Answer(201, {"id": made.id})


def edit(call: Call) -> Answer:
    scheme = _scheme(call)
    others = call.store.configuration.security_schemes
    schemes.edit(call.store, scheme, others, call.object("description", "name"))
    return Answer(204)


def delete(call: Call) -> Answer:
    schemes.delete(call.store, _scheme(call))
    return Answer(204)


def levels(call: Call) -> Answer:
    """Return levels by their ids or their schemes."""
    administer(call.store, call.actor)
    ids, of = asked_ids(call, "id"), asked_ids(call, "schemeId")
    rows = [
        (scheme, level)
        for scheme in call.store.configuration.security_schemes
        for level in scheme.levels
        if (not ids and not of) or level.id in ids or scheme.id in of
    ]
    if call.flag("onlyDefault"):
        rows = [(scheme, level) for scheme, level in rows if level is scheme.default]
    return Answer(200, bean(call, f"{_PATH}/level", rows, lambda row: _show_level(call, *row)))


def add_levels(call: Call) -> Answer:
    scheme = _scheme(call)
    schemes.add_levels(call.store, scheme, call.object("levels").get("levels"))
    return Answer(204)


def edit_level(call: Call) -> Answer:
    scheme = _scheme(call)
    level = schemes.find_level(scheme, call.parameters["level"])
    schemes.edit(call.store, level, scheme.levels, call.object("description", "name"))
    return Answer(204)


def remove_level(call: Call) -> Answer:
    """Delete a level, as a task."""
    scheme = _scheme(call)
    level = schemes.find_level(scheme, call.parameters["level"])
    schemes.remove_level(call.store, call.actor, scheme, level, call.query.get("replaceWith"))
    return lead_to(call, f"Delete security level {level.name}")


def set_defaults(call: Call) -> Answer:
    """Choose the default levels of schemes, all or none; -1 or null for no default."""
    administer(call.store, call.actor)
    rows = call.object("defaultValues").get("defaultValues")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Refused(400, "The 'defaultValues' must be a list of objects.")
    chosen: list[tuple[SecurityScheme, SecurityLevel | None]] = []
    for row in rows:
        scheme, number = schemes.find(call.store, row.get("issueSecuritySchemeId")), row.get("defaultLevelId")
        chosen.append((scheme, None if number in (None, "-1") else schemes.find_level(scheme, number)))
    for scheme, level in chosen:
        scheme.default = level
    return Answer(204)


def members(call: Call) -> Answer:
    """Return members of levels, by their ids, levels or schemes."""
    administer(call.store, call.actor)
    ids, of_levels, of = asked_ids(call, "id"), asked_ids(call, "levelId"), asked_ids(call, "schemeId")
    rows = [
        {
            "id": member.id,
            "issueSecurityLevelId": level.id,
            "issueSecuritySchemeId": scheme.id,
            "holder": show_holder(call.store, member.holder),
        }
        for scheme, level, member in _members(call)
        if not (ids or of_levels or of) or member.id in ids or level.id in of_levels or scheme.id in of
    ]
    return Answer(200, bean(call, f"{_PATH}/level/member", rows, lambda row: row))


def members_of_scheme(call: Call) -> Answer:
    wanted, scheme = call.words("issueSecurityLevelId"), _scheme(call)
    rows = [
        {
            "id": int(member.id),
            "issueSecurityLevelId": int(level.id),
            "holder": show_holder(call.store, member.holder),
        }
        for one, level, member in _members(call)
        if one is scheme and (not wanted or level.id in wanted)
    ]
    return Answer(200, bean(call, f"{_PATH}/{scheme.id}/members", rows, lambda row: row))


def add_members(call: Call) -> Answer:
    level = schemes.find_level(_scheme(call), call.parameters["level"])
    schemes.add_members(call.store, level, call.object("members").get("members"))
    return Answer(204)


def remove_member(call: Call) -> Answer:
    level = schemes.find_level(_scheme(call), call.parameters["level"])
    schemes.remove_member(call.store, level, call.parameters["member"])
    return Answer(204)


def associations(call: Call) -> Answer:
    """Return which project uses which scheme."""
    administer(call.store, call.actor)
    ids, projects = asked_ids(call, "issueSecuritySchemeId"), asked_ids(call, "projectId")
    rows = [
        {"issueSecuritySchemeId": one.schemes.security.id, "projectId": one.id}
        for one in call.store.configuration.projects
        if one.schemes.security
        and (not ids or one.schemes.security.id in ids)
        and (not projects or one.id in projects)
    ]
    return Answer(200, bean(call, f"{_PATH}/project", rows, lambda row: row))


def assign(call: Call) -> Answer:
    """Have a project use a scheme, as a task."""
    administer(call.store, call.actor)
    asked = call.object("oldToNewSecurityLevelMappings", "projectId", "schemeId")
    project = known_project(call, asked.get("projectId"))
    scheme = schemes.find(call.store, asked.get("schemeId"))
    rows = [row for row in asked.get("oldToNewSecurityLevelMappings") or () if isinstance(row, Mapping)]
    fresh = {
        str(row.get("oldLevelId")): schemes.find_level(scheme, row.get("newLevelId"), 400) for row in rows
    }
    schemes.assign(call.store, call.actor, project, scheme, fresh)
    return lead_to(call, f"Assign {scheme.name} to {project.name}")


def of_project(call: Call) -> Answer:
    """Return the scheme of a project to who administers it; 404 when it has none."""
    project, rights = call.project, call.store.rights
    if not rights.may(call.actor, "ADMINISTER_PROJECTS", project):
        administer(call.store, call.actor)
    if project.schemes.security is None:
        raise Refused(404, f"The project '{project.key}' has no issue security scheme.")
    return Answer(200, _show(call, project.schemes.security))


def levels_of_project(call: Call) -> Answer:
    """Return the levels that the caller can give to issues of a project."""
    project = call.project
    scheme, may = project.schemes.security, call.store.rights.may
    if scheme is None or not may(call.user, "SET_ISSUE_SECURITY", project):
        return Answer(200, {"levels": []})
    found = levels_for(call.store, call.actor, project)
    return Answer(200, {"levels": [_show_level(call, scheme, level) for level in found]})


def get_level(call: Call) -> Answer:
    call.sign_in()
    number = call.parameters["level"]
    for scheme in call.store.configuration.security_schemes:
        if level := scheme.levels.by_id(number):
            return Answer(200, _show_level(call, scheme, level))
    raise Refused(404, f"The security level with the id '{number}' does not exist.")


def _scheme(call: Call) -> SecurityScheme:
    administer(call.store, call.actor)
    return schemes.find(call.store, call.parameters["scheme"])


def _members(call: Call) -> list[tuple[SecurityScheme, SecurityLevel, Member]]:
    every = call.store.configuration.security_schemes
    return [(scheme, level, one) for scheme in every for level in scheme.levels for one in level.members]


def _brief(call: Call, scheme: SecurityScheme) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "self": f"{call.view.api}/{_PATH}/{scheme.id}",
        "id": int(scheme.id),
        "name": scheme.name,
        "description": scheme.description,
    }
    return shown | ({"defaultLevel": int(scheme.default.id)} if scheme.default else {})


def _show(call: Call, scheme: SecurityScheme, *, levels: bool = True) -> dict[str, Any]:
    shown = _brief(call, scheme)
    if "defaultLevel" in shown:
        shown["defaultSecurityLevelId"] = shown.pop("defaultLevel")
    if levels:
        shown["levels"] = [_show_level(call, scheme, level) for level in scheme.levels]
    return shown


def _show_level(call: Call, scheme: SecurityScheme, level: SecurityLevel) -> dict[str, Any]:
    return {
        "self": f"{call.view.api}/securitylevel/{level.id}",
        "id": level.id,
        "name": level.name,
        "description": level.description,
        "isDefault": level is scheme.default,
        "issueSecuritySchemeId": scheme.id,
    }


ROUTES: list[Route] = [
    ("GET", f"/{_PATH}", every),
    ("GET", f"/{_PATH}/{{scheme}}", get),
    ("GET", "/project/{project}/issuesecuritylevelscheme", of_project),
    ("GET", "/project/{project}/securitylevel", levels_of_project),
    ("GET", "/securitylevel/{level}", get_level),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", f"/{_PATH}", create),
    ("GET", f"/{_PATH}/search", search),
    ("GET", f"/{_PATH}/level", levels),
    ("PUT", f"/{_PATH}/level/default", set_defaults),
    ("GET", f"/{_PATH}/level/member", members),
    ("GET", f"/{_PATH}/project", associations),
    ("PUT", f"/{_PATH}/project", assign),
    ("PUT", f"/{_PATH}/{{scheme}}", edit),
    ("DELETE", f"/{_PATH}/{{scheme}}", delete),
    ("GET", f"/{_PATH}/{{scheme}}/members", members_of_scheme),
    ("PUT", f"/{_PATH}/{{scheme}}/level", add_levels),
    ("PUT", f"/{_PATH}/{{scheme}}/level/{{level}}", edit_level),
    ("DELETE", f"/{_PATH}/{{scheme}}/level/{{level}}", remove_level),
    ("PUT", f"/{_PATH}/{{scheme}}/level/{{level}}/member", add_members),
    ("DELETE", f"/{_PATH}/{{scheme}}/level/{{level}}/member/{{member}}", remove_member),
]
