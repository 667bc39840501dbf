"""What keeping one pair of records in step takes: fields, states, comments, and the pair itself."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from careloop.model.case import Case
from careloop.model.change import (
    AddComment,
    AnyChange,
    BaseValue,
    Create,
    Link,
    Purpose,
    Seen,
    Transition,
    Update,
)
from careloop.model.comment import Audience
from careloop.model.dialect import Dialect
from careloop.model.event import Event, EventKind
from careloop.model.intent import Conflict, Pair
from careloop.model.mapping import Direction, LinkRule
from careloop.model.plan import Agreed
from careloop.model.record import Record, State
from careloop.sync.merge import Merged, Outcome, field_sides, merge, state_sides
from careloop.sync.mirror import Crossing, mirror_comments
from careloop.sync.terms import Terms

STATE = "state"

DEAD_ENDS = (Outcome.UNMAPPED_LEFT, Outcome.UNMAPPED_RIGHT, Outcome.UNMAPPED_BOTH)
"""A value without a counterpart stays where it is; taking it as agreed stops it from being asked about again.
"""


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """What a pair needs: changes, agreements to keep, conflicts to park; `merged` names what was compared."""

    merged: tuple[str, ...] = ()
    changes: tuple[AnyChange, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One pair with everything its merge looks at.

    `events` are those of both records, in order; `partners` is how many pairs the right record is in.
    """

    case: Case
    rule: LinkRule
    pair: Pair
    left: Record
    right: Record
    events: Sequence[Event]
    bases: Mapping[str, BaseValue]
    paired: set[tuple[str, str]]
    partners: int
    terms: Terms
    now: datetime

    def dialect(self, record: Record) -> Dialect:
        """Return how the record's container says the common words."""
        return self.terms.dialect(record.ref.instance, record.container)

    def seen(self, record: Record) -> Seen:
        """Return what a change that `record` demands was decided on."""
        return Seen(record.version, self.case.last_event)


def keep_in_step(step: Step) -> Stepped:
    """Merge fields and states, mirror comments; nothing here reads or writes anything.

    A field that was mapped after a record was read is unknown, not empty: it waits until it has been read.
    """
    merged = [
        merge(field_sides(f), step.left.fields[f.left], step.right.fields[f.right], step.bases.get(f.left))
        for f in step.rule.fields
        if f.left in step.left.fields and f.right in step.right.fields
    ]
    state = merge(
        state_sides(step.rule.states),
        step.left.native_state,
        step.right.native_state,
        step.bases.get(STATE)
        or BaseValue(field=STATE, left=step.left.native_state, right=step.right.native_state),
    )
    moves, settled = _move(step, state)
    changes = [*_write_fields(step, merged), *moves, *_mirror(step)]
    agreed = [
        Agreed(pair=step.pair.id, base=m.base)
        for m in merged
        if m.outcome is Outcome.AGREED or m.outcome in DEAD_ENDS
    ]
    if settled or STATE not in step.bases:
        here = BaseValue(field=STATE, left=step.left.native_state, right=step.right.native_state)
        agreed.append(Agreed(pair=step.pair.id, base=here, after=tuple(move.key for move in moves)))
    compared = [*merged, state]
    return Stepped(
        merged=tuple(m.base.field for m in compared),
        changes=tuple(changes),
        agreed=tuple(agreed),
        conflicts=tuple(_conflict(step, m) for m in compared if m.outcome is Outcome.CONFLICT),
    )


def hand_over(case: Case, rule: LinkRule, record: Record, terms: Terms) -> Create:
    """Return the new record on the right side that a link rule demands for `record`."""
    fields: dict[str, str] = {}
    bases = [BaseValue(field=STATE, left=record.native_state, right="")]
    for field in rule.fields:
        held = record.fields.get(field.left, "")
        value = field_sides(field).rightward(held, "")
        if value and field.direction in (Direction.BOTH, Direction.FORWARD):
            fields[field.right] = value
            bases.append(BaseValue(field=field.left, left=held, right=value))
    title = terms.dialect(rule.right_instance, rule.right_container).names.get("title", "")
    if title and not fields.get(title):
        fields[title] = record.title or record.number
    return Create(
        subject=record.ref,
        problem=case.problem,
        purpose=Purpose.SYNC,
        cause=f"link:{rule.name}",
        rule="sync",
        reason=f"{record.number} matches the link rule {rule.name} and lacks a counterpart",
        seen=Seen(record.version, case.last_event),
        instance=rule.right_instance,
        container=rule.right_container,
        issue_type=rule.issue_type,
        fields=fields,
        link=rule.name,
        bases=tuple(bases),
    )


def cross_reference(step: Step) -> Link:
    """Return the reference on the left record that names its counterpart."""
    return Link(
        subject=step.left.ref,
        problem=step.case.problem,
        purpose=Purpose.SYNC,
        cause=f"reference:{step.pair.id}",
        rule="sync",
        reason=f"{step.left.number} does not name {step.right.number} yet",
        seen=step.seen(step.left),
        target=step.right.ref,
        title=step.right.number,
        url=step.right.url,
    )


