"""A saved search."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from careloop.sandbox.jira.model.configuration import Configuration
from careloop.sandbox.jira.model.rights import Rights
from careloop.sandbox.jira.model.users import User


@dataclass(slots=True, eq=False)
class Filter:
    """A saved search; `shares` are kept as they were given, favourites by account id."""

    id: str
    name: str
    jql: str
    owner: User
    description: str = ""
    shares: list[Mapping[str, Any]] = field(default_factory=list)
    favourites: set[str] = field(default_factory=set)

    def is_seen_by(self, user: User | None, configuration: Configuration, rights: Rights) -> bool:
        """Return whether an account owns the filter or has it shared: with all, a group, or a project."""
        if user is not None and self.owner is user:
            return True
        for share in self.shares:
            kind, group, project = share.get("type"), share.get("group"), share.get("project")
            if kind == "global" or (kind in ("authenticated", "loggedin") and user is not None):
                return True
            if isinstance(group, Mapping) and user is not None and group.get("name") in user.groups:
                return True
            known = configuration.project(str(project.get("id"))) if isinstance(project, Mapping) else None
            if known and rights.may(user, "BROWSE_PROJECTS", known):
                return True
        return False
