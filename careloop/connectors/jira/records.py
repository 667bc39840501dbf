"""Issues as records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from careloop.connectors.jira.fields import render, split
from careloop.connectors.jira.moment import read_moment, to_milliseconds
from careloop.connectors.jira.people import People, native_id
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.states import Status
from careloop.model.record import Record, RecordRef, State

FIELDS = (
    "project", "summary", "status", "resolution", "resolutiondate", "created", "updated", "creator",
    "reporter", "assignee", "priority", "labels", "duedate", "components", "fixVersions", "parent", "comment",
    "issuelinks",
)  # fmt: skip
"""The fields read of every issue: what is not named here or in the settings never reaches us."""

PROPERTY = "careloop"
"""The property of issues and comments that holds the key of the change that made them."""

Issue = Mapping[str, Any]


def version_of(issue: Issue) -> str:
    """Return what tells versions of an issue apart; ValueError or KeyError when it has none."""
    return str(to_milliseconds(read_moment(issue["fields"]["updated"])))


def read_record(site: Site, people: People, issue: Issue, mapped: Sequence[str]) -> Record:
    """Return an issue as a record; KeyError, TypeError or ValueError when it holds something absurd."""
    fields = issue["fields"]
    key = fields["project"]["key"]
    status = Status.read(fields["status"])
    resolution = (fields.get("resolution") or {}).get("name", "")
    state = site.state(key, status, resolution)
    ended = _moment(fields.get("resolutiondate"))
    values = {name: fields.get(id) for name, id in site.fields.known(mapped).items()}
    _meet_mapped(people, values.values())
    return Record(
        ref=RecordRef(site.name, "issue", str(issue["id"])),
        container=key,
        number=issue["key"],
        kind=site.kind(key),
        state=state,
        native_state=status.name,
        version=version_of(issue),
        updated=read_moment(fields["updated"]),
        created=read_moment(fields["created"]),
        title=fields.get("summary") or "",
        requester=people.meet(fields.get("reporter")),
        opened_by=people.meet(fields.get("creator")),
        assignee=people.meet(fields.get("assignee")),
        opened_at=read_moment(fields["created"]),
        resolved_at=None if state.is_open else ended,
        closed_at=ended if state in (State.CLOSED, State.CANCELED) else None,
        close_code=resolution,
        category=next((component["name"] for component in fields.get("components") or ()), ""),
        priority=(fields.get("priority") or {}).get("name", ""),
        parent=str(fields["parent"]["id"]) if fields.get("parent") else None,
        labels=tuple(fields.get("labels") or ()),
        due=_due(site, fields),
        released=any(version.get("released") for version in fields.get("fixVersions") or ()),
        url=f"{site.settings.url}/browse/{issue['key']}",
        references=_references(site, issue),
        link_types=tuple(sorted({link["type"]["name"] for link in fields.get("issuelinks") or ()})),
        fields=dict.fromkeys(mapped, "") | {name: render(value) for name, value in values.items()},
    )


def own_property(issue: Issue) -> Mapping[str, Any]:
    """Return what we noted on an issue ourselves."""
    held = (issue.get("properties") or {}).get(PROPERTY)
    return held if isinstance(held, dict) else {}


def _references(site: Site, issue: Issue) -> tuple[str, ...]:
    """Return the numbers of records elsewhere that an issue names, in our note or in fields for them."""
    noted = [str(number) for number in own_property(issue).get("references", ())]
    ids = site.fields.known(site.settings.references).values()
    named = [number for id in ids for number in split(render(issue["fields"].get(id)))]
    return tuple(dict.fromkeys([*noted, *named]))


def _meet_mapped(people: People, values: Iterable[Any]) -> None:
    for value in values:
        for user in value if isinstance(value, list) else [value]:
            if isinstance(user, dict) and native_id(user) and "displayName" in user:
                people.meet(user)


def _due(site: Site, fields: Mapping[str, Any]) -> date | None:
    name = site.settings.due_field
    text = fields.get(site.fields.known([name]).get(name, ""))
    return date.fromisoformat(text[:10]) if text else None


def _moment(value: Any) -> datetime | None:
    return read_moment(value) if value else None
