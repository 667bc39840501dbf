"""The audit itself: every figure from what was read, and the reason where one is not known."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from careloop.report.audit.asking import weigh_asking
from careloop.report.audit.closings import (
    closings_by_day,
    estimate_timer,
    find_timers,
    find_top_closer,
    gather_closings,
)
from careloop.report.audit.figures import (
    Audit,
    Kind,
    PutOff,
    Repeats,
    ResolvedWhileWaiting,
    Series,
    Source,
    Terms,
)
from careloop.report.audit.incident import Past
from careloop.report.audit.repeats import (
    Columns,
    count_repeats,
    find_columns,
    find_shared,
    repeats_by_day,
    time_until_over,
)
from careloop.report.audit.servicenow import HEADINGS, KNOWN_CODES
from careloop.report.words import say_count, say_list

NOBODY = "of no incident a caller who is no shared account, a category and a subcategory are all known"
NO_RESOLUTION = "of none of these it is known when they were resolved"
MANY = 3
"""Reassignments from which an incident was handed around."""
_SHOWN = 5


@dataclass(slots=True)
class _Sums:
    """What adds up over all incidents."""

    closed: int = 0
    resolved: int = 0
    timed: int = 0
    from_waiting: int = 0
    reopens: int = 0
    reopened: int = 0
    back: int = 0
    came_back: int = 0
    reassignments: int = 0
    handed_around: int = 0
    put_off: int = 0
    without_date: int = 0
    backwards: int = 0
    first: int = 0
    last: int = 0

    @classmethod
    def of(cls, past: Past) -> "_Sums":
        """Add up."""
        sums = cls()
        for one in past.incidents:
            sums.closed += one.was_closed
            sums.resolved += one.was_resolved
            sums.timed += one.resolved > 0
            sums.from_waiting += one.from_waiting
            sums.reopens += one.reopens
            sums.reopened += one.reopens > 0
            sums.back += one.back
            sums.came_back += one.back > 0
            sums.reassignments += one.reassignments
            sums.handed_around += one.reassignments >= MANY
            sums.put_off += one.put_off
            sums.without_date += one.put_off and not one.dated
            sums.backwards += 0 < one.resolved < one.opened
            if one.opened:
                sums.first = min(sums.first or one.opened, one.opened)
                sums.last = max(sums.last, one.opened)
        return sums


@dataclass(slots=True)
class _Ground:
    """What there is to found figures on; it keeps why one is not known."""

    past: Past
    sums: _Sums
    not_known: dict[str, str] = field(default_factory=dict)

    def holds(self, names: str, *columns: str, history: bool = False, states: bool = False) -> bool:
        """Tell whether figures can be known, and keep the reason for each of them when not."""
        why = self._why_not(columns, history=history, states=states)
        if why:
            self.not_known |= dict.fromkeys(names.split(), why)
        return not why

    def _why_not(self, columns: tuple[str, ...], *, history: bool, states: bool) -> str:
        past = self.past
        if history and past.no_history:
            return past.no_history
        missing = [HEADINGS[name][0] for name in columns if name not in past.columns]
        if missing:
            hidden = ", or it is hidden from our account" if past.kind is Kind.LIVE else ""
            are = "is no column" if len(missing) == 1 else "are no columns"
            return f"there {are} {say_list(missing)}{hidden}"
        if blank := [HEADINGS[name][0] for name in columns if self._is_blank(name)]:
            return f"nothing is filled in as {say_list(blank)}"
        if states and past.foreign_states and not self.sums.closed + self.sums.resolved:
            found = _first(sorted(past.foreign_states))
            return f"no state is Resolved or Closed (or 6 or 7); found were {found}"
        return ""

    def _is_blank(self, column: str) -> bool:
        """Tell whether a column is there and says nothing of any incident."""
        past = self.past
        found = {
            "caller": len(past.callers),
            "category": len(past.matters),
            "symptom": len(past.symptoms),
            "opened": self.sums.first,
            "resolved": self.sums.timed,
            "reopens": "reopens" in past.counted,
            "reassignments": "reassignments" in past.counted,
        }
        return bool(past.incidents) and not found.get(column, True)


def take_audit(past: Past, terms: Terms, rng: random.Random) -> Audit:
    """Return the audit of what was read; `rng` draws what chance would make."""
    sums = _Sums.of(past)
    ground = _Ground(past, sums)
    figures = {**_simple(ground), **_closings(ground, terms), **_repeats(ground, terms, rng)}
    series = Series(**{name: figures.pop(name) for name in list(figures) if name in Series.__slots__})
    return Audit(
        source=Source(kind=past.kind, names=past.names, first=_moment(sums.first), last=_moment(sums.last)),
        terms=terms,
        incidents=len(past.incidents),
        unreadable_rows=past.unreadable_rows,
        series=series,
        not_known=ground.not_known,
        unreadable=tuple(past.unreadable),
        notes=(*past.notes, *_notes(ground)),
        **figures,
    )


def _simple(ground: _Ground) -> dict[str, Any]:
    past, sums = ground.past, ground.sums
    figures: dict[str, Any] = {}
    figures["events"] = past.events
    if past.no_events:
        ground.not_known["events"] = past.no_events
    if ground.holds("closed", *(() if "closed" in past.columns else ("state",)), states=True):
        figures["closed"] = sums.closed
    if ground.holds("recorded_reopens incidents_with_recorded_reopen", "reopens"):
        figures |= {"recorded_reopens": sums.reopens, "incidents_with_recorded_reopen": sums.reopened}
    if ground.holds("observed_reopens incidents_with_observed_reopen", history=True, states=True):
        figures |= {"observed_reopens": sums.back, "incidents_with_observed_reopen": sums.came_back}
    if ground.holds("reassignments incidents_with_3plus_reassignments", "reassignments"):
        figures |= {
            "reassignments": sums.reassignments,
            "incidents_with_3plus_reassignments": sums.handed_around,
        }
    if ground.holds("resolved_while_waiting", history=True, states=True):
        if sums.resolved:
            figures["resolved_while_waiting"] = ResolvedWhileWaiting(
                incidents=sums.from_waiting, of=sums.resolved
            )
        else:
            ground.not_known["resolved_while_waiting"] = "no event has the state Resolved"
    if ground.holds("put_off", "code"):
        figures["put_off"] = _put_off(ground)
    return figures


def _put_off(ground: _Ground) -> PutOff | None:
    codes = ground.past.codes
    if not {code.strip().casefold() for code in codes} & KNOWN_CODES:
        found = f"found were {_first(sorted(codes))}" if codes else "none is filled in"
        ground.not_known["put_off"] = f"no close code is one of ServiceNow's own; {found}"
        return None
    if {"due", "follow_up"} & ground.past.columns:
        return PutOff(incidents=ground.sums.put_off, without_date=ground.sums.without_date)
    ground.not_known["put_off.without_date"] = "there is neither a column due_date nor follow_up"
    return PutOff(incidents=ground.sums.put_off, without_date=None)


def _closings(ground: _Ground, terms: Terms) -> dict[str, Any]:
    past, closed = ground.past, ground.sums.closed
    ground.holds("top_closer", "actor", history=True, states=True)
    times = ("closed", "resolved") if past.no_history else ()
    if not ground.holds("closed_without_word", *times, states=True):
        return {}
    closings = gather_closings(past.incidents)
    figures: dict[str, Any] = {"closings_by_day": closings_by_day(closings)}
    if "top_closer" not in ground.not_known:
        top = find_top_closer(closings, closed)
        if top is None:
            ground.not_known["top_closer"] = "nothing was closed by an account that is known"
        else:
            account, found = top
            actor = past.accounts.text(account) if terms.name_accounts else None
            figures["top_closer"] = replace(found, actor=actor)
            if found.median_hours_after_resolution is None:
                ground.not_known["top_closer.median_hours_after_resolution"] = NO_RESOLUTION
    if figures.get("top_closer"):
        timers = figures["closed_without_word"] = find_timers(closings, closed)
        if timers.hours_after_resolution is None:
            ground.not_known["closed_without_word.hours_after_resolution"] = "no account closes like a timer"
    else:
        figures["closed_without_word"] = estimate_timer(closings, closed)
        if figures["closed_without_word"] is None:
            ground.not_known["closed_without_word"] = (
                "who closed is not known, and no distance between resolution and closing is frequent enough "
                "to be that of a timer"
            )
    return figures


def _repeats(ground: _Ground, terms: Terms, rng: random.Random) -> dict[str, Any]:
    past = ground.past
    shared = find_shared(past.incidents, terms.shared_above)
    figures: dict[str, Any] = {"repeats": Repeats(window_days=terms.window_days)}
    if ground.holds("repeats until_over", "caller", "category", "subcategory", "opened", "resolved"):
        columns = find_columns(past.incidents, shared, terms.window_days)
        if columns.eligible:
            figures |= _came_back(ground, columns, terms, rng)
        else:
            figures["repeats"] = Repeats(window_days=terms.window_days, eligible=0)
            ground.not_known |= dict.fromkeys(("repeats", "until_over"), NOBODY)
    solved = ("resolved",) if past.no_history else ()
    if ground.holds("switching_on", "caller", *solved, states=True):
        figures["switching_on"], figures["messages_by_week"] = weigh_asking(past, shared)
    return figures


def _came_back(ground: _Ground, columns: Columns, terms: Terms, rng: random.Random) -> dict[str, Any]:
    symptoms = ground.holds("repeats.same_symptom", "symptom")
    until_over, chains_by_length = time_until_over(columns)
    if not until_over.chains:
        why = "nothing came back within the window"
        ground.not_known |= {"until_over.official_hours": why, "until_over.real_hours": why}
    return {
        "repeats": count_repeats(columns, terms, rng, symptoms=symptoms),
        "repeats_by_day": repeats_by_day(columns),
        "until_over": until_over,
        "chains_by_length": chains_by_length,
    }


def _notes(ground: _Ground) -> Iterator[str]:
    foreign = ground.past.foreign_states
    if foreign:
        yield f"states that are none of ServiceNow's own are taken as open: {_first(sorted(foreign))}"
    if ground.sums.backwards:
        incidents = say_count(ground.sums.backwards, "incident")
        yield f"{incidents} resolved before being opened, left out of the time from opened to resolved"
    if ground.past.no_history and "switching_on" not in ground.not_known:
        yield "of each incident only the last resolution is known, so there would be more messages"


def _first(texts: Any) -> str:
    listed = [f"'{str(text)[:30]}'" for text in islice(texts, _SHOWN)]
    return ", ".join(listed) + (" and others" if len(texts) > _SHOWN else "")


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
