"""Accounts: one's own, others, and searches among them."""

from collections.abc import Callable
from html import escape
from typing import Any
from uuid import UUID, uuid5

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.users import LICENSED, User
from careloop.sandbox.jira.rest.call import UTC, Answer, Call, Route, bean
from careloop.sandbox.jira.view import show_user

MOST_PICKED = 1000
_ACCOUNTS = UUID("0b1b4f56-1f5f-4a3e-8c4b-7d6b6a3f9e21")


def myself(call: Call) -> Answer:
    return Answer(200, _whole(call, call.actor))


def get(call: Call) -> Answer:
    """Return one account: by account id on Cloud, by user name or key on Data Center."""
    call.sign_in()
    return Answer(200, _whole(call, _named(call, 404)))


def create(call: Call) -> Answer:
    """Create an account with access to the products named; an address that is known names its account."""
    administer(call.store, call.actor)
    asked, people = call.object(), call.store.people
    email = str(asked.get("emailAddress") or "")
    if "@" not in email:
        raise Refused(400, errors={"email": "You must specify a valid email address."})
    if call.store.is_cloud and not isinstance(asked.get("products"), list):
        raise Refused(400, "The 'products' that the user may use must be given, perhaps none.")
    if known := people.by_email(email):
        return Answer(201, _whole(call, known))
    name = str(asked.get("name") or email.partition("@")[0])
    if people.by_name(name):
        raise Refused(400, errors={"username": "A user with that username already exists."})
    number = f"712020:{uuid5(_ACCOUNTS, email)}"
    full_name = str(asked.get("displayName") or name)
    user = User(number, name, email, full_name, UTC, f"{name}-token", groups=frozenset({LICENSED}))
    people.add(user)
    call.store.announce(Happening("user_created", call.actor, thing=user))
    return Answer(201, _whole(call, user))


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    user = _named(call, 404)
    if user is call.actor:
        raise Refused(400, "You cannot delete yourself.")
    call.store.people.remove(user)
    call.store.announce(Happening("user_deleted", call.actor, thing=user))
    return Answer(204)


def search(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, _page(call, _found(call)))


def assignable(call: Call) -> Answer:
    rights = call.store.rights
    place = _project_or_issue(call, "project", "issueKey", "issueId")
    if place is None:
        raise Refused(400, "A project or an issueKey is required.")
    found = [u for u in _found(call, optional=True) if u.active and rights.may(u, "ASSIGNABLE_USER", place)]
    return Answer(200, _page(call, found))


def assignable_everywhere(call: Call) -> Answer:
    """Return who can be assigned in each of several projects."""
    call.require("projectKeys")
    rights, projects = call.store.rights, []
    for key in call.words("projectKeys"):
        project = call.store.configuration.project(key)
        if project is None:
            raise Refused(404, f"No project could be found with key '{key}'.")
        projects.append(project)
    found = [
        u for u in _found(call, optional=True) if all(rights.may(u, "ASSIGNABLE_USER", p) for p in projects)
    ]
    return Answer(200, _page(call, found))


def able_to_browse(call: Call) -> Answer:
    place = _project_or_issue(call, "projectKey", "issueKey")
    if place is None:
        raise Refused(400, "A projectKey or an issueKey is required.")
    may = call.store.rights.may
    return Answer(
        200, _page(call, [u for u in _found(call, optional=True) if may(u, "BROWSE_PROJECTS", place)])
    )


def permitted(call: Call) -> Answer:
    """Return who has all of some permissions, in a project or on an issue."""
    permissions, place = call.words("permissions"), _project_or_issue(call, "projectKey", "issueKey")
    known = {permission.key for permission in call.store.configuration.permissions}
    if not permissions or not known.issuperset(permissions):
        raise Refused(400, "The 'permissions' must name permissions of this site.")
    if place is None and not call.store.rights.administers(call.actor):
        raise Refused(403, "A projectKey or an issueKey is required of who is no administrator.")
    may = call.store.rights.may
    found = [u for u in _found(call, optional=True) if all(may(u, one, place) for one in permissions)]
    return Answer(200, _page(call, found))


def everybody(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, _page(call, list(call.store.people)))


def several(call: Call) -> Answer:
    """Return accounts by their ids, ten a page unless more are asked for."""
    call.sign_in()
    wanted = call.words("accountId")
    if not wanted:
        raise Refused(400, "The accountId query parameter is required.")
    found = [user for one in wanted if (user := call.store.people.by_account(one))]
    return Answer(200, bean(call, "user/bulk", found, _brief(call), 10))


def migrated(call: Call) -> Answer:
    """Return the account ids of former user names or keys."""
    call.sign_in()
    wanted = [*call.words("username"), *(key.removeprefix("JIRAUSER") for key in call.words("key"))]
    found = [user for name in wanted if (user := call.store.people.by_name(name))]
    rows = [{"username": u.name, "key": f"JIRAUSER{u.name}", "accountId": u.account_id} for u in found]
    return Answer(200, rows)


def pick(call: Call) -> Answer:
    """Return people whose name starts with what was typed, the matching part marked."""
    call.sign_in()
    call.require("query")
    words, most = call.query.get("query", ""), call.number("maxResults", 50, most=MOST_PICKED)
    excluded = {*call.words("excludeAccountIds"), *call.words("exclude")}
    found = [u for u in call.store.people.starting_with(words) if u.active and u.account_id not in excluded]
    return Answer(200, picked(call, found, words, most))


