"""How the things of Service Management look in an answer."""

from datetime import datetime
from html import escape
from typing import Any

from careloop.sandbox.jira.actions.issue.metadata import allowed_values, show_schema
from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.dates import service_desk_date
from careloop.sandbox.jira.model.catalog import RequestType, ServiceDesk
from careloop.sandbox.jira.model.issue import Attachment, Issue
from careloop.sandbox.jira.model.service import Approval, Organization
from careloop.sandbox.jira.model.status import Status
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import UTC, Call
from careloop.sandbox.jira.rest.service_desk.paging import PREFIX, link
from careloop.sandbox.jira.service.approvals import may_answer
from careloop.sandbox.jira.service.desks import may_ask
from careloop.sandbox.jira.service.requests import required
from careloop.sandbox.jira.service.setup import portal

CATEGORIES = {"new": "NEW", "indeterminate": "INDETERMINATE", "done": "DONE"}
_SIZES = {"48x48": "large", "24x24": "small", "16x16": "xsmall", "32x32": "medium"}
_ICON = "10400"

Json = Any


def show_date(call: Call, when: datetime) -> Json:
    """Return the four forms of a date, on the caller's clock."""
    return service_desk_date(when, call.user.zone if call.user else UTC)


def show_user(call: Call, user: User) -> Json:
    """Return an account: by account id on Cloud, by name and key on Data Center."""
    if call.store.is_cloud:
        identity = {"accountId": user.account_id}
        address = f"{call.root}/rest/api/2/user?accountId={user.account_id}"
    else:
        identity = {"name": user.name, "key": user.key}
        address = f"{call.root}/rest/api/2/user?username={user.name}"
    avatars = {size: f"{call.root}/avatar/{user.name}/{size}.png" for size in _SIZES}
    return {
        **identity,
        "emailAddress": user.email,
        "displayName": user.display_name,
        "active": user.active,
        "timeZone": user.zone.key,
        "_links": {"jiraRest": address, "avatarUrls": avatars, "self": address},
    }


def show_desk(call: Call, desk: ServiceDesk) -> Json:
    return {
        "id": desk.id,
        "projectId": desk.project.id,
        "projectName": desk.project.name,
        "projectKey": desk.project.key,
        "_links": link(call, f"/servicedesk/{desk.id}"),
    }


def show_type(call: Call, desk: ServiceDesk, kind: RequestType) -> Json:
    """Return a request type, with its fields when they are to be expanded."""
    icons = f"{call.root}/rest/api/2/universal_avatar/view/type/SD_REQTYPE/avatar/{_ICON}?size="
    urls = {size: icons + name for size, name in _SIZES.items()}
    shown: dict[str, Json] = {
        "_expands": ["field"],
        "id": kind.id,
        "_links": link(call, f"/servicedesk/{desk.id}/requesttype/{kind.id}"),
        "name": kind.name,
        "description": kind.description,
        "helpText": kind.help_text,
        "issueTypeId": kind.issue_type.id,
        "serviceDeskId": desk.id,
        "portalId": desk.id,
        "groupIds": [group.id for group in portal().groups if group.holds(kind)],
        "icon": {"id": _ICON, "_links": {"iconUrls": urls}},
    }
    if call.store.is_cloud:
        shown |= {"canCreateRequest": may_ask(call.store, call.actor, desk), "restrictionStatus": "OPEN"}
    if "field" in call.words("expand"):
        shown["fields"] = show_type_fields(call, desk, kind)
    return shown


def show_type_fields(call: Call, desk: ServiceDesk, kind: RequestType) -> Json:
    """Return what raising a request of a type takes."""
    is_agent = call.store.rights.is_agent(call.actor, desk.project)
    rows = [_show_type_field(call, desk, kind, name) for name in kind.fields]
    return {
        "requestTypeFields": rows,
        "canRaiseOnBehalfOf": is_agent,
        "canAddRequestParticipants": is_agent,
    }


def _show_type_field(call: Call, desk: ServiceDesk, kind: RequestType, name: str) -> Json:
    field = call.store.configuration.fields[name]
    values = allowed_values(call.store, desk.project, field) or []
    return {
        "fieldId": name,
        "name": field.name,
        "description": "",
        "required": name in required(kind),
        "defaultValues": [],
        "validValues": [{"value": value.id, "label": value.name, "children": []} for value in values],
        "presetValues": [],
        "jiraSchema": show_schema(field),
        "visible": True,
    }


def show_status(call: Call, status: Status, since: datetime) -> Json:
    return {
        "status": status.name,
        "statusCategory": CATEGORIES[status.category.key],
        "statusDate": show_date(call, since),
    }


def show_field_value(call: Call, issue: Issue, name: str) -> Json:
    """Return one field of a request, long texts also as HTML."""
    field, value = call.store.configuration.fields[name], issue.get(name)
    shown: dict[str, Json] = {"fieldId": name, "label": field.name}
    if isinstance(value, str | dict):
        shown["value"] = to_text(value)
        if field.rich:
            shown["renderedValue"] = show_html(to_text(value) or "")
    else:
        chosen = dict(call.rendering.chosen([name], by_default=name))
        shown["value"] = chosen[name](issue) if name in chosen else None
    return shown


def show_html(text: str) -> Json:
    """Return text as paragraphs of HTML."""
    paragraphs = (escape(part).replace("\n", "<br/>") for part in text.split("\n\n"))
    return {"html": "".join(f"<p>{part}</p>" for part in paragraphs)}


def show_organization(call: Call, one: Organization) -> Json:
    shown: dict[str, Json] = {"id": one.id, "name": one.name, "_links": link(call, f"/organization/{one.id}")}
    if call.store.is_cloud:
        shown |= {"uuid": one.uuid, "created": show_date(call, one.created), "scimManaged": False}
    return shown


def show_approval(call: Call, issue: Issue, approval: Approval) -> Json:
    shown: dict[str, Json] = {
        "id": str(approval.id),
        "name": approval.name,
        "finalDecision": approval.outcome,
        "canAnswerApproval": may_answer(approval, call.actor),
        "approvers": [
            {"approver": show_user(call, user), "approverDecision": decision}
            for user, decision in approval.decisions.items()
        ],
        "createdDate": show_date(call, approval.created),
        "_links": link(call, f"/request/{issue.id}/approval/{approval.id}"),
    }
    return shown | ({"completedDate": show_date(call, approval.completed)} if approval.completed else {})


def show_attachment(call: Call, issue: Issue, one: Attachment) -> Json:
    """Return a file as Service Management shows it."""
    address = f"{call.root}{PREFIX}/request/{issue.id}/attachment/{one.id}"
    links = {"self": address, "jiraRest": f"{call.root}/rest/api/2/attachment/{one.id}", "content": address}
    if one.mime_type.startswith("image/"):
        links["thumbnail"] = f"{address}/thumbnail"
    return {
        "filename": one.name,
        "author": show_user(call, one.author),
        "created": show_date(call, one.created),
        "size": len(one.content),
        "mimeType": one.mime_type,
        "_links": links,
    }
