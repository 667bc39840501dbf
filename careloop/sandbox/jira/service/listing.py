"""Which requests the portal lists for somebody, and by what one can sift them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.service import APPROVERS, organizations, participants
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.service.approvals import approvals, may_answer
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.text_search import matcher

Test = Callable[[Issue], bool]
DEFAULT_OWNERSHIP = ("OWNED_REQUESTS", "PARTICIPATED_REQUESTS", "ALL_ORGANIZATIONS")


class Sieve(NamedTuple):
    """What is asked for; empty parts let everything through."""

    ownership: Sequence[str] = ()
    status: str = ""
    approval_status: str = ""
    organization: str = ""
    desk: str = ""
    request_type: str = ""
    term: str = ""


def listed(store: Store, user: User, sieve: Sieve) -> list[Issue]:
    """Return the requests that an account is shown, the one with the latest activity first.

    400 for a value that the filters do not have (Service Management OpenAPI, getCustomerRequests).
    """
    tests = [*_by_place(store, sieve), *_by_state(sieve), _by_ownership(store, user, sieve)]
    if sieve.term:
        matches = matcher(sieve.term)
        tests.append(lambda issue: matches(issue.summary))
    rows = [i for i in store.issues.values() if i.request_type and store.rights.sees_request(user, i)]
    found = [issue for issue in rows if all(test(issue) for test in tests)]
    return sorted(found, key=_activity, reverse=True)


def _activity(issue: Issue) -> tuple[datetime, int]:
    return issue.updated, issue.id


def _by_place(store: Store, sieve: Sieve) -> list[Test]:
    tests: list[Test] = []
    if sieve.desk:
        desk = store.configuration.service_desks.by_id(sieve.desk)
        if desk is None:
            raise Refused(404, f"The service desk with id '{sieve.desk}' does not exist.")
        tests.append(lambda issue: issue.project is desk.project)
    if sieve.request_type:
        tests.append(lambda i: i.request_type is not None and i.request_type.id == sieve.request_type)
    return tests


def _by_state(sieve: Sieve) -> list[Test]:
    match sieve.status:
        case "OPEN_REQUESTS":
            return [lambda issue: issue.resolution is None]
        case "CLOSED_REQUESTS":
            return [lambda issue: issue.resolution is not None]
        case "" | "ALL_REQUESTS":
            return []
    raise Refused(400, f"'{sieve.status}' is not a request status.")


def _by_ownership(store: Store, user: User, sieve: Sieve) -> Test:
    tests = [_owner_test(store, user, sieve, name) for name in sieve.ownership or DEFAULT_OWNERSHIP]
    return lambda issue: any(test(issue) for test in tests)


def _owner_test(store: Store, user: User, sieve: Sieve, name: str) -> Test:
    match name:
        case "OWNED_REQUESTS":
            return lambda issue: issue.reporter is user
        case "PARTICIPATED_REQUESTS":
            return lambda issue: user in participants(issue)
        case "ORGANIZATION":
            return lambda issue: any(
                user in one.members and one.id == sieve.organization for one in organizations(issue)
            )
        case "ALL_ORGANIZATIONS":
            return lambda issue: any(user in one.members for one in organizations(issue))
        case "APPROVER":
            return _approver_test(store, user, sieve.approval_status)
        case "ALL_REQUESTS":
            return lambda _: True
    raise Refused(400, f"'{name}' is not a request ownership.")


def _approver_test(store: Store, user: User, status: str) -> Test:
    match status:
        case "MY_PENDING_APPROVAL":
            return lambda issue: any(may_answer(one, user) for one in approvals(store, issue))
        case "MY_HISTORY_APPROVAL":
            return lambda issue: any(
                user in one.decisions and one.completed is not None for one in approvals(store, issue)
            )
        case "":
            return lambda issue: (
                user in (issue.get(APPROVERS) or ())
                or any(user in one.decisions for one in approvals(store, issue))
            )
    raise Refused(400, f"'{status}' is not an approval status.")
