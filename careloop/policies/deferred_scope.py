"""What was put off is revisited: it has an owner, a promised person and a date, and both hear of it then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from careloop.calendars import hours_of, next_open, start_of
from careloop.model.case import Case
from careloop.model.change import AddComment, Purpose, Seen
from careloop.model.comment import Audience
from careloop.model.decision import Decision, Finding, Wish
from careloop.model.person import Person
from careloop.model.record import Record
from careloop.model.rules import Rules
from careloop.policies.addressee import Addressee, Demand
from careloop.policies.deferrals import Deferral, Signs, find_deferrals
from careloop.policies.entitlement import proposes
from careloop.policies.messages import say_date, write_deferral_decision, write_deferral_notice
from careloop.policies.scope import is_history

RULE = "deferred_scope"
_TELL_WITHIN = 10  # business days in which a decision is still news


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferredScope(Signs):
    """Settings: how a record shows that it was put off, and how many days ahead of its date both hear of it.

    `sponsor_after` is how often an item may be put off again before it goes to its sponsor.
    """

    remind_before: tuple[int, ...] = (30, 7)
    sponsor_after: int = 2


def decide(case: Case, now: datetime, rules: Rules[DeferredScope]) -> Decision:
    """Return what the items put off in a case demand."""
    changes: list[AddComment] = []
    wishes: list[Wish] = []
    findings: list[Finding] = []
    times: list[datetime] = []
    for item in find_deferrals(case, rules, rules.settings):
        findings.extend(_find(case, item, now, rules))
        if is_history(case, _newest(item), rules):
            continue
        wishes.extend(_tell_decision(case, item, now, rules))
        if item.is_decided:
            continue
        reminders = _reminders(item, case, rules)
        due = [reminder for reminder in reminders if reminder.at <= now]
        if due:
            changes.append(_tell_owner(case, item, due[-1]))
            wishes.extend(_tell_promised(case, item, due[-1], now, rules))
        times.extend(reminder.at for reminder in reminders)
    return Decision(
        changes=tuple(changes),
        wishes=tuple(wishes),
        findings=tuple(findings),
        look_at=min((at for at in times if at > now), default=None),
    )


@dataclass(frozen=True, slots=True)
class _Reminder:
    """A day on which both sides hear of an item: `ahead` days before its date, 0 on the date itself."""

    at: datetime
    ahead: int
    cause: str


def _newest(item: Deferral) -> datetime:
    return item.decisions[-1].at if item.decisions else item.since


def _reminders(item: Deferral, case: Case, rules: Rules[DeferredScope]) -> list[_Reminder]:
    """Return an item's reminders, oldest first; of several that are due only the last is sent."""
    if item.revisit_on is None:
        return []
    hours = hours_of(case.person(item.promised_to), rules.contact.hours)
    ahead = sorted({0, *rules.settings.remind_before}, reverse=True)
    return [
        _Reminder(
            start_of(hours, item.revisit_on - timedelta(days=days)),
            days,
            f"deferral {item.revisit_on}:{days}",
        )
        for days in ahead
    ]


def _tell_owner(case: Case, item: Deferral, reminder: _Reminder) -> AddComment:
    owner, promised = case.person(item.owner), case.person(item.promised_to)
    day = say_date(item.revisit_on)
    said = (
        f"What was put off here is to be revisited on {day}."
        if reminder.ahead
        else f"Its date, {day}, has come."
    )
    facts = (
        f"Owner: {_name(owner)}. Promised to: {_name(promised)}.",
        f"Benefit: {item.benefit}." if item.benefit else "",
        f"Cost: {item.cost}." if item.cost else "",
        f"Put off again {item.kept} times so far." if item.kept > 1 else "",
        f"Decide with: careloop deferral decide {item.record.number} do|keep|drop --reason ...",
    )
    return AddComment(
        subject=item.record.ref,
        problem=case.problem,
        purpose=Purpose.DEFERRAL_NOTICE,
        cause=reminder.cause,
        rule=RULE,
        reason=f"{item.record.number} was put off until {day}",
        seen=Seen(item.record.version, case.last_event),
        audience=Audience.INTERNAL,
        body="\n".join([said, *(fact for fact in facts if fact)]),
    )


