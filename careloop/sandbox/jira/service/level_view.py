"""How a service level looks in an answer of Service Management and in a field of an issue."""

from datetime import timedelta

from careloop.sandbox.jira.dates import service_desk_date
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.service.levels import UTC, Cycle, Measured
from careloop.sandbox.jira.view import Json, View


def show_level(view: View, issue: Issue, measured: Measured) -> Json:
    """Return a service level with each of its cycles."""
    level = measured.level
    shown: dict[str, Json] = {
        "id": level.id,
        "name": level.name,
        "_links": {"self": f"{view.root}/rest/servicedeskapi/request/{issue.id}/sla/{level.id}"},
        "completedCycles": [_show_cycle(view, cycle) for cycle in measured.completed],
    }
    if view.is_cloud:
        shown["slaDisplayFormat"] = "NEW_SLA_FORMAT"
    if measured.ongoing is not None:
        one = measured.ongoing
        running = {"paused": one.paused, "withinCalendarHours": one.within_hours}
        shown["ongoingCycle"] = _show_cycle(view, one) | running
    return shown


def _show_cycle(view: View, cycle: Cycle) -> dict[str, Json]:
    zone = view.zone or UTC
    moments = {"startTime": cycle.start, "stopTime": cycle.stop, "breachTime": cycle.breach}
    return {
        **{name: service_desk_date(when, zone) for name, when in moments.items() if when is not None},
        "breached": cycle.breached,
        "goalDuration": _show_duration(cycle.goal),
        "elapsedTime": _show_duration(cycle.elapsed),
        "remainingTime": _show_duration(cycle.remaining),
    }


def _show_duration(length: timedelta) -> Json:
    millis = length // timedelta(milliseconds=1)
    hours, minutes = divmod(abs(millis) // 60_000, 60)
    sign = "-" if millis < 0 else ""
    return {"millis": millis, "friendly": f"{sign}{hours}h {minutes}m"}
