"""Webhooks: those that administrators set up, and those that apps register for a while."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.dates import epoch_millis
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.jql.tree import And, Clause, Node, Not, Or
from careloop.sandbox.jira.rest.call import Answer, Call, Route, bean
from careloop.sandbox.jira.webhooks.office import Office
from careloop.sandbox.jira.webhooks.webhook import DYNAMIC_EVENTS, EVENTS, LIFE, Webhook, unknown_events

PREFIX = "/rest/webhooks/1.0"
FILTER = "issue-related-events-section"
MOST_OF_AN_APP = 100
_OPERATORS = frozenset({"=", "!=", "IN", "NOT IN"})
_FIELDS = frozenset(
    {"issuekey", "key", "issue", "id", "project", "issuetype", "type", "status", "assignee", "reporter"}
)


def all_admin(call: Call) -> Answer:
    _demand_administrator(call)
    return Answer(200, [_show_admin(call, one) for one in _office(call).webhooks.values() if not one.dynamic])


def create_admin(call: Call) -> Answer:
    """Set up a webhook; it needs a name and a URL (400)."""
    _demand_administrator(call)
    office, number = _office(call), call.store.next_id("webhook", first=1)
    made = Webhook(number, "", "", (), call.actor, call.store.now())
    _change(call, made, call.object())
    office.webhooks[number] = made
    return Answer(201, _show_admin(call, made))


def get_admin(call: Call) -> Answer:
    return Answer(200, _show_admin(call, _admin(call)))


def put_admin(call: Call) -> Answer:
    """Change a webhook; what is left out stays."""
    found = _admin(call)
    _change(call, found, call.object())
    return Answer(200, _show_admin(call, found))


def delete_admin(call: Call) -> Answer:
    del _office(call).webhooks[_admin(call).id]
    return Answer(204)


def dynamic(call: Call) -> Answer:
    """Return the webhooks of the app that calls."""
    _demand_app(call)
    rows = _own(call)
    return Answer(200, bean(call, "webhook", rows, _show_dynamic))


def register(call: Call) -> Answer:
    """Register webhooks, each of which may fail by itself (Jira OpenAPI, registerDynamicWebhooks)."""
    _demand_app(call)
    asked = call.object()
    url, rows = asked.get("url"), asked.get("webhooks")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refused(400, "The url is required and must be absolute.")
    if not isinstance(rows, list) or not rows:
        raise Refused(400, "The webhooks are required.")
    return Answer(200, {"webhookRegistrationResult": [_register(call, url, row) for row in rows]})


def unregister(call: Call) -> Answer:
    """Drop webhooks of the app; ids of others are ignored."""
    _demand_app(call)
    for webhook in _named(call):
        del _office(call).webhooks[webhook.id]
    return Answer(202)


def refresh(call: Call) -> Answer:
    """Give webhooks another 30 days."""
    _demand_app(call)
    expires = call.store.now() + LIFE
    for webhook in _named(call):
        webhook.expires = expires
    return Answer(200, {"expirationDate": epoch_millis(expires)})


def failed(call: Call) -> Answer:
    """Return what could not be delivered in the last 72 hours, oldest first, `after` a time in millis."""
    _demand_app(call)
    after, size = call.number("after", 0), call.number("maxResults", 100)
    rows = [t for t in _office(call).failures() if t.delivery.webhook.dynamic and epoch_millis(t.at) > after]
    shown = [
        {
            "id": one.delivery.identifier,
            "url": one.delivery.url,
            "body": one.delivery.body.decode(),
            "failureTime": epoch_millis(one.at),
        }
        for one in rows[:size]
    ]
    page: dict[str, Any] = {"values": shown, "maxResults": size}
    if shown:
        page["next"] = f"{call.view.api}/webhook/failed?after={shown[-1]['failureTime']}&maxResults={size}"
    return Answer(200, page)


def _register(call: Call, url: str, row: Any) -> dict[str, Any]:
    given = row if isinstance(row, Mapping) else {}
    events, jql = given.get("events"), given.get("jqlFilter")
    errors = []
    if not isinstance(events, list) or not events:
        errors.append("At least one event must be given.")
    elif unknown := unknown_events(events, DYNAMIC_EVENTS):
        errors.append(f"The events {', '.join(unknown)} are not supported.")
    if not isinstance(jql, str) or not jql.strip():
        errors.append("The jqlFilter must not be empty.")
    else:
        errors += _complaints(call, jql)
    if others := [one.url for one in _own(call) if one.url != url]:
        errors.append(f"Only a single URL per app can be registered; the one in use is {others[0]}.")
    if len(_own(call)) >= MOST_OF_AN_APP:
        errors.append(f"An app can register at most {MOST_OF_AN_APP} webhooks.")
    if errors:
        return {"errors": errors}
    number, now = call.store.next_id("webhook", first=1), call.store.now()
    fields, keys = given.get("fieldIdsFilter") or (), given.get("issuePropertyKeysFilter") or ()
    made = Webhook(
        number, "", url, tuple(events or ()), call.actor, now, jql=str(jql), dynamic=True, expires=now + LIFE
    )
    made.field_ids, made.property_keys = tuple(map(str, fields)), tuple(map(str, keys))
    _office(call).webhooks[number] = made
    return {"createdWebhookId": number}


def _complaints(call: Call, jql: str) -> list[str]:
    """Return what is wrong with the filter of a dynamic webhook, which knows a part of the language only."""
    try:
        query = parse(jql, bare_words=False)
        call.search.check(call.actor, jql)
    except Refused as refusal:
        return refusal.messages
    clauses = _clauses(query.where) if query.where else []
    return [
        f"The clause on '{clause.field}' is not supported in the jqlFilter of a webhook."
        for clause in clauses
        if clause.operator not in _OPERATORS
        or not (
            clause.field.casefold() in _FIELDS or clause.field.casefold().startswith(("cf[", "issue.prop"))
        )
    ]


def _clauses(node: Node) -> list[Clause]:
    match node:
        case Not(part):
            return _clauses(part)
        case And(parts) | Or(parts):
            return [clause for part in parts for clause in _clauses(part)]
        case Clause():
            return [node]


def _change(call: Call, webhook: Webhook, asked: Mapping[str, Any]) -> None:
    name, url = asked.get("name", webhook.name), asked.get("url", webhook.url)
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, "The name of a webhook must not be empty.")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refused(400, "The URL of a webhook must be absolute.")
    events = asked.get("events", list(webhook.events))
    if not isinstance(events, list) or (unknown := unknown_events(events, EVENTS)):
        raise Refused(
            400, f"The events {', '.join(unknown)} do not exist." if events else "Events are a list."
        )
    filters = asked.get("filters")
    jql = str(filters.get(FILTER, "")) if isinstance(filters, Mapping) else webhook.jql
    if jql:
        call.search.check(call.actor, jql)
    webhook.name, webhook.url, webhook.events, webhook.jql = name, url, tuple(events), jql
    webhook.exclude_body = bool(asked.get("excludeBody", webhook.exclude_body))
    webhook.enabled = bool(asked.get("enabled", webhook.enabled))
    if asked.get("secret") and (call.store.is_cloud or call.store.switches.dc_signed_webhooks):
        webhook.secret = str(asked["secret"])
    webhook.owner, webhook.updated = call.actor, call.store.now()


def _show_admin(call: Call, one: Webhook) -> dict[str, Any]:
    user = one.owner
    return {
        "name": one.name,
        "url": one.url,
        "excludeBody": one.exclude_body,
        "filters": {FILTER: one.jql},
        "events": list(one.events),
        "enabled": one.enabled,
        "isSigned": one.secret is not None,
        "self": f"{call.root}{PREFIX}/webhook/{one.id}",
        "lastUpdatedUser": user.account_id if call.store.is_cloud else user.key,
        "lastUpdatedDisplayName": user.display_name,
        "lastUpdated": epoch_millis(one.updated),
    }


def _show_dynamic(one: Webhook) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": one.id, "jqlFilter": one.jql, "events": list(one.events), "url": one.url}
    if one.field_ids:
        shown["fieldIdsFilter"] = list(one.field_ids)
    if one.property_keys:
        shown["issuePropertyKeysFilter"] = list(one.property_keys)
    return shown | ({"expirationDate": epoch_millis(one.expires)} if one.expires else {})


def _office(call: Call) -> Office:
    office = call.backstage.office
    office.forget_expired()
    return office


def _admin(call: Call) -> Webhook:
    _demand_administrator(call)
    number = call.parameters["webhook"]
    found = _office(call).webhooks.get(int(number)) if number.isdecimal() else None
    if found is None or found.dynamic:
        raise Refused(404, f"The webhook with id '{number}' does not exist.")
    return found


def _own(call: Call) -> list[Webhook]:
    return [one for one in _office(call).webhooks.values() if one.dynamic and one.owner is call.actor]


def _named(call: Call) -> list[Webhook]:
    numbers = call.object().get("webhookIds")
    if not isinstance(numbers, list) or not numbers:
        raise Refused(400, "The webhookIds are required.")
    return [one for one in _own(call) if one.id in numbers]


def _demand_administrator(call: Call) -> None:
    if not call.store.rights.administers(call.actor):
        raise Refused(403, "Only Jira administrators can manage webhooks.")


def _demand_app(call: Call) -> None:
    """Refuse with 403 whoever is no Connect or OAuth 2.0 app (Jira OpenAPI, registerDynamicWebhooks)."""
    call.sign_in()
    if not call.is_app and call.store.switches.dynamic_webhooks == "apps":
        raise Refused(403, "The caller is not a Connect app or an OAuth 2.0 app.")


ROUTES: list[Route] = [
    ("GET", "/webhook", all_admin),
    ("POST", "/webhook", create_admin),
    ("GET", "/webhook/{webhook}", get_admin),
    ("PUT", "/webhook/{webhook}", put_admin),
    ("DELETE", "/webhook/{webhook}", delete_admin),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/webhook", dynamic),
    ("POST", "/webhook", register),
    ("DELETE", "/webhook", unregister),
    ("PUT", "/webhook/refresh", refresh),
    ("GET", "/webhook/failed", failed),
]
