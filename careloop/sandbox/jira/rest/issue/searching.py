"""Search: by token on Cloud, by offset on Data Center."""

from collections.abc import Sequence
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import INVALID_PAYLOAD, Answer, Call, Route, strings
from careloop.sandbox.jira.rest.issue.expansion import HISTORIES_OF_MANY, read_properties
from careloop.sandbox.jira.rest.issue.expansion import expand as expand_issue
from careloop.sandbox.jira.search import LARGEST_PAGE

_SMALL = {"id", "key", "issuekey"}
_TOKEN_SEARCH = (
    *("jql", "nextPageToken", "maxResults", "fields", "expand", "properties"),
    *("fieldsByKeys", "failFast", "reconcileIssues"),
)
_AROUND = frozenset({"", "names", "schema"})
"""What stands once beside the issues rather than in each of them."""

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def by_token_get(call: Call) -> Answer:
    asked: dict[str, Any] = dict(call.query)
    asked["fields"], asked["properties"] = call.words("fields"), call.words("properties")
    asked["maxResults"] = call.integer("maxResults", 50)
    asked["reconcileIssues"] = [int(n) if n.isdecimal() else n for n in call.words("reconcileIssues")]
    return _by_token(call, asked)


def by_token_post(call: Call) -> Answer:
    return _by_token(call, call.object(*_TOKEN_SEARCH))


def by_offset_get(call: Call) -> Answer:
    asked: dict[str, Any] = dict(call.query)
    asked["fields"], asked["expand"] = call.words("fields"), call.words("expand")
    asked["startAt"], asked["maxResults"] = call.number("startAt", 0), call.number("maxResults", 50)
    return _by_offset(call, asked)


def by_offset_post(call: Call) -> Answer:
    return _by_offset(call, call.object())


def gone(_: Call) -> Answer:
    raise Refused(410, GONE)


def approximate_count(call: Call) -> Answer:
    found = call.search.result(call.user, _jql(call.object("jql")), bounded=True)
    return Answer(200, {"count": len(found.issues)})


def _by_token(call: Call, asked: dict[str, Any]) -> Answer:
    size = asked.get("maxResults", 50)
    if isinstance(size, bool) or not isinstance(size, int):
        raise Refused(400, INVALID_PAYLOAD)
    expand = asked.get("expand") or ""
    if not isinstance(expand, str):
        raise Refused(400, "The expand must be a string, its parts separated by commas.")
    token, fresh = asked.get("nextPageToken"), asked.get("reconcileIssues") or []
    if not isinstance(token, str | None) or not isinstance(fresh, list):
        raise Refused(400, "The nextPageToken must be a string and reconcileIssues a list.")
    small = set(strings(asked, "fields")) <= _SMALL and "changelog" not in expand
    most = LARGEST_PAGE if small else call.store.switches.page_limit
    found = call.search.page(call.user, _jql(asked), token, size, fresh, most=most)
    content = _show(call, found.issues, asked, expand.split(","), by_default="id")
    content["isLast"] = found.next_token is None
    if found.next_token:
        content["nextPageToken"] = found.next_token
    return Answer(200, content)


def _by_offset(call: Call, asked: dict[str, Any]) -> Answer:
    start, size = asked.get("startAt", 0), asked.get("maxResults", 50)
    if not isinstance(start, int) or not isinstance(size, int):
        raise Refused(400, "The startAt and maxResults must be numbers.")
    switches = call.store.switches
    size = switches.dc_page_limit if size < 0 else min(size, switches.dc_page_limit)
    if start + size > switches.dc_search_window:
        raise Refused(400, f"The search reaches beyond the first {switches.dc_search_window} results.")
    found = call.search.result(call.user, str(asked.get("jql") or "")).issues
    content = _show(
        call, found[start : start + size], asked, strings(asked, "expand"), by_default="*navigable"
    )
    page = {"expand": "schema,names", "startAt": start, "maxResults": size, "total": len(found)}
    return Answer(200, page | content)


def _show(
    call: Call, issues: Sequence[Issue], asked: dict[str, Any], expand: Sequence[str], *, by_default: str
) -> dict[str, Any]:
    rendering = call.rendering
    fields, properties = strings(asked, "fields"), read_properties(asked)
    chosen = rendering.chosen(fields, by_default=by_default)
    if chosen or by_default != "id" or fields not in ([], ["id"]):
        rows = [rendering.issue(issue, chosen) for issue in issues]
    else:
        rows = [{"id": str(issue.id)} for issue in issues]
    wanted = frozenset(expand) - _AROUND
    for issue, row in zip(issues, rows, strict=True):
        if wanted:
            expand_issue(call, issue, wanted, row, HISTORIES_OF_MANY if call.store.is_cloud else 100)
        if properties:
            row["properties"] = rendering.properties(issue, properties)
    content: dict[str, Any] = {"issues": rows}
    if "names" in expand:
        content["names"] = rendering.names(name for name, _ in chosen)
    if "schema" in expand:
        content["schema"] = rendering.schemas(name for name, _ in chosen)
    return content


def _jql(asked: dict[str, Any]) -> str:
    return str(asked.get("jql") or "")


CLOUD_ROUTES: list[Route] = [
    ("GET", "/search/jql", by_token_get),
    ("POST", "/search/jql", by_token_post),
    ("POST", "/search/approximate-count", approximate_count),
    ("GET", "/search", gone),
    ("POST", "/search", gone),
]
DC_ROUTES: list[Route] = [
    ("GET", "/search", by_offset_get),
    ("POST", "/search", by_offset_post),
]
