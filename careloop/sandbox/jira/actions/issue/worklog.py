"""Work that people log on issues, and what it does to the estimates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from careloop.sandbox.jira.actions.issue import changelog
from careloop.sandbox.jira.actions.issue.comment import read_text, read_visibility, settle_visibility
from careloop.sandbox.jira.actions.issue.properties import read_properties
from careloop.sandbox.jira.adf import RichText
from careloop.sandbox.jira.dates import read_instant
from careloop.sandbox.jira.durations import read_duration
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Issue, Item, Visibility, Worklog
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


class Adjustment(NamedTuple):
    """What logging work does to the remaining estimate: new, leave, manual or auto, by how many seconds."""

    kind: str = "auto"
    seconds: int = 0


class Draft(NamedTuple):
    """A worklog that was read and found right; None where an edit leaves a part as it is."""

    started: datetime | None
    seconds: int | None
    comment: RichText
    visibility: Visibility | None
    properties: dict[str, Any]


def read(store: Store, user: User, issue: Issue, raw: Any, *, rich: bool) -> Draft:
    """Return the worklog that a request adds; 400 without a time spent."""
    if not store.rights.may(user, "WORK_ON_ISSUES", issue):
        raise Refused(400, "You do not have the permission to associate a worklog to this issue.")
    draft = read_draft(raw, rich=rich)
    if draft.seconds is None:
        raise invalid("timeLogged", "You must indicate the time spent working.")
    return draft._replace(visibility=settle_visibility(store, user, issue, draft.visibility))


def read_draft(raw: Any, *, rich: bool) -> Draft:
    """Return the start, length, comment, visibility and properties in a request."""
    if not isinstance(raw, Mapping):
        raise Refused(400, "Worklog must be an object.")
    text = raw.get("comment")
    comment = read_text("comment", text, rich=rich) if text not in (None, "") else None
    return Draft(
        _read_start(raw.get("started")),
        _read_length(raw),
        comment,
        read_visibility(raw),
        read_properties(raw.get("properties")),
    )


def read_adjustment(query: Mapping[str, str], amount: str) -> Adjustment:
    """Return what the query string says about the estimate; `amount` names the parameter of a manual one."""
    kind = query.get("adjustEstimate") or "auto"
    if kind not in ("auto", "new", "leave", "manual"):
        raise Refused(400, f"The adjustEstimate '{kind}' is none of new, leave, manual and auto.")
    name = {"new": "newEstimate", "manual": amount}.get(kind)
    if name is None:
        return Adjustment(kind)
    seconds = read_duration(query.get(name, ""))
    if seconds is None:
        raise Refused(400, f"The '{name}' must be given as a duration such as '2d 4h'.")
    return Adjustment(kind, seconds)


def add(store: Store, issue: Issue, user: User, draft: Draft, adjustment: Adjustment) -> Worklog:
    """Log work."""
    store.demand_room("worklogs", issue.worklogs)
    now = store.begin_write(issue)
    log = Worklog(
        id=store.next_id("worklog"),
        issue=issue,
        author=user,
        update_author=user,
        created=now,
        updated=now,
        started=draft.started or now,
        seconds=draft.seconds or 0,
        comment=draft.comment,
        visibility=draft.visibility,
        properties=draft.properties,
    )
    store.worklogs[log.id] = log
    _write(store, issue, user, log, (*issue.worklogs, log), adjustment)
    store.announce(Happening("worklog_created", user, issue, thing=log))
    return log


def edit(store: Store, user: User, log: Worklog, raw: Any, adjustment: Adjustment, *, rich: bool) -> None:
    """Change what a request names of a worklog."""
    permit(store, user, log, "EDIT")
    draft = read_draft(raw, rich=rich)
    before = log.seconds
    log.updated, log.update_author = store.begin_write(log.issue), user
    log.started, log.seconds = draft.started or log.started, draft.seconds or log.seconds
    if "comment" in raw:
        log.comment = draft.comment
    if "visibility" in raw:
        log.visibility = settle_visibility(store, user, log.issue, draft.visibility)
    log.properties = {**log.properties, **draft.properties}
    _write(store, log.issue, user, log, log.issue.worklogs, adjustment, before)
    store.announce(Happening("worklog_updated", user, log.issue, thing=log))


def delete(store: Store, user: User, log: Worklog, adjustment: Adjustment) -> None:
    """Remove a worklog."""
    permit(store, user, log, "DELETE")
    now = store.begin_write(log.issue)
    kept = tuple(other for other in log.issue.worklogs if other is not log)
    before, log.seconds = log.seconds, 0
    _write(store, log.issue, user, log, kept, adjustment, before)
    del store.worklogs[log.id]
    store.deleted_worklogs[log.id] = now
    store.announce(Happening("worklog_deleted", user, log.issue, thing=log))


def delete_many(store: Store, user: User, logs: Sequence[Worklog], adjustment: Adjustment) -> None:
    """Remove worklogs of one issue, for which it takes the right to remove anybody's."""
    for log in logs:
        _permit_all(store, user, log, "DELETE")
    for log in logs:
        delete(store, user, log, adjustment)


