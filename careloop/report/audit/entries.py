"""The figures that stand behind the first screen, each with its value in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from careloop.report.audit.definitions import FIRST_SCREEN, Definition, define
from careloop.report.audit.figures import Audit
from careloop.report.audit.headlines import NOT_KNOWN
from careloop.report.audit.spans import say_share, say_span
from careloop.report.words import say_count


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure: its definition, and its value in words or why it is not known."""

    definition: Definition
    value: str
    because: str = ""

    @property
    def line(self) -> str:
        """Return the figure in one line."""
        because = f", because {self.because}" if self.because else ""
        return f"{self.definition.title}: {self.value}{because}."


def entries(audit: Audit) -> tuple[Entry, ...]:
    """Return every figure that is not on the first screen, in the order of their definitions."""
    return tuple(
        _enter(audit, name, definition)
        for name, definition in define(audit.terms).items()
        if name not in FIRST_SCREEN
    )


def _enter(audit: Audit, name: str, definition: Definition) -> Entry:
    value = _TELLERS[name](audit)
    if value is not None:
        return Entry(definition, value)
    whole = name.partition(".")[0]
    return Entry(definition, NOT_KNOWN, audit.not_known.get(name) or audit.not_known[whole])


def _top_closer(audit: Audit) -> str | None:
    top = audit.top_closer
    if top is None:
        return None
    who = f"{top.actor}, " if top.actor else ""
    value = f"{who}{say_count(top.closings, 'incident')}, {say_share(top.share, 1)} of all closed"
    if top.median_hours_after_resolution is None:
        why = audit.not_known["top_closer.median_hours_after_resolution"]
        return f"{value}; how long after the resolution is {NOT_KNOWN}: {why}"
    return f"{value}, a median of {say_span(top.median_hours_after_resolution)} after the resolution"


def _reopens(times: int | None, incidents: int | None) -> str | None:
    if times is None:
        return None
    return f"{times:,} in {say_count(incidents or 0, 'incident')}" if times else "none"


def _reassignments(audit: Audit) -> str | None:
    many = audit.incidents_with_3plus_reassignments
    if audit.reassignments is None or many is None:
        return None
    share = say_share(many, audit.incidents)
    return f"{audit.reassignments:,}; {say_count(many, 'incident')} ({share}) with 3 or more"


def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def _mean(number: float | None) -> str | None:
    return None if number is None else f"{number:,.1f}"


_TELLERS: Mapping[str, Callable[[Audit], str | None]] = {
    "events": lambda audit: _count(audit.events),
    "incidents": lambda audit: _count(audit.incidents),
    "closed": lambda audit: _count(audit.closed),
    "top_closer": _top_closer,
    "recorded_reopens": lambda audit: _reopens(audit.recorded_reopens, audit.incidents_with_recorded_reopen),
    "observed_reopens": lambda audit: _reopens(audit.observed_reopens, audit.incidents_with_observed_reopen),
    "repeats.same_symptom": lambda audit: _count(audit.repeats.same_symptom),
    "repeats.expected_by_chance": lambda audit: _mean(audit.repeats.expected_by_chance),
    "reassignments": _reassignments,
    "unreadable_rows": lambda audit: _count(audit.unreadable_rows),
}
