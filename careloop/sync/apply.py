"""The only code that writes to the outside: intent first, push, read back, outcome."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from careloop.errors import (
    AnswerLost,
    CareloopError,
    FixSettings,
    LimitExceeded,
    PersonMustAct,
    RecordFailed,
    RecordMissing,
    TryAgain,
)
from careloop.model.change import AnyChange, Contact, Transition, Update
from careloop.model.decision import Finding
from careloop.model.event import Event, EventKind
from careloop.model.intent import Intent, IntentState
from careloop.model.page import Page, Scope
from careloop.model.plan import Held, Look, Plan
from careloop.model.record import RecordRef
from careloop.ports import Clock, Connector, Progress, Store
from careloop.sync.outcome import record_done, record_failed
from careloop.sync.plan import count_limits
from careloop.sync.pull import absorb
from careloop.sync.terms import Terms
from careloop.sync.turns import goes_first

PATIENCE = 3
"""After so many failures in a row an instance is left alone until the next run."""

TOLD = (IntentState.DONE, IntentState.PARKED, IntentState.DROPPED)
"""States of a note that is not going to be written any more, because it was or because a person said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A change that was not made, and why; the next plan looks at it again."""

    change: AnyChange
    why: str


@dataclass(kw_only=True)
class Applied:
    """What came of a plan: done, waiting as letters, unknown until probed, skipped."""

    done: list[AnyChange] = field(default_factory=list)
    failed: list[Skipped] = field(default_factory=list)
    unknown: list[AnyChange] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What applying works with."""

    store: Store
    connectors: Mapping[str, Connector]
    terms: Terms
    clock: Clock
    tell: Progress

    def scope(self, ref: RecordRef) -> Scope:
        """Return the scope under which a record is read."""
        held = self.store.get_record(ref)
        container = held.container if held else ref.table
        known = {(scope.instance, scope.container): scope for scope in self.terms.scopes}
        return known.get((ref.instance, container)) or Scope(instance=ref.instance, container=container)


@dataclass(kw_only=True)
class Course:
    """How applying goes: what came of it so far, and which instances keep failing."""

    hands: Hands
    applied: Applied = field(default_factory=Applied)
    failures: Counter[str] = field(default_factory=Counter)

    def skip(self, change: AnyChange, why: str) -> None:
        """Leave a change to the next plan."""
        self.applied.skipped.append(Skipped(change=change, why=why))

    def fail(self, change: AnyChange, why: str) -> None:
        """Count a change that waits as a letter."""
        self.applied.failed.append(Skipped(change=change, why=why))


def apply_plan(plan: Plan, hands: Hands) -> Applied:
    """Do what a plan says, one problem after the other, and keep what it found.

    Raises LimitExceeded before anything is done when the plan is too large, and FixSettings when no further
    write can succeed; what was done until then stays done and recorded.
    """
    refuse_excess(plan)
    course = Course(hands=hands)
    total, sent = len(plan.changes), 0
    for _, group in groupby(plan.changes, key=lambda change: change.problem):
        changes = list(group)
        _apply_problem(changes, course)
        sent += len(changes)
        hands.tell("applying changes", sent, total)
    _keep_agreements(plan, hands)
    _keep_findings(plan, hands, {about for change in plan.changes for about in _problems(change)})
    return course.applied


def apply_kept_plan(plan: Plan, hands: Hands) -> Applied:
    """Do what a plan from a file says, as far as it still holds.

    What was decided then is no reason to leave a problem alone now: the next plan looks at all of them again.
    What pairs agreed on then, they may have left since: the next plan finds that out, too.
    Raises PersonMustAct when the settings have changed since, and LimitExceeded as `apply_plan`.
    """
    if any(look.rules_hash != hands.terms.hash for look in plan.looks):
        raise PersonMustAct("the settings have changed since the plan was made; nothing was done, plan again")
    looks = tuple(replace(look, rules_hash="") for look in plan.looks)
    limits = count_limits(plan.changes, hands.store, hands.terms)
    return apply_plan(replace(plan, looks=looks, limits=limits, agreed=(), conflicts=(), settled=()), hands)


