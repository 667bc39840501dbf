"""Files of customer requests."""

from functools import partial
from typing import Any

from careloop.sandbox.jira.actions.issue.attachment import read_form
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Attachment, Issue
from careloop.sandbox.jira.picture import measure
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.issue.attachments import download
from careloop.sandbox.jira.rest.service_desk.comments import comment_of, show_comment
from careloop.sandbox.jira.rest.service_desk.experimental import experimental
from careloop.sandbox.jira.rest.service_desk.paging import first_page, paged
from careloop.sandbox.jira.rest.service_desk.views import show_attachment
from careloop.sandbox.jira.service import desks, files, requests


def receive(call: Call) -> Answer:
    """Take files in until they are attached; without the header that a browser cannot send, 403."""
    at = desks.desk(call.store, call.actor, call.parameters["desk"])
    if call.headers.get("x-atlassian-token", "").lower() not in ("no-check", "nocheck"):
        raise Refused(403, "XSRF check failed")
    kept = files.receive(call.store, at, read_form(call.headers.get("content-type", ""), call.body))
    rows = [{"temporaryAttachmentId": one.id, "fileName": one.name} for one in kept]
    return Answer(201, {"temporaryAttachments": rows})


def attach(call: Call) -> Answer:
    issue = _request(call)
    made = files.attach(call.store, call.actor, issue, call.object())
    shown = {
        "comment": show_comment(call, issue, made.comment),
        "attachments": _show_first(call, issue, made.attachments),
    }
    return Answer(201, shown)


def all_files(call: Call) -> Answer:
    issue = _request(call)
    rows = files.visible(call.store, call.actor, issue)
    path = f"/request/{issue.key}/attachment"
    return Answer(200, paged(call, path, rows, partial(show_attachment, call, issue)))


def content(call: Call) -> Answer:
    """Give a file out."""
    return download(call, _attachment(call))


def thumbnail(call: Call) -> Answer:
    """Give a picture out as it came; 404 for any other file."""
    found = _attachment(call)
    if measure(found.content) is None:
        raise Refused(404, f"There is no thumbnail of the attachment '{found.id}'.")
    return download(call, found)


@experimental
def of_comment(call: Call) -> Answer:
    """Return the files that came with a comment."""
    issue = _request(call)
    said = comment_of(call, issue)
    rows = files.of_comment(call.store, said)
    path = f"/request/{issue.key}/comment/{said.id}/attachment"
    return Answer(200, paged(call, path, rows, partial(show_attachment, call, issue)))


def _show_first(call: Call, issue: Issue, rows: list[Attachment]) -> dict[str, Any]:
    path = f"/request/{issue.key}/attachment"
    return first_page(call, path, rows, partial(show_attachment, call, issue))


def _request(call: Call) -> Issue:
    return requests.request(call.store, call.actor, call.parameters["issue"])


def _attachment(call: Call) -> Attachment:
    for known in files.visible(call.store, call.actor, _request(call)):
        if str(known.id) == call.parameters["attachment"]:
            return known
    raise Refused(404, f"The attachment with id '{call.parameters['attachment']}' does not exist.")


ROUTES: list[Route] = [
    ("POST", "/servicedesk/{desk}/attachTemporaryFile", receive),
    ("GET", "/request/{issue}/attachment", all_files),
    ("POST", "/request/{issue}/attachment", attach),
    ("GET", "/request/{issue}/attachment/{attachment}", content),
    ("GET", "/request/{issue}/attachment/{attachment}/thumbnail", thumbnail),
    ("GET", "/request/{issue}/comment/{comment}/attachment", of_comment),
]
