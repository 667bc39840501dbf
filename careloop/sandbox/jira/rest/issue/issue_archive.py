"""The archive of issues: putting them there, bringing them back, listing it."""

import csv
from io import StringIO

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.actions.issue import archiving
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings
from careloop.sandbox.jira.rest.tasks import address

MOST_ISSUES = 1000
MOST_BY_QUERY = 100_000
_COLUMNS = ("Key", "Summary", "Project", "Issue Type", "Status", "Reporter", "ArchivedBy", "ArchivedDate")


def archive(call: Call) -> Answer:
    return _change(call, away=True)


def unarchive(call: Call) -> Answer:
    return _change(call, away=False)


def archive_found(call: Call) -> Answer:
    """Put away what a query finds, as a task; sub-tasks go with their parents only."""
    administer(call.store, call.actor)
    jql = call.object("jql").get("jql")
    if not isinstance(jql, str) or not jql.strip():
        raise Refused(400, "The jql must be given.")
    found = call.search.result(call.actor, jql, lenient=False).issues[:MOST_BY_QUERY]
    issues, _ = archiving.sort_out(call.store, call.actor, [str(issue.id) for issue in found])
    count = archiving.archive(call.store, call.actor, issues)
    number = call.store.note_task(call.actor, "Archive issues", {"numberOfIssuesUpdated": count})
    return Answer(202, address(call, number))


def export(call: Call) -> Answer:
    """Mail a table of the archived issues to whoever asks, as a task."""
    asked = call.object(
        "archivedBy", "archivedDate", "archivedDateRange", "issueTypes", "projects", "reporters"
    )
    store, user = call.store, call.actor
    table = _table(call, archiving.find_archived(store, user, asked))
    store.outbox.append(Mail(store.now(), user.email, "Archived issues", table, "", "export"))
    task = store.tasks[str(store.note_task(user, "Export archived issues"))].show()
    shown = {
        "taskId": task["id"],
        "payload": str({name: value for name, value in asked.items() if value}),
        "progress": task["progress"],
        "status": task["status"],
        "submittedTime": call.view.instant(store.now()),
    }
    return Answer(202, shown)


def _change(call: Call, *, away: bool) -> Answer:
    """Put issues away or bring them back; 400 when none can be, 412 when only the first thousand were."""
    references = strings(call.object("issueIdsOrKeys"), "issueIdsOrKeys")
    if not references:
        raise Refused(400, "The issueIdsOrKeys must be given.")
    issues, problems = archiving.sort_out(call.store, call.actor, references[:MOST_ISSUES])
    if not issues:
        raise Refused(400, *(f"{words} {', '.join(keys)}" for words, keys in archiving.word(problems)))
    store, user = call.store, call.actor
    count = archiving.archive(store, user, issues) if away else archiving.unarchive(store, issues)
    if len(references) > MOST_ISSUES:
        raise Refused(
            412, f"Only the first {MOST_ISSUES} of the issues were looked at; {count} were changed."
        )
    return Answer(200, {"errors": archiving.show_problems(problems), "numberOfIssuesUpdated": count})


def _table(call: Call, issues: list[Issue]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for issue in issues:
        reporter = issue.reporter.display_name if issue.reporter else ""
        details = issue.key, issue.summary, issue.project.key, issue.kind.name, issue.status.name, reporter
        kept = issue.archived
        away = (kept.by.display_name, call.view.instant(kept.since)) if kept else ("", "")
        writer.writerow([*details, *away])
    return text.getvalue()


CLOUD_ROUTES: list[Route] = [
    ("PUT", "/issue/archive", archive),
    ("POST", "/issue/archive", archive_found),
    ("PUT", "/issue/unarchive", unarchive),
    ("PUT", "/issues/archive/export", export),
]
