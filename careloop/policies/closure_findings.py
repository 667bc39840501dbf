"""What confirmed closure states about a problem: its basis, broken promises, questions for a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from careloop.model.case import Case
from careloop.model.decision import Finding
from careloop.model.rules import CareLevel, Rules
from careloop.policies.answers import Reading
from careloop.policies.overrides import Action, find_override
from careloop.policies.reopening import is_open_again
from careloop.policies.standing import ProblemState, Standing
from careloop.policies.story import Answer, Basis, Closing, Proposal, Story

RULE = "confirmed_closure"
_ASKING = (ProblemState.PROPOSED, ProblemState.AWAITING, ProblemState.PAUSED, ProblemState.TRIAGE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a finding says, before it is tied to a record: name, cause, reason and evidence."""

    what: str
    cause: str
    reason: str
    content: str = ""
    waits: bool = False


def find_closure(
    case: Case, story: Story, standing: Standing, rules: Rules[Any], *, acted: bool
) -> Iterator[Finding]:
    """Yield what holds now about the answers to a problem's proposals and about its closings.

    `acted` says that a no is being acted on in the same decision, so that nobody has to.
    """
    for number, closing in enumerate(story.closings, start=1):
        if closing.basis is None and standing.basis is not Basis.OVERRIDE:
            settled = acted or _is_settled(case, story, standing, rules)
            yield _closed_behind(closing, number, latest=closing is story.closings[-1] and not settled)
    for statement in _statements(case, story, standing, rules, acted=acted):
        ref = story.proposals[-1].record if story.proposals else case.primary.ref
        yield Finding(
            record=ref,
            rule=RULE,
            what=statement.what,
            cause=statement.cause,
            reason=statement.reason,
            content=statement.content,
            waits=statement.waits,
        )


def _is_settled(case: Case, story: Story, standing: Standing, rules: Rules[Any]) -> bool:
    """Tell whether a closing leaves nothing to find out: there is a ground or a word, or one is asked for."""
    asking = standing.state in _ASKING
    told = story.current is not None and story.current.word is not None
    return standing.basis is not None or asking or told or is_open_again(case, rules)


def _closed_behind(closing: Closing, number: int, *, latest: bool) -> Finding:
    return Finding(
        record=closing.record,
        rule=RULE,
        what="unconfirmed_closing",
        cause=f"closing {number}",
        reason="it was closed without the customer's word",
        content=closing.actor or "",
        waits=latest and not closing.history,
        history=closing.history,
    )


def _statements(
    case: Case, story: Story, standing: Standing, rules: Rules[Any], *, acted: bool
) -> Iterator[Statement]:
    if called := find_override(standing.overrides, Action.CALL):
        yield Statement("callback", f"override {called.evidence}", called.reason, waits=True)
    proposal = story.current
    if proposal is None or (proposal.history and not acted):
        return
    yield from (_triage(proposal, answer) for answer in proposal.open_answers)
    if proposal.word and proposal.is_refuted:
        if not acted and not is_open_again(case, rules):
            reason = "the customer says that it does not work, and it is not open again yet"
            yield Statement("refuted", proposal.cause("no"), reason, proposal.word.evidence, waits=True)
    else:
        yield from _outcome(proposal, standing, rules)


def _triage(proposal: Proposal, answer: Answer) -> Statement:
    cause = f"{proposal.cause('answer')}:{answer.evidence}"
    if answer.reading is Reading.CALL:
        return Statement("callback", cause, "the customer asks to be called", answer.evidence, waits=True)
    if not answer.entitled:
        reason = "someone who may not judge it answered; a person has to decide what it means"
    elif answer.reading is Reading.QUESTION:
        reason = "the customer asks something; a person has to answer"
    else:
        reason = "the answer is not clear; a person has to decide what it means"
    return Statement("triage", cause, reason, answer.evidence, waits=True)


def _outcome(proposal: Proposal, standing: Standing, rules: Rules[Any]) -> Iterator[Statement]:
    word = proposal.word
    if word and standing.basis in (Basis.CONFIRMED, Basis.ATTESTED):
        reason = "the customer said that it works"
        if word.attested:
            reason = "one of our people vouches that the customer said it works"
        yield Statement(standing.basis.value, proposal.cause("confirmed"), reason, word.evidence)
    elif standing.unasked_because and not proposal.parked:
        yield Statement("unasked", proposal.cause("unasked"), standing.unasked_because)
    elif standing.basis is Basis.LAPSED and proposal.asked_at:
        yield Statement("lapsed", proposal.cause("lapse"), "the question was delivered and stayed unanswered")
    elif standing.state is ProblemState.UNANSWERED:
        yield Statement("unanswered", proposal.cause("lapse"), _why_unanswered(proposal, rules))


def _why_unanswered(proposal: Proposal, rules: Rules[Any]) -> str:
    if rules.care_level is CareLevel.CARE:
        return "the question stayed unanswered; under care level care silence ends nothing"
    if proposal.n > 1:
        return "the question stayed unanswered; after a second attempt silence ends nothing"
    return "the question stayed unanswered; for this person silence ends nothing"
