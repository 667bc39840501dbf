"""Groups and their members."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import Group, User
from careloop.sandbox.jira.rest.account.people import mark, picked
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.view import show_user


def get(call: Call) -> Answer:
    return Answer(200, _whole(call, _group(call)))


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    name = str(call.object().get("name") or "").strip()
    if not name:
        raise Refused(400, "A name for the group must be given.")
    if call.store.people.group(name):
        raise Refused(400, f"A group with the name '{name}' already exists.")
    return Answer(201, _whole(call, call.store.people.add_group(name)))


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    call.store.people.remove_group(_group(call))
    call.store.revision += 1
    return Answer(200)


def several(call: Call) -> Answer:
    names, ids = call.words("groupName"), call.words("groupId")
    call.sign_in()
    found = [
        group
        for group in call.store.people.groups
        if not (names or ids) or group.name in names or group.id in ids
    ]
    return Answer(200, bean(call, "group/bulk", found, lambda one: {"name": one.name, "groupId": one.id}))


def members(call: Call) -> Answer:
    group, inactive = _group(call), call.flag("includeInactiveUsers")
    found = [user for user in call.store.people.members(group) if user.active or inactive]
    path = f"group/member?groupId={group.id}&includeInactiveUsers={str(inactive).lower()}"
    return Answer(200, bean(call, path, found, lambda user: show_user(call.view, user)))


def add_member(call: Call) -> Answer:
    administer(call.store, call.actor)
    group, asked = _group(call), call.object()
    user = _user(call, str(asked.get("accountId" if call.store.is_cloud else "name") or ""))
    if group.name in user.groups:
        raise Refused(400, f"Cannot add user. User is already a member of '{group.name}'")
    user.groups |= {group.name}
    call.store.revision += 1
    return Answer(201, _whole(call, group))


def remove_member(call: Call) -> Answer:
    administer(call.store, call.actor)
    group = _group(call)
    user = _user(call, call.query.get("accountId" if call.store.is_cloud else "username", ""))
    if group.name not in user.groups:
        raise Refused(400, f"Cannot remove user. User is not a member of '{group.name}'")
    user.groups -= {group.name}
    call.store.revision += 1
    return Answer(200)


def pick(call: Call) -> Answer:
    call.sign_in()
    words = call.query.get("query", "")
    found = [g for g in call.store.people.groups if words.casefold() in g.name.casefold()]
    return Answer(200, _picked(call, found, words, call.number("maxResults", 20)))


def pick_either(call: Call) -> Answer:
    call.sign_in()
    words, most = call.query.get("query"), call.number("maxResults", 50)
    if words is None:
        raise Refused(400, "The 'query' must be given.")
    users = [user for user in call.store.people.starting_with(words) if user.active]
    groups = [g for g in call.store.people.groups if words.casefold() in g.name.casefold()]
    shown = {"users": picked(call, users, words, most), "groups": _picked(call, groups, words, most)}
    return Answer(200, shown)


def _picked(call: Call, found: list[Group], words: str, most: int) -> dict[str, Any]:
    excluded = {*call.words("exclude"), *call.words("excludeId")}
    kept = [group for group in found if group.name not in excluded and group.id not in excluded]
    rows = [
        {"name": group.name, "html": mark(group.name, words), "labels": [], "groupId": group.id}
        for group in kept[:most]
    ]
    if not call.store.is_cloud:
        rows = [{name: value for name, value in row.items() if name != "groupId"} for row in rows]
    header = f"Showing {len(rows)} of {len(kept)} matching groups"
    return {"header": header, "total": len(kept), "groups": rows}


def _group(call: Call) -> Group:
    call.sign_in()
    reference = call.query.get("groupId") or call.query.get("groupname") or ""
    if not reference:
        raise Refused(400, "The groupname or the groupId must be given.")
    found = call.store.people.group(reference)
    if found is None:
        raise Refused(404, f"The group named '{reference}' does not exist.")
    return found


def _user(call: Call, reference: str) -> User:
    found = call.store.account(reference)
    if found is None:
        raise Refused(404, f"Cannot find the user '{reference}'.")
    return found


def _whole(call: Call, group: Group) -> dict[str, Any]:
    found = call.store.people.members(group)
    shown = [show_user(call.view, user) for user in found] if "users" in call.words("expand") else []
    users = {"size": len(found), "items": shown, "max-results": 50, "start-index": 0, "end-index": len(shown)}
    address = f"{call.view.api}/group?groupId={group.id}"
    identity = {"groupId": group.id} if call.store.is_cloud else {}
    return {"name": group.name, **identity, "self": address, "users": users, "expand": "users"}


ROUTES: list[Route] = [
    ("GET", "/group", get),
    ("POST", "/group", create),
    ("DELETE", "/group", delete),
    ("GET", "/group/member", members),
    ("POST", "/group/user", add_member),
    ("DELETE", "/group/user", remove_member),
    ("GET", "/groups/picker", pick),
    ("GET", "/groupuserpicker", pick_either),
]
CLOUD_ROUTES: list[Route] = [("GET", "/group/bulk", several)]
