"""A problem that was asked about, and what confirmed closure makes of it: shared by its tests."""

from datetime import datetime
from typing import Any

from careloop.model.change import Purpose
from careloop.model.decision import Decision
from careloop.policies.confirmed_closure import decide
from tests.unit.policies.incident import Problem, on, rules


def asked() -> Problem:
    problem = Problem()
    problem.resolve(on(2))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask")
    return problem


def look(problem: Problem, at: datetime, **values: Any) -> Decision:
    return decide(problem.case, at, rules(**values))


def told(decision: Decision) -> list[tuple[str, bool]]:
    return [(finding.what, finding.waits) for finding in decision.findings]
