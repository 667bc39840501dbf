"""Walks through everything a query finds."""

from collections.abc import Iterator, Sequence
from typing import Any

from careloop.connectors.jira.client import Client
from careloop.errors import TryAgain

Issue = dict[str, Any]


def search(
    client: Client, jql: str, fields: Sequence[str], *, size: int, properties: str | None = None
) -> Iterator[list[Issue]]:
    """Yield the issues a query finds, page by page, until the site says that there are no more.

    A page may be shorter than asked for, and a token may be the same twice only if something is wrong,
    which raises TryAgain (Jira OpenAPI, search/jql).
    """
    token: str | None = None
    used: set[str] = set()
    while True:
        answer = client.get(
            "search/jql",
            jql=jql,
            fields=",".join(fields),
            maxResults=size,
            nextPageToken=token,
            properties=properties,
        )
        yield answer.get("issues", [])
        token = answer.get("nextPageToken")
        if not token or answer.get("isLast"):
            return
        if token in used:
            raise TryAgain(f"{client.name}: the search repeats itself; the next run starts it again")
        used.add(token)
