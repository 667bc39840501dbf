"""Which schemes a project is set up with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from careloop.sandbox.jira.errors import invalid
from careloop.sandbox.jira.model.catalog import Schemes
from careloop.sandbox.jira.store import Store

_KNOWN = {
    "permissionScheme": ("permission_schemes", "permissions"),
    "workflowScheme": ("workflow_schemes", "workflow"),
    "issueTypeScheme": ("type_schemes", "types"),
    "issueTypeScreenScheme": ("type_screen_schemes", "screens"),
    "fieldConfigurationScheme": ("field_schemes", "fields"),
}
"""For each scheme of a request: the register that holds it, and its place among the schemes of a project."""


def named_schemes(asked: Mapping[str, Any]) -> bool:
    """Return whether a request names any scheme."""
    return any(asked.get(name) is not None for name in _KNOWN)


def read_schemes(store: Store, schemes: Schemes, asked: Mapping[str, Any]) -> Schemes:
    """Return schemes with those in their place that a request names by id; 400 for one that there is not."""
    chosen: dict[str, Any] = {}
    for name, (register, place) in _KNOWN.items():
        if asked.get(name) is not None:
            chosen[place] = getattr(store.configuration, register).by_id(asked[name])
            if chosen[place] is None:
                raise invalid(name, f"There is no scheme with id '{asked[name]}'.")
    return replace(schemes, **chosen)
