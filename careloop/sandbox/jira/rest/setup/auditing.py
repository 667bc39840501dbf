"""The log of who did what to projects and accounts."""

from datetime import datetime
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.dates import read_instant
from careloop.sandbox.jira.model.audit import Record
from careloop.sandbox.jira.rest.call import Answer, Call, Route

MOST_SHOWN = 1000


def records(call: Call) -> Answer:
    """Return records, the latest first, that have every word of the filter and lie between two moments."""
    administer(call.store, call.actor)
    words = call.query.get("filter", "").casefold().split()
    first, last = _moment(call, "from"), _moment(call, "to")
    rows = [
        one
        for one in reversed(call.store.audit)
        if all(any(word in text for text in one.words()) for word in words)
        and (first is None or one.created >= first)
        and (last is None or one.created <= last)
    ]
    offset, limit = call.number("offset", 0), call.number("limit", MOST_SHOWN, most=MOST_SHOWN)
    shown = [_show(call, one) for one in rows[offset : offset + limit]]
    return Answer(200, {"offset": offset, "limit": limit, "total": len(rows), "records": shown})


def _moment(call: Call, name: str) -> datetime | None:
    """Return a moment in the query string; what cannot be read sets no limit."""
    text = call.query.get(name)
    return read_instant(text) if text else None


def _show(call: Call, one: Record) -> dict[str, Any]:
    number, name, kind = one.thing
    return {
        "id": one.id,
        "summary": one.summary,
        "category": one.category,
        "created": call.view.instant(one.created),
        "authorKey": one.author.account_id if call.store.is_cloud else one.author.key,
        "objectItem": {"id": number, "name": name, "typeName": kind},
        "associatedItems": [],
        "changedValues": [],
    }


CLOUD_ROUTES: list[Route] = [("GET", "/auditing/record", records)]
