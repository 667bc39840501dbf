"""The people and accounts of the site."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from careloop.sandbox.jira.model.configuration import read

LICENSED = "jira-users"
"""The group of everybody who may work in Jira; customers are not in it."""

_GROUP_IDS = UUID("6d1f5f2e-2f0b-4c55-9a0e-6d0f3c1b7a10")


@dataclass(slots=True, eq=False)
class User:
    """One account; `name` is its user name on Data Center, `token` its API or personal access token."""

    account_id: str
    name: str
    email: str
    display_name: str
    zone: ZoneInfo
    token: str
    account_type: str = "atlassian"
    active: bool = True
    groups: frozenset[str] = frozenset()
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Role names by project key."""
    properties: dict[str, Any] | None = None
    preferences: dict[str, str] = field(default_factory=dict)
    viewed: dict[int, datetime] = field(default_factory=dict)
    """When somebody last looked at issues, by their ids."""
    visited: dict[str, int] = field(default_factory=dict)
    """The projects that somebody looked at, by their ids; a later visit has a higher number."""
    locale: str = "en_US"
    share_scope: str = "PRIVATE"
    columns: tuple[str, ...] | None = None
    """The ids of the fields that a table of issues shows, None for those of the site."""

    @property
    def watches_by_itself(self) -> bool:
        """Whether somebody watches what they create or comment on, unless they prefer otherwise."""
        return self.preferences.get("user.autowatch.disabled") != "true"

    @property
    def key(self) -> str:
        """The key of the account on Data Center, which stays when the user name changes."""
        return f"JIRAUSER{self.name}"


class Group(NamedTuple):
    """A group; its id stays when its name changes."""

    id: str
    name: str


class Directory:
    """Every user, found by account id, user name or e-mail address.

    The token of an example account is its user name and `-token`, so that anybody can play any part.
    """

    def __init__(self) -> None:
        self._users = [_user(row, f"{row['name']}-token") for row in read("users")]
        self._by_account = {user.account_id: user for user in self._users}
        self._by_name = {user.name: user for user in self._users}
        self._by_email = {user.email: user for user in self._users}
        names = sorted({name for user in self._users for name in user.groups})
        self._groups = {name.casefold(): _group(name) for name in names}

    @property
    def groups(self) -> list[Group]:
        """Every group, by name."""
        return [self._groups[name] for name in sorted(self._groups)]

    def group(self, reference: str) -> Group | None:
        """Return the group of this name, whatever its case, or id."""
        named = self._groups.get(reference.casefold())
        return named or next((group for group in self._groups.values() if group.id == reference), None)

    def add_group(self, name: str) -> Group:
        """Create a group without members."""
        return self._groups.setdefault(name.casefold(), _group(name))

    def remove_group(self, group: Group) -> None:
        """Give up a group, and everybody's membership in it."""
        del self._groups[group.name.casefold()]
        for user in self._users:
            user.groups -= {group.name}

    def members(self, group: Group) -> list[User]:
        return [user for user in self._users if group.name in user.groups]

    def add(self, user: User) -> User:
        """Take in a new account."""
        self._users.append(user)
        self._by_account[user.account_id] = self._by_name[user.name] = self._by_email[user.email] = user
        return user

    def remove(self, user: User) -> None:
        """Give up an account; what it wrote keeps its name."""
        self._users.remove(user)
        del self._by_account[user.account_id], self._by_name[user.name], self._by_email[user.email]

    def __iter__(self) -> Iterator[User]:
        return iter(self._users)

    def by_account(self, account_id: str) -> User | None:
        return self._by_account.get(account_id)

    def by_name(self, name: str) -> User | None:
        return self._by_name.get(name)

    def by_email(self, email: str) -> User | None:
        return self._by_email.get(email)

    def by_token(self, token: str) -> User | None:
        return next((user for user in self._users if user.token == token), None)

    def find(self, reference: str) -> User:
        """Return the user with this account id, user name or e-mail address; KeyError if there is none."""
        user = self.by_account(reference) or self.by_name(reference) or self.by_email(reference)
        if user is None:
            raise KeyError(f"no account {reference!r} in this sandbox")
        return user

    def starting_with(self, query: str) -> list[User]:
        """Return the users one of whose names, or whose address, starts with `query`."""
        wanted = query.casefold()
        return [user for user in self._users if any(w.startswith(wanted) for w in _words(user))]


def _words(user: User) -> list[str]:
    full_name = user.display_name.casefold()
    return [full_name, *full_name.split(), user.email.casefold(), user.name.casefold()]


def _group(name: str) -> Group:
    return Group(str(uuid5(_GROUP_IDS, name)), name)


def _user(row: Mapping[str, Any], token: str) -> User:
    kind = row.get("account_type", "atlassian")
    return User(
        account_id=row["account_id"],
        name=row["name"],
        email=row["email"],
        display_name=row["display_name"],
        zone=ZoneInfo(row["time_zone"]),
        token=token,
        account_type=kind,
        active=row.get("active", True),
        groups=frozenset([*row.get("groups", ()), *([LICENSED] if kind == "atlassian" else [])]),
        roles={key: tuple(names) for key, names in row.get("roles", {}).items()},
    )
