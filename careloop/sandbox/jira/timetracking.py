"""Estimates and work as an issue shows them."""

from collections.abc import Sequence
from typing import Any

from careloop.sandbox.jira.durations import write_duration
from careloop.sandbox.jira.model.issue import Issue


def total(issues: Sequence[Issue], attribute: str) -> int | None:
    """Return the sum of the seconds that issues have, None when none has any."""
    if len(issues) == 1:
        alone: int | None = getattr(issues[0], attribute)
        return alone
    values = [value for issue in issues if (value := getattr(issue, attribute)) is not None]
    return sum(values) if values else None


def show_progress(issues: Sequence[Issue]) -> dict[str, int]:
    """Return the seconds done of those known, with a percentage when there are any."""
    if len(issues) == 1 and not issues[0].worklogs and not issues[0].remaining_estimate:
        return {"progress": 0, "total": 0}
    done, left = total(issues, "time_spent") or 0, total(issues, "remaining_estimate") or 0
    shown = {"progress": done, "total": done + left}
    return shown | {"percent": 100 * done // (done + left)} if done + left else shown


def show_timetracking(issue: Issue) -> dict[str, Any]:
    """Return the estimates and the time spent, in words and in seconds, without what is not known."""
    values = {
        "originalEstimate": issue.original_estimate,
        "remainingEstimate": issue.remaining_estimate,
        "timeSpent": issue.time_spent,
    }
    known = {name: seconds for name, seconds in values.items() if seconds is not None}
    words = {name: write_duration(seconds) for name, seconds in known.items()}
    return words | {f"{name}Seconds": seconds for name, seconds in known.items()}
