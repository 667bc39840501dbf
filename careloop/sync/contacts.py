"""The one place that grants or holds contacts, after every policy has spoken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from careloop.calendars import add_business_days, close_of_day, hours_of, is_open, next_open
from careloop.model.case import Contacted
from careloop.model.change import Contact, Matter, Purpose, Seen
from careloop.model.decision import Wish
from careloop.model.hours import Hours
from careloop.model.person import Person
from careloop.model.plan import Held
from careloop.model.rules import ContactRules

_RANK = {
    Purpose.THANKS: 0,
    Purpose.ASK: 1,
    Purpose.DEFERRAL_DECISION: 2,
    Purpose.REMINDER: 3,
    Purpose.QUESTION: 3,
}
_LAST = 9


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What granting depends on.

    The rules, the time, the people, their ledgers, and where nobody may be contacted.
    """

    rules: ContactRules
    now: datetime
    people: Mapping[str, Person]
    ledgers: Mapping[str, Sequence[Contacted]]
    closed_channels: Mapping[str, str]
    seen: Mapping[str, Seen]


def grant(wishes: Iterable[Wish], asker: Asker) -> tuple[list[Contact], list[tuple[str, Held]]]:
    """Turn wishes into contacts, or hold them with the reason; what is held comes with its problem.

    What travels in one message is one contact. On the comment channel a message cannot speak of several
    records, so each wish is its own contact there and a person gets at most one on a business day.
    """
    granted: list[Contact] = []
    held: list[tuple[str, Held]] = []
    for person, mine in _by_person(wishes).items():
        ready: list[Wish] = []
        for wish in mine:
            if _already_sent(wish, asker):
                continue
            obstacle = _obstacle(wish, asker)
            if obstacle is None:
                ready.append(wish)
            else:
                held.append(_hold(wish, *obstacle))
        contacts, more = _send(person, ready, granted, asker)
        granted.extend(contacts)
        held.extend(more)
    return granted, held


def _by_person(wishes: Iterable[Wish]) -> dict[str, list[Wish]]:
    """Group by person, the most important first; the oldest of the same importance first."""
    groups: dict[str, list[Wish]] = {}
    for wish in sorted(wishes, key=lambda w: (_RANK.get(w.purpose, _LAST), w.not_before, w.problem, w.cause)):
        groups.setdefault(wish.person, []).append(wish)
    return groups


def _already_sent(wish: Wish, asker: Asker) -> bool:
    ledger = asker.ledgers.get(wish.person, ())
    return any(c.problem == wish.problem and c.cause == wish.cause for c in ledger)


def _obstacle(wish: Wish, asker: Asker) -> tuple[str, datetime | None] | None:
    """Return why a wish cannot be granted now and until when, leaving the budget aside."""
    person = asker.people.get(wish.person)
    hours = hours_of(person, asker.rules.hours)
    closed = asker.closed_channels.get(wish.record.instance)
    if closed:
        return closed, None
    if person is None:
        return "nobody is known behind this account", None
    if person.left or person.bounced or not person.active:
        return "the person cannot be reached: left, inactive, or mail came back", None
    if wish.not_after is not None and wish.not_after < asker.now:
        return "its time has passed", None
    if wish.not_before > asker.now:
        return "its time has not come", wish.not_before
    if person.away_until is not None and person.away_until > asker.now:
        return "the person is away", person.away_until
    if not is_open(hours, asker.now):
        return "outside the person's hours", next_open(hours, asker.now)
    return None


def _send(
    person: str, ready: Sequence[Wish], granted: Sequence[Contact], asker: Asker
) -> tuple[list[Contact], list[tuple[str, Held]]]:
    """Put what fits the budget into one message; `granted` are the contacts with others so far."""
    contacts = [_contact([wish], asker) for wish in ready if not wish.counted]
    held: list[tuple[str, Held]] = []
    affordable: list[Wish] = []
    for wish in (wish for wish in ready if wish.counted):
        refusal = _over_budget(person, wish, granted, asker)
        if refusal is None and affordable and asker.rules.channel == "comment":
            refusal = _one_a_day(person, asker, asker.now)
        if refusal is None:
            affordable.append(wish)
        else:
            held.append(_hold(wish, *refusal))
    if affordable:
        contacts.append(_contact(affordable, asker))
    return contacts, held


