"""A problem that comes back is the same problem: reopenings are counted, repeats suggested, churn named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from careloop.model.case import Case, Earlier
from careloop.model.decision import Decision, Finding
from careloop.model.event import EventKind
from careloop.model.person import PersonKind
from careloop.model.record import Record
from careloop.model.rules import Rules
from careloop.policies.entitlement import proposes
from careloop.policies.scope import is_history
from careloop.policies.story import Basis, By, Story
from careloop.policies.story import Reopen as Reopening
from careloop.policies.telling import tell_story

RULE = "reopen"
_CONFIRMED = (Basis.CONFIRMED, Basis.ATTESTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Settings: `look_back` in days for repeats; from the proposal `lead_after` on a problem goes to a lead.

    `similar_title` (0 to 1) is how alike two titles must be where records carry no category.
    """

    look_back: int = 30
    lead_after: int = 3
    similar_title: float = 0.75


def decide(case: Case, now: datetime, rules: Rules[Reopen]) -> Decision:
    """Return what there is to say about a problem that came back."""
    story = tell_story(case, rules)
    findings = [
        *_count(story, case, rules),
        *_lead(story, rules),
        *_suggest(case, rules),
        *_suspect(case, rules),
    ]
    return Decision(findings=tuple(findings))


def _count(story: Story, case: Case, rules: Rules[Reopen]) -> Iterator[Finding]:
    for number, reopen in enumerate(story.reopens, start=1):
        reason = reopen.not_counted or _say_how(reopen, case)
        what = "churn" if reopen.not_counted else "reopened"
        history = is_history(case, reopen.at, rules)
        yield Finding(
            record=reopen.record,
            rule=RULE,
            what=what,
            cause=f"reopen {number}",
            reason=reason,
            content=reopen.by,
            history=history,
        )


def _say_how(reopen: Reopening, case: Case) -> str:
    record = case.record(reopen.record)
    who = "the customer" if reopen.by is By.CUSTOMER else "one of our people"
    goes_on = f", as {record.number}" if reopen.continued and record else ""
    return f"it was opened again by {who}{goes_on}"


def _lead(story: Story, rules: Rules[Reopen]) -> Iterator[Finding]:
    last = story.proposals[-1] if story.proposals else None
    if last and last.n >= rules.settings.lead_after and not last.history and not last.is_confirmed:
        reason = f"it was proposed as solved {last.n} times; a lead should look at it"
        yield Finding(
            record=last.record,
            rule=RULE,
            what="many_proposals",
            cause=last.cause("lead"),
            reason=reason,
            waits=True,
        )


def _suggest(case: Case, rules: Rules[Reopen]) -> Iterator[Finding]:
    """Suggest the nearest earlier record of the same matter; a person decides whether it is one problem.

    What the customer said works is another matter when it happens again, and so is what a person parted.
    """
    record = case.primary
    if not proposes(record, rules) or case.requester_records > rules.never_ask.shared_account_above:
        return
    opened = record.opened_at or record.created
    apart = {event.get("other") for event in case.events if event.kind is EventKind.PARTED}
    parted = {earlier.problem for earlier in case.earlier if str(earlier.ref) in apart}
    others = [e for e in case.earlier if e.basis not in _CONFIRMED and e.problem not in parted]
    matches = [e for e in others if _is_recent(e, opened, rules) and _alike(e, record, rules)]
    if not matches:
        return
    nearest = max(matches, key=lambda earlier: (earlier.resolved_at or opened, earlier.ref))
    history = is_history(case, opened, rules)
    same, before = _describe(nearest, record), _days(nearest, opened)
    yield Finding(
        record=record.ref,
        rule=RULE,
        what="shadow_reopen",
        cause="repeat",
        reason=f"the same requester had {nearest.number} {same}, resolved {before} before",
        content=nearest.number,
        waits=not history,
        history=history,
    )


def _is_recent(earlier: Earlier, opened: datetime, rules: Rules[Reopen]) -> bool:
    if earlier.resolved_at is None:
        return False
    return timedelta(0) < opened - earlier.resolved_at <= timedelta(days=rules.settings.look_back)


def _alike(earlier: Earlier, record: Record, rules: Rules[Reopen]) -> bool:
    """Tell whether two records look like one matter: by both categories, else by service and title."""
    if record.category and record.subcategory:
        return (earlier.category, earlier.subcategory) == (record.category, record.subcategory)
    if not record.service or earlier.service != record.service:
        return False
    titles = SequenceMatcher(None, earlier.title.casefold(), record.title.casefold())
    return titles.ratio() >= rules.settings.similar_title


def _describe(earlier: Earlier, record: Record) -> str:
    same = [f"{record.category} / {record.subcategory}"] if record.category and record.subcategory else []
    same += [record.service] if record.service and earlier.service == record.service else []
    return f"about the same ({', '.join(same)})"


def _days(earlier: Earlier, opened: datetime) -> str:
    days = (opened - earlier.resolved_at).days if earlier.resolved_at else 0
    return "one day" if days == 1 else f"{days} days" if days else "less than a day"


def _suspect(case: Case, rules: Rules[Reopen]) -> Iterator[Finding]:
    """Name an account that reports too much for one person; reports group these by content, the account."""
    person = case.person(case.primary.requester)
    if person is None or person.kind is not PersonKind.HUMAN:
        return
    if case.requester_records > rules.never_ask.shared_account_above:
        reason = (
            f"{rules.never_ask.shared_account_above} records and more have this requester: probably shared"
        )
        yield Finding(
            record=case.primary.ref,
            rule=RULE,
            what="suspected_shared_account",
            cause="requester",
            reason=reason,
            content=person.id,
        )
