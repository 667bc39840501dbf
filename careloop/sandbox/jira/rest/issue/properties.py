"""Entity properties: the same four routes wherever something holds them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.jira.actions.issue import comment, properties, worklog
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Handler, Route
from careloop.sandbox.jira.rest.tasks import lead_to

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """What holds properties: `save` takes all of them, after `permit` has let the caller write."""

    properties: Properties | None
    address: str
    permit: Callable[[], object]
    save: Callable[[Properties], object]
    tell: Callable[[str, str], object] = lambda verb, key: None
    """Says that a property was `set` or `deleted`, where that is an event of the site."""


Find = Callable[[Call], Holder]


def routes(prefix: str, find: Find) -> list[Route]:
    """Return the routes to the properties of what `find` finds."""
    return [
        ("GET", prefix, _keys(find)),
        ("GET", prefix + "/{key}", _get(find)),
        ("PUT", prefix + "/{key}", _put(find)),
        ("DELETE", prefix + "/{key}", _delete(find)),
    ]


def _keys(find: Find) -> Handler:
    def handler(call: Call) -> Answer:
        holder = find(call)
        return Answer(200, properties.show_keys(holder.properties, holder.address))

    return handler


def _get(find: Find) -> Handler:
    def handler(call: Call) -> Answer:
        key = call.parameters["key"]
        return Answer(200, {"key": key, "value": properties.find(find(call).properties, key)})

    return handler


def _put(find: Find) -> Handler:
    def handler(call: Call) -> Answer:
        holder, key = find(call), call.parameters["key"]
        call.sign_in()
        holder.permit()
        held = holder.properties or {}
        holder.save({**held, key: properties.check_value(key, call.json())})
        holder.tell("set", key)
        return Answer(200 if key in held else 201)

    return handler


def _delete(find: Find) -> Handler:
    def handler(call: Call) -> Answer:
        holder, key = find(call), call.parameters["key"]
        call.sign_in()
        holder.permit()
        properties.find(holder.properties, key)
        holder.save({name: value for name, value in (holder.properties or {}).items() if name != key})
        holder.tell("deleted", key)
        return Answer(204)

    return handler


def _of_issue(call: Call) -> Holder:
    issue, store = call.issue, call.store

    def permit() -> None:
        if not store.rights.may(call.actor, "EDIT_ISSUES", issue):
            raise Refused(403, "You do not have permission to edit this issue.")

    def tell(verb: str, key: str) -> None:
        store.announce(Happening(f"issue_property_{verb}", call.actor, issue, thing=key))

    return Holder(
        issue.properties,
        f"{call.view.api}/issue/{issue.key}/properties",
        permit,
        lambda fresh: properties.replace(store, issue, fresh),
        tell,
    )


def _of_comment(call: Call) -> Holder:
    store = call.store
    found = comment.find(store, call.user, call.parameters["comment"])

    def save(fresh: Properties) -> None:
        """Keep them; the one that holds the audience changes who reads the comment."""
        store.begin_write(found.issue, moves_updated=False)
        found.properties = fresh
        comment.set_audience(found)

    return Holder(
        found.properties,
        f"{call.view.api}/comment/{found.id}/properties",
        lambda: comment.permit(store, call.actor, found, "EDIT"),
        save,
    )


def _of_worklog(call: Call) -> Holder:
    store = call.store
    found = worklog.find(store, call.user, call.parameters["worklog"], call.issue)

    def save(fresh: Properties) -> None:
        found.properties = fresh

    return Holder(
        found.properties,
        f"{call.view.api}/issue/{found.issue.id}/worklog/{found.id}/properties",
        lambda: worklog.permit(store, call.actor, found, "EDIT"),
        save,
    )


def _of_project(call: Call) -> Holder:
    project, rights = call.project, call.store.rights

    def permit() -> None:
        if not rights.may(call.actor, "ADMINISTER_PROJECTS", project) and not rights.administers(call.actor):
            raise Refused(403, "You do not have permission to administer this project.")

    def save(fresh: Properties) -> None:
        project.properties = fresh or None

    return Holder(project.properties, f"{call.view.api}/project/{project.key}/properties", permit, save)


def _of_user(call: Call) -> Holder:
    people, reference = call.store.people, call.query.get("accountId", "")
    found = people.by_account(reference) if reference else call.actor
    if found is None:
        raise Refused(404, f"The user with account ID '{reference}' does not exist.")
    if found is not call.actor and not call.store.rights.administers(call.actor):
        raise Refused(403, "You do not have permission to access the properties of this user.")
    address = f"{call.view.api}/user/properties"

    def save(fresh: Properties) -> None:
        found.properties = fresh or None

    return Holder(found.properties, address, call.sign_in, save)


def set_on_many(call: Call) -> Answer:
    """Set the same properties on several issues, as a task; issues that the caller may not edit stay."""
    asked = call.object("entitiesIds", "properties")
    numbers, fresh = asked.get("entitiesIds"), asked.get("properties")
    if not isinstance(numbers, list) or not isinstance(fresh, dict):
        raise Refused(400, "The entitiesIds must be a list and the properties an object.")
    return _set_many(call, [(number, fresh) for number in numbers])


def set_on_each(call: Call) -> Answer:
    """Set properties of their own on several issues, as a task."""
    rows = call.object("issues").get("issues")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(400, "The issues must be a list of objects.")
    return _set_many(call, [(row.get("issueID"), row.get("properties")) for row in rows])


def set_one(call: Call) -> Answer:
    """Set a property on every issue that a filter lets through, as a task."""
    asked, key = call.object("expression", "filter", "value"), call.parameters["key"]
    if "expression" in asked:
        raise Refused(400, "Values by Jira expression are not computed on this site: give a 'value'.")
    if "value" not in asked:
        raise Refused(400, "Either a 'value' or an 'expression' must be given.")
    wanted = asked.get("filter") or {}
    if not isinstance(wanted, dict) or not wanted.keys() <= {"currentValue", "entityIds", "hasProperty"}:
        raise Refused(400, "The filter knows currentValue, entityIds and hasProperty.")
    if "currentValue" in wanted and wanted.get("hasProperty") is False:
        raise Refused(400, "An issue without the property has no currentValue.")
    value = properties.check_value(key, asked["value"])
    for issue in _eligible(call, key, wanted):
        properties.write(call.store, issue, {key: value})
        call.store.announce(Happening("issue_property_set", call.actor, issue, thing=key, cascade=True))
    return _task(call, f"Set issue property {key}")


def delete_one(call: Call) -> Answer:
    """Remove a property from every issue that a filter lets through, as a task."""
    key = call.parameters["key"]
    wanted = call.object("currentValue", "entityIds")
    for issue in _eligible(call, key, {**wanted, "hasProperty": True}):
        kept = {name: value for name, value in (issue.properties or {}).items() if name != key}
        properties.replace(call.store, issue, kept)
        call.store.announce(Happening("issue_property_deleted", call.actor, issue, thing=key, cascade=True))
    return _task(call, f"Delete issue property {key}")


def _eligible(call: Call, key: str, wanted: Properties) -> list[Issue]:
    """Return the issues that the caller may edit and that meet every condition."""
    store, user = call.store, call.actor
    ids, has = wanted.get("entityIds"), wanted.get("hasProperty")
    if ids is not None and not (isinstance(ids, list) and all(isinstance(one, int) for one in ids)):
        raise Refused(400, "The entityIds must be a list of numbers.")
    held = ((issue, issue.properties or {}) for issue in store.issues.values() if issue.archived is None)
    return [
        issue
        for issue, values in held
        if (ids is None or issue.id in ids)
        and (has is None or (key in values) is has)
        and ("currentValue" not in wanted or (key in values and values[key] == wanted["currentValue"]))
        and store.rights.sees(user, issue)
        and store.rights.may(user, "EDIT_ISSUES", issue)
    ]


def _set_many(call: Call, rows: list[tuple[Any, Any]]) -> Answer:
    store, may = call.store, call.store.rights.may
    for number, fresh in rows:
        issue = store.issue(str(number))
        if issue is not None and isinstance(fresh, dict) and may(call.actor, "EDIT_ISSUES", issue):
            checked = {str(key): properties.check_value(str(key), value) for key, value in fresh.items()}
            properties.write(store, issue, checked)
    return _task(call, "Set issue properties")


def _task(call: Call, description: str) -> Answer:
    return lead_to(call, description)


ROUTES: list[Route] = [
    *routes("/issue/{issue}/properties", _of_issue),
    *routes("/comment/{comment}/properties", _of_comment),
    *routes("/issue/{issue}/worklog/{worklog}/properties", _of_worklog),
    *routes("/project/{project}/properties", _of_project),
    *routes("/user/properties", _of_user),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/issue/properties", set_on_many),
    ("POST", "/issue/properties/multi", set_on_each),
    ("PUT", "/issue/properties/{key}", set_one),
    ("DELETE", "/issue/properties/{key}", delete_one),
]
