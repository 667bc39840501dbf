"""What happens next to a problem, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from careloop.model.change import AnyChange
from careloop.model.decision import Wish
from careloop.model.plan import Held
from careloop.model.rules import CareLevel, Mode
from careloop.policies.standing import ProblemState
from careloop.report.advice import advise
from careloop.report.explanation import Explanation, Judgement
from careloop.report.names import Names
from careloop.report.words import say_change, say_contact, say_until
from careloop.sync.contacts import Asker, grant

NEXT_RUN = "with the next run"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens next, and when; without a time it waits for somebody or something."""

    what: str
    at: datetime | None = None


def next_steps(told: Explanation, names: Names) -> tuple[Step, ...]:
    """Return what happens next: first what a person has to do, then what careloop does, the soonest first."""
    people = [*_letters(told), *_waiting(told, names)]
    ours = sorted(_ours(told, names), key=lambda step: step.at or told.now)
    steps = tuple(dict.fromkeys([*people, *ours]))
    return steps or (_rest(told),)


def _rest(told: Explanation) -> Step:
    again = [j.decision.look_at for j in told.judgements if j.decision.look_at]
    if again:
        return Step("nothing; the rules look at it again", min(again))
    return Step("nothing, until something happens on its records")


def _letters(told: Explanation) -> Iterator[Step]:
    for intent in told.letters:
        yield Step(f"a write waits: {intent.cause}; try again with 'careloop retry {intent.reference}'")


def _waiting(told: Explanation, names: Names) -> Iterator[Step]:
    for judgement in told.judgements:
        for finding in judgement.decision.findings:
            if finding.waits:
                advice = advise(finding, names.number(finding.record))
                how = f"; {advice}" if advice else ""
                yield Step(f"a person has to act: {finding.reason} ({finding.rule}){how}")


def _ours(told: Explanation, names: Names) -> Iterator[Step]:
    wishes: list[Wish] = []
    for judgement in told.judgements:
        for change in judgement.decision.changes:
            if change.key not in told.sent:
                yield _change(change, judgement, told, names)
        if judgement.mode is Mode.AUDIT:
            yield from (_only_looks(wish, judgement, names) for wish in judgement.decision.wishes)
        else:
            wishes += judgement.decision.wishes
    yield from _contacts(wishes, told, names)
    yield from _deadline(told)
    yield from (_held(held) for held in told.held if held.rule == "sync")


def _change(change: AnyChange, judgement: Judgement, told: Explanation, names: Names) -> Step:
    what = f"{say_change(change, names)} ({names.number(change.subject)}): {change.reason}"
    if judgement.mode is Mode.ACT:
        return Step(f"careloop will {what} ({change.rule}), {NEXT_RUN}", told.now)
    return Step(f"careloop would {what}; {judgement.policy} is in mode {judgement.mode}", told.now)


def _only_looks(wish: Wish, judgement: Judgement, names: Names) -> Step:
    what = say_contact(wish.purpose, names.person(wish.person))
    return Step(
        f"careloop would {what}: {wish.reason}; {judgement.policy} is in mode {judgement.mode}",
        wish.not_before,
    )


def _contacts(wishes: list[Wish], told: Explanation, names: Names) -> Iterator[Step]:
    """Say when contacts go out, by the same reducer that grants them."""
    ledgers = {id: [c for c in told.case.contacts if c.person == id] for id in told.case.people}
    asker = Asker(
        rules=told.terms.contact, now=told.now, people=told.case.people, ledgers=ledgers,
        closed_channels=told.terms.closed_channels, seen={},
    )  # fmt: skip
    granted, held = grant(wishes, asker)
    for contact in granted:
        what = say_contact(contact.purpose, names.person(contact.person))
        yield Step(f"careloop will {what}: {contact.reason} ({contact.rule}), {NEXT_RUN}", told.now)
    reasons = {(wish.purpose, wish.cause): wish for wish in wishes}
    for _, one in held:
        wish = reasons[one.purpose, one.cause]
        what = say_contact(wish.purpose, names.person(wish.person))
        will = "will" if one.until else "would"
        yield Step(f"careloop {will} {what}: {wish.reason} ({wish.rule}); held, since {one.why}", one.until)


def _deadline(told: Explanation) -> Iterator[Step]:
    standing = told.standing
    if standing.state is ProblemState.PAUSED and standing.paused_until:
        yield Step("the customer is back, and the clocks run again", standing.paused_until)
    elif standing.state is ProblemState.AWAITING and standing.deadline:
        lapses = told.closure.care_level is CareLevel.COST
        end = "silence counts as lapsed" if lapses else "it stays unanswered; silence ends nothing"
        yield Step(f"without an answer {end} (confirmed_closure)", standing.deadline)


def _held(held: Held) -> Step:
    what = held.purpose.value.replace("_", " ")
    return Step(f"{what} is held {say_until(held.until)}: {held.why}", held.until)
