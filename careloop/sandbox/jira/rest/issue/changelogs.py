"""What changed on issues: of one in pages or by ids, of many at once."""

from careloop.sandbox.jira.actions.issue.changelog import find_histories
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean


def of_issue(call: Call) -> Answer:
    issue = call.issue
    rows = list(issue.histories)
    return Answer(200, bean(call, f"issue/{issue.id}/changelog", rows, call.rendering.history, 100))


def listed(call: Call) -> Answer:
    """Return the entries with certain ids."""
    wanted = call.object("changelogIds").get("changelogIds")
    if not isinstance(wanted, list) or not wanted:
        raise Refused(400, "The 'changelogIds' must be a list of numbers.")
    rows = [call.rendering.history(entry) for entry in call.issue.histories if entry.id in wanted]
    return Answer(200, {"startAt": 0, "maxResults": len(rows), "total": len(rows), "histories": rows})


def of_many(call: Call) -> Answer:
    asked = call.object("issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken")
    return Answer(200, call.rendering.bulk_changelog(find_histories(call.store, call.actor, asked)))


CLOUD_ROUTES: list[Route] = [
    ("GET", "/issue/{issue}/changelog", of_issue),
    ("POST", "/issue/{issue}/changelog/list", listed),
    ("POST", "/changelog/bulkfetch", of_many),
]
