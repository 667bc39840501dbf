"""What is looked at before a first run: traps, and the rights that the work needs."""

from dataclasses import dataclass
from enum import StrEnum

from careloop.model.page import Scope


class Severity(StrEnum):
    """What a check means: fine, worth knowing, or in the way of a first run."""

    OK = "ok"
    WARNING = "warning"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at before the first run; `advice` says in plain words what to change."""

    instance: str
    name: str
    severity: Severity
    says: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One right the work needs: on which table or project, to do what, in which mode."""

    instance: str
    target: str
    access: str
    fields: tuple[str, ...]
    role: str
    mode: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """What the settings intend, as far as a platform may stand in its way.

    `acting` is True when any policy is in mode act, `window_days` the longest wait for an answer in calendar
    days.
    """

    scopes: tuple[Scope, ...]
    acting: bool
    asking: bool
    closing: bool
    window_days: int
    care_level: str
