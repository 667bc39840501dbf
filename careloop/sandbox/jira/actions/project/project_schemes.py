"""The schemes that a new project is given."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from careloop.sandbox.jira.errors import invalid
from careloop.sandbox.jira.model.catalog import Schemes
from careloop.sandbox.jira.store import Store


def choose(store: Store, model: Schemes, asked: Mapping[str, Any]) -> Schemes:
    """Return the schemes that a request names by their ids, for all others those of a model project."""
    configuration = store.configuration
    registers: Mapping[str, tuple[str, Any]] = {
        "issueTypeScheme": ("types", configuration.type_schemes),
        "workflowScheme": ("workflow", configuration.workflow_schemes),
        "issueTypeScreenScheme": ("screens", configuration.type_screen_schemes),
        "fieldConfigurationScheme": ("fields", configuration.field_schemes),
        "issueSecurityScheme": ("security", configuration.security_schemes),
        "notificationScheme": ("notifications", configuration.notification_schemes),
        "permissionScheme": ("permissions", configuration.permission_schemes),
    }
    chosen = {}
    for key, (part, register) in registers.items():
        if asked.get(key) is not None:
            chosen[part] = register.by_id(asked[key])
            if chosen[part] is None:
                raise invalid(key, f"There is no scheme with the id '{asked[key]}'.")
    return replace(model, **chosen)
