"""What a webhook tells: the body of a message, texts as in version 2 of the API."""

from typing import Any
from zoneinfo import ZoneInfo

import orjson

from careloop.sandbox.jira.dates import epoch_millis
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Attachment, Issue, Link, Worklog
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rendering import Rendering
from careloop.sandbox.jira.store import Store
from careloop.sandbox.jira.view import View, show_user
from careloop.sandbox.jira.webhooks.webhook import Webhook

_BRIEF = ("summary", "issuetype", "project", "assignee", "priority", "status")
_UTC = ZoneInfo("UTC")

Json = dict[str, Any]


def write_body(store: Store, happening: Happening, webhook: Webhook, root: str) -> bytes:
    """Return the body of a message, empty for a webhook that excludes it."""
    if webhook.exclude_body:
        return b""
    told = tell(store, happening, root)
    if webhook.dynamic:
        told["matchedWebhookIds"] = [webhook.id]
    return orjson.dumps(told)


def tell(store: Store, happening: Happening, root: str) -> Json:
    """Return what is told of an event: the issue as GET shows it, and the changelog of an update."""
    view = View(root, 2, _UTC, store.flavor)
    rendering = Rendering(store, None, view)
    told: Json = {"timestamp": epoch_millis(store.now()), "webhookEvent": happening.name}
    issue = happening.issue
    if happening.comment is not None:
        told["comment"] = rendering.comment(happening.comment)
    if issue is not None and happening.name.startswith("jira:issue_"):
        told |= {"issue_event_type_name": _kind(happening), "user": _show_actor(view, happening.actor)}
        told["issue"] = _show(rendering, issue, ("*all",))
        if happening.history is not None:
            shown = rendering.history(happening.history)
            told["changelog"] = {"id": shown["id"], "items": shown["items"]}
        return told
    if happening.comment is not None and issue is not None:
        told["issue"] = _show(rendering, issue, _BRIEF)
        return told | ({"eventType": "primaryAction"} if store.is_cloud else {})
    return told | _tell_thing(rendering, happening)


def _tell_thing(rendering: Rendering, happening: Happening) -> Json:
    view, thing = rendering.view, happening.thing
    match thing:
        case Worklog():
            return {"worklog": rendering.worklog(thing)}
        case Attachment():
            return {"attachment": rendering.attachment(thing)}
        case Link():
            ends = {"sourceIssueId": thing.source.id, "destinationIssueId": thing.target.id}
            return {"issueLink": {"id": thing.id, **ends, "issueLinkType": view.piece(thing.kind)}}
        case User():
            return {"user": show_user(view, thing)}
        case str() if happening.issue is not None:
            return {"issue": _show(rendering, happening.issue, _BRIEF), "property": {"key": thing}}
        case _:
            noun = happening.name.removeprefix("jira:").partition("_")[0]
            return {noun: view.piece(thing)}


def _show(rendering: Rendering, issue: Issue, names: tuple[str, ...]) -> Json:
    shown = rendering.issue(issue, rendering.chosen(names, by_default="*all"))
    return {name: shown[name] for name in ("id", "self", "key", "fields") if name in shown}


def _show_actor(view: View, user: User) -> Json:
    """Return an account without its e-mail address, which webhooks do not give away."""
    shown: Json = dict(show_user(view, user))
    shown.pop("emailAddress", None)
    return shown


def _kind(happening: Happening) -> str:
    """Return the workflow's own name for the event."""
    match happening.name:
        case "jira:issue_created":
            return "issue_created"
        case "jira:issue_deleted":
            return "issue_deleted"
    if happening.comment is not None:
        return "issue_commented"
    fields = {item.field_id for item in happening.history.items} if happening.history else set()
    issue = happening.issue
    if "resolution" in fields and issue is not None:
        return "issue_resolved" if issue.resolution else "issue_reopened"
    if "project" in fields:
        return "issue_moved"
    if "status" in fields:
        return "issue_generic"
    return "issue_assigned" if fields == {"assignee"} else "issue_updated"