def picked(call: Call, found: list[User], words: str, most: int) -> dict[str, Any]:
    """Return people as a picker shows them."""

    def show(user: User) -> dict[str, Any]:
        identity = {"accountId": user.account_id, "accountType": user.account_type}
        if not call.store.is_cloud:
            identity = {"name": user.name, "key": f"JIRAUSER{user.name}"}
        avatar = f"{call.root}/avatar/{user.name}/24x24.png"
        shown = {**identity, "html": mark(user.display_name, words), "displayName": user.display_name}
        return shown | {"avatarUrl": avatar} if call.flag("showAvatar") else shown

    rows = [show(user) for user in found[:most]]
    return {
        "users": rows,
        "total": len(found),
        "header": f"Showing {len(rows)} of {len(found)} matching users",
    }


def mark(text: str, words: str) -> str:
    """Return a text as HTML, with what was typed in bold."""
    place = text.casefold().find(words.casefold()) if words else -1
    end = place + len(words)
    before, typed, after = (escape(part) for part in (text[:place], text[place:end], text[end:]))
    return escape(text) if place < 0 else f"{before}<strong>{typed}</strong>{after}"


def groups(call: Call) -> Answer:
    user = _named(call, 404)
    api = call.view.api
    known = [group for group in call.store.people.groups if group.name in user.groups]
    rows = [
        {"name": group.name, "groupId": group.id, "self": f"{api}/group?groupId={group.id}"}
        for group in known
    ]
    return Answer(200, rows)


def email(call: Call) -> Answer:
    """Refuse: addresses are given to approved apps only (Jira OpenAPI, getUserEmail)."""
    call.sign_in()
    raise Refused(401, "Only an approved app may read the email addresses of users.")


def _named(call: Call, status: int) -> User:
    """Return the account that the query string names; 400 when it names none, `status` for an unknown one."""
    cloud = call.store.is_cloud
    name = "accountId" if cloud else "username"
    wanted = call.query.get(name) or ("" if cloud else call.query.get("key", "").removeprefix("JIRAUSER"))
    if not wanted:
        raise Refused(400, f"The query parameter '{name}' is required.")
    found = call.store.account(wanted)
    if found is None:
        raise Refused(status, "Specified user does not exist or you do not have required permissions")
    return found


def _found(call: Call, *, optional: bool = False) -> list[User]:
    people = call.store.people
    account, query = call.query.get("accountId"), call.query.get("query", call.query.get("username"))
    if account is not None and query is not None:
        raise Refused(400, "The query and accountId parameters exclude one another.")
    if account is not None:
        found = people.by_account(account)
        return [found] if found else []
    if query is None and not optional and "property" not in call.query:
        raise Refused(400, "A query or an accountId is required.")
    return [one for one in people.starting_with(query or "") if one.active]


def _project_or_issue(call: Call, project: str, *issues: str) -> Any:
    for name in issues:
        if call.query.get(name):
            return call.store.issue_for(call.user, call.query[name]).project
    if not call.query.get(project):
        return None
    found = call.store.configuration.project(call.query[project])
    if found is None:
        raise Refused(404, f"No project could be found with key '{call.query[project]}'.")
    return found


def _page(call: Call, rows: list[User]) -> list[Any]:
    start, size = call.number("startAt", 0), call.number("maxResults", 50, most=1000)
    return [show_user(call.view, user) for user in rows[start : start + size]]


def _brief(call: Call) -> Callable[[User], Any]:
    return lambda user: show_user(call.view, user)


def _whole(call: Call, found: User) -> dict[str, Any]:
    """Return an account with counts of its groups and applications, and with both in full when expanded."""
    wanted, api = call.words("expand"), call.view.api
    known = [group for group in call.store.people.groups if group.name in found.groups]
    rows = [
        {"name": group.name, "groupId": group.id, "self": f"{api}/group?groupId={group.id}"}
        for group in known
    ]
    if not call.store.is_cloud:
        rows = [{"name": row["name"], "self": row["self"]} for row in rows]
    return {
        **show_user(call.view, found),
        "locale": found.locale,
        "groups": {"size": len(known), "items": rows if "groups" in wanted else []},
        "applicationRoles": {"size": 1, "items": []},
        "expand": "groups,applicationRoles",
    }


ROUTES: list[Route] = [
    ("GET", "/myself", myself),
    ("GET", "/user", get),
    ("POST", "/user", create),
    ("DELETE", "/user", delete),
    ("GET", "/user/search", search),
    ("GET", "/user/assignable/search", assignable),
    ("GET", "/user/assignable/multiProjectSearch", assignable_everywhere),
    ("GET", "/user/viewissue/search", able_to_browse),
    ("GET", "/user/permission/search", permitted),
    ("GET", "/user/picker", pick),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/users", everybody),
    ("GET", "/users/search", everybody),
    ("GET", "/user/bulk", several),
    ("GET", "/user/bulk/migration", migrated),
    ("GET", "/user/groups", groups),
    ("GET", "/user/email", email),
    ("GET", "/user/email/bulk", email),
]
