"""The routes of /rest/servicedeskapi."""

from typing import Any

from careloop.sandbox.jira import servicedesk
from careloop.sandbox.jira.actions import moving
from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.dates import service_desk_date
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import RequestType, ServiceDesk, Transition
from careloop.sandbox.jira.model.issue import Comment, Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route

PREFIX = "/rest/servicedeskapi"
EXPANDS = ["participant", "status", "sla", "requestType", "serviceDesk", "attachment", "action", "comment"]
CATEGORIES = {"new": "NEW", "indeterminate": "INDETERMINATE", "done": "DONE"}


def info(call: Call) -> Answer:
    built = service_desk_date(call.store.now(), call.actor.zone)
    return Answer(
        200, {"version": "5.12.0", "platformVersion": "9.12.0", "isLicensedForUse": True, "buildDate": built}
    )


def desks(call: Call) -> Answer:
    rows = servicedesk.desks(call.store, call.actor)
    return Answer(200, _paged(call, "/servicedesk", [_show_desk(call, desk) for desk in rows]))


def desk(call: Call) -> Answer:
    return Answer(200, _show_desk(call, _desk(call)))


def request_types(call: Call) -> Answer:
    at = _desk(call)
    rows = [_show_type(call, at, kind) for kind in at.request_types]
    return Answer(200, _paged(call, f"/servicedesk/{at.id}/requesttype", rows))


def request_type(call: Call) -> Answer:
    at = _desk(call)
    kind = at.request_types.by_id(call.parameters["type"])
    if kind is None:
        raise Refused(404, f"The request type with id '{call.parameters['type']}' does not exist.")
    return Answer(200, _show_type(call, at, kind))


def create(call: Call) -> Answer:
    issue = servicedesk.raise_request(call.store, call.actor, call.object())
    return Answer(201, _show_request(call, issue))


def my_requests(call: Call) -> Answer:
    """Return the requests that the caller raised, newest first."""
    rows = [i for i in call.store.issues.values() if i.reporter is call.actor and i.request_type]
    return Answer(200, _paged(call, "/request", [_show_request(call, issue) for issue in reversed(rows)]))


def get(call: Call) -> Answer:
    return Answer(200, _show_request(call, _request(call)))


def comments(call: Call) -> Answer:
    issue = _request(call)
    rows = servicedesk.comments(call.store, call.actor, issue)
    public, internal = call.flag("public", default=True), call.flag("internal", default=True)
    shown = [_show_comment(call, issue, c) for c in rows if (public if c.public else internal)]
    return Answer(200, _paged(call, f"/request/{issue.key}/comment", shown))


def add_comment(call: Call) -> Answer:
    issue = _request(call)
    written = servicedesk.add_comment(call.store, call.actor, issue, call.object())
    return Answer(201, _show_comment(call, issue, written))


def get_comment(call: Call) -> Answer:
    issue = _request(call)
    for known in servicedesk.comments(call.store, call.actor, issue):
        if str(known.id) == call.parameters["comment"]:
            return Answer(200, _show_comment(call, issue, known))
    raise Refused(404, f"The comment with id '{call.parameters['comment']}' does not exist.")


def transitions(call: Call) -> Answer:
    issue = _request(call)
    rows = [_show_step(step) for step in moving.on_portal(call.store, call.user, issue)]
    return Answer(200, _paged(call, f"/request/{issue.key}/transition", rows))


def transition(call: Call) -> Answer:
    servicedesk.move(call.store, call.actor, _request(call), call.object())
    return Answer(204)


def _desk(call: Call) -> ServiceDesk:
    return servicedesk.desk(call.store, call.actor, call.parameters["desk"])


def _request(call: Call) -> Issue:
    return servicedesk.request(call.store, call.actor, call.parameters["issue"])


def _paged(call: Call, path: str, rows: list[Any]) -> dict[str, Any]:
    """Return one page in the form of Service Management: start, limit, size, isLastPage and links."""
    start, limit = call.number("start", 0), call.number("limit", 50, most=100)
    shown = rows[start : start + limit]
    last = start + limit >= len(rows)
    address = f"{call.root}{PREFIX}{path}?limit={limit}&start="
    links = {"base": call.root, "context": "", "self": f"{address}{start}"}
    if not last:
        links["next"] = f"{address}{start + limit}"
    if start:
        links["prev"] = f"{address}{max(start - limit, 0)}"
    return {
        "_expands": [],
        "size": len(shown),
        "start": start,
        "limit": limit,
        "isLastPage": last,
        "_links": links,
        "values": shown,
    }


