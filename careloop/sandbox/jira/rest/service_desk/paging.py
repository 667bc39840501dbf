"""Pages of Service Management: start, limit, size, isLastPage and links."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from careloop.sandbox.jira.rest.call import Call

PREFIX = "/rest/servicedeskapi"
PAGE, LARGEST_PAGE = 50, 100
T = TypeVar("T")


def paged(call: Call, path: str, rows: Sequence[T], show: Callable[[T], Any]) -> dict[str, Any]:
    """Return the page of rows that the caller asked for; links keep the other parameters of the query."""
    limit = call.number("limit", PAGE, most=LARGEST_PAGE) or PAGE
    return page(call, path, rows, show, (call.number("start", 0), limit))


def first_page(call: Call, path: str, rows: Sequence[T], show: Callable[[T], Any]) -> dict[str, Any]:
    """Return the first page of rows, as it stands inside another answer."""
    return page(call, path, rows, show, (0, PAGE), inside=True)


def page(
    call: Call,
    path: str,
    rows: Sequence[T],
    show: Callable[[T], Any],
    part: tuple[int, int],
    *,
    inside: bool = False,
) -> dict[str, Any]:
    """Return one part (start, limit) of rows."""
    start, limit = part
    shown = [show(row) for row in rows[start : start + limit]]
    more = start + limit < len(rows)
    kept = [] if inside else [(k, v) for k, v in call.query.multi_items() if k not in ("start", "limit")]

    def address(at: int) -> str:
        return f"{call.root}{PREFIX}{path}?{urlencode([*kept, ('start', at), ('limit', limit)])}"

    links = {"self": address(start), "base": call.root + PREFIX, "context": ""}
    if more:
        links["next"] = address(start + limit)
    if start:
        links["prev"] = address(max(start - limit, 0))
    return {
        "_expands": [],
        "size": len(shown),
        "start": start,
        "limit": limit,
        "isLastPage": not more,
        "_links": links,
        "values": shown,
    }


def link(call: Call, path: str) -> dict[str, str]:
    """Return the link of something to itself."""
    return {"self": f"{call.root}{PREFIX}{path}"}
