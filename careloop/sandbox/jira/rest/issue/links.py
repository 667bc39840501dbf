"""Links between issues, their types, and links to the outside."""

from typing import Any

from careloop.sandbox.jira.actions.issue import linking
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import LinkType
from careloop.sandbox.jira.model.issue import Issue, RemoteLink
from careloop.sandbox.jira.rest.call import Answer, Call, Route


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


def replace_remote_link(call: Call) -> Answer:
    issue = call.issue
    linking.link_outside(call.store, call.actor, issue, call.object(), _remote_link(call, issue))
    return Answer(204)


def delete_remote_link_by_global_id(call: Call) -> Answer:
    issue, global_id = call.issue, call.query.get("globalId")
    if not global_id:
        raise Refused(400, "The globalId of the remote link must be given.")
    known = next((link for link in issue.remote_links if link.global_id == global_id), None)
    if known is None:
        raise Refused(404, f"No remote link with global id '{global_id}' exists on issue '{issue.key}'.")
    linking.unlink_outside(call.store, call.actor, issue, known)
    return Answer(204)


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


def types(call: Call) -> Answer:
    kinds = call.store.configuration.link_types
    return Answer(200, {"issueLinkTypes": [call.view.piece(kind) for kind in kinds]})


def get_type(call: Call) -> Answer:
    return Answer(200, call.view.piece(_type(call)))


def create_type(call: Call) -> Answer:
    asked, configuration = _administered(call), call.store.configuration
    name, inward, outward = (str(asked.get(key) or "") for key in ("name", "inward", "outward"))
    if not (name and inward and outward):
        raise Refused(400, "A link type needs a name, an inward and an outward description.")
    if configuration.link_types.named(name):
        raise Refused(404, f"An issue link type with name '{name}' already exists.")
    kind = LinkType(str(call.store.next_id("linktype", first=10_100)), name, inward, outward)
    configuration.link_types.add(kind)
    configuration.revision += 1
    return Answer(201, call.view.piece(kind))


def edit_type(call: Call) -> Answer:
    asked, kind = _administered(call), _type(call)
    for key in ("name", "inward", "outward"):
        if asked.get(key):
            setattr(kind, key, str(asked[key]))
    call.store.configuration.revision += 1
    return Answer(200, call.view.piece(kind))


def delete_type(call: Call) -> Answer:
    _administered(call)
    kind = _type(call)
    for found in [known for known in call.store.links.values() if known.kind is kind]:
        call.store.unlink(found)
    call.store.configuration.link_types.remove(kind)
    return Answer(204)


def _administered(call: Call) -> dict[str, Any]:
    """Return the body of a request that is for administrators; 404 hides the resource from others."""
    if not call.store.rights.administers(call.actor):
        raise Refused(404, "The user does not have the permission to manage issue link types.")
    return call.object("id", "name", "inward", "outward", "self") if call.body else {}


def _type(call: Call) -> LinkType:
    reference = call.parameters["type"]
    found = call.store.configuration.link_types.by_id(reference)
    if found is None:
        raise Refused(404, f"No issue link type with id '{reference}' found.")
    return found


def _remote_link(call: Call, issue: Issue) -> RemoteLink:
    for known in issue.remote_links:
        if str(known.id) == call.parameters["link"]:
            return known
    raise Refused(404, f"No remote link with id '{call.parameters['link']}' exists on issue '{issue.key}'.")


ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/remotelink", remote_links),
    ("POST", "/issue/{issue}/remotelink", put_remote_link),
    ("DELETE", "/issue/{issue}/remotelink", delete_remote_link_by_global_id),
    ("GET", "/issue/{issue}/remotelink/{link}", get_remote_link),
    ("PUT", "/issue/{issue}/remotelink/{link}", replace_remote_link),
    ("DELETE", "/issue/{issue}/remotelink/{link}", delete_remote_link),
    ("POST", "/issueLink", link),
    ("GET", "/issueLink/{link}", get_link),
    ("DELETE", "/issueLink/{link}", delete_link),
    ("GET", "/issueLinkType", types),
    ("POST", "/issueLinkType", create_type),
    ("GET", "/issueLinkType/{type}", get_type),
    ("PUT", "/issueLinkType/{type}", edit_type),
    ("DELETE", "/issueLinkType/{type}", delete_type),
]
