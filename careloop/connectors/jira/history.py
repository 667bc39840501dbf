"""What happened to issues, from their changelogs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careloop.connectors.jira.client import Client
from careloop.connectors.jira.moment import read_moment
from careloop.connectors.jira.people import People
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.states import Status
from careloop.model.event import Event, EventKind, Plain
from careloop.model.person import person_id
from careloop.model.record import RecordRef, State

Histories = list[Mapping[str, Any]]

FIELDS = ("status", "resolution", "assignee")


def fetch_histories(client: Client, ids: Sequence[str]) -> dict[str, Histories]:
    """Return the changes of the fields we follow for up to 1000 issues; an issue without any is missing."""
    found: dict[str, Histories] = {}
    if not client.is_cloud:
        for id in ids:
            found[id] = client.get(f"issue/{id}", fields="created", expand="changelog")["changelog"][
                "histories"
            ]
        return found
    body: dict[str, Any] = {"issueIdsOrKeys": list(ids), "fieldIds": list(FIELDS)}
    while ids:
        answer = client.ask("changelog/bulkfetch", body)
        for log in answer["issueChangeLogs"]:
            found.setdefault(str(log["issueId"]), []).extend(log["changeHistories"])
        if not answer.get("nextPageToken"):
            break
        body["nextPageToken"] = answer["nextPageToken"]
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """What a history tells: the events, and who ended the work on an issue on which none is left to do."""

    events: tuple[Event, ...]
    resolver: str | None


@dataclass(frozen=True, slots=True)
class _Moment:
    """The facts an issue's state follows from, at one point of its history."""

    status: Status
    resolution: str
    state: State


def tell(site: Site, people: People, issue: Mapping[str, Any], histories: Histories) -> Told:
    """Read an issue's whole history, oldest first, whatever order it came in."""
    return _Reader(site, people, issue, sorted(histories, key=_order)).read()


def _order(history: Mapping[str, Any]) -> tuple[datetime, int]:
    return read_moment(history["created"]), int(history["id"])


class _Reader:
    def __init__(self, site: Site, people: People, issue: Mapping[str, Any], histories: Histories) -> None:
        self._site = site
        self._people = people
        self._issue = issue
        self._project = issue["fields"]["project"]["key"]
        self._ref = RecordRef(site.name, "issue", str(issue["id"]))
        self._histories = [(history, _followed(history)) for history in histories]

    def read(self) -> Told:
        now = self._first()
        events = [self._opened()]
        resolver: str | None = None
        for history, items in self._histories:
            before, now = now, self._after(now, items)
            actor = self._people.meet(history.get("author"))
            if now.state.is_open:
                resolver = None
            elif before.state.is_open:
                resolver = actor
            events += self._events(history, items, before, now, actor)
        return Told(tuple(events), resolver)

    def _first(self) -> _Moment:
        """Return how the issue began: what its first changes changed from, or what it still is."""
        fields = self._issue["fields"]
        status = Status.read(fields["status"])
        resolution = (fields.get("resolution") or {}).get("name", "")
        for item in reversed([item for _, items in self._histories for item in items]):
            if _field(item) == "status":
                status = self._site.status(str(item.get("from")), item.get("fromString") or "")
            elif _field(item) == "resolution":
                resolution = item.get("fromString") or ""
        return self._moment(status, resolution)

    def _after(self, before: _Moment, items: Iterable[Mapping[str, Any]]) -> _Moment:
        status, resolution = before.status, before.resolution
        for item in items:
            if _field(item) == "status":
                status = self._site.status(str(item.get("to")), item.get("toString") or "")
            elif _field(item) == "resolution":
                resolution = item.get("toString") or ""
        return self._moment(status, resolution)

    def _moment(self, status: Status, resolution: str) -> _Moment:
        return _Moment(status, resolution, self._site.state(self._project, status, resolution))

    def _opened(self) -> Event:
        fields = self._issue["fields"]
        return Event(
            kind=EventKind.OPENED,
            record=self._ref,
            occurred_at=read_moment(fields["created"]),
            source_key=f"{self._site.name}:opened:issue:{self._issue['id']}",
            actor=self._people.meet(fields.get("creator")),
        )

    def _events(
        self,
        history: Mapping[str, Any],
        items: Sequence[Mapping[str, Any]],
        before: _Moment,
        now: _Moment,
        actor: str | None,
    ) -> Iterator[Event]:
        """Yield one event for each item, and one more when a resolution alone changed the state."""
        moved: dict[str, Plain] = {
            "from": before.state.value,
            "to": now.state.value,
            "native": now.status.name,
        }
        told: list[tuple[EventKind, dict[str, Plain]]] = []
        for item in items:
            if _field(item) == "status":
                told.append((EventKind.STATE_CHANGED, moved))
            elif _field(item) == "assignee":
                told.append((EventKind.ASSIGNED, self._assigned(item)))
            else:
                told.append((EventKind.RESOLUTION_GIVEN, {"code": item.get("toString") or ""}))
        if before.state is not now.state and before.status == now.status:
            told.append((EventKind.STATE_CHANGED, moved))
        at = read_moment(history["created"])
        for n, (kind, data) in enumerate(told):
            if kind is EventKind.RESOLUTION_GIVEN and not data["code"]:
                continue  # a resolution taken away: the change of state tells it
            key = f"{self._site.name}:changelog:{self._issue['id']}:{history['id']}:{n}"
            yield Event(kind=kind, record=self._ref, occurred_at=at, source_key=key, actor=actor, data=data)

    def _assigned(self, item: Mapping[str, Any]) -> dict[str, Plain]:
        return {
            "field": "assignee",
            "from": self._person(item.get("from")),
            "to": self._person(item.get("to")),
        }

    def _person(self, native: Any) -> str | None:
        return person_id(self._site.name, str(native)) if native else None


def _followed(history: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in history["items"] if _field(item) in FIELDS]


def _field(item: Mapping[str, Any]) -> str:
    return str(item.get("fieldId") or item.get("field") or "")
