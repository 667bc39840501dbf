"""The Batch API: several requests in one (ServiceNow docs batch-api.md)."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.formats import parse_json
from careloop.sandbox.servicenow.session import User

Dispatch = Callable[[Request, bytes, User], Response]
"""Answers one request of a user."""

_INPUT, _OUTPUT = 5 << 20, 10 << 20
_MILLISECOND = timedelta(milliseconds=1)


def answer(call: Call, dispatch: Dispatch) -> Reply:
    """Answer `/batch`."""
    return call.choose({"POST": lambda call: _serve(call, dispatch)})


def _serve(call: Call, dispatch: Dispatch) -> Reply:
    """Answer each request in turn, until one is too large: it and all behind it stay unserviced.

    Ids come back as text, whatever they were. `sandbox.batch.serviced` says after how many the quota of 30
    seconds ends the transaction.
    """
    batch = parse_json(call.body)
    requests = batch.get("rest_requests") if isinstance(batch, dict) else None
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise HttpRefused(400, "Invalid batch request", "rest_requests must be a list of requests")
    properties = call.engine.properties
    most = properties.number("sandbox.batch.serviced", len(requests))
    largest = properties.number("glide.rest.batch.max.inputSize", _INPUT)
    longest = properties.number("glide.rest.batch.max.outputSize", _OUTPUT)
    asked = call.headers.get("x-batchrequest-max-output-size", "")
    longest = min(longest, int(asked)) if asked.isdecimal() else longest
    serviced: list[dict[str, Any]] = []
    for one in requests[:most]:
        body, began = _decode(one.get("body")), call.engine.clock.now()
        response = dispatch(_request(call, one), body, call.session.user) if len(body) <= largest else None
        if response is None or len(response.body) > longest:
            break
        serviced.append(_serviced(one, response, (call.engine.clock.now() - began) / _MILLISECOND))
    left = [str(one.get("id")) for one in requests[len(serviced) :]]
    content = {
        "batch_request_id": str(batch.get("batch_request_id", "")),
        "serviced_requests": serviced,
        "unserviced_requests": left,
    }
    return Reply(200, content=content)


def _serviced(one: Mapping[str, Any], response: Response, milliseconds: float) -> dict[str, Any]:
    headers = [] if one.get("exclude_response_headers") is True else _headers(response)
    return {
        "id": str(one.get("id")),
        "body": base64.b64encode(bytes(response.body)).decode(),
        "status_code": response.status_code,
        "status_text": HTTPStatus(response.status_code).phrase,
        "headers": headers,
        "execution_time": round(milliseconds),
    }


def _headers(response: Response) -> Sequence[Mapping[str, str]]:
    return [{"name": name.title(), "value": value} for name, value in response.headers.items()]


def _request(call: Call, one: Mapping[str, Any]) -> Request:
    url = urlsplit(str(one.get("url", "")))
    root = urlsplit(call.root)
    headers = {
        str(header.get("name", "")).lower(): str(header.get("value", ""))
        for header in one.get("headers") or ()
    }
    headers["host"] = root.netloc
    return Request(
        {
            "type": "http",
            "method": str(one.get("method", "GET")).upper(),
            "scheme": root.scheme,
            "server": (root.hostname, root.port),
            "path": unquote(url.path),
            "query_string": url.query.encode(),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        }
    )


def _decode(body: Any) -> bytes:
    try:
        return base64.b64decode(str(body or ""), validate=False)
    except binascii.Error:
        raise HttpRefused(400, "Invalid batch request", "A body is not Base64") from None
