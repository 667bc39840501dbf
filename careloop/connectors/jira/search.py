"""Walks through everything a query finds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from careloop.connectors.jira import jql
from careloop.connectors.jira.client import Client
from careloop.connectors.jira.moment import read_moment
from careloop.errors import SettingsError, TryAgain

Issue = dict[str, Any]


FRESH = 50
"""Issues that one search can be told to judge as they are now, whatever the index holds (Jira OpenAPI)."""


def search(
    client: Client,
    query: str,
    fields: Sequence[str],
    *,
    size: int,
    properties: str | None = None,
    fresh: Sequence[str] = (),
) -> Iterator[list[Issue]]:
    """Yield the issues a query finds, page by page; Data Center gives no `properties` along.

    `fresh` lists at most FRESH ids of issues that are judged past the index, where the site can do so.
    A page may be shorter than asked for, on Cloud even empty: only the site says which is the last one.
    """
    if client.is_cloud:
        yield from _by_token(client, query, fields, size, properties, fresh)
        return
    start = 0
    while page := _at_offset(client, query, fields, size, start):
        yield page["issues"]
        start += len(page["issues"])
        if not page["issues"] or start >= page["total"]:
            return


def walk(
    client: Client,
    query: str,
    since: datetime | None,
    fields: Sequence[str],
    *,
    size: int,
    properties: str | None = None,
) -> Iterator[list[Issue]]:
    """Yield what a query finds of the issues changed since a moment, oldest change first, some of them twice.

    There is no upper bound, so that an issue that changes all the time is found too. An issue that changes
    meanwhile moves to the end: a token does not mind, but an offset would skip the one that takes its
    place, so on Data Center each page starts at the last change seen.
    """
    order = "ORDER BY updated ASC, key ASC"
    if client.is_cloud:
        bounded = jql.conjunction(query, jql.since("updated", since))
        yield from _by_token(client, f"{bounded} {order}", fields, size, properties)
        return
    skip = 0
    while True:
        bounded = jql.conjunction(query, jql.since("updated", since))
        page = _at_offset(client, f"{bounded} {order}", fields, size, skip)
        issues: list[Issue] = page["issues"]
        yield issues
        if not issues or skip + len(issues) >= page["total"]:
            return
        last = read_moment(issues[-1]["fields"]["updated"])
        since, skip = (last, 0) if last != since else (since, skip + len(issues))


def _by_token(
    client: Client,
    query: str,
    fields: Sequence[str],
    size: int,
    properties: str | None,
    fresh: Sequence[str] = (),
) -> Iterator[list[Issue]]:
    """Follow the tokens of search/jql, which live for a week (Jira OpenAPI).

    One that comes back means that the walk would never end, and one that is refused, since the first page
    went well, that it has to start again: both are TryAgain.
    """
    asked: dict[str, Any] = {"jql": query, "fields": list(fields), "maxResults": size}
    asked |= {"properties": [properties]} if properties else {}
    asked |= {"reconcileIssues": [int(id) for id in fresh]} if fresh else {}
    token: str | None = None
    used: set[str] = set()
    while True:
        try:  # by POST: no address is long enough for every query, and a list is a list
            answer = client.ask("search/jql", {**asked, "nextPageToken": token} if token else asked)
        except SettingsError as error:
            if token is None:
                raise
            raise TryAgain(f"{error}; the walk broke off, and the next run starts it again") from error
        yield answer.get("issues", [])
        token = answer.get("nextPageToken")
        if not token or answer.get("isLast"):
            return
        if token in used:
            raise TryAgain(f"{client.name}: the search repeats itself; the next run starts it again")
        used.add(token)


def _at_offset(client: Client, query: str, fields: Sequence[str], size: int, start: int) -> dict[str, Any]:
    page: dict[str, Any] = client.get(
        "search", jql=query, fields=",".join(fields), maxResults=size, startAt=start
    )
    return page
