"""An instance as an audit sees it: histories that were read over its API."""

from collections.abc import Iterable
from datetime import datetime

from careloop.model.history import HistoryPage, RecordHistory
from careloop.model.record import State
from careloop.report.audit.figures import Kind
from careloop.report.audit.incident import Incident, Past
from careloop.report.audit.servicenow import HEADINGS, UNKNOWN, Stage
from careloop.report.audit.turns import follow
from careloop.report.words import say_count

NO_EVENTS = "an instance tells what was changed, not of every update"
NO_HISTORY = (
    "the history of no incident can be read; 'careloop audit --print-fields' lists what our account must see"
)
_STAGES = {
    **dict.fromkeys((State.NEW, State.IN_PROGRESS, State.ON_HOLD, State.DEFERRED), Stage.OPEN),
    State.AWAITING_CALLER: Stage.WAITING,
    State.RESOLVED: Stage.RESOLVED,
    State.CLOSED: Stage.CLOSED,
    State.CANCELED: Stage.CANCELED,
}
_COLUMNS = {
    "requester": "caller",
    "opened_at": "opened",
    "resolved_at": "resolved",
    "closed_at": "closed",
    "close_code": "code",
}
"""Attributes that an export calls otherwise."""


def take_past(name: str, pages: Iterable[HistoryPage]) -> Past:
    """Return what the pages of a reading say, the newest first; what is older of an incident is left out."""
    past = Past(kind=Kind.LIVE, names=(name,), no_events=NO_EVENTS)
    hidden, partial, every = set(HEADINGS), 0, 0
    refused: set[str] = set()
    for page in pages:
        for history in page.histories:
            if not past.incidents.take(history.number).events:
                hidden &= {_COLUMNS.get(one, one) for one in history.hidden}
                every += 1
                partial += not history.whole
                _add(past, history)
        for unread in page.unread:
            if unread.id not in refused:
                refused.add(unread.id)
                past.refuse(unread.container, 0, unread.why)
    past.columns = frozenset(HEADINGS) - hidden
    if partial == every:
        past.no_history = NO_HISTORY
    elif partial:
        whose = say_count(partial, "incident")
        past.notes.append(
            f"the history of {whose} is not whole, so closings and reopens of them may be missing"
        )
    return past


def _add(past: Past, history: RecordHistory) -> None:
    one = past.incidents.take(history.number)
    one.events = 1
    _describe(one, history, past)
    if history.changes or history.whole:
        follow(past, one, _stage(past, history.began, history.native_state), one.opened, "")
    elif one.resolved:
        past.resolutions.add(one.ordinal, one.resolved)
    for change in history.changes:
        follow(past, one, _stage(past, change.after, change.native), _seconds(change.at), change.actor)
    if not history.whole:  # what its history does not show, its state may
        one.was_resolved |= history.state in (State.RESOLVED, State.CLOSED)
        one.was_closed |= history.state is State.CLOSED
    past.incidents.keep(history.number, one)


def _describe(one: Incident, history: RecordHistory, past: Past) -> None:
    one.opened, one.resolved, one.closed = map(
        _seconds, (history.opened_at, history.resolved_at, history.closed_at)
    )
    one.caller = past.callers.number(history.requester)
    one.matter = past.matter(history.category, history.subcategory)
    one.symptom = past.symptoms.number(history.symptom)
    one.reopens, one.reassignments = history.reopens, history.reassignments
    past.counted.update(("reopens", "reassignments"))
    one.by_caller = history.resolver not in UNKNOWN and history.resolver == history.requester
    one.put_off = past.puts_off(history.close_code)
    one.dated = history.dated


def _stage(past: Past, state: State | None, native: str) -> Stage:
    if state is None:
        past.notice(native)
        return Stage.OPEN
    return _STAGES[state]


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
