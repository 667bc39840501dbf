"""Queues: the lists of work that agents of a service desk share."""

from functools import partial
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import ServiceDesk
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route
from careloop.sandbox.jira.rest.service_desk.desks import desk_of_agent
from careloop.sandbox.jira.rest.service_desk.paging import link, paged
from careloop.sandbox.jira.service.setup import Queue, portal


def queues(call: Call) -> Answer:
    at = desk_of_agent(call)
    rows, show = portal().queues, partial(_show_queue, call, at)
    return Answer(200, paged(call, f"/servicedesk/{at.id}/queue", rows, show))


def queue(call: Call) -> Answer:
    at = desk_of_agent(call)
    return Answer(200, _show_queue(call, at, _queue(call)))


def queue_issues(call: Call) -> Answer:
    """Return the issues in a queue, with the fields that are its columns."""
    at = desk_of_agent(call)
    rendering = call.rendering
    chosen = rendering.chosen(portal().columns, by_default="*navigable")

    def show(issue: Issue) -> dict[str, Any]:
        shown = rendering.issue(issue, chosen)
        return {name: shown[name] for name in ("id", "self", "key", "fields")}

    rows = _queued(call, at, _queue(call))
    path = f"/servicedesk/{at.id}/queue/{call.parameters['queue']}/issue"
    return Answer(200, paged(call, path, rows, show))


def _queue(call: Call) -> Queue:
    for known in portal().queues:
        if known.id == call.parameters["queue"]:
            return known
    raise Refused(404, f"The queue with id '{call.parameters['queue']}' does not exist.")


def _queued(call: Call, at: ServiceDesk, one: Queue) -> list[Issue]:
    return call.search.result(call.actor, one.jql.format(project=at.project.key)).issues


def _show_queue(call: Call, at: ServiceDesk, one: Queue) -> dict[str, Any]:
    shown = {
        "id": one.id,
        "name": one.name,
        "jql": one.jql.format(project=at.project.key),
        "fields": list(portal().columns),
        "_links": link(call, f"/servicedesk/{at.id}/queue/{one.id}"),
    }
    return shown | ({"issueCount": len(_queued(call, at, one))} if call.flag("includeCount") else {})


ROUTES: list[Route] = [
    ("GET", "/servicedesk/{desk}/queue", queues),
    ("GET", "/servicedesk/{desk}/queue/{queue}", queue),
    ("GET", "/servicedesk/{desk}/queue/{queue}/issue", queue_issues),
]
