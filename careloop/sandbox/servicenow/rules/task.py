"""Rules that hold for every table that extends task."""

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.durations import store_duration
from careloop.sandbox.servicenow.session import Session, parse_stored
from careloop.sandbox.servicenow.store.database import Database

LOOKED_UP = frozenset({"incident", "problem"})
"""Tables whose priority follows from impact and urgency."""


class TaskRules:
    """Priority, the count of reassignments, durations, and `active` in step with the state."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def before(self, draft: Draft, session: Session) -> None:
        """Fill in what follows from the rest of the record."""
        draft["task_effective_number"] = draft["number"]
        _follow_alias(draft)
        if draft.type.name in LOOKED_UP and (
            draft.is_new or draft.changes("impact") or draft.changes("urgency")
        ):
            draft["priority"] = priority(draft["impact"], draft["urgency"])
        if draft.before.get("assignment_group") and draft.changes("assignment_group"):
            draft.add_one("reassignment_count")
        if draft.type.closed_states and draft.changes("state"):
            follow_state(draft, session)


def follow_state(draft: Draft, session: Session) -> None:
    """Keep `active`, and by whom and when it was closed, in step with the state of a draft."""
    closed = draft["state"] in draft.type.closed_states
    was_closed = draft.before.get("state") in draft.type.closed_states
    draft["active"] = "false" if closed else "true"
    if closed and not was_closed:
        draft["closed_at"] = session.stamp
        draft["closed_by"] = draft["closed_by"] if draft.changes("closed_by") else session.user.sys_id
        if draft["opened_at"] and not draft["calendar_duration"]:
            taken = session.now - parse_stored(draft["opened_at"])
            draft["calendar_duration"] = store_duration(taken)
    elif was_closed and not closed:
        draft["closed_at"] = draft["closed_by"] = ""


def _follow_alias(draft: Draft) -> None:
    """Keep a second state column (such as `incident_state`) in step; it leads where only it was written."""
    alias = draft.type.state_alias
    if alias:
        default = draft.type.columns["state"].default if draft.is_new else draft.before["state"]
        if draft["state"] == default:
            draft["state"] = draft[alias]
        draft[alias] = draft["state"]


def priority(impact: str, urgency: str) -> str:
    """Return the priority of the base system's lookup: 1 for high and high down to 5 for low and low."""
    return str(int(impact or 3) + int(urgency or 3) - 1)
