"""Values to test with: each function gives an ordinary one, and takes what matters to the test."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from careloop.model.change import AddComment, Contact, Matter, Purpose
from careloop.model.comment import Audience
from careloop.model.dialect import Dialect
from careloop.model.event import Event, EventKind, Plain
from careloop.model.intent import Intent, Pair
from careloop.model.record import Record, RecordKind, RecordRef, State

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def incident(id: str) -> RecordRef:
    """Return where an incident is."""
    return RecordRef("servicenow", "incident", id)


def issue(id: str) -> RecordRef:
    """Return where a Jira issue is."""
    return RecordRef("jira", "ENG", id)


def make_record(ref: RecordRef, **told: Any) -> Record:
    """Return a record that was opened on a Monday."""
    ordinary: dict[str, Any] = {
        "container": ref.table,
        "number": f"INC{ref.id}",
        "kind": RecordKind.INCIDENT,
        "state": State.IN_PROGRESS,
        "native_state": "2",
        "version": "1",
        "updated": MONDAY,
        "created": MONDAY,
    }
    return Record(ref=ref, **ordinary | told)


def make_event(
    record: RecordRef,
    source_key: str,
    occurred_at: datetime = MONDAY,
    kind: EventKind = EventKind.STATE_CHANGED,
    text: str | None = None,
    **data: Plain,
) -> Event:
    """Return an entry about a record."""
    return Event(
        kind=kind,
        record=record,
        occurred_at=occurred_at,
        source_key=source_key,
        data=data,
        text=text,
        actor="p1",
    )


def make_comment(subject: RecordRef, cause: str) -> AddComment:
    """Return a change that contacts nobody."""
    return AddComment(
        subject=subject,
        problem=str(subject),
        purpose=Purpose.NOTE,
        cause=cause,
        rule="example",
        reason="to have something to send",
        audience=Audience.INTERNAL,
        body="A note.",
    )


def make_contact(person: str, covers: Sequence[RecordRef], cause: str, **told: Any) -> Contact:
    """Return one message to a person about the problems of some records."""
    ordinary: dict[str, Any] = {
        "purpose": Purpose.ASK,
        "channel": "comment",
        "message": "Does it work again?",
        "not_before": MONDAY,
        "not_after": MONDAY + timedelta(days=365),
    }
    return Contact(
        subject=covers[0],
        problem=str(covers[0]),
        cause=cause,
        rule="example",
        reason="it was resolved",
        person=person,
        covers=tuple(Matter(str(ref), cause, ref, Purpose.ASK) for ref in covers),
        **ordinary | told,
    )


def make_intent(change: AddComment | Contact, sent_at: datetime = MONDAY) -> Intent:
    """Return the intent to make a change."""
    return Intent(change=change, sent_at=sent_at, before="1")


def make_pair(left: RecordRef, right: RecordRef) -> Pair:
    """Return the pair of two records."""
    return Pair(id=f"{left}={right}", rule="example", left=left, right=right)


def issue_dialect(**told: Any) -> Dialect:
    """Return the dialect of a project where engineers work: nobody is asked there, and all is internal."""
    ordinary: dict[str, Any] = {
        "kind": RecordKind.ISSUE,
        "states": {State.NEW: "To Do", State.IN_PROGRESS: "In Progress", State.RESOLVED: "Done"},
        "names": {"title": "summary"},
        "public_comments": False,
    }
    return Dialect(**ordinary | told)


def incident_dialect(**told: Any) -> Dialect:
    """Return the dialect of a table of incidents, whose callers are asked and whose closing is final."""
    ordinary: dict[str, Any] = {
        "kind": RecordKind.INCIDENT,
        "states": {State.NEW: "1", State.IN_PROGRESS: "2", State.RESOLVED: "6", State.CLOSED: "7"},
        "names": {"title": "short_description"},
        "asks": True,
        "closed_is_final": True,
        "successor": "incident",
    }
    return Dialect(**ordinary | told)