def move(store: Store, user: User, logs: Sequence[Worklog], target: Issue, adjustment: Adjustment) -> None:
    """Hang worklogs of one issue on another, of which nobody is told and no history speaks.

    Those that only a role may read stay where they are (400; Jira OpenAPI, bulkMoveWorklogs).
    """
    for log in logs:
        _permit_all(store, user, log, "EDIT")
        _permit_all(store, user, log, "DELETE")
        if log.visibility is not None and log.visibility.kind == "role":
            raise Refused(400, f"The worklog with id {log.id} is restricted to a role and cannot be moved.")
    store.demand_room("worklogs", target.worklogs, len(logs))
    for log in logs:
        source = log.issue
        for issue in (source, target):
            store.begin_write(issue)
        source.worklogs = tuple(other for other in source.worklogs if other is not log)
        source.remaining_estimate = _adjusted(source, adjustment, log.seconds)
        target.worklogs = (*target.worklogs, log)
        target.remaining_estimate = _adjusted(target, adjustment, -log.seconds)
        log.issue = target


def find(store: Store, user: User | None, log_id: str, issue: Issue) -> Worklog:
    """Return a worklog of an issue that an account may read; 404 otherwise."""
    log = store.worklogs.get(int(log_id)) if log_id.isdecimal() else None
    if log is None or log.issue is not issue or not store.rights.reads(user, log):
        raise Refused(404, f"Cannot find worklog with id: '{log_id}'.")
    return log


def permit(store: Store, user: User, log: Worklog, verb: str) -> None:
    """Refuse with 400 an account that may not EDIT or DELETE a worklog."""
    own = log.author is user and store.rights.may(user, f"{verb}_OWN_WORKLOGS", log.issue)
    if not own and not store.rights.may(user, f"{verb}_ALL_WORKLOGS", log.issue):
        raise Refused(400, f"You do not have permission to {verb.lower()} worklog with id: {log.id}.")


def _permit_all(store: Store, user: User, log: Worklog, verb: str) -> None:
    if not store.rights.may(user, f"{verb}_ALL_WORKLOGS", log.issue):
        raise Refused(400, f"You do not have permission to {verb.lower()} all worklogs of {log.issue.key}.")


def _write(
    store: Store,
    issue: Issue,
    user: User,
    log: Worklog,
    logs: tuple[Worklog, ...],
    adjustment: Adjustment,
    before: int = 0,
) -> None:
    """Put the worklogs of an issue in place, adjust its estimate and note both in its history."""
    spent, estimate = issue.time_spent, issue.remaining_estimate
    if log in issue.worklogs and log in logs:
        spent = (spent or 0) - log.seconds + before
    issue.worklogs = logs
    issue.remaining_estimate = _adjusted(issue, adjustment, log.seconds - before)
    values = [
        ("timespent", spent, issue.time_spent),
        ("timeestimate", estimate, issue.remaining_estimate),
        ("WorklogId", None, log.id),
    ]
    items = [
        Item(name, name, "jira", _text(old), _text(old), _text(new), _text(new))
        for name, old, new in values
        if old != new
    ]
    changelog.record(store, issue, user, issue.updated, items)


def _adjusted(issue: Issue, adjustment: Adjustment, more: int) -> int | None:
    remaining = issue.remaining_estimate
    match adjustment.kind:
        case "new":
            return adjustment.seconds
        case "leave":
            return remaining
        case "manual":
            sign = -1 if more > 0 else 1
            return None if remaining is None else max(remaining + sign * adjustment.seconds, 0)
        case _:
            return None if remaining is None else max(remaining - more, 0)


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _read_start(raw: Any) -> datetime | None:
    if raw is None:
        return None
    when = read_instant(raw) if isinstance(raw, str) else None
    if when is None:
        raise invalid("started", f"Error parsing time: {raw}")
    return when


def _read_length(raw: Mapping[str, Any]) -> int | None:
    seconds, text = raw.get("timeSpentSeconds"), raw.get("timeSpent")
    if seconds is None and text is None:
        return None
    found = seconds if isinstance(seconds, int) else read_duration(str(text))
    if found is None or found < 60:
        raise invalid("timeLogged", "Worklog must have at least one minute of time spent.")
    return found
