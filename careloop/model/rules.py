"""The settings policies work by, as frozen values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from careloop.model.dialect import Dialect
from careloop.model.hours import Hours

S = TypeVar("S")


class Mode(StrEnum):
    """How far a policy may go: look only; contact people and leave notes; change states too."""

    AUDIT = "audit"
    ASK = "ask"
    ACT = "act"


class CareLevel(StrEnum):
    """What an organisation chose on purpose: nobody's silence ends anything, or a lapse may."""

    CARE = "care"
    COST = "cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How often a person may be contacted, over all policies together.

    Counted per problem within `problem_window` business days and per person within `person_window` days.
    """

    per_problem: int = 2
    problem_window: int = 10
    per_person: int = 3
    person_window: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    """How we may reach people: channel, hours, phone number, budget."""

    channel: str = "comment"
    phone: str = ""
    hours: Hours = Hours()
    budget: Budget = Budget()
    noun: str = "problem"
    lapse_notice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverAsk:
    """Whom no policy contacts: accounts by name or pseudonym, and records by what they are about."""

    accounts: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset({"security", "access", "access rights"})
    contact_types: frozenset[str] = frozenset({"monitoring", "event", "event management", "integration"})
    shared_account_above: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """The part of the organisation a policy works in; an empty set means everyone."""

    groups: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    requesters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Short lists of explicit phrases, in lower case; everything else goes to a person."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(Generic[S]):
    """Everything one policy may know besides the case: its own `settings` and what all policies share.

    `since` is when the policy left audit: older resolutions are history and never asked about. `dialects` is
    keyed by (instance, container). `hash` changes when any rule does, so that every problem is looked at
    again.
    """

    settings: S
    mode: Mode = Mode.AUDIT
    since: datetime | None = None
    approved_by: str = ""
    author: str = ""
    care_level: CareLevel = CareLevel.COST
    pilot: Pilot = Pilot()
    contact: ContactRules = ContactRules()
    never_ask: NeverAsk = NeverAsk()
    phrases: Phrases = Phrases()
    dialects: Mapping[tuple[str, str], Dialect] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Return a digest of the rules.

        Sets and mappings are sorted, so that it is the same in every process.
        """
        return hashlib.sha256(canonical(self).encode()).hexdigest()[:16]


def canonical(value: object) -> str:
    """Write a value of frozen dataclasses, sets and mappings the same way in every process."""
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{canonical(k)}:{canonical(v)}" for k, v in value.items())) + "}"
    if isinstance(value, frozenset | set):
        return "{" + ",".join(sorted(canonical(item) for item in value)) + "}"
    if isinstance(value, tuple | list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None:
        inside = ",".join(f"{name}={canonical(getattr(value, name))}" for name in names)
        return f"{type(value).__name__}({inside})"
    return repr(value)
