"""The access control rules, as rows that clients can read and admins change."""

from collections.abc import Mapping, Sequence
from typing import Any

from careloop.sandbox.servicenow.rights import OPERATIONS
from careloop.sandbox.servicenow.seed.rows import Rows


def plant_rules(rows: Rows, rights: Sequence[Mapping[str, Any]]) -> None:
    """Insert a row of `sys_security_acl` for every rule, and of `sys_security_acl_role` for its roles.

    Who may move an incident from state to state is decided by business rules, not by access control.
    """
    for right in rights:
        if right["operation"] not in OPERATIONS:
            continue
        name = ".".join(part for part in (right["table"], right.get("field", "")) if part)
        fields = {"name": name, "sys_name": name, "operation": right["operation"], "type": "record"}
        acl = rows.insert("sys_security_acl", {**fields, "condition": right.get("condition", "")})
        for role in right.get("roles", ()):
            rows.insert("sys_security_acl_role", {"sys_security_acl": acl, "sys_user_role": role})
