"""A connector for a ticket list: one JSON file that a small team keeps on a shared drive."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from careloop.errors import AnswerLost, NotAnApi, RecordMissing, Refused, Unreachable
from careloop.model.change import AddComment, AnyChange, Contact, Create, Link, Transition, Update
from careloop.model.check import Check, CheckContext, Right, Severity
from careloop.model.comment import Audience, Comment
from careloop.model.dialect import Dialect
from careloop.model.event import Event, EventKind
from careloop.model.intent import Intent, Probe, Receipt, Verdict, short_reference
from careloop.model.mark import find_mark, sign
from careloop.model.page import Page, Scope, Snapshot, Unread
from careloop.model.person import Person, PersonKind, person_id
from careloop.model.record import Record, RecordKind, RecordRef, State
from careloop.model.traffic import Traffic
from careloop.ports import Clock, Kind

Ticket = dict[str, Any]
TABLE = "tickets"
ACCOUNT = "careloop"
STATES = {"open": State.NEW, "working": State.IN_PROGRESS, "solved": State.RESOLVED, "done": State.CLOSED}
DIALECT = Dialect(
    kind=RecordKind.INCIDENT,
    states={state: status for status, state in STATES.items()},
    names={"title": "title", "requester": "for", "assignee": "worker"},
    asks=True,
)


class Settings(BaseModel):
    """`instances.<name>` of kind `ticket_list`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["ticket_list"] = "ticket_list"
    path: Path
    production: bool = False

    @property
    def url(self) -> str:
        return self.path.absolute().as_uri()

    @property
    def queries(self) -> Mapping[str, str]:
        return {TABLE: ""}


