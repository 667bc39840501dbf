"""Pages of what uses a status, a workflow or a scheme: ids, with a token that leads to the next ones."""

from collections.abc import Iterable
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.rest.call import Call

_MOST = 200


def usages(call: Call, ids: Iterable[str]) -> dict[str, Any]:
    """Return one page of ids; 400 for a page that is empty or too large, and for a token of nobody's."""
    every, token = list(dict.fromkeys(ids)), call.query.get("nextPageToken", "0")
    size = call.number("maxResults", 50)
    if not 0 < size <= _MOST or not token.isdecimal():
        raise Refused(400, f"The maxResults must be between 1 and {_MOST}, and the token one that was given.")
    start = int(token)
    shown: dict[str, Any] = {"values": [{"id": number} for number in every[start : start + size]]}
    return shown | ({"nextPageToken": str(start + size)} if start + size < len(every) else {})
