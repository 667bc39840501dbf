"""What one installation agreed on, as frozen values: the settings that sync and plan work by."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from careloop.model.dialect import Dialect
from careloop.model.mapping import LinkRule
from careloop.model.page import Scope
from careloop.model.plan import Limits
from careloop.model.rules import ContactRules, Mode, Rules, canonical
from careloop.ports import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A policy with the rules it works by."""

    policy: Policy
    rules: Rules[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Scopes to pull, links to keep, promises to keep, and how far careloop may go.

    `closed_channels` names instances on which nobody may be contacted, with the reason. `backfill` exempts
    what sync writes from the limit on changes, for a declared first filling. `edition` is careloop's own
    version: a newer one may judge differently, so it looks at every problem again.
    """

    scopes: tuple[Scope, ...] = ()
    links: tuple[LinkRule, ...] = ()
    sync_mode: Mode = Mode.AUDIT
    promises: tuple[Promise, ...] = ()
    contact: ContactRules = ContactRules()
    limits: Limits = Limits()
    dialects: Mapping[tuple[str, str], Dialect] = field(default_factory=dict)
    closed_channels: Mapping[str, str] = field(default_factory=dict)
    backfill: bool = False
    edition: str = ""

    @property
    def hash(self) -> str:
        """Return a digest of everything that decides; a change makes every problem due for a look."""
        decides = (
            self.edition,
            self.links,
            self.sync_mode,
            tuple((promise.policy.name, promise.rules.hash) for promise in self.promises),
            self.contact,
            self.dialects,
            self.closed_channels,
        )
        return hashlib.sha256(canonical(decides).encode()).hexdigest()[:16]

    @property
    def look_back(self) -> timedelta:
        """Return how far back any policy looks for an earlier record of the same requester."""
        return timedelta(
            days=max((getattr(p.rules.settings, "look_back", 0) for p in self.promises), default=0)
        )

    def dialect(self, instance: str, container: str) -> Dialect:
        """Return how a container says the common words."""
        return self.dialects[(instance, container)]