def _write_fields(step: Step, merged: Sequence[Merged]) -> Iterator[Update]:
    """Write all fields of one side in one call: fewer crash points, one history entry."""
    names = {field.left: field.right for field in step.rule.fields}
    for outcome, target, source in (
        (Outcome.WRITE_RIGHT, step.right, step.left),
        (Outcome.WRITE_LEFT, step.left, step.right),
    ):
        mine = [m for m in merged if m.outcome is outcome]
        if not mine:
            continue
        rightward = outcome is Outcome.WRITE_RIGHT
        values = {
            (names[m.base.field] if rightward else m.base.field): (m.base.right if rightward else m.base.left)
            for m in mine
        }
        yield Update(
            subject=target.ref,
            problem=step.case.problem,
            purpose=Purpose.SYNC,
            cause=f"fields:{step.pair.id}:{source.version}:{','.join(sorted(values))}",
            rule="sync",
            reason=f"{source.number} has a newer {_list(values)}",
            seen=step.seen(target),
            fields=values,
            pair=step.pair.id,
            bases=tuple(m.base for m in mine),
        )


def _move(step: Step, merged: Merged) -> tuple[list[AnyChange], bool]:
    """Return the changes a state merge asks for, and whether the states are settled without a transition."""
    match merged.outcome:
        case Outcome.WRITE_RIGHT:
            source, target, native = step.left, step.right, merged.base.right
        case Outcome.WRITE_LEFT:
            source, target, native = step.right, step.left, merged.base.left
        case Outcome.UNMAPPED_LEFT:
            return _tell(step, step.left, step.right), True
        case Outcome.UNMAPPED_RIGHT:
            return _tell(step, step.right, step.left), True
        case Outcome.UNMAPPED_BOTH:
            return [*_tell(step, step.left, step.right), *_tell(step, step.right, step.left)], True
        case outcome:
            return [], outcome is Outcome.AGREED
    state = _common_state(step.dialect(target), native, source)
    if not _may_move(step, target, state):
        return _tell(step, source, target, always=True), True
    return [
        Transition(
            subject=target.ref,
            problem=step.case.problem,
            purpose=Purpose.SYNC,
            cause=f"state:{step.pair.id}:{_last_move(step, source)}",
            rule="sync",
            reason=f"{source.number} is now {_state_name(source)}",
            seen=step.seen(target),
            state=state,
            native=native,
            fields=_demanded(step, source, native),
            pair=step.pair.id,
            bases=(merged.base,),
        )
    ], False


def _may_move(step: Step, target: Record, state: State) -> bool:
    """Sync never opens again what waits for the customer's word or is released.

    What several customers share it neither opens again nor ends: one of them does not speak for the others.
    """
    shared = target is step.right and step.partners > 1
    if target.state.is_open:
        return state.is_open or not shared
    return not (step.dialect(target).asks or target.released or shared)


def _tell(step: Step, source: Record, target: Record, *, always: bool = False) -> list[AnyChange]:
    """An end that does not cross as a state is told to the other side's people as a note."""
    if source.state.is_open and not always:
        return []
    return [
        AddComment(
            subject=target.ref,
            problem=step.case.problem,
            purpose=Purpose.NOTE,
            cause=f"told:{step.pair.id}:{_last_move(step, source)}",
            rule="sync",
            reason=f"{source.number} is now {_state_name(source)}, which no state rule carries over",
            seen=step.seen(target),
            audience=Audience.INTERNAL,
            body=f"{source.number} is now {_state_name(source)}.",
            pair=step.pair.id,
        )
    ]


def _mirror(step: Step) -> Iterator[AddComment]:
    for source, target in ((step.left, step.right), (step.right, step.left)):
        crossing = Crossing(
            rule=step.rule,
            pair=step.pair,
            source=source,
            target=target,
            shown=step.dialect(target).public_comments,
            paired=step.paired,
            people=step.case.people,
            problem=step.case.problem,
            seen=step.seen(target),
        )
        yield from mirror_comments(crossing, step.events)


def _last_move(step: Step, record: Record) -> str:
    """Name the fact that put the record into its state; its version when the journal holds none."""
    moves = [
        e.source_key for e in step.events if e.kind is EventKind.STATE_CHANGED and e.record == record.ref
    ]
    return moves[-1] if moves else record.version


def _conflict(step: Step, merged: Merged) -> Conflict:
    base = step.bases.get(merged.base.field)
    text = f"{step.pair.id}\n{merged.base.field}\n{merged.base.left}\n{merged.base.right}"
    return Conflict(
        id=hashlib.sha256(text.encode()).hexdigest()[:12],
        pair=step.pair.id,
        field=merged.base.field,
        left=merged.base.left,
        right=merged.base.right,
        base=(base.left if base else ""),
        found_at=step.now,
    )


def _demanded(step: Step, source: Record, native: str) -> Mapping[str, str]:
    """Return what the rule that carries a state over says the way there demands."""
    rightward = source is step.left
    left, right = (source.native_state, native) if rightward else (native, source.native_state)
    for rule in step.rule.states:
        if (rule.left, rule.right) == (left, right):
            return rule.right_fields if rightward else rule.left_fields
    return {}


def _common_state(dialect: Dialect, native: str, source: Record) -> State:
    """Say a native state in common words; one that the dialect never writes means what its pair means."""
    return next((state for state, value in dialect.states.items() if value == native), source.state)


def _state_name(record: Record) -> str:
    return (
        record.native_state
        if not record.native_state.lstrip("-").isdigit()
        else record.state.value.replace("_", " ")
    )


def _list(values: Mapping[str, str]) -> str:
    return ", ".join(sorted(values))
