"""Service levels in queries: `"Time to resolution" = breached()`, `< remaining("2h")` (Atlassian docs)."""

from collections.abc import Callable
from datetime import timedelta
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from careloop.sandbox.jira.durations import read_duration
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.service.levels import Cycle, Measured

KIND = "sd-servicelevelagreement"
TYPE = "com.atlassian.servicedesk.sla.SlaValue"
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}


class Condition(NamedTuple):
    """What a function of service levels says: that something holds, or how long the running cycle takes."""

    name: str
    holds: Callable[[Measured], bool] | None = None
    length: Callable[[Cycle], timedelta] | None = None
    bound: timedelta = timedelta()

    def test(self, operator: str) -> Callable[[Measured | None], bool]:
        """Return whether a service level is as this condition says; 400 for an operator without sense."""
        holds, length, bound = self.holds, self.length, self.bound
        if holds and operator in ("=", "!="):
            wanted = operator == "="
            return lambda measured: measured is not None and holds(measured) is wanted
        if length and operator in _COMPARE:
            compare = _COMPARE[operator]
            return lambda one: (
                one is not None and one.ongoing is not None and compare(length(one.ongoing), bound)
            )
        raise Refused(400, f"The operator '{operator}' is not supported by the function '{self.name}'.")


STATES: dict[str, Callable[[Measured], bool]] = {
    "breached": lambda one: (one.ongoing or one.completed[-1]).breached,
    "everbreached": lambda one: any(c.breached for c in (*one.completed, one.ongoing) if c),
    "completed": lambda one: one.ongoing is None,
    "running": lambda one: one.ongoing is not None and not one.ongoing.paused,
    "paused": lambda one: one.ongoing is not None and one.ongoing.paused,
    "withinCalendarHours": lambda one: one.ongoing is not None and one.ongoing.within_hours,
}
LENGTHS: dict[str, Callable[[Cycle], timedelta]] = {
    "elapsed": lambda cycle: cycle.elapsed,
    "remaining": lambda cycle: cycle.remaining,
}


def state(name: str) -> list[Any]:
    """Return the condition of a function without arguments."""
    return [Condition(name, holds=STATES[name])]


def length(name: str, text: str) -> list[Any]:
    """Return the condition of a function that names a duration; 400 for none."""
    seconds = read_duration(text)
    if seconds is None:
        raise Refused(400, f"Duration value '{text}' in function '{name}' is invalid.")
    return [Condition(name, length=LENGTHS[name], bound=timedelta(seconds=seconds))]
