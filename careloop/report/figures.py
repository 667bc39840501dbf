"""What the promises have come to, counted over all problems."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from careloop.model.decision import Finding
from careloop.model.plan import Look
from careloop.policies.story import Basis
from careloop.sync.terms import Terms


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, the policy that finds it out, and the kinds of finding that it counts."""

    name: str
    says: str
    policy: str
    kinds: tuple[str, ...]


FIGURES = (
    Figure(
        "closed_without_word",
        "closed without the customer's word",
        "confirmed_closure",
        ("unconfirmed_closing",),
    ),
    Figure("reopened", "opened again, computed from events", "reopen", ("reopened", "churn")),
    Figure("shadow_reopens", "repeats suggested as shadow reopens", "reopen", ("shadow_reopen",)),
    Figure(
        "resolved_while_waiting",
        "resolved while waiting for the customer",
        "awaiting_caller",
        ("resolved_while_waiting",),
    ),
)


@dataclass(kw_only=True)
class Tally:
    """What stands over all problems: findings by kind, and how many problems ended on which ground.

    Of each kind, `history` lies before the promise was made and `waits` is for a person to act on.
    """

    problems: int = 0
    total: Counter[str] = field(default_factory=Counter)
    history: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)
    waiting: list[Finding] = field(default_factory=list)

    def of(self, kinds: Iterable[str]) -> dict[str, int]:
        """Return the counts of some kinds of finding together."""
        wanted = list(kinds)
        return {
            "total": sum(self.total[kind] for kind in wanted),
            "history": sum(self.history[kind] for kind in wanted),
            "waiting": sum(self.waits[kind] for kind in wanted),
        }


def tally(looks: Iterable[Look]) -> Tally:
    """Count what the last evaluations came to."""
    counted = Tally()
    for look in looks:
        counted.problems += 1
        counted.states[look.state] += 1
        if look.basis:
            counted.bases[look.basis] += 1
        for finding in look.findings:
            _count(finding, counted)
    return counted


def _count(finding: Finding, counted: Tally) -> None:
    counted.total[finding.what] += 1
    counted.history[finding.what] += finding.history
    counted.waits[finding.what] += finding.waits
    if finding.waits:
        counted.waiting.append(finding)


def figures_as_data(counted: Tally, terms: Terms) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the figures, and for each that is null the reason."""
    unknown = {figure.name: why for figure in FIGURES if (why := _why_unknown(figure.policy, counted, terms))}
    figures: dict[str, Any] = {
        figure.name: None if figure.name in unknown else counted.of(figure.kinds) for figure in FIGURES
    }
    if why := _why_unknown("confirmed_closure", counted, terms):
        unknown["bases"] = why
    figures["bases"] = None if "bases" in unknown else {basis.value: counted.bases[basis] for basis in Basis}
    return figures, unknown


def _why_unknown(policy: str, counted: Tally, terms: Terms) -> str:
    if not counted.problems:
        return "no problem was evaluated yet; 'careloop run' does"
    if policy not in {promise.policy.name for promise in terms.promises}:
        return f"policies.{policy} is not in the settings"
    return ""
