"""Who let a policy do how much, and since when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """How far a policy was allowed to go, since when, under which rules, and who said so."""

    policy: str
    mode: str
    since: datetime | None
    rules_hash: str
    author: str
    approved_by: str
    at: datetime
