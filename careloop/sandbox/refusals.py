"""What a refused call looks like: the error bodies of either platform and of the gateways before them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http.client import responses
from typing import Any, Literal

from careloop.sandbox.answer import Answer, make, make_json

Platform = Literal["servicenow", "jira"]

_SAID = {
    401: ("User is not authenticated", "Required to provide Auth information"),
    403: ("Insufficient rights", "The caller lacks a role or an access control rule refuses"),
    429: ("Rate limit exceeded", "The number of requests of this hour is used up for this API"),
}
_CHALLENGE = {"servicenow": 'Basic realm="Service-now"', "jira": 'OAuth realm="jira"'}

_PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title></head>
<body><h1>{title}</h1><p>This page is for people; the service has no answer for programs.</p></body></html>
"""


def refuse(platform: Platform, status: int, headers: Mapping[str, str], body: str | None = None) -> Answer:
    """Return the platform's error answer of that status; a given `body` stands instead of the usual JSON."""
    if status == 401:
        headers = {"WWW-Authenticate": _CHALLENGE[platform], **headers}
    if body is not None:
        return make(status, body, "text/plain;charset=UTF-8", headers)
    message, detail = _SAID.get(status, (responses.get(status, "Error"), None))
    if platform == "jira":
        return make_json(status, {"errorMessages": [message], "errors": {}}, headers)
    return make_json(status, {"error": {"message": message, "detail": detail}, "status": "failure"}, headers)


def web_page(status: int, headers: Mapping[str, str], body: str | None = None) -> Answer:
    """Return a web page where JSON was expected, as a hibernating instance or a gateway sends it."""
    title = "Your instance is hibernating" if status < 400 else responses.get(status, "Error")
    return make(
        status, _PAGE.format(title=title) if body is None else body, "text/html;charset=UTF-8", headers
    )


def too_many(now: datetime, reason: str, seconds: Any, headers: Mapping[str, str]) -> Answer:
    """Return Jira's 429 with its headers: wait so many seconds (default 5), for this reason."""
    wait = 5 if seconds is None else int(seconds)
    reset = now + timedelta(seconds=wait)
    usual = {
        "Retry-After": str(wait),
        "X-RateLimit-Limit": "100",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": reset.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "X-RateLimit-NearLimit": "true",
        "RateLimit-Reason": reason,
    }
    return refuse("jira", 429, {**usual, **headers})
