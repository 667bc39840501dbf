"""Roles that people have through their groups and other roles: inherited rows of `sys_user_has_role`."""

from collections import deque
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.store.database import Database, Row

_HELD = "sys_user_has_role"
TABLES = (_HELD, "sys_user_grmember", "sys_group_has_role", "sys_user_role_contains")
"""Tables that say who has which role."""


class Inheritance:
    """Keeps the inherited rows of everybody in step with groups, their roles, and what roles contain."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after(self, row: Row, draft: Draft, session: Session) -> None:
        """Take over what has been stored."""
        for user in {draft["user"], draft.before.get("user", "")} - {""} or self._everybody():
            self.settle(user, session.stamp)

    def after_delete(self, session: Session, table: str, sys_id: str) -> None:
        """Take over that a role, a membership or what a role contains is gone."""
        if table in TABLES:
            for user in self._everybody():
                self.settle(user, session.stamp)

    def settle(self, user: str, stamp: str) -> None:
        """Store what one user inherits and is lacking, and take out what is no longer inherited."""
        rows = list(self._db.where(_HELD, user=user))
        given = {_get(row, "role") for row in rows if _get(row, "inherited") != "true"}
        there = {_get(row, "role"): row for row in rows if _get(row, "inherited") == "true"}
        wanted = {role: why for role, *why in self._reached(user, given) if role not in given}
        for role in there.keys() - wanted.keys():
            self._db.delete(there[role])
        for role, (group, above) in wanted.items():
            origin = {"granted_by": group, "included_in_role": above}
            if role in there:
                self._db.change(there[role], origin)
            else:
                self._insert(user, role, origin, stamp)

    def _insert(self, user: str, role: str, origin: Mapping[str, str], stamp: str) -> None:
        stamps = dict.fromkeys(("sys_created_on", "sys_updated_on"), stamp)
        people = dict.fromkeys(("sys_created_by", "sys_updated_by"), "system")
        sys_id = uuid5(NAMESPACE_URL, f"{user} inherits {role}").hex
        fields = {"sys_id": sys_id, "user": user, "role": role, "inherited": "true", "state": "active"}
        self._db.insert(_HELD, {**fields, **origin, **stamps, **people, "sys_mod_count": "0"})

    def _reached(self, user: str, given: set[str]) -> Iterator[tuple[str, str, str]]:
        """Yield every role that the user has, with the group and the role it comes from."""
        left = deque((role, "", "") for role in sorted(given))
        for member in self._db.where("sys_user_grmember", user=user):
            group = _get(member, "group")
            held = self._db.where("sys_group_has_role", group=group)
            left += [(_get(has, "role"), group, "") for has in held]
        seen: set[str] = set()
        while left:
            role, group, above = left.popleft()
            if role not in seen:
                seen.add(role)
                yield role, group, above
                inner = self._db.where("sys_user_role_contains", role=role)
                left += [(_get(one, "contains"), group, role) for one in inner]

    def _everybody(self) -> set[str]:
        held, members = self._db[_HELD], self._db["sys_user_grmember"]
        return {table.value(slot, "user") for table in (held, members) for slot in table.slots()}


def _get(row: Row, name: str) -> str:
    return row[0].value(row[1], name)
