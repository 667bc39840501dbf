"""What came of a plan, as people and programs read it."""

from collections.abc import Iterable
from typing import Any

from careloop.model.change import AnyChange
from careloop.report.names import Names
from careloop.report.plan import change_as_data
from careloop.report.words import say_change, say_count
from careloop.sync.apply import Applied, Skipped


def applied_as_data(applied: Applied, names: Names) -> dict[str, Any]:
    """Return `{done, failed, unknown, skipped}`, lists of changes, with `why` where one was not made."""
    _learn(applied, names)
    return {
        "done": [change_as_data(change, names) for change in applied.done],
        "failed": [_skipped_as_data(one, names) for one in applied.failed],
        "unknown": [change_as_data(change, names) for change in applied.unknown],
        "skipped": [_skipped_as_data(one, names) for one in applied.skipped],
    }


def applied_as_text(applied: Applied, names: Names, *, markdown: bool = False) -> str:
    """Return one line for each change: what was done, what waits and why."""
    _learn(applied, names)
    lines = [f"done     {_say(change, names)}" for change in applied.done]
    lines += [f"waits    {_say(one.change, names)}: {one.why}" for one in applied.failed]
    lines += [
        f"unknown  {_say(change, names)}: its answer was lost; a later run finds out"
        for change in applied.unknown
    ]
    lines += [f"skipped  {_say(one.change, names)}: {one.why}" for one in applied.skipped]
    if markdown:
        return "\n".join(["## Done\n", *(f"- {' '.join(line.split())}" for line in lines), "", _sum(applied)])
    return "\n".join([*lines, _sum(applied)])


def _sum(applied: Applied) -> str:
    counts = {
        "done": len(applied.done),
        "waiting as a letter" if len(applied.failed) == 1 else "waiting as letters": len(applied.failed),
        "without an answer": len(applied.unknown),
        "skipped": len(applied.skipped),
    }
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    total = sum(counts.values())
    return f"{say_count(total, 'change')}: {', '.join(parts)}" if parts else "nothing to do"


def _say(change: AnyChange, names: Names) -> str:
    return f"{names.title(change.subject)}: {say_change(change, names)}"


def _skipped_as_data(one: Skipped, names: Names) -> dict[str, Any]:
    return change_as_data(one.change, names) | {"why": one.why}


def _learn(applied: Applied, names: Names) -> None:
    changes: Iterable[AnyChange] = (
        *applied.done,
        *applied.unknown,
        *(one.change for one in (*applied.failed, *applied.skipped)),
    )
    names.learn([change.subject for change in changes])
