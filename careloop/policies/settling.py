"""Takes back what no longer waits for a person."""

from collections.abc import Iterable, Iterator

from careloop.model.case import Case
from careloop.model.decision import Finding
from careloop.model.event import Event, EventKind


def with_settled(case: Case, rule: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of a rule, and once more, without waiting, those that waited and no longer hold."""
    current = tuple(findings)
    stated = {(str(finding.record), finding.what, finding.cause) for finding in current}
    return (*current, *_settled(case, rule, stated))


def _settled(case: Case, rule: str, stated: set[tuple[str, str, str]]) -> Iterator[Finding]:
    latest: dict[tuple[str, str, str], Event] = {}
    for event in sorted(case.events, key=lambda e: (e.occurred_at, e.seq)):
        if event.kind is EventKind.FOUND and event.get("rule") == rule:
            latest[(str(event.record), event.get("what"), event.get("cause"))] = event
    for key, event in latest.items():
        if key not in stated and event.data.get("waits") is True:
            yield Finding(
                record=event.record,
                rule=rule,
                what=event.get("what"),
                cause=event.get("cause"),
                reason="settled: " + (event.text or event.get("what")),
                content=event.get("content"),
            )
