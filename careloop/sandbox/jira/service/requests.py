"""Customer requests: raising, finding, commenting and moving them."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.issue import comment, creating, moving
from careloop.sandbox.jira.actions.issue.values import Reading, read_value
from careloop.sandbox.jira.errors import Refused, missing_issue
from careloop.sandbox.jira.model.catalog import RequestType, ServiceDesk
from careloop.sandbox.jira.model.issue import Comment, Issue
from careloop.sandbox.jira.model.service import PARTICIPANTS, shares
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.service.desks import account, accounts, desk, may_ask
from careloop.sandbox.jira.store import Store


def request(store: Store, user: User, reference: str) -> Issue:
    """Return a request that the portal shows to an account; 404 for issues without a request type too."""
    issue = store.issue(reference)
    if issue is None or not store.rights.sees_request(user, issue):
        raise missing_issue()
    return issue


def raise_request(store: Store, user: User, asked: Mapping[str, Any]) -> Issue:
    """Raise a request, perhaps on behalf of a customer or with participants, which agents alone may do."""
    at = _place(store, user, asked.get("serviceDeskId"))
    kind = at.request_types.by_id(asked.get("requestTypeId"))
    if kind is None:
        raise Refused(
            400, f"The request type '{asked.get('requestTypeId')}' does not belong to this service desk."
        )
    if asked.get("form"):
        raise Refused(400, "This request type has no form.")
    reporter = _reporter(store, user, at, asked.get("raiseOnBehalfOf"))
    values = _read_fields(store, user, at, kind, asked)
    if sharers := _sharers(store, user, at, asked.get("requestParticipants")):
        values[PARTICIPANTS] = sharers
    return creating.create_request(store, reporter, user, at.project, kind, values)


def _place(store: Store, user: User, reference: object) -> ServiceDesk:
    """Return the service desk that a request names: 400, where an address would have 404."""
    try:
        return desk(store, user, str(reference or ""))
    except Refused as refusal:
        raise Refused(400, *refusal.messages) from None


def comments(store: Store, user: User, issue: Issue) -> list[Comment]:
    """Return the comments of a request: agents read all of them, customers the public ones."""
    agent = store.rights.is_agent(user, issue.project)
    return [c for c in comment.readable(store, user, issue) if agent or c.public]


def add_comment(store: Store, user: User, issue: Issue, asked: Mapping[str, Any]) -> Comment:
    """Comment on a request, publicly or (agents only) internally."""
    public = asked.get("public")
    if not isinstance(public, bool):
        raise Refused(400, "The 'public' field is required.")
    if not public and not store.rights.is_agent(user, issue.project):
        raise Refused(403, "You do not have permission to add an internal comment to this request.")
    return comment.add(store, issue, user, _words(store, user, issue, asked.get("body"), public=public))


def move(store: Store, user: User, issue: Issue, asked: Mapping[str, Any]) -> None:
    """Make a transition that the portal offers, with an additional comment if one is given."""
    extra = asked.get("additionalComment")
    words = _words(store, user, issue, extra.get("body"), public=True) if isinstance(extra, Mapping) else None
    moving.transition_on_portal(store, user, issue, asked.get("id"), words)


def may_comment(store: Store, user: User, issue: Issue) -> bool:
    """Return whether an account may say something on a request: whose it is, and who may in its project."""
    own = issue.reporter is user or shares(issue, user)
    return own or store.rights.may(user, "ADD_COMMENTS", issue)


def _words(store: Store, user: User, issue: Issue, body: Any, *, public: bool) -> comment.Draft:
    if not may_comment(store, user, issue):
        raise Refused(403, "You do not have permission to comment on this request.")
    properties = [{"key": comment.AUDIENCE, "value": {"internal": not public}}]
    return comment.read_draft({"body": body, "properties": properties}, rich=False)


def _reporter(store: Store, user: User, at: ServiceDesk, wanted: Any) -> User:
    if wanted is None:
        return user
    if not store.rights.is_agent(user, at.project):
        raise Refused(403, "You do not have permission to raise requests on behalf of others.")
    found = account(store, wanted)
    if found is None or not may_ask(store, found, at):
        raise Refused(400, f"The user '{wanted}' is not a customer of this service desk.")
    return found


def _sharers(store: Store, user: User, at: ServiceDesk, wanted: Any) -> tuple[User, ...]:
    if not wanted:
        return ()
    if not store.rights.is_agent(user, at.project):
        raise Refused(403, "You do not have permission to add participants to this request.")
    if not isinstance(wanted, list):
        raise Refused(400, "The requestParticipants must be a list.")
    return tuple(accounts(store, wanted))


def _read_fields(
    store: Store, user: User, at: ServiceDesk, kind: RequestType, asked: Mapping[str, Any]
) -> dict[str, Any]:
    given = asked.get("requestFieldValues") or {}
    if not isinstance(given, Mapping):
        raise Refused(400, "The requestFieldValues must be an object.")
    if unknown := [name for name in given if name not in kind.fields]:
        raise Refused(400, f"The fields {', '.join(unknown)} do not belong to this request type.")
    if missing := [name for name in required(kind) if not given.get(name)]:
        raise Refused(400, f"The field '{missing[0]}' is required.")
    reading = Reading(store, user, at.project, rich=bool(asked.get("isAdfRequest")))
    fields = store.configuration.fields
    return {name: read_value(reading, fields[name], raw) for name, raw in given.items()}


def required(kind: RequestType) -> list[str]:
    """Return the fields of a request type that must be filled."""
    return [name for name in kind.fields if name == "summary"]
