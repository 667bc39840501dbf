"""Access control: who may do what to which rows and columns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from careloop.sandbox.servicenow.session import Session, User
from careloop.sandbox.servicenow.store.database import Database, Row

OPERATIONS = frozenset({"create", "read", "write", "delete", "query_match", "query_range"})
"""What the platform's access rules are about; the others in the data belong to business rules."""

Matches = Callable[[Row, str, Session], bool]


@dataclass(frozen=True)
class Acl:
    """One rule: it passes for a user with one of the roles (none: anybody) on rows that meet the condition.

    `field` empty means the row itself, `*` any column. Operations: read, write, create, delete; query_match
    and query_range for queries on a column; and the incident's progress, resolve, close and reopen.
    """

    table: str
    operation: str
    field: str = ""
    roles: frozenset[str] = frozenset()
    condition: str = ""

    def passes_for(self, user: User) -> bool:
        return not self.roles or user.has_any(self.roles)


class Rights:
    """Decides by the most specific rules there are: own table, ancestors, `*`; one that passes is enough.

    An admin passes every rule. What `revoke` took away is refused whatever the rules say.
    """

    def __init__(self, db: Database, rules: Iterable[Mapping[str, Any]], matches: Matches) -> None:
        self._db = db
        self._matches = matches
        self._rules: dict[tuple[str, str, str], list[Acl]] = {}
        self._revoked: set[tuple[str, str, str]] = set()
        self.load(rules)

    def load(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Go by these rules from now on; what has been revoked stays revoked."""
        self._rules.clear()
        for plain in rules:
            acl = Acl(**{**plain, "roles": frozenset(plain.get("roles", ()))})
            self._rules.setdefault((acl.table, acl.field, acl.operation), []).append(acl)

    def revoke(self, user_name: str, name: str, operation: str = "read") -> None:
        """Take a right on a table or `table.column` away from one user."""
        self._revoked.add((user_name, name, operation))

    def restore(self, user_name: str, name: str, operation: str = "read") -> None:
        """Undo `revoke`."""
        self._revoked.discard((user_name, name, operation))

    def on_row(self, operation: str, row: Row, session: Session) -> bool:
        """Return whether the user may do this to a stored row."""
        verdict = self.on_table(operation, row[0].name, session.user)
        return verdict if isinstance(verdict, bool) else any(self._matches(row, c, session) for c in verdict)

    def on_table(self, operation: str, table: str, user: User) -> bool | list[str]:
        """Return the verdict for all rows of a table, or the conditions of which one row must meet one."""
        lineage = self._db.dictionary.lineage(table)
        if self._is_revoked(user, lineage, operation):
            return False
        if user.is_admin:
            return True
        for name in (*lineage, "*"):
            if rules := self._rules.get((name, "", operation)):
                passing = [acl.condition for acl in rules if acl.passes_for(user)]
                return True if "" in passing else passing or False
        return False

    def on_column(self, operation: str, table: str, column: str, user: User) -> bool:
        """Return whether the user may do this to a column, given that the row permits it."""
        lineage = self._db.dictionary.lineage(table)
        if self._is_revoked(user, [f"{name}.{column}" for name in lineage], operation):
            return False
        if user.is_admin:
            return True
        for field in (column, "*"):
            for name in lineage:
                if rules := self._rules.get((name, field, operation)):
                    return any(acl.passes_for(user) for acl in rules)
        return True

    def on_path(self, operation: str, table: str, path: str, user: User) -> bool:
        """Return whether the user may do this to every column along a dot-walked path."""
        for step in path.split("."):
            if table not in self._db.dictionary or step not in self._db.dictionary[table].columns:
                return True  # invalid, which is for the query to say
            if not self.on_column(operation, table, step, user):
                return False
            table = self._db.dictionary[table].columns[step].reference
        return True

    def on_query(self, operation: str, table: str, path: str, user: User) -> bool:
        """Return whether the user may use every column of a path in a query; reading is the default rule.

        Source: ServiceNow docs query-acl-rule.md.
        """
        return self.on_path(operation, table, path, user) and self.on_path("read", table, path, user)

    def is_revoked(self, user: User, table: str, operation: str) -> bool:
        """Return whether a right on the whole table was taken from the user."""
        return self._is_revoked(user, self._db.dictionary.lineage(table), operation)

    def _is_revoked(self, user: User, names: Iterable[str], operation: str) -> bool:
        return any((user.user_name, name, operation) in self._revoked for name in names)
