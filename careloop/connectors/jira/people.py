"""Accounts of a site as persons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from careloop.model.person import Person, PersonKind, person_id

User = Mapping[str, Any]


def native_id(user: User | None) -> str:
    """Return what a site calls an account: the account id on Cloud, the user name on Data Center."""
    return str(user.get("accountId") or user.get("name") or user.get("key") or "") if user else ""


@dataclass(slots=True)
class People:
    """The persons met while reading; `me` is our own account, which is no human being."""

    instance: str
    me: str
    _met: dict[str, Person] = field(default_factory=dict)

    def meet(self, user: User | None) -> str | None:
        """Return the pseudonym of a user object and remember the person; None for nobody."""
        native = native_id(user)
        if not user or not native:
            return None
        id = person_id(self.instance, native)
        if id not in self._met:
            self._met[id] = self._read(id, native, user)
        return id

    def all(self) -> tuple[Person, ...]:
        """Return everyone met."""
        return tuple(self._met.values())

    def _read(self, id: str, native: str, user: User) -> Person:
        is_machine = native == self.me or user.get("accountType") == "app"
        return Person(
            id=id,
            instance=self.instance,
            native=native,
            account=native,
            name=user.get("displayName") or "",
            email=user.get("emailAddress") or "",
            active=bool(user.get("active", True)),
            kind=PersonKind.SERVICE if is_machine else PersonKind.HUMAN,
            zone=user.get("timeZone") or "",
        )