def _link(call: Call, path: str) -> dict[str, str]:
    return {"self": f"{call.root}{PREFIX}{path}"}


def _show_desk(call: Call, at: ServiceDesk) -> dict[str, Any]:
    return {
        "id": at.id,
        "projectId": at.project.id,
        "projectName": at.project.name,
        "projectKey": at.project.key,
        "_links": _link(call, f"/servicedesk/{at.id}"),
    }


def _show_type(call: Call, at: ServiceDesk, kind: RequestType) -> dict[str, Any]:
    return {
        "_expands": ["field"],
        "id": kind.id,
        "_links": _link(call, f"/servicedesk/{at.id}/requesttype/{kind.id}"),
        "name": kind.name,
        "description": kind.description,
        "helpText": "",
        "issueTypeId": kind.issue_type.id,
        "serviceDeskId": at.id,
        "portalId": at.id,
        "groupIds": [],
    }


def _show_user(call: Call, user: User) -> dict[str, Any]:
    identity = (
        {"accountId": user.account_id} if call.store.is_cloud else {"name": user.name, "key": user.name}
    )
    reference = f"accountId={user.account_id}" if call.store.is_cloud else f"username={user.name}"
    return {
        **identity,
        "emailAddress": user.email,
        "displayName": user.display_name,
        "active": user.active,
        "timeZone": user.zone.key,
        "_links": {"jiraRest": f"{call.root}/rest/api/2/user?{reference}", "avatarUrls": {}},
    }


def _show_comment(call: Call, issue: Issue, comment: Comment) -> dict[str, Any]:
    return {
        "_expands": ["attachment", "renderedBody"],
        "id": str(comment.id),
        "body": to_text(comment.body),
        "public": comment.public,
        "author": _show_user(call, comment.author),
        "created": service_desk_date(comment.created, call.actor.zone),
        "_links": _link(call, f"/request/{issue.id}/comment/{comment.id}"),
    }


def _show_request(call: Call, issue: Issue) -> dict[str, Any]:
    kind, at = issue.request_type, call.store.configuration.service_desk_of(issue.project)
    if kind is None or at is None or issue.reporter is None:
        raise Refused(404, "The request does not exist.")
    zone, path = call.actor.zone, f"/request/{issue.id}"
    fields = call.store.configuration.fields
    values = [
        {"fieldId": name, "label": fields[name].name, "value": _field_value(issue, name)}
        for name in kind.fields
    ]
    changed = [h.created for h in issue.histories if any(item.field_id == "status" for item in h.items)]
    return {
        "_expands": EXPANDS,
        "issueId": str(issue.id),
        "issueKey": issue.key,
        "summary": issue.summary,
        "requestTypeId": kind.id,
        "serviceDeskId": at.id,
        "createdDate": service_desk_date(issue.created, zone),
        "reporter": _show_user(call, issue.reporter),
        "requestFieldValues": values,
        "currentStatus": {
            "status": issue.status.name,
            "statusCategory": CATEGORIES[issue.status.category.key],
            "statusDate": service_desk_date(changed[-1] if changed else issue.created, zone),
        },
        "_links": {
            **_link(call, path),
            "jiraRest": f"{call.root}/rest/api/2/issue/{issue.id}",
            "web": f"{call.root}/servicedesk/customer/portal/{at.id}/{issue.key}",
            "agent": f"{call.root}/browse/{issue.key}",
        },
    }


def _field_value(issue: Issue, name: str) -> Any:
    value = issue.get(name)
    return to_text(value) if isinstance(value, str | dict) else value.isoformat() if value else None


def _show_step(step: Transition) -> dict[str, str]:
    return {"id": step.id, "name": step.name}


ROUTES: list[Route] = [
    ("GET", "/info", info),
    ("GET", "/servicedesk", desks),
    ("GET", "/servicedesk/{desk}", desk),
    ("GET", "/servicedesk/{desk}/requesttype", request_types),
    ("GET", "/servicedesk/{desk}/requesttype/{type}", request_type),
    ("GET", "/request", my_requests),
    ("POST", "/request", create),
    ("GET", "/request/{issue}", get),
    ("GET", "/request/{issue}/comment", comments),
    ("POST", "/request/{issue}/comment", add_comment),
    ("GET", "/request/{issue}/comment/{comment}", get_comment),
    ("GET", "/request/{issue}/transition", transitions),
    ("POST", "/request/{issue}/transition", transition),
]
