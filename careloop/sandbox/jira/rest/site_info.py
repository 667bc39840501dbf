"""What the site tells about itself: server, settings, statuses and other lists."""

from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.dates import write_instant
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.notification import EVENTS
from careloop.sandbox.jira.rest.call import Answer, Call, Handler, Route, bean

CLOUD_ID = "1f6c2a90-5b1d-4c57-9a83-7e2d0c4b8a11"
CLOUD_VERSION = (1001, 0, 0)
DC_VERSION = (9, 12, 15)


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
            "timeTrackingConfiguration": call.store.settings.time_tracking.show(),
        },
    )


def events(call: Call) -> Answer:
    """Return what can happen to an issue, as notification schemes know it."""
    administer(call.store, call.actor)
    return Answer(200, [{"id": number, "name": name} for number, name in enumerate(EVENTS, 1)])


def labels(call: Call) -> Answer:
    """Return every label in use, a thousand a page."""
    call.sign_in()
    found = sorted({label for issue in call.store.issues.values() for label in issue.labels})
    return Answer(200, bean(call, "label", found, lambda label: label, 1000))


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


ROUTES: list[Route] = [
    ("GET", "/serverInfo", server_info),
    ("GET", "/configuration", settings),
    ("GET", "/status", listing("statuses")),
    ("GET", "/status/{id}", single("statuses")),
    ("GET", "/statuscategory", listing("categories")),
    ("GET", "/statuscategory/{id}", single("categories")),
]
CLOUD_ROUTES: list[Route] = [
    ("GET", "/label", labels),
    ("GET", "/events", events),
]
