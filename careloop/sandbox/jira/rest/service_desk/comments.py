"""Comments on customer requests."""

from functools import partial
from typing import Any

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Comment, Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.paging import first_page, link, paged
from careloop.sandbox.jira.rest.service_desk.views import show_attachment, show_date, show_html, show_user
from careloop.sandbox.jira.service import files, requests


def comments(call: Call) -> Answer:
    """Return the comments of a request, oldest first; agents may leave out the public or internal ones."""
    issue = requests.request(call.store, call.actor, call.parameters["issue"])
    public, internal = call.flag("public", default=True), call.flag("internal", default=True)
    rows = [one for one in readable(call, issue) if (public if one.public else internal)]
    path = f"/request/{issue.key}/comment"
    return Answer(200, paged(call, path, rows, partial(show_comment, call, issue)))


def add(call: Call) -> Answer:
    issue = requests.request(call.store, call.actor, call.parameters["issue"])
    written = requests.add_comment(call.store, call.actor, issue, call.object())
    return Answer(201, show_comment(call, issue, written))


def get(call: Call) -> Answer:
    issue = requests.request(call.store, call.actor, call.parameters["issue"])
    return Answer(200, show_comment(call, issue, comment_of(call, issue)))


def comment_of(call: Call, issue: Issue) -> Comment:
    """Return the comment that the address names; 404 when the caller may not read it."""
    for known in readable(call, issue):
        if str(known.id) == call.parameters["comment"]:
            return known
    raise Refused(404, f"The comment with id '{call.parameters['comment']}' does not exist.")


def readable(call: Call, issue: Issue) -> list[Comment]:
    """Return the comments that the caller may read, oldest first."""
    return requests.comments(call.store, call.actor, issue)


def show_comment(call: Call, issue: Issue, comment: Comment) -> dict[str, Any]:
    """Return a comment as Service Management shows it."""
    text = to_text(comment.body) or ""
    shown: dict[str, Any] = {
        "_expands": ["attachment", "renderedBody"],
        "id": str(comment.id),
        "body": text,
        "public": comment.public,
        "author": show_user(call, comment.author),
        "created": show_date(call, comment.created),
        "_links": link(call, f"/request/{issue.id}/comment/{comment.id}"),
    }
    wanted = call.words("expand")
    if "renderedBody" in wanted:
        shown["renderedBody"] = show_html(text)
    if "attachment" in wanted:
        path = f"/request/{issue.key}/comment/{comment.id}/attachment"
        rows = files.of_comment(call.store, comment)
        shown["attachments"] = first_page(call, path, rows, partial(show_attachment, call, issue))
    return shown


ROUTES: list[Route] = [
    ("GET", "/request/{issue}/comment", comments),
    ("POST", "/request/{issue}/comment", add),
    ("GET", "/request/{issue}/comment/{comment}", get),
]
