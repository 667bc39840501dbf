"""What a no sets in motion: the same problem is open again, with the customer's words and without a form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careloop.model.case import Case
from careloop.model.change import AddComment, AnyChange, Create, Purpose, Seen, Transition
from careloop.model.comment import Audience
from careloop.model.dialect import Dialect
from careloop.model.event import EventKind
from careloop.model.person import PersonKind
from careloop.model.record import Record, RecordKind, State
from careloop.model.rules import Mode, Rules
from careloop.policies.entitlement import proposes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a problem is open again: the record it is about, the fact that says so, and the words to hand on.

    `at` is when it was refused, `cause` makes the demand unique. `words_known` is True when the words already
    stand on the record as a comment, which keeping the linked records in step carries further.
    """

    record: Record
    rule: str
    cause: str
    reason: str
    words: str
    resolver: str | None
    at: datetime
    words_known: bool = False
    public: bool = False
    same_resolver: bool = True


def reopen_problem(case: Case, refusal: Refusal, rules: Rules[Any]) -> tuple[AnyChange, ...]:
    """Return what brings a problem back: a transition or, where closed is final, a successor; or a note."""
    if rules.mode is Mode.ASK:
        return (_note(case, refusal, refusal.record),)
    return (*_reopen_record(case, refusal, rules), *tell_issues(case, refusal, rules))


def is_open_again(case: Case, rules: Rules[Any]) -> bool:
    """Tell whether any of the problem's records that a customer knows is being worked on."""
    return any(record.state.is_open for record in case.records if proposes(record, rules))


def _reopen_record(case: Case, refusal: Refusal, rules: Rules[Any]) -> Iterator[AnyChange]:
    if is_open_again(case, rules):
        return
    record = refusal.record
    dialect = rules.dialects.get((record.ref.instance, record.container))
    if dialect is None:
        return
    frozen = record.kind is RecordKind.REQUEST_ITEM or (
        record.state is not State.RESOLVED and dialect.closed_is_final
    )
    if not frozen and State.IN_PROGRESS in dialect.states:
        yield _transition(case, refusal, dialect)
    elif target := rules.dialects.get((record.ref.instance, dialect.successor)):
        yield _successor(case, refusal, dialect.successor, target)


def _transition(case: Case, refusal: Refusal, dialect: Dialect) -> Transition:
    record = refusal.record
    assignee = _resolver_account(case, refusal)
    field = dialect.names.get("assignee", "")
    text = _handed_on(refusal)
    return Transition(
        subject=record.ref,
        problem=case.problem,
        purpose=Purpose.REOPEN,
        cause=refusal.cause,
        rule=refusal.rule,
        reason=refusal.reason,
        seen=Seen(record.version, case.last_event),
        state=State.IN_PROGRESS,
        native=dialect.states[State.IN_PROGRESS],
        fields={field: assignee} if field and assignee else {},
        note="" if refusal.public else text,
        message=text if refusal.public else "",
    )


def _successor(case: Case, refusal: Refusal, container: str, dialect: Dialect) -> Create:
    record = refusal.record
    return Create(
        subject=record.ref,
        problem=case.problem,
        purpose=Purpose.SUCCESSOR,
        cause=refusal.cause,
        rule=refusal.rule,
        reason=f"{refusal.reason}; {record.number} cannot be opened again",
        seen=Seen(record.version, case.last_event),
        instance=record.ref.instance,
        container=container,
        fields=_successor_fields(case, refusal, dialect),
    )


def _successor_fields(case: Case, refusal: Refusal, dialect: Dialect) -> dict[str, str]:
    record = refusal.record
    requester = case.person(record.requester)
    values = {
        "title": record.title,
        "description": _continuation(refusal, record.fields.get(dialect.names.get("description", ""), "")),
        "requester": requester.native if requester else "",
        "assignee": _resolver_account(case, refusal),
        "group": record.group or "",
        "category": record.category,
        "subcategory": record.subcategory,
        "service": record.service,
        "priority": record.priority,
        "parent": record.ref.id,
    }
    named = ((dialect.names.get(name, ""), value) for name, value in values.items())
    return {name: value for name, value in named if name and value}


def tell_issues(case: Case, refusal: Refusal, rules: Rules[Any]) -> Iterator[AnyChange]:
    """Carry the no to the engineers: their issue hears the words and, unless released, is open again."""
    for issue in case.records:
        dialect = rules.dialects.get((issue.ref.instance, issue.container))
        if dialect is None or issue.kind is not RecordKind.ISSUE or proposes(issue, rules):
            continue
        if _done_at(case, issue) > refusal.at:
            continue  # the engineers were done after the no: they know of it
        if not issue.state.is_open and not issue.released and State.IN_PROGRESS in dialect.states:
            yield Transition(
                subject=issue.ref,
                problem=case.problem,
                purpose=Purpose.REOPEN,
                cause=refusal.cause,
                rule=refusal.rule,
                reason=refusal.reason,
                seen=Seen(issue.version, case.last_event),
                state=State.IN_PROGRESS,
                native=dialect.states[State.IN_PROGRESS],
                note="" if refusal.words_known else _handed_on(refusal),
            )
        elif not refusal.words_known:
            yield _note(case, refusal, issue)


def _done_at(case: Case, record: Record) -> datetime:
    """Return when work on a record last ended, as far as it has."""
    ends = (
        e.occurred_at
        for e in case.events
        if e.kind is EventKind.STATE_CHANGED and e.record == record.ref and not State(e.get("to")).is_open
    )
    return max(ends, default=record.resolved_at or record.created)


def _note(case: Case, refusal: Refusal, record: Record) -> AddComment:
    return AddComment(
        subject=record.ref,
        problem=case.problem,
        purpose=Purpose.NOTE,
        cause=refusal.cause,
        rule=refusal.rule,
        reason=refusal.reason,
        seen=Seen(record.version, case.last_event),
        audience=Audience.INTERNAL,
        body=_handed_on(refusal),
    )


def _resolver_account(case: Case, refusal: Refusal) -> str:
    """Return the account of the one who resolved it, if that is a person who still works there."""
    person = case.person(refusal.resolver)
    if person is None or not refusal.same_resolver or person.instance != refusal.record.ref.instance:
        return ""
    return person.native if person.kind is PersonKind.HUMAN and person.active and not person.left else ""


def _handed_on(refusal: Refusal) -> str:
    said = f"{refusal.reason[:1].upper()}{refusal.reason[1:]}."
    return f"{said}\n\n{refusal.words.strip()}" if refusal.words.strip() else said


def _continuation(refusal: Refusal, reported: str) -> str:
    record = refusal.record
    parts = (
        f"This continues {record.number}, which was closed before the customer said that it works.",
        record.url,
        _handed_on(refusal),
        f"What was reported first:\n{reported.strip()}" if reported.strip() else "",
    )
    return "\n\n".join(part for part in parts if part)
