"""Which formats a caller takes and sends (ServiceNow docs c_RESTAPI.md)."""

from typing import Any

import orjson
from starlette.requests import Request

from careloop.sandbox.servicenow.errors import HttpRefused

_ACCEPTED = ("*/*", "application/*", "application/json", "text/json")
_SENT = ("application/json", "text/json")


def check_accept(request: Request) -> None:
    """Raise 406 for a caller that takes no JSON; one that says nothing takes anything."""
    accept = request.headers.get("accept", "*/*")
    if not any(part.split(";")[0].strip().lower() in _ACCEPTED for part in accept.split(",")):
        raise HttpRefused(406, f"Media types not supported: {accept}")


def read_body(request: Request, body: bytes) -> dict[str, Any]:
    """Return the fields of a written record: the first one where several are sent.

    Raises 415 for another format than JSON and 400 for what is no JSON object.
    """
    sent = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if body and sent not in _SENT:
        if not sent:
            raise HttpRefused(400, "Exception while reading request", "The Content-Type header is missing")
        raise HttpRefused(415, "Unsupported media type", f"Media type {sent} is not supported")
    try:
        fields = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise HttpRefused(400, "Exception while reading request", "The payload is not valid JSON.") from None
    if isinstance(fields, list) and fields:
        fields = fields[0]
    if not isinstance(fields, dict):
        raise HttpRefused(400, "Exception while reading request", "The payload is not a JSON object.")
    return fields
