"""The figures of an audit: frozen values, and the plain data that outside scripts rely on.

A figure that the data cannot support is None, and `not_known` says why under its dotted name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from careloop.model.plain import to_plain


class Kind(StrEnum):
    """What an audit was taken of: an audit log, a list export, or an instance."""

    EVENTS = "events"
    INCIDENTS = "incidents"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an audit was asked for; a caller with more incidents than `shared_above` is a shared account."""

    window_days: int = 14
    shared_above: int = 50
    name_accounts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was read: the names of files or of the instance, and when its incidents were opened."""

    kind: Kind
    names: tuple[str, ...]
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopCloser:
    """The account with most closings; `actor` is its name, and None unless accounts are to be named."""

    closings: int
    share: float
    median_hours_after_resolution: float | None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedWithoutWord:
    """Closings by a timer, of all closed incidents; `estimated` without a history that says who closed.

    The hours are None where nothing closes like a timer.
    """

    incidents: int
    of: int
    hours_after_resolution: float | None
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Incidents that came back under a new number."""

    window_days: int
    eligible: int | None = None
    same_subcategory: int | None = None
    same_symptom: int | None = None
    expected_by_chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedWhileWaiting:
    """Incidents first resolved straight out of waiting for the user, of all that were resolved."""

    incidents: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilOver:
    """Median hours over the matters that came back: what is reported, and what the customer lived through.

    `chains` counts such matters, `incidents` the incidents in them. `official_hours` is from opened to
    resolved of one incident, `real_hours` from first opened to last resolved of a chain.
    """

    chains: int
    incidents: int
    official_hours: float | None
    real_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Incidents put off for later, and how many of them without a date to come back to them."""

    incidents: int | None
    without_date: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchingOn:
    """What asking would have meant: messages, and resolutions about which nobody can be asked.

    `of` counts all resolutions; `because` says for each reason how many cannot be asked.
    """

    messages_a_week: int
    messages_in_busiest_week: int
    most_to_one_person_a_week: int
    cannot_be_asked: int
    of: int
    because: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: where it stands (days, or a Monday), and how high it is."""

    at: str
    count: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What the charts show; an empty series is not known.

    Closings by days after resolution; repeats by days after the resolution before; messages by week (its
    Monday); incidents by how many of one matter there were.
    """

    closings_by_day: tuple[Bar, ...] = ()
    repeats_by_day: tuple[Bar, ...] = ()
    messages_by_week: tuple[Bar, ...] = ()
    chains_by_length: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A row that could not be read: file, line number (1 is the heading), and why.

    Of an instance it is the table, and the line is 0.
    """

    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Every figure of an audit, what it was taken of, and what is not known.

    `unreadable` lists the first of the `unreadable_rows`; `notes` say what else was noticed in the data.
    """

    source: Source
    terms: Terms
    events: int | None = None
    incidents: int = 0
    closed: int | None = None
    top_closer: TopCloser | None = None
    recorded_reopens: int | None = None
    incidents_with_recorded_reopen: int | None = None
    observed_reopens: int | None = None
    incidents_with_observed_reopen: int | None = None
    repeats: Repeats
    resolved_while_waiting: ResolvedWhileWaiting | None = None
    reassignments: int | None = None
    incidents_with_3plus_reassignments: int | None = None
    unreadable_rows: int = 0
    closed_without_word: ClosedWithoutWord | None = None
    until_over: UntilOver | None = None
    put_off: PutOff | None = None
    switching_on: SwitchingOn | None = None
    series: Series = field(default_factory=Series)
    not_known: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    notes: tuple[str, ...] = ()


def audit_as_data(audit: Audit) -> dict[str, Any]:
    """Return an audit for JSON: figures under their own names, shares as fractions, null with a reason."""
    data = {one.name: to_plain(getattr(audit, one.name)) for one in fields(audit)}
    if audit.top_closer is not None and audit.top_closer.actor is None:
        del data["top_closer"]["actor"]
    return data
