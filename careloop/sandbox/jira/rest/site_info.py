"""What the site tells about itself: server, settings, statuses, priorities and other lists."""

from typing import Any

from careloop.sandbox.jira.actions.projects import administer
from careloop.sandbox.jira.dates import write_instant
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Priority, Resolution
from careloop.sandbox.jira.rest.call import Answer, Call, Handler, Route, bean

CLOUD_ID = "1f6c2a90-5b1d-4c57-9a83-7e2d0c4b8a11"
CLOUD_VERSION = (1001, 0, 0)
DC_VERSION = (9, 12, 15)
_TIME_TRACKING = {
    "workingHoursPerDay": 8.0,
    "workingDaysPerWeek": 5.0,
    "timeFormat": "pretty",
    "defaultUnit": "minute",
}
EVENTS = (
    *("Issue Created", "Issue Updated", "Issue Assigned", "Issue Resolved", "Issue Closed"),
    *("Issue Commented", "Issue Reopened", "Issue Deleted", "Issue Moved", "Work Logged On Issue"),
    *("Work Started On Issue", "Work Stopped On Issue", "Generic Event", "Issue Comment Edited"),
    *("Issue Worklog Updated", "Issue Worklog Deleted", "Issue Comment Deleted"),
)
"""The events of the system in the order of their ids, from 1 on (Atlassian docs, notification schemes)."""


def server_info(call: Call) -> Answer:
    is_cloud = call.store.is_cloud
    version = CLOUD_VERSION if is_cloud else DC_VERSION
    shown: dict[str, Any] = {
        "baseUrl": call.root,
        "version": "1001.0.0-SNAPSHOT" if is_cloud else ".".join(map(str, version)),
        "versionNumbers": list(version),
        "deploymentType": "Cloud" if is_cloud else "Server",
        "buildNumber": 100_300 if is_cloud else 9_120_015,
        "buildDate": "2026-01-05T00:00:00.000+0000",
        "serverTime": write_instant(call.store.now()),
        "scmInfo": "0" * 40,
        "serverTitle": "Jira",
    }
    if is_cloud:
        shown |= {"displayUrl": call.root, "serverTimeZone": "Etc/UTC", "defaultLocale": {"locale": "en_US"}}
    return Answer(200, shown)


def tenant_info(_: Call) -> Answer:
    return Answer(200, {"cloudId": CLOUD_ID})


def settings(call: Call) -> Answer:
    call.sign_in()
    return Answer(
        200,
        {
            "votingEnabled": True,
            "watchingEnabled": True,
            "unassignedIssuesAllowed": True,
            "subTasksEnabled": True,
            "issueLinkingEnabled": True,
            "timeTrackingEnabled": True,
            "attachmentsEnabled": True,
            "timeTrackingConfiguration": _TIME_TRACKING,
        },
    )


def time_tracking(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, _TIME_TRACKING)


def time_provider(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"key": "JIRA", "name": "JIRA provided time tracking", "url": ""})


def alternatives(call: Call) -> Answer:
    """Return the types that issues of one type can have instead: those of its level."""
    kinds = call.store.configuration.issue_types
    found = kinds.by_id(call.parameters["id"])
    if found is None:
        raise Refused(404, f"The issue type '{call.parameters['id']}' does not exist.")
    return Answer(200, [call.view.piece(k) for k in kinds if k is not found and k.level == found.level])


def events(call: Call) -> Answer:
    """Return what can happen to an issue, as notification schemes know it."""
    administer(call.store, call.actor)
    return Answer(200, [{"id": number, "name": name} for number, name in enumerate(EVENTS, 1)])


def labels(call: Call) -> Answer:
    """Return every label in use, a thousand a page."""
    call.sign_in()
    found = sorted({label for issue in call.store.issues.values() for label in issue.labels})
    return Answer(200, bean(call, "label", found, lambda label: label, 1000))


def priorities(call: Call) -> Answer:
    return Answer(200, [_show_priority(call, priority) for priority in call.store.configuration.priorities])