def refuse_excess(plan: Plan) -> None:
    """Raise LimitExceeded when any count of the plan is over its limit."""
    for counted in plan.limits:
        if counted.exceeded:
            raise LimitExceeded(
                f"the plan has {counted.planned} {counted.name}, the limit is {counted.allowed}; nothing "
                "was done. Look at it with 'careloop plan'; raise it under 'limits' or narrow the scope"
            )


def _apply_problem(changes: Sequence[AnyChange], course: Course) -> None:
    """Read the problem's records afresh, then write, unless somebody was there in between."""
    store = course.hands.store
    obstacles = _read_afresh(changes, course)
    stale = {change.key for change in changes if _is_stale(change, store)}
    unfinished: list[Intent] = []
    for change in changes:
        obstacle = next((obstacles[ref] for ref in _records(change) if ref in obstacles), None)
        if isinstance(obstacle, RecordFailed):
            _give_up(change, str(obstacle), course)
        elif obstacle is not None:
            course.skip(change, str(obstacle))
        elif change.key in stale:
            course.skip(change, "something happened since it was planned")
        elif any(goes_first(intent, change) for intent in unfinished):
            course.skip(change, "an earlier write to the same record did not succeed")
        elif intent := _send(change, course):
            unfinished.append(intent)


def _records(change: AnyChange) -> list[RecordRef]:
    """Return the records a change is about."""
    about = [matter.record for matter in change.covers] if isinstance(change, Contact) else []
    return [change.subject, *about]


def _problems(change: AnyChange) -> list[str]:
    """Return the problems a change is about."""
    about = [matter.problem for matter in change.covers] if isinstance(change, Contact) else []
    return [change.problem, *about]


def _is_stale(change: AnyChange, store: Store) -> bool:
    """Tell whether something happened since a change was planned.

    What people write into fields is no entry of the journal: what would overwrite it looks at the version.
    """
    if max(store.last_events(_problems(change)).values()) > change.seen.event:
        return True
    if not isinstance(change, Update | Transition) or not change.seen.version:
        return False
    held = store.get_record(change.subject)
    return held is not None and held.version != change.seen.version


def _read_afresh(changes: Sequence[AnyChange], course: Course) -> dict[RecordRef, CareloopError]:
    """Read every record the changes are about; return why that failed, where it did."""
    refs = dict.fromkeys(ref for change in changes for ref in _records(change))
    scopes = {ref: course.hands.scope(ref) for ref in refs}
    obstacles: dict[RecordRef, CareloopError] = {}
    for scope in {scope.id: scope for scope in scopes.values()}.values():
        here = [ref for ref in refs if scopes[ref].id == scope.id]
        try:
            page = _fetch(here, scope, course)
        except TryAgain as error:
            obstacles |= dict.fromkeys(here, error)
            continue
        absorb(page, course.hands.store, course.hands.clock.now(), course.hands.terms.links)
        unread = {one.id: one.why for one in page.unread}
        for ref in {*here} - {snapshot.record.ref for snapshot in page.snapshots}:
            why = unread.get(ref.id, "it was deleted, or our account may no longer see it")
            obstacles[ref] = RecordMissing(f"{ref} cannot be read: {why}")
    return obstacles


def _fetch(refs: Sequence[RecordRef], scope: Scope, course: Course) -> Page:
    """Read records; an instance that keeps failing is left alone until the next run."""
    connector = course.hands.connectors.get(scope.instance)
    if connector is None:
        raise TryAgain(f"{scope.instance} is no longer in the settings")
    if course.failures[scope.instance] >= PATIENCE:
        raise TryAgain(f"{scope.instance} did not answer {PATIENCE} times in a row")
    try:
        page = connector.fetch(refs, scope)
    except TryAgain:
        course.failures[scope.instance] += 1
        raise
    course.failures[scope.instance] = 0
    return page


def _send(change: AnyChange, course: Course) -> Intent | None:
    """Make one write; return its intent when it is unfinished."""
    now = course.hands.clock.now()
    if isinstance(change, Contact) and not change.not_before <= now <= change.not_after:
        course.skip(change, "outside the time it may be sent in")
        return None
    intent = _begin(change, course)
    return _push(intent, course) if intent else None


