"""From decisions to one plan: who may do what, who wins, what is held, and whether it is too much at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from careloop.model.case import Case, Contacted
from careloop.model.change import (
    AddComment,
    AnyChange,
    Contact,
    Create,
    Link,
    Purpose,
    Seen,
    Transition,
    Update,
)
from careloop.model.comment import Audience
from careloop.model.decision import Finding, Wish
from careloop.model.intent import Conflict, Intent, IntentState
from careloop.model.mapping import LinkRule
from careloop.model.person import Person
from careloop.model.plan import Agreed, Counted, Held, Look, Plan
from careloop.model.record import RecordRef
from careloop.model.rules import Mode
from careloop.policies.scope import in_pilot
from careloop.ports import Progress, Store
from careloop.sync.cases import Bond, Gathered, gather_with_repeats
from careloop.sync.contacts import Asker, grant
from careloop.sync.link import rule_of
from careloop.sync.pairs import Step, cross_reference, hand_over, keep_in_step
from careloop.sync.precedence import is_vetoed, refuse_disagreement
from careloop.sync.terms import Promise, Terms
from careloop.sync.turns import goes_first

WAITING = (IntentState.SENT.value, IntentState.FAILED.value)


@dataclass(kw_only=True)
class Draft:
    """What the evaluation has gathered so far; the one mutable thing while a plan is made."""

    changes: list[AnyChange] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    agreed: list[Agreed] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    compared: set[tuple[str, str]] = field(default_factory=set)
    stands: dict[str, list[Finding]] = field(default_factory=dict)
    waits: dict[str, list[Held]] = field(default_factory=dict)
    judged: dict[str, tuple[str, str]] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    ledgers: dict[str, Sequence[Contacted]] = field(default_factory=dict)

    def hold(self, problem: str, held: Held) -> None:
        """Keep back what was wanted for a problem, until its time comes."""
        self.held.append(held)
        self.waits.setdefault(problem, []).append(held)
        self.look(problem, held.until)

    def look(self, problem: str, at: datetime | None) -> None:
        """Remember the earliest time to look again."""
        if at is not None:
            self.due[problem] = min(at, self.due.get(problem, at))


def make_plan(store: Store, terms: Terms, now: datetime, tell: Progress) -> Plan:
    """Evaluate every problem that changed or is due, and reduce what comes out to a plan.

    Write nothing anywhere.

    Raises RulesDisagree when two policies want different states for one record.
    """
    rules_hash = terms.hash
    problems = store.problems_to_look_at(now, rules_hash)
    draft = Draft()
    for done, gathered in enumerate(gather_with_repeats(store, problems, terms), start=1):
        _evaluate(gathered, terms, now, draft)
        tell("evaluating problems", done, max(done, len(problems)))
    contacts, held = grant(draft.wishes, _asker(draft, terms, now))
    for problem, one in held:
        draft.hold(problem, one)
    changes = _settle_who_goes(store, [*draft.changes, *contacts], draft, terms)
    findings, held_now = _news(store, draft)
    new_conflicts, settled = _compare_conflicts(store, draft)
    return Plan(
        changes=tuple(sorted(changes, key=_order)),
        findings=tuple(findings),
        held=tuple(held_now),
        limits=count_limits(changes, store, terms),
        conflicts=new_conflicts,
        settled=settled,
        agreed=tuple(draft.agreed),
        looks=tuple(_look(problem, draft, rules_hash) for problem in sorted(draft.seen)),
    )


def _look(problem: str, draft: Draft, rules_hash: str) -> Look:
    state, basis = draft.judged.get(problem, ("", ""))
    return Look(
        problem=problem,
        due_at=draft.due.get(problem),
        seen_event=draft.seen[problem].event,
        rules_hash=rules_hash,
        state=state,
        basis=basis,
        findings=tuple(draft.stands.get(problem, ())),
        held=tuple(draft.waits.get(problem, ())),
    )


def _evaluate(gathered: Gathered, terms: Terms, now: datetime, draft: Draft) -> None:
    case = _with_news(gathered.case, draft)
    draft.seen[case.problem] = Seen(case.primary.version, case.last_event)
    draft.people.update(case.people)
    for person in case.people:
        draft.ledgers[person] = [contacted for contacted in case.contacts if contacted.person == person]
    decided: list[AnyChange] = []
    for promise in terms.promises:
        decided.extend(_decide(promise, case, now, draft))
    refuse_disagreement(decided)
    synced = _keep_links(gathered, terms, now, draft)
    for change in synced:
        if terms.sync_mode is not Mode.ACT:
            draft.hold(case.problem, _hold(change, f"sync is in mode {terms.sync_mode}"))
        elif is_vetoed(change, decided):
            draft.hold(case.problem, _hold(change, "a promise decides what it would write"))
        else:
            draft.changes.append(change)
    draft.changes.extend(decided)


def _with_news(case: Case, draft: Draft) -> Case:
    """Let a case know what this plan has come to about earlier problems, instead of what the last one had."""
    earlier = tuple(
        replace(line, basis=draft.judged[line.problem][1]) if line.problem in draft.judged else line
        for line in case.earlier
    )
    return replace(case, earlier=earlier)


def _decide(promise: Promise, case: Case, now: datetime, draft: Draft) -> list[AnyChange]:
    """Ask one policy, and keep back what its mode does not allow."""
    decision = promise.policy.decide(case, now, promise.rules)
    mode = promise.rules.mode if in_pilot(case, promise.rules.pilot) else Mode.AUDIT
    draft.findings.extend(decision.findings)
    draft.stands.setdefault(case.problem, []).extend(decision.findings)
    draft.look(case.problem, decision.look_at)
    if decision.state:
        draft.judged[case.problem] = (decision.state, decision.basis)
    allowed: list[AnyChange] = []
    for change in decision.changes:
        if _permitted(change, mode):
            allowed.append(change)
        else:
            draft.hold(case.problem, _hold(change, f"{promise.policy.name} is in mode {mode} here"))
    for wish in decision.wishes:
        if mode is Mode.AUDIT:
            why = f"{promise.policy.name} is in mode {mode} here"
            held = Held(record=wish.record, purpose=wish.purpose, cause=wish.cause, rule=wish.rule, why=why)
            draft.hold(case.problem, held)
        else:
            draft.wishes.append(wish)
    return allowed


def _permitted(change: AnyChange, mode: Mode) -> bool:
    if mode is Mode.ASK:
        return isinstance(change, AddComment) and change.audience is Audience.INTERNAL
    return mode is Mode.ACT


def _keep_links(gathered: Gathered, terms: Terms, now: datetime, draft: Draft) -> list[AnyChange]:
    """Return what keeping a problem's pairs in step takes, and the counterparts that are still missing."""
    case = gathered.case
    changes: list[AnyChange] = []
    for bond in gathered.bonds:
        rule = rule_of(terms.links, bond.pair, bond.left, bond.right)
        if rule is None:
            continue
        step = _step(bond, rule, case, terms, now)
        stepped = keep_in_step(step)
        changes.extend(stepped.changes)
        draft.compared.update((bond.pair.id, name) for name in stepped.merged)
        draft.agreed.extend(stepped.agreed)
        draft.conflicts.extend(stepped.conflicts)
        if bond.right.number not in bond.left.references:
            changes.append(cross_reference(step))
    for record in case.records:
        there = {
            (bond.right.ref.instance, bond.right.container)
            for bond in gathered.bonds
            if bond.pair.left == record.ref
        }
        changes.extend(
            hand_over(case, rule, record, terms)
            for rule in terms.links
            if rule.create
            and rule.name in record.matches
            and record.state.is_open
            and (rule.right_instance, rule.right_container) not in there
        )
    return changes


