"""Formats that callers take and send, and the bodies of answers (ServiceNow docs c_RESTAPI.md)."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import orjson
from defusedxml import ElementTree
from starlette.datastructures import Headers

from careloop.sandbox.servicenow.errors import HttpRefused

JSON = "application/json;charset=UTF-8"
XML = "application/xml;charset=UTF-8"

_TAKES_JSON = frozenset({"*/*", "application/*", "application/json", "text/json"})
_TAKES_XML = frozenset({"application/xml", "text/xml"})


def takes_xml(headers: Headers, *, required: bool) -> bool:
    """Return whether the caller takes XML rather than JSON; what stands first in Accept wins.

    Raises HttpRefused 406 for one that takes neither. One that says nothing takes JSON or, with `required`,
    is refused with 400.
    """
    accept = headers.get("accept")
    if not accept:
        if required:
            raise HttpRefused(400, "Invalid request headers", "The Accept header is missing")
        return False
    for part in accept.split(","):
        media = part.split(";")[0].strip().lower()
        if media in _TAKES_JSON or media in _TAKES_XML:
            return media in _TAKES_XML
    raise HttpRefused(406, "Media types not supported", f"Media types not supported: {accept}")


def parse_fields(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the fields of a written record: of the first one where several are sent.

    Raises HttpRefused 415 for a format that is neither JSON nor XML, 400 for what is no record in it.
    """
    sent = content_type.split(";", maxsplit=1)[0].strip().lower()
    if not body:
        return {}
    if not sent:
        raise HttpRefused(400, "Exception while reading request", "The Content-Type header is missing")
    if sent in _TAKES_XML:
        return _parse_xml(body)
    if sent not in _TAKES_JSON:
        raise HttpRefused(415, "Unsupported media type", f"Media type {sent} is not supported")
    fields = parse_json(body)
    if isinstance(fields, dict) and list(fields) == ["records"]:
        fields = fields["records"]
    if isinstance(fields, list) and fields:
        fields = fields[0]
    if not isinstance(fields, dict):
        raise HttpRefused(400, "Exception while reading request", "The payload is not a JSON object.")
    return fields


def parse_json(body: bytes) -> Any:
    """Return what a JSON body holds; raises HttpRefused 400 for anything else."""
    try:
        return orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise HttpRefused(400, "Exception while reading request", "The payload is not valid JSON.") from None


def write_body(content: Mapping[str, Any], *, to_xml: bool) -> tuple[bytes, str]:
    """Return the body of an answer and its media type."""
    if to_xml:
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        return f"{head}<response>{_elements(content)}</response>".encode(), XML
    return orjson.dumps(content), JSON


def _parse_xml(body: bytes) -> dict[str, Any]:
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError):
        raise HttpRefused(400, "Exception while reading request", "The payload is not valid XML.") from None
    entry = root if root.tag == "entry" else root.find("entry")
    return {field.tag: field.text or "" for field in (root if entry is None else entry)}


def _elements(content: Any) -> str:
    """Write objects as elements by their keys; a list repeats its own."""
    if not isinstance(content, Mapping):
        return "" if content is None else escape(str(content))
    parts = []
    for name, value in content.items():
        for one in value if isinstance(value, list) else [value]:
            inner = _elements(one)
            parts.append(f"<{name}>{inner}</{name}>" if inner else f"<{name}/>")
    return "".join(parts)
