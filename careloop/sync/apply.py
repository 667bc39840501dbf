"""The only code that writes to the outside: intent first, push, read back, outcome."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from careloop.errors import AnswerLost, FixSettings, LimitExceeded, RecordFailed, TryAgain
from careloop.model.change import AnyChange, Contact, Create
from careloop.model.decision import Finding
from careloop.model.event import Event, EventKind
from careloop.model.intent import Intent
from careloop.model.page import Scope
from careloop.model.plan import Held, Look, Plan
from careloop.model.record import RecordRef
from careloop.ports import Clock, Connector, Progress, Store
from careloop.sync.outcome import record_done, record_failed
from careloop.sync.pull import absorb
from careloop.sync.terms import Terms


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


def apply_plan(plan: Plan, hands: Hands) -> Applied:
    """Do what a plan says, one problem after the other, and keep what it found.

    Raises LimitExceeded before anything is done when the plan is too large, and FixSettings when no further
    write can succeed; what was done until then stays done and recorded.
    """
    refuse_excess(plan)
    applied = Applied()
    total, sent = len(plan.changes), 0
    for _, group in groupby(plan.changes, key=lambda change: change.problem):
        changes = list(group)
        _apply_problem(changes, hands, applied)
        sent += len(changes)
        hands.tell("applying changes", sent, total)
    _keep_agreements(plan, hands, applied)
    _keep_findings(plan, hands, {change.problem for change in plan.changes})
    return applied


def refuse_excess(plan: Plan) -> None:
    """Raise LimitExceeded when any count of the plan is over its limit."""
    for counted in plan.limits:
        if counted.exceeded:
            raise LimitExceeded(
                f"the plan has {counted.planned} {counted.name}, the limit is {counted.allowed}; nothing "
                "was done. Look at it with 'careloop plan'; raise it under 'limits' or narrow the scope"
            )


def _apply_problem(changes: Sequence[AnyChange], hands: Hands, applied: Applied) -> None:
    """Read the problem's records afresh, then write; a newer event makes all its changes stale."""
    problem = changes[0].problem
    _read_afresh(changes, hands)
    last = hands.store.last_events([problem]).get(problem, 0)
    stuck: set[object] = set()
    for change in changes:
        if last > change.seen.event:
            applied.skipped.append(Skipped(change=change, why="something happened since it was planned"))
        elif change.subject in stuck:
            applied.skipped.append(
                Skipped(change=change, why="an earlier write to the same record did not succeed")
            )
        elif not _send(change, hands, applied):
            stuck.add(change.subject)


def _read_afresh(changes: Sequence[AnyChange], hands: Hands) -> None:
    subjects = dict.fromkeys(change.subject for change in changes)
    scopes = {subject: hands.scope(subject) for subject in subjects}
    for scope in {scope.id: scope for scope in scopes.values()}.values():
        refs = [subject for subject in subjects if scopes[subject].id == scope.id]
        page = hands.connectors[scope.instance].fetch(refs, scope)
        absorb(page, hands.store, hands.clock.now())


def _send(change: AnyChange, hands: Hands, applied: Applied) -> bool:
    """Make one write; return whether later writes to the same record may follow."""
    now = hands.clock.now()
    if isinstance(change, Contact) and not change.not_before <= now <= change.not_after:
        applied.skipped.append(Skipped(change=change, why="outside the time it may be sent in"))
        return True
    held = hands.store.get_record(change.subject)
    intent = Intent(change=change, sent_at=now, before=held.version if held else "")
    reserve = change if isinstance(change, Contact) else None
    if not hands.store.begin(intent, hands.terms.contact.budget, reserve):
        applied.skipped.append(
            Skipped(change=change, why="it was sent before, or the person's budget is used up")
        )
        return True
    return _push(intent, hands, applied)


def _push(intent: Intent, hands: Hands, applied: Applied) -> bool:
    change, store = intent.change, hands.store
    try:
        receipt = hands.connectors[change_instance(change)].push(change)
    except AnswerLost:
        applied.unknown.append(change)  # the intent stays `sent`; a later run probes it after settling
        return False
    except TryAgain as error:
        store.forget(change.key)
        applied.skipped.append(Skipped(change=change, why=str(error)))
        return False
    except RecordFailed as error:
        record_failed(store, intent, str(error), hands.clock.now())
        applied.failed.append(Skipped(change=change, why=str(error)))
        return False
    except FixSettings:
        store.forget(change.key)
        raise
    if not record_done(store, hands.terms, intent, receipt, hands.clock.now()):
        applied.failed.append(Skipped(change=change, why="the platform did not take over every value"))
        return False
    applied.done.append(change)
    return True


def change_instance(change: AnyChange) -> str:
    """Return the instance a change is written to: where a Create makes its record, else its subject's."""
    return change.instance if isinstance(change, Create) else change.subject.instance


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


def _keep_agreements(plan: Plan, hands: Hands, applied: Applied) -> None:
    """Keep what pairs agree on, but not where a write of the same problem has yet to happen.

    It would be forgotten.
    """
    open_pairs = {getattr(change, "pair", "") for change in _undone(applied)}
    with hands.store.transaction():
        for agreed in plan.agreed:
            if agreed.pair not in open_pairs:
                hands.store.save_bases(agreed.pair, [agreed.base])
        hands.store.save_conflicts(plan.conflicts)


def _undone(applied: Applied) -> Iterator[AnyChange]:
    yield from applied.unknown
    yield from (skipped.change for skipped in (*applied.failed, *applied.skipped))
