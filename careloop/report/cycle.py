"""One cycle, as people and programs read it."""

from collections.abc import Iterator
from typing import Any

from careloop.model.plain import to_plain
from careloop.report.applied import applied_as_data, applied_as_text
from careloop.report.names import Names
from careloop.report.plan import change_as_data, plan_as_data, plan_as_markdown, plan_as_text
from careloop.report.words import indent, say_change, say_count
from careloop.sync.pull import Pulled
from careloop.sync.reading import say_lacks
from careloop.sync.run import Cycle


def cycle_as_data(cycle: Cycle, names: Names) -> dict[str, Any]:
    """Return `{recovered, released, pulled, plan, applied}` for JSON."""
    recovered = {
        fate: [change_as_data(change, names) for change in getattr(cycle.recovered, fate)]
        for fate in ("happened", "freed", "parked", "settling")
    }
    return {
        "recovered": recovered,
        "released": [change_as_data(change, names) for change in cycle.released],
        "pulled": [
            {
                "scope": one.scope,
                "read": one.read,
                "changed": one.changed,
                "events": one.events,
                "unread": [to_plain(unread) for unread in one.unread],
                "lacks": list(one.lacks),
            }
            for one in cycle.pulled
        ],
        "traffic": {name: to_plain(traffic) for name, traffic in cycle.traffic.items()},
        "plan": plan_as_data(cycle.plan, names),
        "applied": applied_as_data(cycle.applied, names),
    }


def cycle_as_text(cycle: Cycle, names: Names, *, markdown: bool = False) -> str:
    """Return what was read, what was planned and what came of it."""
    plan = plan_as_markdown if markdown else plan_as_text
    parts = ["\n".join(_read(cycle, names)), plan(cycle.plan, names)]
    if cycle.plan.changes:
        parts.append(applied_as_text(cycle.applied, names, markdown=markdown))
    return "\n\n".join(part for part in parts if part)


def say_gaps(pulled: Pulled) -> Iterator[str]:
    """Yield a line for each record that could not be read, and one for what others lack."""
    for unread in pulled.unread:
        yield f"{pulled.scope}: {unread.id} cannot be read: {unread.why}"
    if pulled.lacks:
        yield f"{pulled.scope}: {say_lacks(pulled.lacks)}"


def _read(cycle: Cycle, names: Names) -> Iterator[str]:
    for one in cycle.pulled:
        yield f"read {one.scope}: {one.read:,} records, {one.changed:,} changed, {one.events:,} new events"
        yield from (indent(line) for line in say_gaps(one))
    fates = {
        "happened": "had reached the platform after all",
        "freed": "never arrived and is planned anew",
        "parked": "may or may not have arrived: a person has to look",
        "settling": "has no answer yet and is looked at again later",
    }
    for fate, says in fates.items():
        for change in getattr(cycle.recovered, fate):
            yield f"{names.title(change.subject)}: '{say_change(change, names)}' {says}"
    if cycle.released:
        yield f"{say_count(len(cycle.released), 'letter')} freed, since their records changed"
