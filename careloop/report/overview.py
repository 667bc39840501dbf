"""A status as people and programs read it: what waits for a person first, then whether promises are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from careloop.model.decision import Finding
from careloop.report.advice import advise
from careloop.report.conflicts import conflict_as_data, conflict_as_text
from careloop.report.figures import FIGURES, figures_as_data
from careloop.report.letters import letter_as_data, letter_as_text
from careloop.report.names import Names
from careloop.report.plan import finding_as_data, held_as_data
from careloop.report.status import Status
from careloop.report.words import indent, say_change, say_count, say_state, say_until
from careloop.sync.terms import Promise

SHOWN = 10


def status_as_data(status: Status, names: Names) -> dict[str, Any]:
    """Return `{pending, letters, conflicts, waiting}`, the figures, and why some of them are null."""
    _learn(status, names)
    figures, unknown = figures_as_data(status.tally, status.terms)
    return {
        "pending": [
            *(letter_as_data(intent, names) for intent in status.unanswered),
            *(held_as_data(held, names) for held in status.planned),
        ],
        "letters": [letter_as_data(letter, names) for letter in status.letters],
        "conflicts": [conflict_as_data(c, status.pairs[c.pair], names) for c in status.conflicts],
        "waiting": [finding_as_data(finding, names) for finding in status.tally.waiting],
        "problems": status.tally.problems,
        "states": dict(sorted(status.tally.states.items())),
        "figures": figures,
        "findings": {what: asdict(count) for what, count in sorted(status.tally.kinds.items())},
        "policies": [_policy_as_data(promise) for promise in status.terms.promises],
        "not_known": unknown,
    }


def status_as_text(status: Status, names: Names, *, markdown: bool = False) -> str:
    """Return how things stand, section by section; an empty section is left out."""
    _learn(status, names)
    sections = {
        "Waiting for a person": list(_waiting(status, names)),
        "Writes that wait (careloop retry KEY)": [letter_as_text(one, names) for one in status.letters],
        "Conflicts (careloop conflicts keep ID left|right)": [
            conflict_as_text(one, status.pairs[one.pair], names) for one in status.conflicts
        ],
        "What careloop does by itself": list(_pending(status, names)),
        "Whether promises are kept": list(_figures(status)),
        "On what ground problems ended (never added up)": list(_bases(status)),
        "How far each policy may go": [_say_policy(promise) for promise in status.terms.promises],
    }
    bullet = "- " if markdown else "  "
    blocks = ["# careloop status"] if markdown else []
    blocks.append(_head(status))
    for title, lines in sections.items():
        if lines:
            heading = f"## {title}\n" if markdown else title
            blocks.append("\n".join([heading, *(bullet + line for line in _first(lines))]))
    return "\n\n".join(blocks)


def _head(status: Status) -> str:
    states = [f"{count:,} {say_state(name)}" for name, count in sorted(status.tally.states.items()) if name]
    looked = f"{say_count(status.tally.problems, 'problem')} looked at"
    return f"{looked}: {', '.join(states)}" if states else looked


def _waiting(status: Status, names: Names) -> Iterator[str]:
    by_kind = sorted(status.tally.waiting, key=lambda finding: finding.what)
    for what, group in groupby(by_kind, key=lambda finding: finding.what):
        findings = list(group)
        if len(findings) > SHOWN // 2:
            yield f"{what.replace('_', ' ')}: {say_count(len(findings), 'problem')}"
            findings = findings[:2]
        yield from (_say_finding(finding, names) for finding in findings)


def _say_finding(finding: Finding, names: Names) -> str:
    said = f"{names.title(finding.record)}: {finding.reason} ({finding.rule})"
    advice = advise(finding, names.number(finding.record))
    return f"{said}\n{indent(advice, 6)}" if advice else said


def _pending(status: Status, names: Names) -> Iterator[str]:
    for intent in status.unanswered:
        change = intent.change
        yield f"{names.title(change.subject)}: finds out whether '{say_change(change, names)}' arrived"
    for held in status.planned:
        what = held.purpose.value.replace("_", " ")
        yield f"{names.title(held.record)}: {what}, held {say_until(held.until)}: {held.why}"


def _figures(status: Status) -> Iterator[str]:
    figures, unknown = figures_as_data(status.tally, status.terms)
    for figure in FIGURES:
        if figure.name in unknown:
            yield f"{figure.says}: not known, since {unknown[figure.name]}"
            continue
        counts = figures[figure.name]
        parts = []
        if counts["history"]:
            of_old = "all" if counts["history"] == counts["total"] else f"{counts['history']:,}"
            parts.append(f"{of_old} before the promise was made")
        if counts["waiting"]:
            parts.append(f"{counts['waiting']:,} for a person to act on")
        count = (
            say_count(counts["total"], "time") if figure.times else say_count(counts["problems"], "problem")
        )
        yield f"{figure.says}: {count}" + (f" ({', '.join(parts)})" if parts else "")


def _bases(status: Status) -> Iterator[str]:
    figures, unknown = figures_as_data(status.tally, status.terms)
    if "bases" in unknown:
        yield f"not known, since {unknown['bases']}"
        return
    for basis, count in figures["bases"].items():
        if count:
            yield f"{say_state(basis)}: {count:,}"


def _say_policy(promise: Promise) -> str:
    rules = promise.rules
    since = f", since {rules.since:%Y-%m-%d}" if rules.since else ""
    approved = f", approved by {rules.approved_by}" if rules.approved_by else ""
    return f"{promise.policy.name}: {rules.mode}{since}{approved}"


def _policy_as_data(promise: Promise) -> dict[str, Any]:
    rules = promise.rules
    return {
        "policy": promise.policy.name,
        "mode": rules.mode.value,
        "since": rules.since.isoformat() if rules.since else None,
        "approved_by": rules.approved_by or None,
        "care_level": rules.care_level.value,
    }


def _first(lines: Sequence[str]) -> list[str]:
    if len(lines) <= 2 * SHOWN:
        return list(lines)
    return [*lines[:SHOWN], f"and {len(lines) - SHOWN:,} more; --format json has them all"]


def _learn(status: Status, names: Names) -> None:
    refs = {finding.record for finding in status.tally.waiting} | {held.record for held in status.planned}
    refs |= {intent.change.subject for intent in (*status.letters, *status.unanswered)}
    refs |= {ref for pair in status.pairs.values() for ref in (pair.left, pair.right)}
    names.learn(refs)
