"""An explanation as people and programs read it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from careloop.model.record import Record
from careloop.policies.story import Proposal
from careloop.report.explanation import Explanation, Judgement
from careloop.report.history import Historian
from careloop.report.names import Names
from careloop.report.next_steps import Step, next_steps
from careloop.report.plan import finding_as_data
from careloop.report.words import say_state, say_time


def explanation_as_data(told: Explanation, names: Names) -> dict[str, Any]:
    """Return `{problem, records, state, basis, proposal, events, next: {what, at}}` and more for JSON."""
    historian = Historian.of(told, names)
    proposals = told.story.proposals
    steps = [_step_as_data(step) for step in next_steps(told, names)]
    return {
        "problem": told.case.problem,
        "records": [_record_as_data(record, names) for record in told.case.records],
        "state": told.standing.state.value,
        "basis": told.standing.basis.value if told.standing.basis else None,
        "proposal": _proposal_as_data(proposals[-1], names) if proposals else None,
        "events": [historian.as_data(event) for event in historian.events],
        "next": steps[0],
        "later": steps[1:],
        "rules": [_judgement_as_data(judgement, names) for judgement in told.judgements],
    }


def explanation_as_text(told: Explanation, names: Names, *, markdown: bool = False) -> str:
    """Return a problem's story in the order of time, where it stands, and what happens next."""
    historian = Historian.of(told, names)
    bullet = "- " if markdown else "  "
    sections = {
        "What happened": [historian.as_text(event) for event in historian.told],
        "Where it stands": list(_stands(told, names)),
        "What the rules say": list(_judged(told)),
        "What happens next": [_step_as_text(step) for step in next_steps(told, names)],
    }
    blocks = [("# " if markdown else "") + _head(told, names)]
    for title, lines in sections.items():
        if lines:
            heading = f"## {title}" if markdown else title
            blocks.append("\n".join([heading, *(bullet + line for line in lines)]))
    return "\n\n".join(blocks)


def _head(told: Explanation, names: Names) -> str:
    primary = told.case.primary
    requester = f", reported by {names.person(primary.requester)}" if primary.requester else ""
    return f"{names.title(primary.ref)}{requester}"


def _stands(told: Explanation, names: Names) -> Iterator[str]:
    for record in told.case.records:
        assignee = f", with {names.person(record.assignee)}" if record.assignee else ""
        yield f"{record.number} on {record.ref.instance} is {say_state(record.state)}{assignee}"
    standing = told.standing
    basis = f", on the ground: {say_state(standing.basis)}" if standing.basis else ""
    because = f" ({standing.unasked_because})" if standing.unasked_because else ""
    yield f"the problem is {say_state(standing.state)}{basis}{because}"
    if told.story.proposals:
        proposal = told.story.proposals[-1]
        yield f"resolution proposal {proposal.n} of {say_time(proposal.at)}: {_answer(proposal, names)}"
    for override in standing.overrides:
        until = f" until {say_time(override.until)}" if override.until else ""
        by = names.person(override.by) if override.by else "someone"
        yield f"override by {by}: {say_state(override.action)}{until}, since {override.reason}"


def _answer(proposal: Proposal, names: Names) -> str:
    word = proposal.word
    if word:
        vouched = ", as one of our people attests" if word.attested else ""
        return f"{names.person(word.person)} said {say_state(word.reading)} on {say_time(word.at)}{vouched}"
    if proposal.asks:
        return f"asked on {say_time(proposal.asks[-1].at)}, no answer yet"
    return "nobody was asked"


def _judged(told: Explanation) -> Iterator[str]:
    for judgement in told.judgements:
        for finding in judgement.decision.findings:
            history = ", before the promise was made" if finding.history else ""
            what = finding.what.replace("_", " ")
            yield f"{judgement.policy} ({judgement.mode}): {what}: {finding.reason}{history}"
        if not judgement.decision.findings:
            yield f"{judgement.policy} ({judgement.mode}): nothing to say"


def _step_as_text(step: Step) -> str:
    return f"{say_time(step.at)}: {step.what}" if step.at else step.what


def _step_as_data(step: Step) -> dict[str, str | None]:
    return {"what": step.what, "at": _iso(step.at)}


def _record_as_data(record: Record, names: Names) -> dict[str, Any]:
    return {
        "subject": str(record.ref),
        "number": record.number,
        "kind": record.kind.value,
        "state": record.state.value,
        "native_state": record.native_state,
        "title": record.title,
        "container": record.container,
        "requester": names.person(record.requester) if record.requester else None,
        "assignee": names.person(record.assignee) if record.assignee else None,
        "url": record.url,
    }


def _proposal_as_data(proposal: Proposal, names: Names) -> dict[str, Any]:
    return {
        "n": proposal.n,
        "at": proposal.at.isoformat(),
        "number": names.number(proposal.record),
        "resolver": names.person(proposal.resolver) if proposal.resolver else None,
        "code": proposal.code,
        "notes": proposal.notes,
        "asked_at": _iso(proposal.asks[0].at if proposal.asks else None),
        "reminded_at": _iso(proposal.reminders[0].at if proposal.reminders else None),
        "answers": [
            {
                "at": answer.at.isoformat(),
                "who": names.person(answer.person) if answer.person else None,
                "reading": answer.reading.value,
                "via": answer.via.value,
                "attested": answer.attested,
                "entitled": answer.entitled,
            }
            for answer in proposal.answers
        ],
        "ended_at": _iso(proposal.ended_at),
    }


def _judgement_as_data(judgement: Judgement, names: Names) -> dict[str, Any]:
    return {
        "rule": judgement.policy,
        "mode": judgement.mode.value,
        "findings": [finding_as_data(finding, names) for finding in judgement.decision.findings],
        "look_at": _iso(judgement.decision.look_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