class Share:
    """The shared drive; what can go wrong with it goes wrong here."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes:
        return self._path.read_bytes()

    def write(self, data: bytes) -> None:
        """Exchange the whole file at once, so that nobody ever reads half of it."""
        new = self._path.with_suffix(".new")
        new.write_bytes(data)
        new.replace(self._path)


class TicketList:
    """See `careloop.ports.Connector`. The file numbers its revisions, and a ticket keeps that of its last."""

    def __init__(
        self, name: str, settings: Settings, clock: Clock, rng: random.Random, inner: Share | None = None
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._share = inner or Share(settings.path)
        self._calls = self._received = 0

    # --- what it is ---

    @property
    def traffic(self) -> Traffic:
        return Traffic(requests=self._calls, received=self._received)

    def read_clock(self) -> datetime:
        return self._clock.now()

    def identify(self) -> str:
        return self._settings.url

    def dialect(self, container: str) -> Dialect:
        return DIALECT

    def settling(self) -> float:
        return 5.0

    def check(self, context: CheckContext) -> Iterator[Check]:
        document = self._load()
        lock = document.get("locked")
        severity = Severity.WARNING if lock else Severity.OK
        says = f"locked by {lock}" if lock else f"{len(document[TABLE])} tickets"
        advice = "ask them to unlock it before the first run" if lock else ""
        yield Check(instance=self.name, name="list", severity=severity, says=says, advice=advice)

    def rights(self, context: CheckContext) -> Iterator[Right]:
        for access, mode in (("read", "audit"), ("write", "ask")):
            yield Right(
                instance=self.name,
                target=str(self._settings.path),
                access=access,
                fields=(),
                role="",
                mode=mode,
                why="the whole list is one file",
            )

    # --- reading ---

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        document = self._load()
        newer = [t for t in document[TABLE] if t["revision"] > int(cursor or 0)]
        yield self._page(document, sorted(newer, key=lambda t: t["revision"]), scope)

    def find_people(self, name: str) -> tuple[Person, ...]:
        people = (self._person(account, said) for account, said in self._load()["people"].items())
        return tuple(person for person in people if person.goes_by(name))

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        document, wanted = self._load(), {ref.id for ref in refs}
        return self._page(document, [t for t in document[TABLE] if t["id"] in wanted], scope)

    def _load(self) -> dict[str, Any]:
        self._calls += 1
        try:
            text = self._share.read()
            self._received += len(text)
            document: dict[str, Any] = json.loads(text)
        except OSError as error:
            raise Unreachable(f"{self.name}: {error}") from error
        except ValueError as error:
            raise NotAnApi(f"{self.name}: {self._settings.path} is no ticket list: {error}") from error
        return document

    def _page(self, document: Mapping[str, Any], tickets: Sequence[Ticket], scope: Scope) -> Page:
        snapshots: list[Snapshot] = []
        unread: list[Unread] = []
        for ticket in tickets:
            try:
                snapshots.append(self._snapshot(ticket, scope))
            except (KeyError, ValueError) as error:
                why = f"{type(error).__name__}: {error}"
                unread.append(Unread(instance=self.name, container=TABLE, id=ticket["id"], why=why))
        people = {**document["people"], ACCOUNT: {}}
        return Page(
            snapshots=tuple(snapshots),
            people=tuple(self._person(account, said) for account, said in people.items()),
            unread=tuple(unread),
            cursor=str(document["revision"]),
            total=len(tickets),
        )

    def _pseudonym(self, account: str) -> str | None:
        return person_id(self.name, account) if account else None

    def _person(self, account: str, said: Mapping[str, str]) -> Person:
        return Person(
            id=person_id(self.name, account),
            instance=self.name,
            native=account,
            account=account,
            name=said.get("name", ""),
            email=said.get("email", ""),
            kind=PersonKind.SERVICE if account == ACCOUNT else PersonKind.HUMAN,
        )

    def _snapshot(self, ticket: Ticket, scope: Scope) -> Snapshot:
        ref = RecordRef(self.name, TABLE, ticket["id"])
        moves = [{**move, "at": datetime.fromisoformat(move["at"])} for move in ticket["history"]]
        reached = {STATES[move["status"]]: move for move in moves}
        solved, done = reached.get(State.RESOLVED), reached.get(State.CLOSED)
        record = Record(
            ref=ref,
            container=TABLE,
            number=f"T-{ticket['id']}",
            kind=DIALECT.kind,
            state=STATES[ticket["status"]],
            native_state=ticket["status"],
            version=str(ticket["revision"]),
            updated=datetime.fromisoformat(ticket["changed"]),
            created=moves[0]["at"],
            title=ticket["title"],
            requester=self._pseudonym(ticket["for"]),
            assignee=self._pseudonym(ticket["worker"]),
            resolver=self._pseudonym(solved["by"]) if solved else None,
            resolved_at=solved["at"] if solved else None,
            closed_at=done["at"] if done else None,
            matches=tuple(name for name, query in scope.selections.items() if not query),
            references=tuple(ticket["see"]),
            fields={name: str(ticket.get(name, "")) for name in (*scope.fields, "title")},
        )
        comments = tuple(self._comment(note, ref) for note in ticket["notes"])
        return Snapshot(record=record, observed=True, events=self._events(ref, moves), comments=comments)

    def _events(self, ref: RecordRef, moves: Sequence[Ticket]) -> tuple[Event, ...]:
        def entry(n: int, kind: EventKind, data: Mapping[str, str]) -> Event:
            key = f"{self.name}:history:{ref.id}:{n}"
            actor = person_id(self.name, moves[n]["by"])
            return Event(
                kind=kind, record=ref, occurred_at=moves[n]["at"], source_key=key, actor=actor, data=data
            )

        changed = [
            entry(
                n,
                EventKind.STATE_CHANGED,
                {"from": STATES[a["status"]], "to": STATES[b["status"]], "native": b["status"]},
            )
            for n, (a, b) in enumerate(pairwise(moves), start=1)
        ]
        return (entry(0, EventKind.OPENED, {}), *changed)

    def _comment(self, note: Ticket, ref: RecordRef) -> Comment:
        ours = note["by"] == ACCOUNT
        return Comment(
            id=f"{ref.id}-{note['id']}",
            record=ref,
            at=datetime.fromisoformat(note["at"]),
            author=person_id(self.name, note["by"]),
            audience=Audience.PUBLIC if note["public"] else Audience.INTERNAL,
            body=note["text"],
            key=find_mark(note["text"]) if ours else "",
        )

    # --- writing ---

    def push(self, change: AnyChange) -> Receipt:
        document = self._load()
        if document.get("locked"):
            raise Refused(f"{self.name}: the list is locked by {document['locked']}")
        ticket = _start(document, change) if isinstance(change, Create) else _find(document, change.subject)
        self._write(ticket, change)
        document["revision"] += 1
        ticket |= {"revision": document["revision"], "changed": self._clock.now().isoformat()}
        self._calls += 1
        try:
            self._share.write(json.dumps(document, indent=1).encode())
        except OSError as error:
            raise AnswerLost(f"{self.name}: {error} while the list was saved") from error
        return self._receipt(ticket, change)

    def _write(self, ticket: Ticket, change: AnyChange) -> None:
        values, at = _values(change), self._clock.now().isoformat()
        if unknown := sorted(set(values) - set(ticket)):
            raise Refused(f"{self.name}: a ticket has no {', '.join(unknown)}")
        if "status" in values or isinstance(change, Create):
            move = {"at": at, "by": ACCOUNT, "status": values.get("status", "open")}
            ticket["history"].append(move)
        ticket |= values
        if isinstance(change, Link) and change.title not in ticket["see"]:
            ticket["see"].append(change.title)
        for public, text in _texts(change):
            note = {"id": len(ticket["notes"]) + 1, "at": at, "by": ACCOUNT, "public": public}
            ticket["notes"].append({**note, "text": sign(text, change.key)})

    def _receipt(self, ticket: Ticket, change: AnyChange) -> Receipt:
        note = _our_note(ticket, change)
        scope = Scope(instance=self.name, container=TABLE, fields=tuple(_values(change)))
        native = f"{ticket['id']}-{note['id']}" if note else ticket["id"]
        return Receipt(record=self._snapshot(ticket, scope).record, native_id=native)

    def probe(self, intent: Intent) -> Probe:
        change, document = intent.change, self._load()
        if isinstance(change, Create):
            ticket = next((t for t in document[TABLE] if t["key"] == change.key), None)
        else:
            ticket = _find(document, change.subject)
        if ticket is not None and _holds(ticket, change):
            return Probe(verdict=Verdict.HAPPENED, receipt=self._receipt(ticket, change))
        untouched = ticket is None or not _values(change) or str(ticket["revision"]) == intent.before
        return Probe(verdict=Verdict.ABSENT if untouched else Verdict.OVERTAKEN)


def _start(document: dict[str, Any], change: Create) -> Ticket:
    """Return a new ticket; it carries the key of its change, by which a probe knows it again."""
    ticket: Ticket = {"id": str(len(document[TABLE]) + 1), "key": change.key, "title": "", "status": "open"}
    ticket |= {"for": "", "worker": "", "history": [], "notes": [], "see": []}
    document[TABLE].append(ticket)
    return ticket


def _find(document: Mapping[str, Any], ref: RecordRef) -> Ticket:
    for ticket in document[TABLE]:
        if ticket["id"] == ref.id:
            found: Ticket = ticket
            return found
    raise RecordMissing(f"{ref}: there is no such ticket any more")


def _values(change: AnyChange) -> dict[str, str]:
    match change:
        case Create() | Update():
            return dict(change.fields)
        case Transition():
            return {**change.fields, "status": change.native}
        case _:
            return {}


def _texts(change: AnyChange) -> list[tuple[bool, str]]:
    """Return the texts of a change, and whether the customer may read them."""
    match change:
        case AddComment():
            return [(change.audience is Audience.PUBLIC, change.body)]
        case Contact():
            return [(True, change.message)]
        case Transition():
            return [(public, text) for public, text in ((True, change.message), (False, change.note)) if text]
        case _:
            return []


def _our_note(ticket: Ticket, change: AnyChange) -> Ticket | None:
    mine = short_reference(change.key)
    ours = (n for n in ticket["notes"] if n["by"] == ACCOUNT and find_mark(n["text"]) == mine)
    return next(ours, None)


def _holds(ticket: Ticket, change: AnyChange) -> bool:
    """Tell whether a ticket shows every trace that a change leaves."""
    if isinstance(change, Create):
        return True
    if isinstance(change, Link):
        return change.title in ticket["see"]
    said = _our_note(ticket, change) is not None or not _texts(change)
    return said and all(ticket[name] == value for name, value in _values(change).items())


KIND = Kind("ticket_list", Settings, TicketList)
