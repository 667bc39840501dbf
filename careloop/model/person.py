"""People as careloop knows them: a pseudonym, and beside it what can be erased."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PersonKind(StrEnum):
    """Who stands behind an account."""

    HUMAN = "human"
    SERVICE = "service"
    SHARED = "shared"


def person_id(instance: str, native: str) -> str:
    """Return the pseudonym of the account `native` (sys_id, account id, or user name) on an instance."""
    return "p" + hashlib.blake2s(f"{instance}/{native}".encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One account of a person on one instance.

    `account` is the name the platform writes into histories (user name or account id). `groups` holds group
    ids. `left` and `bounced` mean that no contact can reach the person; `away_until` pauses every clock.
    """

    id: str
    instance: str
    native: str
    account: str = ""
    name: str = ""
    email: str = ""
    active: bool = True
    kind: PersonKind = PersonKind.HUMAN
    zone: str = ""
    language: str = ""
    groups: frozenset[str] = frozenset()
    delegates: frozenset[str] = frozenset()
    vip: bool = False
    left: bool = False
    bounced: bool = False
    away_until: datetime | None = None

    def goes_by(self, name: str) -> bool:
        """Tell whether a user name, e-mail address or id is this account's; letter case does not matter."""
        known = (self.account, self.email, self.native)
        return bool(name) and name.casefold() in {one.casefold() for one in known}

    @property
    def greeting(self) -> str:
        """Return the name to greet the person by, or an empty text."""
        return self.name.split(" ")[0] if self.name else ""
