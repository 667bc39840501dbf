"""What hangs on an issue: properties, links to other issues and to the outside."""

from careloop.sandbox.jira.actions import linking, properties
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue, RemoteLink
from careloop.sandbox.jira.rest.call import Answer, Call, Route


def property_keys(call: Call) -> Answer:
    issue = call.issue
    return Answer(
        200, properties.show_keys(issue.properties, f"{call.view.api}/issue/{issue.key}/properties")
    )


def get_property(call: Call) -> Answer:
    key = call.parameters["key"]
    return Answer(200, {"key": key, "value": properties.find(call.issue.properties, key)})


def put_property(call: Call) -> Answer:
    issue, key = _editable(call), call.parameters["key"]
    held = issue.properties or {}
    properties.write(call.store, issue, {key: properties.check_value(key, call.json())})
    return Answer(200 if key in held else 201)


def delete_property(call: Call) -> Answer:
    issue, key = _editable(call), call.parameters["key"]
    properties.find(issue.properties, key)
    call.store.begin_write(issue, moves_updated=call.store.switches.property_moves_updated)
    issue.properties = {
        name: value for name, value in (issue.properties or {}).items() if name != key
    } or None
    return Answer(204)


def remote_links(call: Call) -> Answer:
    """Return all remote links, or the one with the `globalId` asked for."""
    issue, global_id = call.issue, call.query.get("globalId")
    rendering = call.rendering
    if global_id is None:
        return Answer(200, [rendering.remote_link(issue, link) for link in issue.remote_links])
    for link in issue.remote_links:
        if link.global_id == global_id:
            return Answer(200, rendering.remote_link(issue, link))
    raise Refused(404, f"No remote link with global id '{global_id}' exists on issue '{issue.key}'.")


def get_remote_link(call: Call) -> Answer:
    issue = call.issue
    return Answer(200, call.rendering.remote_link(issue, _remote_link(call, issue)))


def put_remote_link(call: Call) -> Answer:
    issue = call.issue
    link, is_new = linking.link_outside(call.store, call.actor, issue, call.object())
    address = f"{call.view.api}/issue/{issue.id}/remotelink/{link.id}"
    return Answer(201 if is_new else 200, {"id": link.id, "self": address})


def delete_remote_link(call: Call) -> Answer:
    issue = call.issue
    linking.unlink_outside(call.store, call.actor, issue, _remote_link(call, issue))
    return Answer(204)


def link(call: Call) -> Answer:
    linking.link(call.store, call.actor, call.object(), rich=call.rich)
    return Answer(201)


def get_link(call: Call) -> Answer:
    found = linking.find(call.store, call.user, call.parameters["link"])
    rendering = call.rendering
    shown = rendering.link(found.source, found) | {"inwardIssue": rendering.brief(found.source)}
    return Answer(200, shown)


def delete_link(call: Call) -> Answer:
    linking.unlink(call.store, call.actor, linking.find(call.store, call.user, call.parameters["link"]))
    return Answer(204)


def _editable(call: Call) -> Issue:
    issue = call.issue
    if not call.store.rights.may(call.actor, "EDIT_ISSUES", issue.project):
        raise Refused(403, "You do not have permission to edit this issue.")
    return issue


def _remote_link(call: Call, issue: Issue) -> RemoteLink:
    for known in issue.remote_links:
        if str(known.id) == call.parameters["link"]:
            return known
    raise Refused(404, f"No remote link with id '{call.parameters['link']}' exists on issue '{issue.key}'.")


ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/properties", property_keys),
    ("GET", "/issue/{issue}/properties/{key}", get_property),
    ("PUT", "/issue/{issue}/properties/{key}", put_property),
    ("DELETE", "/issue/{issue}/properties/{key}", delete_property),
    ("GET", "/issue/{issue}/remotelink", remote_links),
    ("POST", "/issue/{issue}/remotelink", put_remote_link),
    ("GET", "/issue/{issue}/remotelink/{link}", get_remote_link),
    ("DELETE", "/issue/{issue}/remotelink/{link}", delete_remote_link),
    ("POST", "/issueLink", link),
    ("GET", "/issueLink/{link}", get_link),
    ("DELETE", "/issueLink/{link}", delete_link),
]
