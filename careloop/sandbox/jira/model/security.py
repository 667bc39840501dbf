"""Issue security: levels that only their members see the issues of."""

from dataclasses import dataclass, field
from typing import NamedTuple

from careloop.sandbox.jira.model.grant import Holder
from careloop.sandbox.jira.model.register import Register


class Member(NamedTuple):
    """Somebody who sees the issues of a level."""

    id: str
    holder: Holder


@dataclass(slots=True, eq=False)
class SecurityLevel:
    """A level of security; an issue that has it is hidden from everybody who is none of its members."""

    id: str
    name: str
    description: str = ""
    members: list[Member] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class SecurityScheme:
    """The levels that issues of a project can have; new ones have the default, if there is one."""

    id: str
    name: str
    description: str = ""
    levels: Register[SecurityLevel] = field(default_factory=Register)
    default: SecurityLevel | None = None
