"""A problem told step by step, for tests of the policies: an incident, its people, what happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from careloop.model.case import Case, Contacted, Earlier
from careloop.model.change import Purpose
from careloop.model.dialect import Dialect
from careloop.model.event import Event, EventKind, Plain
from careloop.model.person import Person, PersonKind
from careloop.model.record import Record, RecordKind, RecordRef, State
from careloop.model.rules import ContactRules, Mode, Rules
from careloop.policies.confirmed_closure import ConfirmedClosure

INC = RecordRef("sn", "incident", "1" * 32)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

ANNA = Person(id="anna", instance="sn", native="id-anna", account="anna", name="Anna Example")
BEN = Person(
    id="ben", instance="sn", native="id-ben", account="ben", name="Ben Fixer", groups=frozenset({"desk"})
)
CLARA = Person(
    id="clara",
    instance="sn",
    native="id-clara",
    account="clara",
    name="Clara Other",
    groups=frozenset({"net"}),
)
DORA = Person(id="dora", instance="sn", native="id-dora", account="dora", name="Dora Watcher")
ROBOT = Person(id="robot", instance="sn", native="id-robot", account="system", kind=PersonKind.SERVICE)

INCIDENT = Dialect(
    kind=RecordKind.INCIDENT,
    states={State.IN_PROGRESS: "2", State.RESOLVED: "6", State.CLOSED: "7"},
    names={
        "title": "short_description",
        "description": "description",
        "requester": "caller_id",
        "assignee": "assigned_to",
        "group": "assignment_group",
        "category": "category",
        "parent": "parent_incident",
    },
    closed_is_final=True,
    asks=True,
    successor="incident",
)
JIRA_ISSUE = Dialect(
    kind=RecordKind.ISSUE,
    states={State.IN_PROGRESS: "In Progress"},
    names={"title": "summary"},
    public_comments=False,
)
SERVICE_DESK = Dialect(
    kind=RecordKind.SERVICE_REQUEST,
    states={State.IN_PROGRESS: "In Progress", State.RESOLVED: "Resolved", State.CLOSED: "Closed"},
    names={"assignee": "assignee"},
    asks=True,
)
DIALECTS = {("sn", "incident"): INCIDENT, ("jira", "ENG"): JIRA_ISSUE, ("jira", "DESK"): SERVICE_DESK}


def on(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """Return a time in March 2026; the second is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def an_incident(**values: Any) -> Record:
    """Return Anna's open incident, which Ben works on."""
    known: dict[str, Any] = {
        "ref": INC,
        "container": "incident",
        "number": "INC0010001",
        "kind": RecordKind.INCIDENT,
        "state": State.IN_PROGRESS,
        "native_state": "2",
        "version": "1",
        "updated": on(2, 8),
        "created": on(2, 8),
        "opened_at": on(2, 8),
        "title": "The printer is silent",
        "requester": "anna",
        "assignee": "ben",
        "group": "desk",
        "category": "hardware",
        "subcategory": "printer",
    }
    return Record(**(known | values))


def rules(**values: Any) -> Rules[Any]:
    """Return rules of confirmed closure that act."""
    known: dict[str, Any] = {
        "settings": ConfirmedClosure(),
        "mode": Mode.ACT,
        "since": SINCE,
        "contact": ContactRules(phone="+00 1"),
        "dialects": DIALECTS,
    }
    return Rules(**(known | values))


@dataclass
class Problem:
    """A problem that things happen to; `case` is what a policy gets to see."""

    records: dict[RecordRef, Record] = field(default_factory=lambda: {INC: an_incident()})
    people: dict[str, Person] = field(
        default_factory=lambda: {person.id: person for person in (ANNA, BEN, CLARA, DORA, ROBOT)}
    )
    events: list[Event] = field(default_factory=list)
    contacts: list[Contacted] = field(default_factory=list)
    earlier: tuple[Earlier, ...] = ()
    requester_records: int = 1

    @property
    def case(self) -> Case:
        return Case(
            problem="P1",
            records=tuple(self.records.values()),
            events=tuple(replace(event, seq=n) for n, event in enumerate(self.events, start=1)),
            people=self.people,
            contacts=tuple(self.contacts),
            earlier=self.earlier,
            requester_records=self.requester_records,
        )

    def happen(
        self,
        kind: EventKind,
        at: datetime,
        *,
        actor: str | None = None,
        text: str | None = None,
        ref: RecordRef = INC,
        **data: Plain,
    ) -> Event:
        event = Event(
            kind=kind,
            record=ref,
            occurred_at=at,
            source_key=f"{kind}:{len(self.events):04}",
            actor=actor,
            data=data,
            text=text,
        )
        self.events.append(event)
        return event

    def move(self, to: State, at: datetime, by: str | None = "ben", ref: RecordRef = INC) -> None:
        record = self.records[ref]
        stamps: Mapping[State, dict[str, Any]] = {
            State.RESOLVED: {"resolved_at": at, "resolver": by},
            State.CLOSED: {"closed_at": at},
        }
        self.happen(
            EventKind.STATE_CHANGED, at, actor=by, ref=ref, **{"from": record.state.value, "to": to.value}
        )
        self.records[ref] = replace(
            record, state=to, updated=at, version=str(len(self.events)), **stamps.get(to, {})
        )

    def resolve(self, at: datetime, by: str | None = "ben", ref: RecordRef = INC) -> None:
        self.move(State.RESOLVED, at, by, ref)

    def say(
        self,
        text: str,
        at: datetime,
        by: str = "anna",
        *,
        ref: RecordRef = INC,
        audience: str = "public",
        ours: str = "",
        automatic: bool = False,
    ) -> Event:
        return self.happen(
            EventKind.COMMENTED,
            at,
            actor=by,
            text=text,
            ref=ref,
            audience=audience,
            ours=ours,
            automatic=automatic,
        )

    def answer(
        self, verdict: str, at: datetime, by: str = "anna", *, text: str = "", attested: bool = False
    ) -> None:
        self.happen(
            EventKind.ANSWERED, at, actor=by, text=text, verdict=verdict, via="command", attested=attested
        )

    def contact(
        self,
        purpose: Purpose,
        at: datetime,
        cause: str,
        person: str = "anna",
        ref: RecordRef = INC,
        *,
        delivered: bool = True,
    ) -> None:
        self.happen(
            EventKind.CONTACTED,
            at,
            ref=ref,
            purpose=purpose.value,
            cause=cause,
            person=person,
            channel="comment",
            delivered=delivered,
        )

    def override(
        self,
        action: str,
        at: datetime,
        by: str = "clara",
        reason: str = "agreed",
        *,
        until: datetime | None = None,
        approved_by: str = "",
        revokes: str = "",
    ) -> None:
        self.happen(
            EventKind.OVERRIDDEN,
            at,
            actor=by,
            text=reason,
            action=action,
            until=until.isoformat() if until else "",
            approved_by=approved_by,
            revokes=revokes,
        )

    def defer(
        self,
        at: datetime,
        action: str = "defer",
        *,
        ref: RecordRef = INC,
        reason: str = "",
        until: str = "",
        owner: str = "",
        promised_to: str = "",
    ) -> Event:
        return self.happen(
            EventKind.DEFERRED,
            at,
            ref=ref,
            text=reason,
            action=action,
            until=until,
            owner=owner,
            promised_to=promised_to,
        )
