"""Entity properties: JSON that integrations keep on issues and comments."""

from collections.abc import Mapping
from typing import Any

import orjson

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.store import Store

KEY_LENGTH = 255
VALUE_LENGTH = 32_768


def check_value(key: str, value: Any) -> Any:
    """Return `value` when it may be stored under `key`; 400 otherwise (Jira OpenAPI, setIssueProperty)."""
    if not 0 < len(key) <= KEY_LENGTH:
        raise Refused(400, f"The property key must have 1 to {KEY_LENGTH} characters.")
    if len(orjson.dumps(value)) > VALUE_LENGTH:
        raise Refused(400, f"The property value is too long, the limit is {VALUE_LENGTH} characters.")
    return value


def read_properties(raw: Any) -> dict[str, Any]:
    """Return the properties in a list of keys and values, as create and comment requests carry them."""
    given = raw or []
    if not isinstance(given, list) or any(not isinstance(p, Mapping) or "key" not in p for p in given):
        raise Refused(400, "Properties must be a list of objects with a key and a value.")
    return {str(prop["key"]): check_value(str(prop["key"]), prop.get("value")) for prop in given}


def write(store: Store, issue: Issue, fresh: Mapping[str, Any]) -> None:
    """Set issue properties; whether that moves `updated` is a switch."""
    if fresh:
        replace(store, issue, {**(issue.properties or {}), **fresh})


def replace(store: Store, issue: Issue, properties: dict[str, Any]) -> None:
    """Have exactly these properties on an issue; whether that moves `updated` is a switch."""
    store.begin_write(issue, moves_updated=store.switches.property_moves_updated)
    issue.properties = properties or None


def find(properties: dict[str, Any] | None, key: str) -> Any:
    """Return the value under `key`; 404 when there is none."""
    if properties is None or key not in properties:
        raise Refused(404, f"The property with key {key} does not exist.")
    return properties[key]


def show_keys(properties: dict[str, Any] | None, address: str) -> dict[str, Any]:
    """Return the keys of what is stored, with the address of each."""
    return {"keys": [{"self": f"{address}/{key}", "key": key} for key in properties or {}]}
