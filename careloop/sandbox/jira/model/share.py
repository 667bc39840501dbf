"""Things that somebody owns and shares: saved searches and dashboards."""

from dataclasses import dataclass, field, replace
from typing import Literal

from careloop.sandbox.jira.model.catalog import Project, Role
from careloop.sandbox.jira.model.rights import Rights
from careloop.sandbox.jira.model.users import Group, User

ShareKind = Literal["global", "loggedin", "group", "project", "user"]


@dataclass(frozen=True, slots=True)
class Share:
    """Whom something is shared with: all, all accounts, a group, a person, or a project or a role in it."""

    id: int
    kind: ShareKind
    group: Group | None = None
    project: Project | None = None
    role: Role | None = None
    user: User | None = None

    def equals(self, other: "Share") -> bool:
        """Return whether another share is for the same people."""
        return replace(self, id=other.id) == other

    def admits(self, user: User | None, rights: Rights) -> bool:
        """Return whether an account is among them; nobody signed in is among all only."""
        if self.kind == "global":
            return True
        if user is None:
            return False
        if self.group:
            return self.group.name in user.groups
        if self.project and self.role:
            return self.role.name in rights.roles(user, self.project)
        if self.project:
            return rights.may(user, "BROWSE_PROJECTS", self.project)
        return self.kind == "loggedin" or self.user is user


@dataclass(slots=True, eq=False)
class Shareable:
    """What is owned and shared; favourites are account ids."""

    id: str
    name: str
    owner: User
    description: str = ""
    shares: list[Share] = field(default_factory=list)
    edit_shares: list[Share] = field(default_factory=list)
    favourites: set[str] = field(default_factory=set)

    def is_edited_by(self, user: User | None, rights: Rights) -> bool:
        """Return whether an account owns this or was given the right to edit it."""
        return user is not None and (
            self.owner is user or any(share.admits(user, rights) for share in self.edit_shares)
        )

    def is_seen_by(self, user: User | None, rights: Rights) -> bool:
        """Return whether an account edits this or has it shared."""
        return self.is_edited_by(user, rights) or any(share.admits(user, rights) for share in self.shares)
