"""Projects, project tasks and demands.

Sources: ServiceNow docs project-and-project-task-states.md, r_UsingDemandManagement.md; the numbers behind a
demand's states are not documented and stand in the choice list.
"""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.session import Session

WORK, COMPLETE = "2", "3"
_STAGES = {
    "-5": "draft",
    "1": "submitted",
    "2": "screening",
    "3": "qualified",
    "8": "approved",
    "9": "completed",
}


def follow_plan(draft: Draft, session: Session) -> None:
    """Stamp the actual start and end of planned work, and call it complete when it is closed complete."""
    if not draft.changes("state"):
        return
    if draft["state"] == WORK and not draft["work_start"]:
        draft["work_start"] = session.stamp
    if draft["state"] in draft.type.closed_states:
        draft["work_end"] = draft["work_end"] or session.stamp
    if draft["state"] == COMPLETE:
        draft["percent_complete"] = "100"


def follow_demand(draft: Draft, session: Session) -> None:
    """Keep a demand's stage in step with its state; one that is deferred stays open at its stage."""
    if draft.changes("state"):
        draft["stage"] = _STAGES.get(draft["state"], draft["stage"])
