"""The way from one status to another, and what the screens on it demand."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from careloop.connectors.jira.site import Site
from careloop.errors import Refused

Step = Mapping[str, Any]
"""One transition as `GET transitions` describes it."""

_USUAL = {
    "resolution": "Done"
}  # what a person would pick when the screen demands it and nothing else is said


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue stands."""

    id: str
    key: str
    project: str
    status: str
    done: bool

    def after(self, step: Step) -> "Place":
        """Return where it stands once a transition was made."""
        return replace(self, status=step["to"]["name"], done=_is_done(step["to"]))


def locate(site: Site, issue: str) -> Place:
    """Return where an issue stands now; raises RecordMissing."""
    found = site.client.get(f"issue/{issue}", fields="project,status")
    fields = found["fields"]
    status = fields["status"]
    return Place(str(found["id"]), found["key"], fields["project"]["key"], status["name"], _is_done(status))


def equal(left: str, right: str) -> bool:
    """Tell whether two names mean the same status."""
    return left.casefold() == right.casefold()


def next_step(site: Site, place: Place, target: str) -> Step:
    """Return the transition to make next towards a status; Refused when no way is known.

    From what is done to what is not, the first step is out of done, declared or not: an issue that is open
    again is nearer to what is wanted, wherever it stands.
    """
    steps = site.client.get(f"issue/{place.id}/transitions", expand="transitions.fields")["transitions"]
    for wanted in (target, next_status(site.settings.workflow, place.status, target)):
        for step in steps:
            if equal(step["to"]["name"], wanted):
                return dict(step)
    out = [step for step in steps if not _is_done(step["to"])]
    if place.done and out and not site.is_done(target):
        return dict(min(out, key=lambda step: step["to"]["statusCategory"]["key"] == "new"))
    offered = ", ".join(step["to"]["name"] for step in steps) or "nothing, which may be a missing right"
    raise Refused(
        f"{site.name}: {place.key} cannot go from {place.status} to {target}; it can go to {offered}. "
        f"Declare the way under instances.{site.name}.workflow"
    )


def _is_done(status: Mapping[str, Any]) -> bool:
    return bool(status.get("statusCategory", {}).get("key") == "done")


def next_status(workflow: Mapping[str, Sequence[str]], start: str, target: str) -> str:
    """Return the first status after `start` on a shortest declared way to `target`, or an empty text."""
    graph = {name.casefold(): tuple(after) for name, after in workflow.items()}
    waiting = deque((name, name) for name in graph.get(start.casefold(), ()))
    reached = {start.casefold()}
    while waiting:
        name, first = waiting.popleft()
        if equal(name, target):
            return first
        if name.casefold() not in reached:
            reached.add(name.casefold())
            waiting.extend((after, first) for after in graph.get(name.casefold(), ()))
    return ""


def carries_comment(step: Step) -> bool:
    """Tell whether a transition's screen takes a comment along."""
    return "comment" in (step.get("fields") or {})


def fill_screen(site: Site, place: Place, step: Step, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Return values for a transition's screen: what is wanted, else what the settings declare.

    Only fields on the screen are sent, since Jira refuses others (Jira OpenAPI, Do transition). Refused
    when the screen demands a field that nothing gives a value for.
    """
    screen: Mapping[str, Any] = step.get("fields") or {}
    target = step["to"]["name"]
    declared = next((v for k, v in site.settings.transition_fields.items() if equal(k, target)), {})
    values = dict(site.fields.encode(name, text) for name, text in {**declared, **wanted}.items())
    filled = {id: value for id, value in values.items() if id in screen}
    for id, field in screen.items():
        if field.get("required") and not filled.get(id):
            filled |= _usual_value(site, place, target, id, field)
    return filled


def _usual_value(site: Site, place: Place, target: str, id: str, field: Mapping[str, Any]) -> dict[str, Any]:
    offered = [str(value.get("name") or value.get("value")) for value in field.get("allowedValues") or ()]
    usual = _USUAL.get(id)
    if usual in offered:
        return dict([site.fields.encode(id, str(usual))])
    if field.get("hasDefaultValue"):
        return {}
    choice = f" (one of {', '.join(offered)})" if offered else ""
    raise Refused(
        f"{site.name}: to bring {place.key} to {target}, Jira demands {field.get('name', id)}{choice}; "
        f"give it under instances.{site.name}.transition_fields.{target}"
    )
