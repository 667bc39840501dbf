"""Everything there is to say about one problem, gathered from the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careloop.model.case import Case
from careloop.model.decision import Decision
from careloop.model.intent import Intent
from careloop.model.plan import Held
from careloop.model.rules import Mode, Rules
from careloop.policies.confirmed_closure import ConfirmedClosure
from careloop.policies.scope import in_pilot
from careloop.policies.standing import Standing, stand
from careloop.policies.story import Story
from careloop.policies.telling import tell_story
from careloop.ports import Store
from careloop.report.letters import LETTERS
from careloop.report.lookup import find_record
from careloop.sync.cases import gather
from careloop.sync.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one policy makes of a problem now; outside its pilot its mode is audit."""

    policy: str
    mode: Mode
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A problem as it stands at `now`.

    `held` is what the last run kept back, `sent` the keys of demands that were sent, `closure` the rules by
    which its resolutions are judged.
    """

    case: Case
    story: Story
    standing: Standing
    judgements: tuple[Judgement, ...]
    letters: tuple[Intent, ...]
    held: tuple[Held, ...]
    sent: frozenset[str]
    terms: Terms
    closure: Rules[Any]
    now: datetime


def explain(store: Store, terms: Terms, number: str, now: datetime) -> Explanation:
    """Gather what is known of the problem that a record belongs to; raises UnknownNumber."""
    record = find_record(store, number)
    problem = store.problems_of([record.ref])[record.ref]
    case = next(iter(gather(store, [problem], terms))).case
    rules = closure_rules(terms)
    story = tell_story(case, rules)
    days = {"reminder_after": rules.settings.reminder_after, "window": rules.settings.window}
    judgements = _judge(case, terms, now)
    changes = [change for judgement in judgements for change in judgement.decision.changes]
    return Explanation(
        case=case,
        story=story,
        standing=stand(case, story, now, rules, **days),
        judgements=judgements,
        letters=tuple(intent for intent in store.intents(*LETTERS) if intent.change.problem == problem),
        held=tuple(held for look in store.looks([problem]) for held in look.held),
        sent=frozenset(store.intent_states([change.key for change in changes])),
        terms=terms,
        closure=rules,
        now=now,
    )


def closure_rules(terms: Terms) -> Rules[Any]:
    """Return the rules of confirmed closure; where it is not in the settings, those that only look."""
    for promise in terms.promises:
        if promise.policy.name == "confirmed_closure":
            return promise.rules
    return Rules(settings=ConfirmedClosure(), dialects=terms.dialects, contact=terms.contact)


def _judge(case: Case, terms: Terms, now: datetime) -> tuple[Judgement, ...]:
    return tuple(
        Judgement(
            policy=promise.policy.name,
            mode=promise.rules.mode if in_pilot(case, promise.rules.pilot) else Mode.AUDIT,
            decision=promise.policy.decide(case, now, promise.rules),
        )
        for promise in terms.promises
    )
