"""Comments, who reads them, and which of them are ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from careloop.connectors.jira.client import Client
from careloop.connectors.jira.moment import read_moment
from careloop.connectors.jira.people import People, native_id
from careloop.connectors.jira.records import PROPERTY
from careloop.connectors.jira.site import Site
from careloop.model.comment import Audience, Comment
from careloop.model.intent import short_reference
from careloop.model.mark import find_mark, sign
from careloop.model.record import RecordKind, RecordRef

_AUDIENCE = "sd.public.comment"
_PUBLIC_PREFIX = "[public]"
_EMBEDDED = 20  # comments that a search answer carries at most
_BULK = 1000  # comments that comment/list takes (Jira OpenAPI)
_PAGE = 100

Raw = Mapping[str, Any]


def all_comments(client: Client, issue: Raw) -> list[Raw]:
    """Return every comment of an issue, reading on where the answer that brought it was cut."""
    embedded = issue["fields"].get("comment")
    if embedded and client.is_cloud:  # Data Center says who reads a comment in its properties only
        comments: list[Raw] = embedded["comments"]
        if len(comments) >= embedded["total"] and len(comments) < _EMBEDDED:
            return comments
    return fetch_comments(client, str(issue["id"]))


def fetch_comments(client: Client, issue: str) -> list[Raw]:
    """Return every comment of an issue by its id or key, oldest first."""
    comments: list[Raw] = []
    while True:
        page = client.get(
            f"issue/{issue}/comment", startAt=len(comments), maxResults=_PAGE, expand="properties"
        )
        comments += page["comments"]
        if not page["comments"] or len(comments) >= page["total"]:
            return comments


def fetch_properties(client: Client, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the properties of comments, by comment id."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), _BULK):
        body = {"ids": [int(id) for id in ids[start : start + _BULK]]}
        for comment in client.ask("comment/list", body, expand="properties")["values"]:
            found[str(comment["id"])] = _properties(comment)
    return found


def own_keys(site: Site, comments: Sequence[Raw]) -> dict[str, str]:
    """Return the short reference of the change behind each comment that we wrote, by comment id.

    The mark in the text tells it; where somebody edited the mark away, the property does.
    """
    ours = [comment for comment in comments if native_id(comment.get("author")) == site.me]
    keys = {str(comment["id"]): find_mark(comment["body"]) for comment in ours}
    known = {str(comment["id"]): _properties(comment) for comment in ours if "properties" in comment}
    unmarked = [id for id, key in keys.items() if not key and id not in known]
    for id, properties in (known | fetch_properties(site.client, unmarked)).items():
        value = properties.get(PROPERTY)
        if isinstance(value, dict) and "key" in value:
            keys[id] = short_reference(str(value["key"]))
    return keys


def _properties(comment: Raw) -> dict[str, Any]:
    return {pair["key"]: pair["value"] for pair in comment.get("properties") or ()}


def find_ours(site: Site, issue: str, key: str) -> list[Raw]:
    """Return the comments on an issue that the change with this key wrote."""
    comments = fetch_comments(site.client, issue)
    keys = own_keys(site, comments)
    return [comment for comment in comments if keys.get(str(comment["id"])) == short_reference(key)]


def read_comment(raw: Raw, ref: RecordRef, kind: RecordKind, people: People, key: str) -> Comment:
    """Return a comment as it stands."""
    author = raw.get("author") or {}
    return Comment(
        id=str(raw["id"]),
        record=ref,
        at=read_moment(raw["created"]),
        author=people.meet(author),
        audience=read_audience(raw, kind),
        body=raw["body"],
        author_name=author.get("displayName") or "",
        key=key,
        automatic=author.get("accountType") == "app",
    )


def read_audience(raw: Raw, kind: RecordKind) -> Audience:
    """Return who reads a comment; what is not surely public is internal.

    Outside a service desk there is no customer, and a comment is meant for one only when it says so itself.
    """
    if raw.get("visibility"):
        return Audience.INTERNAL
    if kind is RecordKind.SERVICE_REQUEST:
        public = raw["jsdPublic"] if "jsdPublic" in raw else _is_public(raw)
        return Audience.PUBLIC if public else Audience.INTERNAL
    said = raw["body"].lstrip().casefold().startswith(_PUBLIC_PREFIX)
    return Audience.PUBLIC if said else Audience.INTERNAL


def _is_public(raw: Raw) -> bool:
    """Tell whether a comment's properties let customers read it, which they do unless they say otherwise."""
    setting = _properties(raw).get(_AUDIENCE)
    internal = isinstance(setting, dict) and str(setting.get("internal")).casefold() == "true"
    return "properties" in raw and not internal


def compose(text: str, audience: Audience, kind: RecordKind, key: str) -> dict[str, Any]:
    """Return a comment as a request carries it: signed, with its key, and with its audience stated.

    A service desk shows a comment to the customer unless it says otherwise (Jira OpenAPI,
    Comment.jsdPublic), so each of ours says it, in every kind of project.
    """
    is_desk = kind is RecordKind.SERVICE_REQUEST
    if audience is Audience.PUBLIC and not is_desk and not text.casefold().startswith(_PUBLIC_PREFIX):
        text = f"{_PUBLIC_PREFIX} {text}"
    internal = audience is Audience.INTERNAL or not is_desk
    return {
        "body": sign(text, key),
        "properties": [
            {"key": PROPERTY, "value": {"key": key}},
            {"key": _AUDIENCE, "value": {"internal": internal}},
        ],
    }
