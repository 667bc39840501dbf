"""Nobody is passed around: a problem that changes hands too often goes to a lead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from careloop.model.case import Case
from careloop.model.change import AddComment, Purpose, Seen
from careloop.model.comment import Audience
from careloop.model.decision import Decision, Finding
from careloop.model.event import Event, EventKind
from careloop.model.rules import Rules
from careloop.policies.scope import is_history
from careloop.ports import Policy

RULE = "hand_offs"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffs:
    """Settings: from how many changes of the resolver group on a lead should look at a problem."""

    lead_after: int = 3


def decide(case: Case, now: datetime, rules: Rules[HandOffs]) -> Decision:
    """Return what a problem that was passed on demands: a finding, and one work note."""
    passed_on = list(_hand_offs(case))
    if not case.primary.state.is_open or len(passed_on) < rules.settings.lead_after:
        return Decision()
    last = passed_on[-1]
    reason = f"it was handed on {len(passed_on)} times and is still open; a lead should look at it"
    history = is_history(case, last.occurred_at, rules)
    finding = Finding(
        record=case.primary.ref,
        rule=RULE,
        what="handed_on",
        cause="hand-offs",
        reason=reason,
        content=str(len(passed_on)),
        waits=not history,
        history=history,
    )
    note = AddComment(
        subject=case.primary.ref,
        problem=case.problem,
        purpose=Purpose.NOTE,
        cause="hand-offs",
        rule=RULE,
        reason=reason,
        seen=Seen(case.primary.version, case.last_event),
        audience=Audience.INTERNAL,
        body=f"{reason[:1].upper()}{reason[1:]}.",
    )
    return Decision(changes=() if history else (note,), findings=(finding,))


def _hand_offs(case: Case) -> Iterator[Event]:
    for event in case.events:
        moved = event.kind is EventKind.ASSIGNED and event.get("field") == "group"
        if moved and event.record == case.primary.ref and event.get("from"):
            yield event


POLICY = Policy(RULE, decide, HandOffs)