def _begin(change: AnyChange, course: Course) -> Intent | None:
    """Store the intent; None when the change was sent before, or when the budget no longer allows it."""
    store = course.hands.store
    held = store.get_record(change.subject)
    intent = Intent(change=change, sent_at=course.hands.clock.now(), before=held.version if held else "")
    reserve = change if isinstance(change, Contact) else None
    if store.begin(intent, course.hands.terms.contact.budget, reserve):
        return intent
    course.skip(change, "it was sent before, or the person's budget is used up")
    return None


def _give_up(change: AnyChange, why: str, course: Course) -> None:
    """Let a change that cannot be written wait as a letter, without trying."""
    intent = _begin(change, course)
    if intent:
        record_failed(course.hands.store, intent, why, course.hands.clock.now())
        course.fail(change, why)


def _push(intent: Intent, course: Course) -> Intent | None:
    """Send a write and keep its outcome; return the intent when it is unfinished.

    A part of what was refused may have been written: read back, that is no reason to try again.
    """
    change, store, hands = intent.change, course.hands.store, course.hands
    try:
        receipt = _connector(change, hands).push(change)
    except AnswerLost:
        course.applied.unknown.append(change)  # the intent stays `sent`; a later run probes it after settling
        return intent
    except TryAgain as error:
        store.forget(change.key)
        course.skip(change, str(error))
        return intent
    except RecordFailed as error:
        _read_afresh([change], course)
        course.fail(change, str(error))
        return record_failed(store, intent, str(error), hands.clock.now())
    except FixSettings:
        store.forget(change.key)
        raise
    waiting = record_done(store, hands.terms, intent, receipt, hands.clock.now())
    if waiting is None:
        course.applied.done.append(change)
    else:
        course.fail(change, waiting.cause)
    return waiting


def _connector(change: AnyChange, hands: Hands) -> Connector:
    connector = hands.connectors.get(change.written_to)
    if connector is None:
        raise TryAgain(f"{change.written_to} is no longer in the settings")
    return connector


def _keep_findings(plan: Plan, hands: Hands, touched: set[str]) -> None:
    """Write what was found and when to look again.

    Our own entries are no reason to look at a problem again, anything that came in meanwhile is; what was
    written to is looked at again in any case.
    """
    store, now = hands.store, hands.clock.now()
    with store.transaction():
        problems = [look.problem for look in plan.looks]
        before = store.last_events(problems)
        store.append([*_found(plan.findings, now), *_held(plan.held, now)], now)
        after = store.last_events(problems)
        store.save_looks(_next_look(look, before, after, touched) for look in plan.looks)


def _next_look(look: Look, before: Mapping[str, int], after: Mapping[str, int], touched: set[str]) -> Look:
    if look.problem in touched:
        return replace(look, rules_hash="")
    if before[look.problem] == look.seen_event:
        return replace(look, seen_event=after[look.problem])
    return look


def _found(findings: Iterable[Finding], now: datetime) -> Iterator[Event]:
    for finding in findings:
        yield Event(
            kind=EventKind.FOUND,
            record=finding.record,
            occurred_at=now,
            source_key=finding.source_key,
            data={
                "what": finding.what,
                "cause": finding.cause,
                "rule": finding.rule,
                "content": finding.content,
                "waits": finding.waits,
                "history": finding.history,
            },
            text=finding.reason,
        )


def _held(held: Iterable[Held], now: datetime) -> Iterator[Event]:
    for one in held:
        yield Event(
            kind=EventKind.HELD,
            record=one.record,
            occurred_at=now,
            source_key=one.source_key,
            data={"purpose": one.purpose.value, "cause": one.cause, "rule": one.rule, "why": one.why},
        )


def _keep_agreements(plan: Plan, hands: Hands) -> None:
    """Keep what pairs agree on, unless somebody has yet to be told of it: it would be forgotten."""
    store = hands.store
    with store.transaction():
        told = store.intent_states({key for agreed in plan.agreed for key in agreed.after})
        for agreed in plan.agreed:
            if all(told.get(key) in TOLD for key in agreed.after):
                store.save_bases(agreed.pair, [agreed.base])
        store.save_conflicts(plan.conflicts)
        for conflict in plan.settled:
            store.settle_conflict(conflict.id, conflict.kept)