def _name(person: Person | None) -> str:
    return person.name if person and person.name else "nobody yet"


def _tell_promised(
    case: Case, item: Deferral, reminder: _Reminder, now: datetime, rules: Rules[DeferredScope]
) -> Iterator[Wish]:
    to = _promised(case, item, rules)
    if to is None:
        return
    facts = to.facts(title=item.record.title, next_on=item.revisit_on)
    text = write_deferral_notice(facts, to.person.language, due=reminder.ahead == 0)
    demand = Demand(RULE, reminder.cause, f"{item.record.number} was promised and is due to be revisited")
    yield to.wish(Purpose.DEFERRAL_NOTICE, text, demand, next_open(to.hours, reminder.at), None)


def _tell_decision(case: Case, item: Deferral, now: datetime, rules: Rules[DeferredScope]) -> Iterator[Wish]:
    """Tell the promised person once what the last decision was."""
    to = _promised(case, item, rules)
    if to is None or not item.decisions:
        return
    decision = item.decisions[-1]
    begin = next_open(to.hours, decision.at)
    end = to.later(begin, _TELL_WITHIN)
    if now <= end:
        facts = to.facts(title=item.record.title, next_on=item.revisit_on, words=decision.reason)
        text = write_deferral_decision(facts, decision.choice.value, to.person.language)
        demand = Demand(RULE, f"deferral decision:{decision.evidence}", f"decided: {decision.choice.value}")
        yield to.wish(Purpose.DEFERRAL_DECISION, text, demand, begin, end)


def _promised(case: Case, item: Deferral, rules: Rules[DeferredScope]) -> Addressee | None:
    """Return the promised person on a record where they read comments: their own, else a public one."""
    person = case.person(item.promised_to)
    if person is None or not person.active or person.left or person.bounced:
        return None
    readable = [record for record in case.records if _is_readable(record, rules)]
    own = [record for record in readable if record.requester == person.id]
    record = next(iter([*own, *readable]), None)
    return Addressee(case, record, person, rules) if record else None


def _is_readable(record: Record, rules: Rules[DeferredScope]) -> bool:
    dialect = rules.dialects.get((record.ref.instance, record.container))
    return dialect.public_comments if dialect else proposes(record, rules)


def _find(case: Case, item: Deferral, now: datetime, rules: Rules[DeferredScope]) -> Iterator[Finding]:
    history = is_history(case, _newest(item), rules)
    for what, reason in _lacks(case, item, now, rules):
        yield Finding(
            record=item.record.ref,
            rule=RULE,
            what=what,
            cause="deferral",
            reason=f"{reason}; {item.why}",
            content=str(item.revisit_on or ""),
            waits=not history,
            history=history,
        )


def _lacks(
    case: Case, item: Deferral, now: datetime, rules: Rules[DeferredScope]
) -> Iterator[tuple[str, str]]:
    """Yield what a person has to see to about an item: its name as a finding, and the reason."""
    if item.is_decided:
        return
    if item.owner is None:
        yield "missing_owner", "nobody owns what was put off"
    if item.promised_to is None:
        yield "missing_promised_to", "nobody is named to whom it was promised"
    elif _promised(case, item, rules) is None:
        yield "cannot_tell", "the person it was promised to reads none of its records"
    if item.revisit_on is None:
        yield "missing_date", "it has no date on which it is revisited"
    elif now >= start_of(hours_of(case.person(item.promised_to), rules.contact.hours), item.revisit_on):
        yield "deferral_due", f"its date, {say_date(item.revisit_on)}, has come; decide: do, keep or drop"
    if item.kept >= rules.settings.sponsor_after:
        yield "deferred_again", f"it was put off again {item.kept} times; its sponsor should know"
