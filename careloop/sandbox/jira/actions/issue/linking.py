"""Links between issues, and from an issue to the world outside."""

from collections.abc import Iterator, Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import changelog, comment
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import LinkType
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Issue, Item, Link, RemoteLink
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

GLOBAL_ID_LENGTH = 255


def link(store: Store, user: User, raw: Mapping[str, Any], *, rich: bool) -> None:
    """Link two issues; 404 stands for a missing issue, right or type alike (Jira OpenAPI, linkIssues)."""
    kind = read_type(store, raw.get("type"))
    source, target = (read_end(store, user, raw.get(name)) for name in ("inwardIssue", "outwardIssue"))
    words = comment.read(store, user, source, raw["comment"], rich=rich) if raw.get("comment") else None
    connect(store, user, kind, source, target)
    if words:
        comment.add(store, source, user, words)


def connect(store: Store, user: User, kind: LinkType, source: Issue, target: Issue) -> None:
    """Link two issues unless they are linked so already; 400 for an issue and itself."""
    if source is target:
        raise Refused(400, "You cannot link an issue to itself.")
    if any(known.kind is kind and known.target is target for known in source.links):
        return
    for issue in (source, target):
        store.demand_room("issueLinks", issue.links)
    connection = Link(store.next_id("link"), kind, source, target)
    for issue, other, words in _ends(connection):
        _log(store, user, issue, "Link", after=(other.key, words))
        issue.links = (*issue.links, connection)
    store.links[connection.id] = connection
    store.announce(Happening("issuelink_created", user, source, thing=connection))


def find(store: Store, user: User | None, link_id: str) -> Link:
    """Return a link both of whose issues an account sees."""
    found = store.links.get(int(link_id)) if link_id.isdecimal() else None
    if found is None or not all(store.rights.sees(user, issue) for issue in (found.source, found.target)):
        raise Refused(404, f"No issue link with id '{link_id}' exists.")
    return found


def unlink(store: Store, user: User, connection: Link) -> None:
    """Remove a link."""
    for issue in (connection.source, connection.target):
        if not store.rights.may(user, "LINK_ISSUES", issue):
            raise Refused(404, "No Link Issue Permission for issue.")
    for issue, other, words in _ends(connection):
        _log(store, user, issue, "Link", before=(other.key, words))
    store.unlink(connection)
    store.announce(Happening("issuelink_deleted", user, connection.source, thing=connection))


def link_outside(
    store: Store, user: User, issue: Issue, raw: Mapping[str, Any], known: RemoteLink | None = None
) -> tuple[RemoteLink, bool]:
    """Create a remote link, or replace `known` or the one with the same `globalId`; tell which is the case.

    Replacing takes the request whole: what it leaves out becomes empty (Jira OpenAPI,
    createOrUpdateRemoteIssueLink).
    """
    if not store.rights.may(user, "LINK_ISSUES", issue):
        raise Refused(403, "No Link Issue Permission for issue.")
    thing = raw.get("object")
    if not isinstance(thing, Mapping) or not thing.get("url") or not thing.get("title"):
        missing = "object.url" if not isinstance(thing, Mapping) or not thing.get("url") else "object.title"
        raise invalid(missing, f"'{missing.partition('.')[2]}' is required.")
    global_id = raw.get("globalId")
    if global_id is not None and len(str(global_id)) > GLOBAL_ID_LENGTH:
        raise invalid("globalId", f"The global id must not exceed {GLOBAL_ID_LENGTH} characters.")
    known = known or next(
        (old for old in issue.remote_links if global_id and old.global_id == global_id), None
    )
    if known is None:
        store.demand_room("remoteIssueLinks", issue.remote_links)
    number = known.id if known else store.next_id("remotelink")
    fresh = RemoteLink(number, global_id, raw.get("application"), raw.get("relationship"), dict(thing))
    before = _show_remote(known) if known else (None, None)
    if before != _show_remote(fresh):
        _log(store, user, issue, "RemoteIssueLink", before, _show_remote(fresh))
    issue.remote_links = (*(old for old in issue.remote_links if old is not known), fresh)
    return fresh, known is None


def unlink_outside(store: Store, user: User, issue: Issue, gone: RemoteLink) -> None:
    """Remove a remote link."""
    if not store.rights.may(user, "LINK_ISSUES", issue):
        raise Refused(403, "No Link Issue Permission for issue.")
    _log(store, user, issue, "RemoteIssueLink", before=_show_remote(gone))
    issue.remote_links = tuple(old for old in issue.remote_links if old is not gone)


def _ends(connection: Link) -> Iterator[tuple[Issue, Issue, str]]:
    """Yield each issue of a link, the other one, and how the history of the first tells of it."""
    source, target, kind = connection.source, connection.target, connection.kind
    for issue, other, phrase in ((source, target, kind.outward), (target, source, kind.inward)):
        yield issue, other, f"This issue {phrase} {other.key}"


def _show_remote(link: RemoteLink) -> changelog.Named:
    return str(link.id), f'This issue links to "{link.object.get("title")}"'


def _log(
    store: Store,
    user: User,
    issue: Issue,
    field: str,
    before: changelog.Named = (None, None),
    after: changelog.Named = (None, None),
) -> None:
    now = store.begin_write(issue)
    item = Item(field, "issuelinks" if field == "Link" else field, "jira", *before, *after)
    changelog.record(store, issue, user, now, [item])


def read_type(store: Store, raw: Any) -> LinkType:
    """Return the link type that a request names; 404 when there is none."""
    given = raw if isinstance(raw, Mapping) else {}
    named = store.configuration.link_types.named(str(given.get("name", "")))
    found = store.configuration.link_types.by_id(given.get("id")) or (named[0] if named else None)
    if found is None:
        raise Refused(404, f"No issue link type with name '{given.get('name')}' found.")
    return found


def read_end(store: Store, user: User, raw: Any) -> Issue:
    """Return the issue at one end of a link; 404 when it is hidden or may not be linked."""
    given = raw if isinstance(raw, Mapping) else {}
    issue = store.issue_for(user, str(given.get("id") or given.get("key") or ""))
    if not store.rights.may(user, "LINK_ISSUES", issue):
        raise Refused(404, "No Link Issue Permission for issue.")
    return issue
