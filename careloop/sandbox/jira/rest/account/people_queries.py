"""Users who did something, found by a structured query."""

from collections.abc import Callable
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.people_query import read_query
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.view import show_user

MOST_SOUGHT = 1000


def users(call: Call) -> Answer:
    return Answer(200, _found(call, "query", "maxResults", lambda user: show_user(call.view, user)))


def keys(call: Call) -> Answer:
    shown = _found(
        call, "query/key", "maxResult", lambda user: {"accountId": user.account_id, "key": user.key}
    )
    return Answer(200, shown)


def _found(call: Call, path: str, size: str, show: Callable[[User], Any]) -> dict[str, Any]:
    """Return who of a page of users matches: a page is cut out first (Jira OpenAPI, findUsersByQuery)."""
    user, rights = call.actor, call.store.rights
    if not rights.may(user, "USER_PICKER", None):
        raise Refused(403, "You do not have permission to browse users.")
    test = read_query(call.store, user, call.query.get("query", ""))
    start, limit = call.number("startAt", 0), call.number(size, 100, most=MOST_SOUGHT)
    people = list(call.store.people)[:MOST_SOUGHT]
    last = start + limit >= len(people)
    address = f"{call.view.api}/user/search/{path}?{size}={limit}&startAt="
    return {
        "self": f"{address}{start}",
        **({} if last else {"nextPage": f"{address}{start + limit}"}),
        "startAt": start,
        "maxResults": limit,
        "total": len(people),
        "isLast": last,
        "values": [show(one) for one in people[start : start + limit] if test(one)],
    }


CLOUD_ROUTES: list[Route] = [
    ("GET", "/user/search/query", users),
    ("GET", "/user/search/query/key", keys),
]