def get_priority(call: Call) -> Answer:
    found = call.store.configuration.priorities.by_id(call.parameters["id"])
    if found is None:
        raise Refused(404, f"The priority with id '{call.parameters['id']}' does not exist")
    return Answer(200, _show_priority(call, found))


def priority_page(call: Call) -> Answer:
    ids, name = call.words("id"), call.query.get("priorityName", "").casefold()
    only_default = call.flag("onlyDefault")
    rows = [
        priority
        for priority in call.store.configuration.priorities
        if (not ids or priority.id in ids)
        and name in priority.name.casefold()
        and (not only_default or priority.id == "3")
    ]

    def show(priority: Priority) -> dict[str, Any]:
        return {**_show_priority(call, priority), "isDefault": priority.id == "3"}

    return Answer(200, bean(call, "priority/search", rows, show))


def resolution_page(call: Call) -> Answer:
    ids, only_default = call.words("id"), call.flag("onlyDefault")
    found = call.store.configuration.resolutions
    rows = [] if only_default else [one for one in found if not ids or one.id in ids]

    def show(one: Resolution) -> dict[str, Any]:
        return {"id": one.id, "name": one.name, "description": one.description, "default": False}

    return Answer(200, bean(call, "resolution/search", rows, show))


def types_of_project(call: Call) -> Answer:
    reference, level = call.query.get("projectId", ""), call.query.get("level")
    project = call.store.configuration.project(reference)
    if project is None or not call.store.rights.may(call.user, "BROWSE_PROJECTS", project):
        raise Refused(404, f"No project could be found with id '{reference}'.")
    kinds = [kind for kind in project.issue_types if level is None or str(kind.level) == level]
    return Answer(200, [call.view.piece(kind) for kind in kinds])


def listing(noun: str) -> Handler:
    """Return a handler that lists one register of the configuration."""

    def answer(call: Call) -> Answer:
        return Answer(200, [call.view.piece(item) for item in getattr(call.store.configuration, noun)])

    return answer


def single(noun: str) -> Handler:
    """Return a handler that finds one item of a register by id, name or key."""

    def answer(call: Call) -> Answer:
        reference = call.parameters["id"]
        register = getattr(call.store.configuration, noun)
        found = register.find(reference) or [
            item for item in register if getattr(item, "key", None) == reference
        ]
        if not found:
            raise Refused(404, f"Nothing with the id '{reference}' exists here.")
        return Answer(200, call.view.piece(found[0]))

    return answer


def _show_priority(call: Call, priority: Priority) -> dict[str, Any]:
    return {
        "self": f"{call.view.api}/priority/{priority.id}",
        "statusColor": priority.color,
        "description": priority.description,
        "iconUrl": f"{call.root}/images/icons/priorities/{priority.name.lower()}.svg",
        "name": priority.name,
        "id": priority.id,
    }


ROUTES: list[Route] = [
    ("GET", "/serverInfo", server_info),
    ("GET", "/configuration", settings),
    ("GET", "/priority", priorities),
    ("GET", "/priority/{id}", get_priority),
    ("GET", "/resolution", listing("resolutions")),
    ("GET", "/resolution/{id}", single("resolutions")),
    ("GET", "/status", listing("statuses")),
    ("GET", "/status/{id}", single("statuses")),
    ("GET", "/statuscategory", listing("categories")),
    ("GET", "/statuscategory/{id}", single("categories")),
    ("GET", "/issuetype", listing("issue_types")),
    ("GET", "/issuetype/{id}", single("issue_types")),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/label", labels),
    ("GET", "/events", events),
    ("GET", "/configuration/timetracking", time_provider),
    ("GET", "/configuration/timetracking/options", time_tracking),
    ("GET", "/issuetype/{id}/alternatives", alternatives),
    ("GET", "/priority/search", priority_page),
    ("GET", "/resolution/search", resolution_page),
    ("GET", "/issuetype/project", types_of_project),
]
