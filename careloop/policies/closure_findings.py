"""What the promise of confirmed closure states about a problem: its basis, broken promises, questions for a person."""

from collections.abc import Iterator
from typing import Any

from careloop.model.case import Case
from careloop.model.decision import Finding
from careloop.model.record import RecordRef
from careloop.model.rules import CareLevel, Rules
from careloop.policies.answers import Reading
from careloop.policies.overrides import Action, find_override
from careloop.policies.reopening import is_open_again
from careloop.policies.standing import ProblemState, Standing
from careloop.policies.story import Answer, Basis, Proposal, Story


def find_closure(case: Case, story: Story, standing: Standing, rules: Rules[Any]) -> Iterator[Finding]:
    """Yield the findings; one that waited for a person is stated again, not waiting, once it no longer does."""
    for number, closing in enumerate(story.closings, start=1):
        if closing.basis is None and standing.basis is not Basis.OVERRIDE:
            yield _finding(
                closing.record,
                "unconfirmed_closing",
                f"closing {number}",
                "it was closed without the customer's word",
                content=closing.actor or "",
                waits=not closing.history
                and closing is story.closings[-1]
                and standing.basis is None
                and not is_open_again(case, rules),
                history=closing.history,
            )
    for proposal in story.proposals:
        yield from _triage(proposal)
    if story.proposals:
        yield from _outcome(case, story.proposals[-1], story, standing, rules)
    if called := find_override(standing.overrides, Action.CALL):
        yield _finding(case.primary.ref, "callback", f"override {called.evidence}", called.reason, waits=True)


def _triage(proposal: Proposal) -> Iterator[Finding]:
    if proposal.history:
        return
    for answer in proposal.answers:
        if answer.needs_person:
            call = answer.reading is Reading.CALL
            yield _finding(
                proposal.record,
                "callback" if call else "triage",
                f"{proposal.cause('answer')}:{answer.evidence}",
                "the customer asks to be called" if call else _why_unclear(answer),
                content=answer.evidence,
                waits=not proposal.is_settled(answer),
            )


def _why_unclear(answer: Answer) -> str:
    if not answer.entitled:
        return "someone who may not judge it answered; a person has to decide what it means"
    if answer.reading is Reading.QUESTION:
        return "the customer asks something; a person has to answer"
    return "the answer is not clear; a person has to decide what it means"


def _outcome(
    case: Case, proposal: Proposal, story: Story, standing: Standing, rules: Rules[Any]
) -> Iterator[Finding]:
    ref, word = proposal.record, proposal.word
    if word and proposal.is_refuted and not proposal.history:
        waits = not is_open_again(case, rules)
        reason = "the customer said that it does not work"
        yield _finding(ref, "refuted", proposal.cause("no"), reason, content=word.evidence, waits=waits)
    if story.current is None or proposal.history:
        return
    if word and standing.basis in (Basis.CONFIRMED, Basis.ATTESTED):
        reason = "the customer said that it works"
        if word.attested:
            reason = "one of our people vouches that the customer said it works"
        yield _finding(ref, standing.basis.value, proposal.cause("confirmed"), reason, content=word.evidence)
    elif standing.unasked_because and not proposal.parked:
        why = story.held.get(proposal.cause("ask"), standing.unasked_because)
        yield _finding(ref, "unasked", proposal.cause("unasked"), why)
    elif standing.basis is Basis.LAPSED and proposal.asks:
        yield _finding(
            ref, "lapsed", proposal.cause("lapse"), "the question was delivered and stayed unanswered"
        )
    elif standing.state is ProblemState.UNANSWERED:
        yield _finding(ref, "unanswered", proposal.cause("lapse"), _why_unanswered(proposal, rules))


def _why_unanswered(proposal: Proposal, rules: Rules[Any]) -> str:
    if rules.care_level is CareLevel.CARE:
        return "the question stayed unanswered; under care level care silence ends nothing"
    if proposal.n > 1:
        return "the question stayed unanswered; after a second attempt silence ends nothing"
    return "the question stayed unanswered; for this person silence ends nothing"


def _finding(
    record: RecordRef,
    what: str,
    cause: str,
    reason: str,
    *,
    content: str = "",
    waits: bool = False,
    history: bool = False,
) -> Finding:
    return Finding(
        record=record,
        rule="confirmed_closure",
        what=what,
        cause=cause,
        reason=reason,
        content=content,
        waits=waits,
        history=history,
    )
