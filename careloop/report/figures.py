"""What the promises have come to, counted over all problems."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from careloop.model.decision import Finding
from careloop.model.plan import Look
from careloop.policies.story import Basis
from careloop.sync.terms import Terms


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: the policy that finds it out, the findings it counts, and whether times or problems."""

    name: str
    says: str
    policy: str
    kinds: tuple[str, ...]
    cause: str = ""
    times: bool = False


FIGURES = (
    Figure(
        "closed_without_word",
        "closed without the customer's word",
        "confirmed_closure",
        ("unconfirmed_closing",),
    ),
    Figure("reopened", "reopened, computed from events", "reopen", ("reopened", "churn"), times=True),
    Figure("shadow_reopens", "repeats suggested as shadow reopens", "reopen", ("shadow_reopen",)),
    Figure(
        "resolved_while_waiting",
        "first resolved while waiting for the customer",
        "awaiting_caller",
        ("resolved_while_waiting",),
        cause="resolution 1",
    ),
)


@dataclass(kw_only=True)
class Count:
    """How often something was found, on how many problems, how much is history and waits for a person."""

    total: int = 0
    problems: int = 0
    history: int = 0
    waiting: int = 0

    def add(self, findings: Sequence[Finding]) -> None:
        """Take in what was found on one problem."""
        self.total += len(findings)
        self.problems += bool(findings)
        self.history += sum(finding.history for finding in findings)
        self.waiting += sum(finding.waits for finding in findings)


@dataclass(kw_only=True)
class Tally:
    """What stands over all problems: figures, findings by kind, and on which ground problems ended."""

    problems: int = 0
    figures: dict[str, Count] = field(default_factory=lambda: {figure.name: Count() for figure in FIGURES})
    kinds: dict[str, Count] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)
    waiting: list[Finding] = field(default_factory=list)


def tally(looks: Iterable[Look]) -> Tally:
    """Count what the last evaluations came to."""
    counted = Tally()
    for look in looks:
        counted.problems += 1
        counted.states[look.state] += 1
        counted.bases[look.basis] += 1
        counted.waiting += [finding for finding in look.findings if finding.waits]
        for figure in FIGURES:
            counted.figures[figure.name].add([f for f in look.findings if _is_counted(f, figure)])
        for what in {finding.what for finding in look.findings}:
            counted.kinds.setdefault(what, Count()).add([f for f in look.findings if f.what == what])
    return counted


def _is_counted(finding: Finding, figure: Figure) -> bool:
    return finding.what in figure.kinds and figure.cause in ("", finding.cause)


def figures_as_data(counted: Tally, terms: Terms) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the figures, and for each that is null the reason."""
    unknown = {figure.name: why for figure in FIGURES if (why := _why_unknown(figure.policy, counted, terms))}
    figures: dict[str, Any] = {
        figure.name: None if figure.name in unknown else asdict(counted.figures[figure.name])
        for figure in FIGURES
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
