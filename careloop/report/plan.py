"""A plan as people and programs read it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from careloop.model.change import AddComment, AnyChange, Contact, Create, Link, Transition, Update
from careloop.model.comment import Audience
from careloop.model.decision import Finding
from careloop.model.plain import to_plain
from careloop.model.plan import Held, Plan
from careloop.model.record import RecordRef
from careloop.report.advice import advise
from careloop.report.names import Names
from careloop.report.words import indent, say_change, say_count, say_until

SHOWN_HELD = 20


def plan_as_data(plan: Plan, names: Names) -> dict[str, Any]:
    """Return `{id, changes, held, limits, findings, conflicts}` for JSON."""
    _learn(plan, names)
    return {
        "id": plan.id,
        "changes": [change_as_data(change, names) for change in plan.changes],
        "held": [held_as_data(held, names) for held in plan.held],
        "limits": [to_plain(counted) for counted in plan.limits],
        "findings": [finding_as_data(finding, names) for finding in plan.findings],
        "conflicts": [to_plain(conflict) for conflict in plan.conflicts],
    }


def plan_as_text(plan: Plan, names: Names) -> str:
    """Return a plan problem by problem: each change with its reason, and below it what is written."""
    _learn(plan, names)
    blocks = [
        "\n".join(_change_text(change, names) for change in group)
        for _, group in groupby(plan.changes, key=lambda change: change.problem)
    ]
    return "\n\n".join([*blocks, *_rest(plan, names)])


def plan_as_markdown(plan: Plan, names: Names) -> str:
    """Return a plan as Markdown, one section for each problem."""
    _learn(plan, names)
    blocks = [f"# Plan {plan.id}"]
    for _, group in groupby(plan.changes, key=lambda change: change.problem):
        changes = list(group)
        lines = [f"## {names.title(changes[0].subject)}"]
        for change in changes:
            lines.append(
                f"- **{say_change(change, names)}** on {names.number(change.subject)}: {change.reason}"
            )
            lines += [f"  > {line}".rstrip() for line in _written(change, names).splitlines()]
        blocks.append("\n".join(lines))
    blocks.append("## Counts\n" + "\n".join(f"- {line}" for line in _counts(plan)))
    if plan.held:
        blocks.append("## Held\n" + "\n".join(f"- {_held_text(held, names)}" for held in plan.held))
    return "\n\n".join(blocks)


def change_as_data(change: AnyChange, names: Names) -> dict[str, Any]:
    """Return one change as outside scripts rely on it; `message` is null where no customer reads anything."""
    target = _target(change) if isinstance(change, Create) else {}
    return {
        "key": change.key,
        "kind": change.kind,
        "purpose": change.purpose.value,
        "subject": str(change.subject),
        "number": names.number(change.subject),
        "rule": change.rule,
        "reason": change.reason,
        "message": getattr(change, "message", "") or None,
        "fields": _fields(change, names),
        **target,
    }


def held_as_data(held: Held, names: Names) -> dict[str, Any]:
    """Return what is held back, why and until when."""
    return _about(held.record, to_plain(held), names)


def finding_as_data(finding: Finding, names: Names) -> dict[str, Any]:
    """Return what was found about a record, and what a person can do about it."""
    plain = to_plain(finding) | {"advice": advise(finding, names.number(finding.record))}
    return _about(finding.record, plain, names)


def _about(record: RecordRef, plain: dict[str, Any], names: Names) -> dict[str, Any]:
    del plain["record"]
    return {"subject": str(record), "number": names.number(record), **plain}


def _target(change: Create) -> dict[str, str]:
    """Return where a new record is made."""
    return {"instance": change.instance, "container": change.container, "issue_type": change.issue_type}


def _fields(change: AnyChange, names: Names) -> dict[str, Any]:
    """Return what is written, under the names in which it is written."""
    match change:
        case Create() | Update():
            return dict(change.fields)
        case Transition():
            texts = {"work_notes": change.note, "comments": change.message}
            return {"state": change.native, **change.fields, **{n: text for n, text in texts.items() if text}}
        case AddComment():
            return {"comments" if change.audience is Audience.PUBLIC else "work_notes": change.body}
        case Link():
            return {"target": str(change.target), "title": change.title, "url": change.url}
        case Contact():
            return {
                "person": names.person(change.person),
                "channel": change.channel,
                "not_before": change.not_before.isoformat(),
                "not_after": change.not_after.isoformat(),
                "covers": [str(matter.record) for matter in change.covers],
            }


def _change_text(change: AnyChange, names: Names) -> str:
    head = f"{names.title(change.subject)}: {say_change(change, names)} - {change.reason}"
    written = _written(change, names)
    return f"{head}\n{indent(written)}" if written else head


def _written(change: AnyChange, names: Names) -> str:
    """Return what people will read on the record, fields first."""
    match change:
        case Contact():
            return change.message
        case AddComment():
            return change.body
        case Create() | Update():
            return "\n".join(_values(change, names))
        case Transition():
            texts = (text for text in (change.note, change.message) if text)
            return "\n".join([*_values(change, names), *texts])
        case Link():
            return change.url


def _values(change: Create | Update | Transition, names: Names) -> Iterator[str]:
    instance = change.instance if isinstance(change, Create) else change.subject.instance
    for name, value in sorted(change.fields.items()):
        yield f"{name}: {names.value(instance, value, change.subject)}"


def _rest(plan: Plan, names: Names) -> Iterator[str]:
    yield "\n".join(_counts(plan))
    if plan.held:
        lines = [_held_text(held, names) for held in plan.held[:SHOWN_HELD]]
        if len(plan.held) > SHOWN_HELD:
            lines.append(f"and {say_count(len(plan.held) - SHOWN_HELD, 'more', 'more')}")
        yield "held:\n" + indent("\n".join(lines))


def _counts(plan: Plan) -> Iterator[str]:
    problems = len({change.problem for change in plan.changes})
    if plan.changes:
        yield f"plan {plan.id}: {say_count(len(plan.changes), 'change')} for {say_count(problems, 'problem')}"
    else:
        yield "nothing to do"
    for counted in plan.limits if plan.changes else ():
        over = ", too many: nothing of it will be done" if counted.exceeded else ""
        yield f"{counted.name}: {counted.planned} of at most {counted.allowed}{over}"
    waiting = sum(finding.waits for finding in plan.findings)
    if plan.findings:
        waits = f", {waiting:,} of them for a person to act on" if waiting else ""
        yield f"{say_count(len(plan.findings), 'new finding')}{waits}; see 'careloop status'"
    if plan.conflicts:
        yield f"{say_count(len(plan.conflicts), 'new conflict')}; see 'careloop conflicts'"


def _held_text(held: Held, names: Names) -> str:
    what = held.purpose.value.replace("_", " ")
    return f"{names.title(held.record)}: {what} is held {say_until(held.until)}: {held.why} ({held.rule})"


def _learn(plan: Plan, names: Names) -> None:
    refs = [held.record for held in plan.held]
    refs += [finding.record for finding in plan.findings]
    refs += [change.subject for change in plan.changes]
    names.learn(refs, [change.person for change in plan.changes if isinstance(change, Contact)])