def _over_budget(
    person: str, wish: Wish, granted: Sequence[Contact], asker: Asker
) -> tuple[str, datetime | None] | None:
    budget, hours = asker.rules.budget, hours_of(asker.people.get(person), asker.rules.hours)
    if not (budget.per_person and budget.per_problem):
        return "the contact budget is 0", None
    sent = _messages(asker.ledgers.get(person, ()))
    if asker.rules.channel == "comment" and sent and _same_day(sent[-1], asker.now, hours):
        return _one_a_day(person, asker, sent[-1])
    window = timedelta(days=budget.person_window)
    free_at = _free_at((at + window for at in sent), budget.per_person, asker.now)
    if free_at is not None:
        return _spent("person", budget.per_person, f"{budget.person_window} days"), next_open(hours, free_at)
    return _problem_budget(wish, granted, asker, hours)


def _problem_budget(
    wish: Wish, granted: Sequence[Contact], asker: Asker, hours: Hours
) -> tuple[str, datetime | None] | None:
    """A problem's budget is shared by its people, and by what was granted to others in this very plan."""
    budget = asker.rules.budget
    sent = _messages(c for ledger in asker.ledgers.values() for c in ledger if c.problem == wish.problem)
    sent += [asker.now for c in granted if c.counted and wish.problem in {m.problem for m in c.covers}]
    ends = (add_business_days(hours, at, budget.problem_window) for at in sent)
    free_at = _free_at(ends, budget.per_problem, asker.now)
    if free_at is None:
        return None
    why = _spent("problem", budget.per_problem, f"{budget.problem_window} business days")
    return why, next_open(hours, free_at)


def _messages(lines: Iterable[Contacted]) -> list[datetime]:
    """Return when counted messages were sent, oldest first; lines of one message are one."""
    return sorted({line.key or str(line.sent_at): line.sent_at for line in lines if line.counted}.values())


def _free_at(ends: Iterable[datetime], allowed: int, now: datetime) -> datetime | None:
    """Return when one more fits, given when each that was sent stops counting; None when it fits now."""
    running = sorted(end for end in ends if end > now)
    return running[-allowed] if len(running) >= allowed else None


def _spent(whom: str, count: int, window: str) -> str:
    return f"contact budget used up: {count} per {whom} in {window}"


def _one_a_day(person: str, asker: Asker, last: datetime) -> tuple[str, datetime | None]:
    hours = hours_of(asker.people.get(person), asker.rules.hours)
    return "the person was contacted today already", next_open(hours, close_of_day(hours, last))


def _contact(wishes: Sequence[Wish], asker: Asker) -> Contact:
    first = wishes[0]
    hours = hours_of(asker.people.get(first.person), asker.rules.hours)
    ends = [wish.not_after for wish in wishes if wish.not_after is not None]
    return Contact(
        subject=first.record,
        problem=first.problem,
        purpose=first.purpose,
        cause="+".join(sorted(f"{wish.problem}:{wish.cause}" for wish in wishes)),
        rule=first.rule,
        reason="; ".join(wish.reason for wish in wishes),
        seen=_seen(wishes, asker),
        person=first.person,
        channel=asker.rules.channel,
        message=first.message if len(wishes) == 1 else "\n\n".join(wish.line for wish in wishes),
        covers=tuple(sorted(Matter(w.problem, w.cause, w.record, w.purpose) for w in wishes)),
        not_before=max(wish.not_before for wish in wishes),
        not_after=min([close_of_day(hours, asker.now), *ends]),
        counted=first.counted,
    )


def _seen(wishes: Sequence[Wish], asker: Asker) -> Seen:
    """Entries are numbered through: what is newer than the newest of these matters is newer than each."""
    version = asker.seen.get(wishes[0].problem, Seen()).version
    return Seen(version, max(asker.seen.get(wish.problem, Seen()).event for wish in wishes))


def _hold(wish: Wish, why: str, until: datetime | None) -> tuple[str, Held]:
    held = Held(
        record=wish.record, purpose=wish.purpose, cause=wish.cause, rule=wish.rule, why=why, until=until
    )
    return wish.problem, held


def _same_day(one: datetime, other: datetime, hours: Hours) -> bool:
    zone = ZoneInfo(hours.zone)
    return one.astimezone(zone).date() == other.astimezone(zone).date()
