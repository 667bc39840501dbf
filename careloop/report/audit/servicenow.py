"""The words of ServiceNow's exports: headings, states and codes, as field names and as English labels.

Fields and labels: the dictionary of the base system's incident table. `sys_updated_at`, `sys_created_at` and
`closed_code` are what the public event log of incidents (UCI, doi 10.24432/C57S4H) calls them.
"""

from collections.abc import Mapping
from enum import IntEnum

from careloop.policies.deferrals import Signs

UNKNOWN = ("", "?")
"""Values that say nothing."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "Number"),
    "state": ("incident_state", "Incident state", "state", "State"),
    "hold_reason": ("hold_reason", "On hold reason"),
    "updated": ("sys_updated_on", "sys_updated_at", "Updated"),
    "actor": ("sys_updated_by", "Updated by"),
    "revision": ("sys_mod_count", "Updates"),
    "reopens": ("reopen_count", "Reopen count"),
    "reassignments": ("reassignment_count", "Reassignment count"),
    "caller": ("caller_id", "Caller"),
    "category": ("category", "Category"),
    "subcategory": ("subcategory", "Subcategory"),
    "symptom": ("u_symptom", "Symptom"),
    "opened": ("opened_at", "Opened"),
    "resolved": ("resolved_at", "Resolved"),
    "closed": ("closed_at", "Closed"),
    "resolver": ("resolved_by", "Resolved by"),
    "code": ("close_code", "closed_code", "Close code", "Resolution code"),
    "due": ("due_date", "Due date"),
    "follow_up": ("follow_up", "Follow up"),
}
"""What a column may be called, by what it means; where several are there, the first one counts."""


class Stage(IntEnum):
    """What matters of a state."""

    UNKNOWN = 0
    OPEN = 1
    WAITING = 2
    """For the user."""
    RESOLVED = 3
    CLOSED = 4
    CANCELED = 5

    @property
    def is_done(self) -> bool:
        """Tell whether IT says that it is finished."""
        return self in (Stage.RESOLVED, Stage.CLOSED)


STAGES: Mapping[str, Stage] = {
    **dict.fromkeys(("new", "1", "active", "in progress", "2", "on hold", "3"), Stage.OPEN),
    **dict.fromkeys(("awaiting problem", "awaiting vendor", "awaiting change", "5"), Stage.OPEN),
    **dict.fromkeys(("awaiting evidence", "work in progress", "assigned"), Stage.OPEN),
    **dict.fromkeys(("awaiting user info", "awaiting caller", "4"), Stage.WAITING),
    **dict.fromkeys(("resolved", "6"), Stage.RESOLVED),
    **dict.fromkeys(("closed", "7"), Stage.CLOSED),
    **dict.fromkeys(("canceled", "cancelled", "8"), Stage.CANCELED),
}
"""States by value and English label; 4 and 5 are those of instances older than Helsinki (KB0564465)."""

ON_HOLD = ("on hold", "3")
AWAITING_CALLER = ("awaiting caller", "1")
"""The hold reason that makes On Hold a waiting for the user."""

PUT_OFF_CODES = frozenset(
    code.casefold()
    for code in (
        *Signs().close_codes,
        "Solved (Work Around)",
        "Solved Remotely (Work Around)",
        "Not Solved (Too Costly)",
    )
)
KNOWN_CODES = PUT_OFF_CODES | frozenset(
    {
        *("solution provided", "resolved by caller", "resolved by change", "resolved by problem"),
        *("resolved by request", "no resolution provided", "duplicate", "user error"),
        *("solved (permanently)", "solved remotely (permanently)", "closed/resolved by caller"),
        *("not solved (not reproducible)",),
    }
)
"""Close codes of the base system, old releases included; whatever else a code says, only its owner knows."""


def stage_of(state: str, hold_reason: str) -> Stage | None:
    """Return what matters of a state, UNKNOWN where there is none, or None for one of somebody's own."""
    plain = state.strip().casefold()
    if plain in UNKNOWN:
        return Stage.UNKNOWN
    if plain in ON_HOLD and hold_reason.strip().casefold() in AWAITING_CALLER:
        return Stage.WAITING
    return STAGES.get(plain)
