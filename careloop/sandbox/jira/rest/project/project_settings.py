"""What a project is set to beyond its details: features and the address that its mails come from."""

import re
from typing import Any

from careloop.sandbox.jira.actions.administration import administer_project
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.configuration import read
from careloop.sandbox.jira.rest.call import Answer, Call, Route

_STATES = ("ENABLED", "DISABLED")
_SENDER = "jira@example.com"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+$")


def features(call: Call) -> Answer:
    return Answer(200, _listed(call.project))


def switch_feature(call: Call) -> Answer:
    """Switch a feature on or off; 400 for one that is locked."""
    project, key = call.project, call.parameters["feature"]
    administer_project(call.store, call.actor, project)
    feature = next((one for one in _features(project) if one["feature"] == key), None)
    if feature is None:
        raise Refused(404, f"The project '{project.key}' has no feature '{key}'.")
    state = call.object("state").get("state")
    if state not in _STATES:
        raise invalid("state", f"The state must be one of {', '.join(_STATES)}.")
    if feature["toggleLocked"] and state != feature["state"]:
        raise Refused(400, f"The feature '{key}' is locked.")
    project.features[key] = str(state)
    return Answer(200, _listed(project))


def sender(call: Call) -> Answer:
    project = call.project
    call.sign_in()
    return Answer(200, {"emailAddress": project.sender or _SENDER, "emailAddressStatus": []})


def set_sender(call: Call) -> Answer:
    """Set where the mails of a project come from; an empty address restores the site's own."""
    project = call.project
    administer_project(call.store, call.actor, project)
    address = call.object("emailAddress", "emailAddressStatus").get("emailAddress")
    if not isinstance(address, str) or (address and not _ADDRESS.match(address)):
        raise invalid("emailAddress", "You must specify a valid email address.")
    project.sender = address
    return Answer(204)


def _features(project: Project) -> list[dict[str, Any]]:
    """Return the features of a project's type, each as it is switched."""
    rows = read("features").get(project.kind, [])
    return [{**row, "state": project.features.get(row["feature"], row["state"])} for row in rows]


def _listed(project: Project) -> dict[str, Any]:
    number = {"projectId": int(project.id), "prerequisites": []}
    return {"features": [{**row, **number} for row in _features(project)]}


CLOUD_ROUTES: list[Route] = [
    ("GET", "/project/{project}/features", features),
    ("PUT", "/project/{project}/features/{feature}", switch_feature),
    ("GET", "/project/{project}/email", sender),
    ("PUT", "/project/{project}/email", set_sender),
]
