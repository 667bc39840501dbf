"""Nothing counts as solved without the customer's word, and nobody is nagged: one ask, one reminder, no more.

A no brings the same problem back, first to whoever resolved it; `reopening` says how.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from careloop.model.case import Case
from careloop.model.change import AddComment, AnyChange, Create, Purpose, Seen, Transition
from careloop.model.comment import Audience
from careloop.model.decision import Decision
from careloop.model.record import Record, State
from careloop.model.rules import Mode, Rules
from careloop.policies.answers import Reading, strip_quoted
from careloop.policies.closure_findings import RULE, find_closure
from careloop.policies.closure_wishes import wish_contacts
from careloop.policies.messages import say_date
from careloop.policies.overrides import Action, find_override
from careloop.policies.reopening import Refusal, reopen_problem, tell_issues
from careloop.policies.standing import Standing, stand
from careloop.policies.story import Answer, Basis, Proposal, Story, Via
from careloop.policies.telling import tell_story


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedClosure:
    """Settings: `reminder_after` and `window` count business days of the person asked.

    `close` closes confirmed records ourselves; `restore` moves a record that was closed without a basis back
    to Resolved where its workflow allows; `words_as` says where the customer's words go on reopening;
    `same_resolver` assigns a reopened record to whoever resolved it.
    """

    reminder_after: int = 3
    window: int = 10
    close: bool = False
    restore: bool = False
    words_as: Literal["work_note", "comment"] = "work_note"
    same_resolver: bool = True


def decide(case: Case, now: datetime, rules: Rules[ConfirmedClosure]) -> Decision:
    """Return what the promise of confirmed closure demands for a problem."""
    story = tell_story(case, rules)
    settings = rules.settings
    standing = stand(case, story, now, rules, reminder_after=settings.reminder_after, window=settings.window)
    changes = tuple(_changes(case, story, standing, rules))
    acted = rules.mode is Mode.ACT and any(isinstance(change, Transition | Create) for change in changes)
    return Decision(
        changes=changes,
        wishes=tuple(wish_contacts(case, story, standing, now, rules)),
        findings=tuple(find_closure(case, story, standing, rules, acted=acted)),
        look_at=_next_look(standing, now),
        state=standing.state,
        basis=standing.basis or "",
    )


def _next_look(standing: Standing, now: datetime) -> datetime | None:
    times = [
        standing.ask_from,
        standing.ask_until,
        standing.remind_at,
        standing.deadline,
        standing.paused_until,
    ]
    times += [override.until for override in standing.overrides]
    return min((at for at in times if at is not None and at > now), default=None)


def _changes(
    case: Case, story: Story, standing: Standing, rules: Rules[ConfirmedClosure]
) -> Iterator[AnyChange]:
    proposal = story.proposals[-1] if story.proposals else None
    record = case.record(proposal.record) if proposal else None
    if proposal is None or record is None:
        return
    word = proposal.word
    if proposal.ended_at is not None:
        if word and proposal.is_refuted and _counts(proposal, word, rules) and rules.mode is not Mode.ASK:
            yield from tell_issues(case, _customer_refusal(record, proposal, word, rules), rules)
        return
    override = find_override(standing.overrides, Action.REOPEN)
    if override and override.at >= proposal.at:
        refusal = _refusal(
            record, proposal, rules, cause=f"override {override.evidence}", words=override.reason
        )
        yield from reopen_problem(case, refusal, rules)
    elif standing.basis is Basis.OVERRIDE or word is None or not _counts(proposal, word, rules):
        yield from _restore(case, story, standing, record, rules)
    elif proposal.is_refuted:
        yield from reopen_problem(case, _customer_refusal(record, proposal, word, rules), rules)
    else:
        yield from _acknowledge(case, record, proposal, word, rules)


def _counts(proposal: Proposal, word: Answer, rules: Rules[ConfirmedClosure]) -> bool:
    """Tell whether a word is acted on: a no since the promise was made reopens even what is older."""
    if not proposal.history:
        return True
    return proposal.is_refuted and rules.since is not None and word.at >= rules.since


def _customer_refusal(
    record: Record, proposal: Proposal, word: Answer, rules: Rules[ConfirmedClosure]
) -> Refusal:
    return _refusal(
        record,
        proposal,
        rules,
        cause=f"{proposal.cause('no')}:{word.evidence}",
        words=strip_quoted(word.text),
        word=word,
    )


def _refusal(
    record: Record,
    proposal: Proposal,
    rules: Rules[ConfirmedClosure],
    *,
    cause: str,
    words: str,
    word: Answer | None = None,
) -> Refusal:
    return Refusal(
        record=record,
        rule=RULE,
        cause=cause,
        reason=_say_why(word) if word else "it is opened again by an override",
        words=words,
        resolver=proposal.resolver,
        at=word.at if word else proposal.at,
        words_known=word is not None and word.via is Via.COMMENT,
        public=rules.settings.words_as == "comment",
        same_resolver=rules.settings.same_resolver,
    )


def _say_why(word: Answer) -> str:
    if word.via is Via.RETURN:
        return "the customer reported it again"
    works = "works only partly" if word.reading is Reading.PARTLY else "does not work"
    return f"the customer says that it {works}"


def _acknowledge(
    case: Case, record: Record, proposal: Proposal, word: Answer, rules: Rules[ConfirmedClosure]
) -> Iterator[AnyChange]:
    """Leave one note that the problem is solved, and close its record where that is wanted."""
    said = (
        "One of our people vouches that the customer confirmed" if word.attested else "The customer confirmed"
    )
    text = f"{said} on {say_date(word.at.date())} that it works."
    seen = Seen(record.version, case.last_event)
    dialect = rules.dialects.get((record.ref.instance, record.container))
    yield AddComment(
        subject=record.ref,
        problem=case.problem,
        purpose=Purpose.NOTE,
        cause=proposal.cause("confirmed"),
        rule=RULE,
        reason=text.rstrip("."),
        seen=seen,
        audience=Audience.INTERNAL,
        body=text,
    )
    if rules.settings.close and record.state is State.RESOLVED and dialect and State.CLOSED in dialect.states:
        yield Transition(
            subject=record.ref,
            problem=case.problem,
            purpose=Purpose.CLOSE,
            cause=proposal.cause("close"),
            rule=RULE,
            reason=text.rstrip("."),
            seen=seen,
            state=State.CLOSED,
            native=dialect.states[State.CLOSED],
        )


def _restore(
    case: Case, story: Story, standing: Standing, record: Record, rules: Rules[ConfirmedClosure]
) -> Iterator[AnyChange]:
    """Undo a closing without a basis where the workflow has a way back and the settings ask for it."""
    closing = story.closings[-1] if story.closings else None
    dialect = rules.dialects.get((record.ref.instance, record.container))
    if not rules.settings.restore or closing is None or dialect is None or dialect.closed_is_final:
        return
    if record.state is not State.CLOSED or closing.basis or closing.history or standing.basis:
        return
    if State.RESOLVED in dialect.states:
        yield Transition(
            subject=record.ref,
            problem=case.problem,
            purpose=Purpose.REOPEN,
            cause=f"closing {len(story.closings)}:restore",
            rule=RULE,
            reason="it was closed without the customer's word, so it waits for it again",
            seen=Seen(record.version, case.last_event),
            state=State.RESOLVED,
            native=dialect.states[State.RESOLVED],
        )