def _step(bond: Bond, rule: LinkRule, case: Case, terms: Terms, now: datetime) -> Step:
    return Step(
        case=case,
        rule=rule,
        pair=bond.pair,
        left=bond.left,
        right=bond.right,
        events=bond.events,
        bases=bond.bases,
        paired=bond.paired,
        partners=bond.partners,
        terms=terms,
        now=now,
    )


def _asker(draft: Draft, terms: Terms, now: datetime) -> Asker:
    return Asker(
        rules=terms.contact,
        now=now,
        people=draft.people,
        ledgers=draft.ledgers,
        closed_channels=terms.closed_channels,
        seen=draft.seen,
    )


def _settle_who_goes(
    store: Store, changes: Sequence[AnyChange], draft: Draft, terms: Terms
) -> list[AnyChange]:
    """Leave out what was sent before, and hold what waits behind an unfinished write to its record."""
    states = store.intent_states({change.key for change in changes})
    waiting: dict[RecordRef, list[Intent]] = {}
    for intent in store.intents(*WAITING):
        waiting.setdefault(intent.change.subject, []).append(intent)
    instances = {instance for instance, _ in terms.dialects}
    going: dict[str, AnyChange] = {}
    for change in changes:
        if change.key in states:
            continue
        if not {change.subject.instance, change.written_to} <= instances:
            draft.hold(change.problem, _hold(change, "its instance is no longer in the settings"))
        elif ahead := [one for one in waiting.get(change.subject, ()) if goes_first(one, change)]:
            why = f"waits behind an unfinished write: {_describe(ahead[0])}"
            draft.hold(change.problem, _hold(change, why))
        else:
            going.setdefault(change.key, change)
    return list(going.values())


