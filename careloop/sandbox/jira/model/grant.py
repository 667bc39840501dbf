"""Permission schemes: which permission is granted to whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Holder(NamedTuple):
    """Whom something is given to: `kind` as the REST API names it, `parameter` which role, group or field."""

    kind: str
    parameter: str | None = None


class Grant(NamedTuple):
    """One permission for one holder."""

    id: str
    permission: str
    holder: Holder


@dataclass(slots=True, eq=False)
class PermissionScheme:
    """Who may do what in every project that uses the scheme: the grants of each permission."""

    id: str
    name: str
    description: str = ""
    grants: dict[str, list[Grant]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Grant]:
        return (grant for grants in self.grants.values() for grant in grants)

    def add(self, grant: Grant) -> Grant:
        """Take in a grant."""
        self.grants.setdefault(grant.permission, []).append(grant)
        return grant

    def remove(self, grant: Grant) -> None:
        """Give up a grant."""
        self.grants[grant.permission].remove(grant)

    def holders(self, permission: str) -> list[Holder]:
        """Return whom a permission is granted to."""
        return [grant.holder for grant in self.grants.get(permission, ())]
