"""What the site tells about itself: server, fields, types, statuses, users, permissions."""

from typing import Any

from careloop.sandbox.jira.actions.metadata import show_schema
from careloop.sandbox.jira.dates import write_instant
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Field, Priority, Project
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Handler, Route
from careloop.sandbox.jira.view import show_user

CLOUD_ID = "1f6c2a90-5b1d-4c57-9a83-7e2d0c4b8a11"
CLOUD_VERSION = (1001, 0, 0)
DC_VERSION = (9, 12, 15)


def server_info(call: Call) -> Answer:
    is_cloud = call.store.is_cloud
    version = CLOUD_VERSION if is_cloud else DC_VERSION
    shown: dict[str, Any] = {
        "baseUrl": call.root,
        "version": "1001.0.0-SNAPSHOT" if is_cloud else ".".join(map(str, version)),
        "versionNumbers": list(version),
        "deploymentType": "Cloud" if is_cloud else "Server",
        "buildNumber": 100_300 if is_cloud else 9_120_015,
        "buildDate": "2026-01-05T00:00:00.000+0000",
        "serverTime": write_instant(call.store.now()),
        "scmInfo": "0" * 40,
        "serverTitle": "Jira",
    }
    if is_cloud:
        shown |= {"displayUrl": call.root, "serverTimeZone": "Etc/UTC", "defaultLocale": {"locale": "en_US"}}
    return Answer(200, shown)


def tenant_info(_: Call) -> Answer:
    return Answer(200, {"cloudId": CLOUD_ID})


def myself(call: Call) -> Answer:
    return Answer(200, _full_user(call, call.actor))


def user(call: Call) -> Answer:
    """Return one account: by account id on Cloud, by user name on Data Center."""
    call.sign_in()
    people = call.store.people
    key = "accountId" if call.store.is_cloud else "username"
    wanted = call.query.get(key, "")
    if not wanted:
        raise Refused(400, f"The query parameter '{key}' is required.")
    found = people.by_account(wanted) if call.store.is_cloud else people.by_name(wanted)
    if found is None:
        raise Refused(404, "Specified user does not exist or you do not have required permissions")
    return Answer(200, _full_user(call, found))


def find_users(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, [show_user(call.view, found) for found in _paged(call, _users(call))])


def find_assignable(call: Call) -> Answer:
    project = call.store.configuration.project(call.query.get("project", ""))
    if project is None and "issueKey" in call.query:
        project = call.store.issue_for(call.user, call.query["issueKey"]).project
    if project is None:
        raise Refused(400, "A project or an issueKey is required.")
    rights = call.store.rights
    found = [u for u in _users(call, optional=True) if u.active and rights.may(u, "ASSIGNABLE_USER", project)]
    return Answer(200, [show_user(call.view, one) for one in _paged(call, found)])


def fields(call: Call) -> Answer:
    return Answer(200, [_show_field(field) for field in call.store.configuration.fields])


def priorities(call: Call) -> Answer:
    return Answer(200, [_show_priority(call, priority) for priority in call.store.configuration.priorities])


def session(call: Call) -> Answer:
    account = call.actor
    name = account.email if call.store.is_cloud else account.name
    return Answer(200, {"self": f"{call.root}/rest/api/latest/user?username={name}", "name": name})


def listing(noun: str) -> Handler:
    """Return a handler that lists one register of the configuration."""

    def answer(call: Call) -> Answer:
        return Answer(200, [call.view.piece(item) for item in getattr(call.store.configuration, noun)])

    return answer


def single(noun: str) -> Handler:
    """Return a handler that finds one item of a register by id, name or key."""

    def answer(call: Call) -> Answer:
        reference = call.parameters["id"]
        register = getattr(call.store.configuration, noun)
        found = register.find(reference) or [
            item for item in register if getattr(item, "key", None) == reference
        ]
        if not found:
            raise Refused(404, f"Nothing with the id '{reference}' exists here.")
        return Answer(200, call.view.piece(found[0]))

    return answer


