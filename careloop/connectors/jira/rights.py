"""Every right that the work on a site needs, and from which mode on."""

from collections.abc import Iterator
from dataclasses import dataclass

from careloop.connectors.jira.records import FIELDS
from careloop.model.check import CheckContext, Right


@dataclass(frozen=True, slots=True)
class Permission:
    """One project permission of Jira; `mode` is the first that needs it."""

    key: str
    role: str
    mode: str
    access: str
    why: str


PERMISSIONS = (
    Permission(
        "BROWSE_PROJECTS", "Browse Projects", "audit", "read", "to see issues, histories and comments"
    ),
    Permission("ADD_COMMENTS", "Add Comments", "ask", "comment", "to ask customers and leave notes"),
    Permission("CREATE_ISSUES", "Create Issues", "act", "create", "to hand a problem to this project"),
    Permission("EDIT_ISSUES", "Edit Issues", "act", "write", "to keep fields in step and mark what is ours"),
    Permission(
        "TRANSITION_ISSUES", "Transition Issues", "act", "transition", "to reopen and to keep states in step"
    ),
)


def needed(context: CheckContext) -> Iterator[Permission]:
    """Yield the permissions that the modes in use need."""
    modes = {
        "audit",
        *(["ask"] if context.asking or context.acting else []),
        *(["act"] if context.acting else []),
    }
    return (permission for permission in PERMISSIONS if permission.mode in modes)


def rights(instance: str, context: CheckContext) -> Iterator[Right]:
    """Yield what to grant our account in each project; an administrator's rights are never among it."""
    for scope in context.scopes:
        if scope.instance != instance:
            continue
        for permission in needed(context):
            yield Right(
                instance=instance,
                target=scope.container,
                access=permission.access,
                fields=tuple(dict.fromkeys([*FIELDS, *scope.fields])) if permission.access == "read" else (),
                role=permission.role,
                mode=permission.mode,
                why=permission.why,
            )
