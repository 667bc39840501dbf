"""Work logged on issues, and its properties."""

from datetime import datetime
from typing import Any

from careloop.sandbox.jira.actions.issue import worklog
from careloop.sandbox.jira.dates import epoch_millis, from_millis
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue, Worklog
from careloop.sandbox.jira.rest.call import Answer, Call, Route, page

MOST_LISTED = 1000
MOST_CHANGED = 1000
MOST_MOVED = 5000


def all_of_issue(call: Call) -> Answer:
    after, before = (_instant(call, name) for name in ("startedAfter", "startedBefore"))
    rows = [
        log
        for log in call.issue.worklogs
        if call.store.rights.reads(call.user, log)
        and (after is None or log.started >= after)
        and (before is None or log.started < before)
    ]
    return Answer(200, page(call, "worklogs", rows, lambda log: _show(call, log), 5000))


def get(call: Call) -> Answer:
    return Answer(200, _show(call, _worklog(call)))


def add(call: Call) -> Answer:
    issue, adjustment = call.issue, worklog.read_adjustment(call.query, "reduceBy")
    draft = worklog.read(call.store, call.actor, issue, call.object(), rich=call.rich)
    return Answer(201, _show(call, worklog.add(call.store, issue, call.actor, draft, adjustment)))


def edit(call: Call) -> Answer:
    found, adjustment = _worklog(call), worklog.read_adjustment(call.query, "increaseBy")
    worklog.edit(call.store, call.actor, found, call.object(), adjustment, rich=call.rich)
    return Answer(200, _show(call, found))


def delete(call: Call) -> Answer:
    adjustment = worklog.read_adjustment(call.query, "increaseBy")
    worklog.delete(call.store, call.actor, _worklog(call), adjustment)
    return Answer(204)


def delete_many(call: Call) -> Answer:
    issue = call.issue
    logs = _named(call, issue, call.object("ids").get("ids"))
    worklog.delete_many(call.store, call.actor, logs, worklog.read_adjustment(call.query, "increaseBy"))
    return Answer(204)


def move(call: Call) -> Answer:
    """Hang worklogs on another issue."""
    issue, asked = call.issue, call.object("ids", "issueIdOrKey")
    logs = _named(call, issue, asked.get("ids"))
    target = call.store.issue_for(call.actor, str(asked.get("issueIdOrKey") or ""))
    if target is issue:
        raise Refused(400, "The worklogs are on that issue already.")
    worklog.move(call.store, call.actor, logs, target, worklog.read_adjustment(call.query, "increaseBy"))
    return Answer(204)


def _named(call: Call, issue: Issue, numbers: Any) -> list[Worklog]:
    """Return the worklogs of an issue that a body names, each once; 404 for one of another issue."""
    if not isinstance(numbers, list) or not 0 < len(numbers) <= MOST_MOVED:
        raise Refused(400, f"Between 1 and {MOST_MOVED} worklog IDs must be given.")
    found = [worklog.find(call.store, call.user, str(number), issue) for number in numbers]
    return list({log.id: log for log in found}.values())


def listed(call: Call) -> Answer:
    numbers = call.object("ids").get("ids")
    if not isinstance(numbers, list) or not 0 < len(numbers) <= MOST_LISTED:
        raise Refused(400, f"Between 1 and {MOST_LISTED} worklog IDs must be given.")
    store, user = call.store, call.actor
    found = [store.worklogs.get(number) for number in numbers if isinstance(number, int)]
    rows = [
        log for log in found if log and store.rights.sees(user, log.issue) and store.rights.reads(user, log)
    ]
    return Answer(200, [_show(call, log) for log in rows])


def updated(call: Call) -> Answer:
    call.sign_in()
    return Answer(
        200, _changes(call, "updated", [(log.updated, log.id) for log in call.store.worklogs.values()])
    )


def deleted(call: Call) -> Answer:
    call.sign_in()
    return Answer(
        200, _changes(call, "deleted", [(when, n) for n, when in call.store.deleted_worklogs.items()])
    )


def _worklog(call: Call) -> Worklog:
    return worklog.find(call.store, call.user, call.parameters["worklog"], call.issue)


def _show(call: Call, log: Worklog) -> dict[str, Any]:
    return call.rendering.worklog(log, properties="properties" in call.words("expand"))


def _changes(call: Call, noun: str, rows: list[tuple[datetime, int]]) -> dict[str, Any]:
    """Return the ids of what changed since a moment, oldest first, at most a thousand."""
    since = call.number("since", 0)
    found = sorted((epoch_millis(when), number) for when, number in rows if epoch_millis(when) >= since)
    shown, more = found[:MOST_CHANGED], len(found) > MOST_CHANGED
    until = shown[-1][0] if shown else epoch_millis(call.store.now())
    address = f"{call.view.api}/worklog/{noun}?since="
    return {
        "values": [{"worklogId": number, "updatedTime": when, "properties": []} for when, number in shown],
        "since": since,
        "until": until,
        "self": f"{address}{since}",
        **({"nextPage": f"{address}{until}"} if more else {}),
        "lastPage": not more,
    }


def _instant(call: Call, name: str) -> datetime | None:
    return from_millis(call.number(name, 0)) if call.query.get(name) else None


ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/worklog", all_of_issue),
    ("POST", "/issue/{issue}/worklog", add),
    ("GET", "/issue/{issue}/worklog/{worklog}", get),
    ("PUT", "/issue/{issue}/worklog/{worklog}", edit),
    ("DELETE", "/issue/{issue}/worklog/{worklog}", delete),
    ("POST", "/worklog/list", listed),
    ("GET", "/worklog/updated", updated),
    ("GET", "/worklog/deleted", deleted),
]
CLOUD_ROUTES: list[Route] = [
    ("DELETE", "/issue/{issue}/worklog", delete_many),
    ("POST", "/issue/{issue}/worklog/move", move),
]