def _describe(intent: Intent) -> str:
    return f"{intent.change.kind} {intent.reference}, {intent.cause or 'its answer was lost'}"


def _news(store: Store, draft: Draft) -> tuple[list[Finding], list[Held]]:
    """Keep only what the journal does not hold yet, in an order that never changes."""
    findings = {finding.source_key: finding for finding in draft.findings}
    held = {one.source_key: one for one in draft.held}
    known = store.known_keys({*findings, *held})
    return (
        [findings[key] for key in sorted(findings) if key not in known],
        [held[key] for key in sorted(held) if key not in known],
    )


def _compare_conflicts(store: Store, draft: Draft) -> tuple[tuple[Conflict, ...], tuple[Conflict, ...]]:
    """Return conflicts that are not open yet, and those that people ended by going on."""
    if not draft.compared:
        return (), ()
    parked = {conflict.id: conflict for conflict in store.conflicts()}
    found = {conflict.id for conflict in draft.conflicts}
    fighting = {(conflict.pair, conflict.field) for conflict in draft.conflicts}
    settled = (
        replace(old, kept="superseded" if (old.pair, old.field) in fighting else "agreed")
        for old in parked.values()
        if old.id not in found and (old.pair, old.field) in draft.compared
    )
    return tuple(c for c in draft.conflicts if c.id not in parked), tuple(settled)


def count_limits(changes: Sequence[AnyChange], store: Store, terms: Terms) -> tuple[Counted, ...]:
    """Return how large a plan is, and how large it may be."""
    counted = [c for c in changes if not (terms.backfill and c.purpose in (Purpose.SYNC, Purpose.MIRROR))]
    touching = {c.problem for c in changes if c.is_contact or c.moves_state}
    open_problems = (
        store.count_open_problems() if touching else 0
    )  # to count them takes longer the more there are
    share = max(terms.limits.share_floor, int(terms.limits.share * open_problems))
    return (
        Counted(name="changes", planned=len(counted), allowed=terms.limits.changes),
        Counted(name="problems moved or asked about", planned=len(touching), allowed=share),
        Counted(name="contacts", planned=sum(c.is_contact for c in changes), allowed=terms.limits.contacts),
    )


def _order(change: AnyChange) -> tuple[str, int, str]:
    """Problem by problem: create, link, reopen, fields, comments, close, contact.

    Comments on one record keep the order they were written in.
    """
    match change:
        case Create():
            rank = 0
        case Link():
            rank = 1
        case Transition():
            rank = 2 if change.state.is_open else 5
        case Update():
            rank = 3
        case AddComment():
            rank = 4
        case Contact():
            rank = 6
    return (change.problem, rank, str(change.subject))


def _hold(change: AnyChange, why: str) -> Held:
    return Held(record=change.subject, purpose=change.purpose, cause=change.cause, rule=change.rule, why=why)