def my_permissions(call: Call) -> Answer:
    """Return which of the permissions asked for the caller has, in a project or on an issue."""
    known = {permission.key: permission for permission in call.store.configuration.permissions}
    asked = call.words("permissions")
    if not asked and call.store.is_cloud:
        raise Refused(400, "The 'permissions' query parameter is required.")
    if wrong := [key for key in asked if key not in known]:
        raise Refused(400, f"Unrecognized permission: {', '.join(wrong)}")
    project, rights = _place(call), call.store.rights
    shown = {
        key: {
            "id": known[key].id,
            "key": key,
            "name": known[key].name,
            "type": known[key].kind,
            "description": "",
            "havePermission": _holds(call, key, project)
            if known[key].kind == "PROJECT"
            else rights.may(call.user, key, None),
        }
        for key in asked or known
    }
    return Answer(200, {"permissions": shown})


def _holds(call: Call, key: str, project: Project | None) -> bool:
    """Return whether the caller has a project permission: without a project, whether in any."""
    projects = [project] if project else list(call.store.configuration.projects)
    return any(call.store.rights.may(call.user, key, one) for one in projects)


def _place(call: Call) -> Project | None:
    issue = call.query.get("issueKey") or call.query.get("issueId")
    if issue:
        return call.store.issue_for(call.user, issue).project
    reference = call.query.get("projectKey") or call.query.get("projectId")
    if not reference:
        return None
    project = call.store.configuration.project(reference)
    if project is None or not call.store.rights.may(call.user, "BROWSE_PROJECTS", project):
        raise Refused(404, f"No project could be found with key '{reference}'.")
    return project


def _users(call: Call, *, optional: bool = False) -> list[User]:
    people = call.store.people
    account, query = call.query.get("accountId"), call.query.get("query", call.query.get("username"))
    if account is not None and query is not None:
        raise Refused(400, "The query and accountId parameters exclude one another.")
    if account is not None:
        found = people.by_account(account)
        return [found] if found else []
    if query is None and not optional:
        raise Refused(400, "A query or an accountId is required.")
    return [one for one in people.starting_with(query or "") if one.active]


def _paged(call: Call, rows: list[User]) -> list[User]:
    start = call.number("startAt", 0)
    return rows[start : start + call.number("maxResults", 50)]


def _full_user(call: Call, found: User) -> dict[str, Any]:
    groups = {"size": len(found.groups), "items": [{"name": name} for name in sorted(found.groups)]}
    return {
        **show_user(call.view, found),
        "locale": "en_US",
        "groups": groups,
        "applicationRoles": {"size": 1, "items": []},
        "expand": "groups,applicationRoles",
    }


def _show_field(field: Field) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "custom": bool(field.custom),
        "orderable": field.orderable,
        "navigable": True,
        "searchable": bool(field.clauses),
        "clauseNames": list(field.clauses),
    }
    if field.custom:
        shown["clauseNames"] = [f"cf[{field.id.removeprefix('customfield_')}]", *field.clauses]
        shown["untranslatedName"] = field.name
    if field.kind:
        shown["schema"] = show_schema(field)
    return shown


def _show_priority(call: Call, priority: Priority) -> dict[str, Any]:
    return {
        "self": f"{call.view.api}/priority/{priority.id}",
        "statusColor": priority.color,
        "description": priority.description,
        "iconUrl": f"{call.root}/images/icons/priorities/{priority.name.lower()}.svg",
        "name": priority.name,
        "id": priority.id,
    }


ROUTES: list[Route] = [
    ("GET", "/serverInfo", server_info),
    ("GET", "/myself", myself),
    ("GET", "/user", user),
    ("GET", "/user/search", find_users),
    ("GET", "/user/assignable/search", find_assignable),
    ("GET", "/field", fields),
    ("GET", "/priority", priorities),
    ("GET", "/priority/{id}", single("priorities")),
    ("GET", "/resolution", listing("resolutions")),
    ("GET", "/resolution/{id}", single("resolutions")),
    ("GET", "/status", listing("statuses")),
    ("GET", "/status/{id}", single("statuses")),
    ("GET", "/statuscategory", listing("categories")),
    ("GET", "/statuscategory/{id}", single("categories")),
    ("GET", "/issuetype", listing("issue_types")),
    ("GET", "/issuetype/{id}", single("issue_types")),
    ("GET", "/mypermissions", my_permissions),
]
