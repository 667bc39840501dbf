"""What customers and agents do through Service Management, apart from how it arrives."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions import comment, creating, moving
from careloop.sandbox.jira.actions.values import Reading, read_value
from careloop.sandbox.jira.errors import Refused, missing_issue
from careloop.sandbox.jira.model.catalog import RequestType, ServiceDesk
from careloop.sandbox.jira.model.issue import Comment, Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

CUSTOMERS = "Service Desk Customers"


def may_ask(store: Store, user: User, desk: ServiceDesk) -> bool:
    """Return whether an account may raise requests at a service desk: its customers and its agents."""
    return CUSTOMERS in user.roles.get(desk.project.key, ()) or store.rights.is_agent(user, desk.project)


def desks(store: Store, user: User) -> list[ServiceDesk]:
    """Return the service desks at which an account may raise requests."""
    return [desk for desk in store.configuration.service_desks if may_ask(store, user, desk)]


def desk(store: Store, user: User, desk_id: str) -> ServiceDesk:
    """Return a service desk by its id; 404 when the account has nothing to do with it."""
    found = store.configuration.service_desks.by_id(desk_id)
    if found is None or not may_ask(store, user, found):
        raise Refused(404, f"The service desk with id '{desk_id}' does not exist or you may not use it.")
    return found


def request(store: Store, user: User, reference: str) -> Issue:
    """Return a request that the portal shows to an account; 404 for issues without a request type too."""
    issue = store.issue(reference)
    if issue is None or not store.rights.sees_request(user, issue):
        raise missing_issue()
    return issue


def raise_request(store: Store, user: User, asked: Mapping[str, Any]) -> Issue:
    """Raise a request, perhaps on behalf of a customer, which agents alone may do."""
    at = desk(store, user, str(asked.get("serviceDeskId", "")))
    kind = at.request_types.by_id(asked.get("requestTypeId"))
    if kind is None:
        raise Refused(
            400, f"The request type '{asked.get('requestTypeId')}' does not belong to this service desk."
        )
    reporter = _reporter(store, user, at, asked.get("raiseOnBehalfOf"))
    values = _read_fields(store, user, at, kind, asked)
    return creating.create_request(store, reporter, user, at.project, kind, values)


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


def _words(store: Store, user: User, issue: Issue, body: Any, *, public: bool) -> comment.Draft:
    own = issue.reporter is user
    if not own and not store.rights.may(user, "ADD_COMMENTS", issue.project):
        raise Refused(403, "You do not have permission to comment on this request.")
    properties = [{"key": comment.AUDIENCE, "value": {"internal": not public}}]
    return comment.read_draft({"body": body, "properties": properties}, rich=False)


def _reporter(store: Store, user: User, at: ServiceDesk, wanted: Any) -> User:
    if wanted is None:
        return user
    if not store.rights.is_agent(user, at.project):
        raise Refused(403, "You do not have permission to raise requests on behalf of others.")
    people = store.people
    found = people.by_account(str(wanted)) if store.is_cloud else people.by_name(str(wanted))
    if found is None or not may_ask(store, found, at):
        raise Refused(400, f"The user '{wanted}' is not a customer of this service desk.")
    return found


def _read_fields(
    store: Store, user: User, at: ServiceDesk, kind: RequestType, asked: Mapping[str, Any]
) -> dict[str, Any]:
    given = asked.get("requestFieldValues") or {}
    if not isinstance(given, Mapping):
        raise Refused(400, "The requestFieldValues must be an object.")
    if unknown := [name for name in given if name not in kind.fields]:
        raise Refused(400, f"The fields {', '.join(unknown)} do not belong to this request type.")
    if not given.get("summary"):
        raise Refused(400, "The field 'summary' is required.")
    reading = Reading(store, user, at.project, rich=bool(asked.get("isAdfRequest")))
    fields = store.configuration.fields
    return {name: read_value(reading, fields[name], raw) for name, raw in given.items()}
