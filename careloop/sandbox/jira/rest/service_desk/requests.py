"""Customer requests: raise, list, read and move them, and see how far they are."""

from datetime import datetime
from functools import partial
from typing import Any

from careloop.sandbox.jira.actions.issue import moving
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Comment, Issue
from careloop.sandbox.jira.model.service import participants
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.comments import readable, show_comment
from careloop.sandbox.jira.rest.service_desk.paging import first_page, link, paged
from careloop.sandbox.jira.rest.service_desk.views import (
    show_attachment,
    show_date,
    show_desk,
    show_field_value,
    show_status,
    show_type,
    show_user,
)
from careloop.sandbox.jira.service import files, involvement, levels, requests
from careloop.sandbox.jira.service.level_view import show_level
from careloop.sandbox.jira.service.listing import Sieve, listed

EXPANDS = ["participant", "status", "sla", "requestType", "serviceDesk", "attachment", "action", "comment"]


def create(call: Call) -> Answer:
    issue = requests.raise_request(call.store, call.actor, call.object())
    return Answer(201, show_request(call, issue))


def all_requests(call: Call) -> Answer:
    """Return the requests of the caller, the one with the latest activity first."""
    asked = call.query
    sieve = Sieve(
        ownership=asked.getlist("requestOwnership"),
        status=asked.get("requestStatus", ""),
        approval_status=asked.get("approvalStatus", ""),
        organization=asked.get("organizationId", ""),
        desk=asked.get("serviceDeskId", ""),
        request_type=asked.get("requestTypeId", ""),
        term=asked.get("searchTerm", ""),
    )
    rows = listed(call.store, call.actor, sieve)
    return Answer(200, paged(call, "/request", rows, partial(show_request, call)))


def get(call: Call) -> Answer:
    return Answer(200, show_request(call, request_of(call)))


def statuses(call: Call) -> Answer:
    """Return the statuses that a request has been in, the present one first."""
    issue = request_of(call)
    path = f"/request/{issue.key}/status"
    return Answer(200, paged(call, path, _stays(call, issue), lambda stay: show_status(call, *stay)))


def service_levels(call: Call) -> Answer:
    issue = _worked(call)
    rows = levels.measure(call.store, issue)
    path = f"/request/{issue.key}/sla"
    return Answer(200, paged(call, path, rows, partial(show_level, call.view, issue)))


def service_level(call: Call) -> Answer:
    issue = _worked(call)
    for measured in levels.measure(call.store, issue):
        if measured.level.id == call.parameters["level"]:
            return Answer(200, show_level(call.view, issue, measured))
    raise Refused(404, f"The SLA metric with id '{call.parameters['level']}' does not exist.")


def transitions(call: Call) -> Answer:
    issue = request_of(call)
    rows = moving.on_portal(call.store, call.user, issue)
    path = f"/request/{issue.key}/transition"
    return Answer(200, paged(call, path, rows, lambda step: {"id": step.id, "name": step.name}))


def transition(call: Call) -> Answer:
    requests.move(call.store, call.actor, request_of(call), call.object())
    return Answer(204)


def request_of(call: Call) -> Issue:
    """Return the request that the address names; 404 when the portal does not show it to the caller."""
    return requests.request(call.store, call.actor, call.parameters["issue"])


def show_request(call: Call, issue: Issue) -> dict[str, Any]:
    """Return a request with what the caller asked to have expanded."""
    kind, at = issue.request_type, call.store.configuration.service_desk_of(issue.project)
    if kind is None or at is None or issue.reporter is None:
        raise Refused(404, "The request does not exist.")
    shown = {
        "_expands": EXPANDS,
        "issueId": str(issue.id),
        "issueKey": issue.key,
        "summary": issue.summary,
        "requestTypeId": kind.id,
        "serviceDeskId": at.id,
        "createdDate": show_date(call, issue.created),
        "reporter": show_user(call, issue.reporter),
        "requestFieldValues": [show_field_value(call, issue, name) for name in kind.fields],
        "currentStatus": show_status(call, *_stays(call, issue)[0]),
        "_links": {
            **link(call, f"/request/{issue.id}"),
            "jiraRest": f"{call.root}/rest/api/2/issue/{issue.id}",
            "web": f"{call.root}/servicedesk/customer/portal/{at.id}/{issue.key}",
            "agent": f"{call.root}/browse/{issue.key}",
        },
    }
    wanted = set(call.words("expand"))
    if "serviceDesk" in wanted:
        shown["serviceDesk"] = show_desk(call, at)
    if "requestType" in wanted:
        shown["requestType"] = show_type(call, at, kind)
    return shown | _expand(call, issue, wanted)


def _expand(call: Call, issue: Issue, wanted: set[str]) -> dict[str, Any]:
    path = f"/request/{issue.key}"
    shown: dict[str, Any] = {}
    if "participant" in wanted:
        rows = participants(issue)
        shown["participants"] = first_page(call, f"{path}/participant", rows, partial(show_user, call))
    if "status" in wanted:
        stays = _stays(call, issue)
        shown["status"] = first_page(call, f"{path}/status", stays, lambda stay: show_status(call, *stay))
    if "sla" in wanted and call.store.rights.is_agent(call.actor, issue.project):
        rows_of = levels.measure(call.store, issue)
        shown["sla"] = first_page(call, f"{path}/sla", rows_of, partial(show_level, call.view, issue))
    if "comment" in wanted:
        show = _comment_view(call, issue)
        shown["comments"] = first_page(call, f"{path}/comment", readable(call, issue), show)
    if "attachment" in wanted:
        kept = files.visible(call.store, call.actor, issue)
        show_file = partial(show_attachment, call, issue)
        shown["attachments"] = first_page(call, f"{path}/attachment", kept, show_file)
    if "action" in wanted:
        shown["actions"] = _show_actions(call, issue)
    return shown


def _comment_view(call: Call, issue: Issue) -> Any:
    def show(comment: Comment) -> dict[str, Any]:
        return show_comment(call, issue, comment)

    return show


def _show_actions(call: Call, issue: Issue) -> dict[str, Any]:
    managing = involvement.may_manage(call.store, call.actor, issue)
    commenting = requests.may_comment(call.store, call.actor, issue)
    may = {
        "addAttachment": commenting,
        "addComment": commenting,
        "addParticipant": managing,
        "removeParticipant": managing,
    }
    return {name: {"allowed": allowed} for name, allowed in may.items()}


def _stays(call: Call, issue: Issue) -> list[tuple[Status, datetime]]:
    """Return each status of a request with the moment it came about, the present one first."""
    statuses = call.store.configuration.statuses
    moves = [
        (item, history.created)
        for history in issue.histories
        for item in history.items
        if item.field_id == "status"
    ]
    first = statuses[str(moves[0][0].before)] if moves else issue.status
    stays = [(first, issue.created), *((statuses[str(item.after)], when) for item, when in moves)]
    return stays[::-1]


def _worked(call: Call) -> Issue:
    """Return a request to an agent of its desk; 403 to its customer."""
    issue = request_of(call)
    if not call.store.rights.is_agent(call.actor, issue.project):
        raise Refused(403, "You need to be an agent to see the service levels of this request.")
    return issue


ROUTES: list[Route] = [
    ("GET", "/request", all_requests),
    ("POST", "/request", create),
    ("GET", "/request/{issue}", get),
    ("GET", "/request/{issue}/status", statuses),
    ("GET", "/request/{issue}/sla", service_levels),
    ("GET", "/request/{issue}/sla/{level}", service_level),
    ("GET", "/request/{issue}/transition", transitions),
    ("POST", "/request/{issue}/transition", transition),
]
