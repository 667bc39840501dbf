"""Access control rules are rows: what an admin changes there takes effect at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from careloop.sandbox.servicenow.data import load
from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.rights import OPERATIONS, Rights
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

TABLES = ("sys_security_acl", "sys_security_acl_role")


class AccessRules:
    """Hands the rights what `sys_security_acl` and `sys_security_acl_role` say after each change of theirs.

    Scripts, `admin_overrides` and `decision_type` are not looked at.
    """

    def __init__(self, db: Database, rights: Rights) -> None:
        self._db = db
        self._rights = rights

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Take over what has been stored."""
        self._rights.load(self._read())

    def after_delete(self, session: Session, table: str, sys_id: str) -> None:
        """Take over that a rule, or one of its roles, is gone."""
        if table in TABLES:
            self._rights.load(self._read())

    def _read(self) -> Iterator[Mapping[str, Any]]:
        for table, slot in self._db.where("sys_security_acl", active="true"):
            rule = table.row(slot)
            name, _, field = rule["name"].partition(".")
            roles = [
                self._db.display("sys_user_role", given.value(at, "sys_user_role"))
                for given, at in self._db.where("sys_security_acl_role", sys_security_acl=rule["sys_id"])
            ]
            yield {
                "table": name,
                "field": field,
                "operation": rule["operation"],
                "condition": rule["condition"],
                "roles": roles,
            }
        # who may move an incident from state to state is no access rule of the platform
        yield from (plain for plain in load("rights") if plain["operation"] not in OPERATIONS)
