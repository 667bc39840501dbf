"""A platform in memory that keeps the connector contract and fails when it is told to.

For tests of whatever stands above a connector: people work on it with `open_record`, `edit`, `move`, `say`
and `delete`; careloop works on it through the port; `fail` says what goes wrong next.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from careloop.errors import (
    AnswerLost,
    AuthenticationRefused,
    RateLimited,
    RecordMissing,
    Refused,
    Unreachable,
)
from careloop.model.change import AddComment, AnyChange, Contact, Create, Link, Transition, Update
from careloop.model.check import Check, CheckContext, Right
from careloop.model.comment import Audience, Comment
from careloop.model.dialect import Dialect
from careloop.model.event import Event, EventKind
from careloop.model.intent import Intent, Probe, Receipt, Verdict, short_reference
from careloop.model.mark import sign
from careloop.model.page import Page, Scope, Snapshot
from careloop.model.person import Person, person_id
from careloop.model.record import Record, RecordRef, State
from careloop.model.traffic import Traffic
from careloop.ports import Clock

OURSELVES = "careloop"
"""The user name that careloop works under."""


class Fault(StrEnum):
    """What can go wrong with a write; `unreachable` strikes reads too."""

    REFUSED = "refused"
    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    LOCKED_OUT = "locked_out"
    ALTERED = "altered"


BEFORE_THE_WRITE = {
    Fault.REFUSED: Refused("the platform says no: a mandatory field is empty"),
    Fault.LOST_BEFORE: AnswerLost("the connection broke before an answer came"),
    Fault.UNREACHABLE: Unreachable("no connection could be made"),
    Fault.RATE_LIMITED: RateLimited("too many calls", 60),
    Fault.LOCKED_OUT: AuthenticationRefused("the password is no longer accepted"),
}


@dataclass(kw_only=True)
class FakeConnector:
    """A `careloop.ports.Connector` over records in memory.

    `dialects` are the containers there are, `states` says what each native state means in all of them. With
    `observed` off, histories cannot be read, as on a table without auditing. `verdict`, once set, is what
    every probe answers. `written` lists what careloop wrote, in order, whether the answer arrived or not.
    """

    name: str
    clock: Clock
    dialects: Mapping[str, Dialect]
    states: Mapping[str, State]
    observed: bool = True
    page_size: int = 3
    identity: str = ""
    verdict: Probe | None = None
    written: list[AnyChange] = field(default_factory=list)
    records: dict[RecordRef, Record] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    _events: dict[RecordRef, list[Event]] = field(default_factory=dict)
    _comments: dict[RecordRef, list[Comment]] = field(default_factory=dict)
    _touched: dict[RecordRef, int] = field(default_factory=dict)
    _made: dict[str, RecordRef] = field(default_factory=dict)
    _faults: list[Fault | None] = field(default_factory=list)
    _always: Fault | None = None
    _calls: int = 0
    _steps: int = 0

    # --- what people and tests do --------------------------------------------------------------------------

    def add_person(self, account: str, **told: Any) -> Person:
        """Give somebody an account."""
        id = person_id(self.name, account)
        person = Person(id=id, instance=self.name, native=account, account=account, **told)
        self.people[id] = person
        return person

    def open_record(
        self,
        container: str,
        fields: Mapping[str, str],
        *,
        native: str = "",
        by: str = "somebody",
        **told: Any,
    ) -> RecordRef:
        """Have somebody open a record; `told` is set on it as it stands."""
        dialect, id = self.dialects[container], str(len(self._touched) + 1)
        ref, now = RecordRef(self.name, container, id), self.clock.now()
        native = native or next(iter(self.states))
        ordinary: dict[str, Any] = {
            "container": container,
            "number": f"{container.upper()}-{id}",
            "kind": dialect.kind,
            "state": self.states[native],
            "native_state": native,
            "version": "0",
            "updated": now,
            "created": now,
            "opened_at": now,
            "opened_by": self._pseudonym(by),
            "url": f"https://{self.name}.example.com/{id}",
        }
        self.records[ref] = Record(ref=ref, **ordinary | told)
        self._events[ref], self._comments[ref] = [], []
        self._note(ref, EventKind.OPENED, by, requester=told.get("requester"))
        self._save(ref, fields=fields)
        return ref

    def edit(self, ref: RecordRef, fields: Mapping[str, str] | None = None, **told: Any) -> None:
        """Have somebody change mapped fields, or anything else of a record."""
        self._save(ref, fields=fields or {}, **told)

    def move(self, ref: RecordRef, native: str, *, by: str = "somebody") -> None:
        """Have somebody move a record to another state."""
        before, state, now = self.records[ref], self.states[native], self.clock.now()
        stamps: dict[str, Any] = {}
        if state is State.RESOLVED:
            stamps = {"resolved_at": now, "resolver": self._pseudonym(by)}
        if state is State.CLOSED:
            stamps = {"closed_at": now, "resolved_at": before.resolved_at or now}
        self._note(
            ref,
            EventKind.STATE_CHANGED,
            by,
            **{"from": before.state.value, "to": state.value, "native": native},
        )
        self._save(ref, state=state, native_state=native, **stamps)

    def say(
        self, ref: RecordRef, text: str, audience: Audience = Audience.PUBLIC, *, by: str = "somebody"
    ) -> str:
        """Have somebody write a comment or work note; return its id."""
        return self._add_comment(ref, text, audience, by, key="")

    def delete(self, ref: RecordRef) -> None:
        """Have a record vanish, or be hidden from careloop's account."""
        for kept in (self.records, self._events, self._comments):
            del kept[ref]

    def comments(self, ref: RecordRef) -> list[Comment]:
        """Return what is written on a record, oldest first."""
        return list(self._comments[ref])

    def fail(self, fault: Fault, *, after: int = 0) -> None:
        """Have one write go wrong, once `after` others have gone well."""
        self._faults.extend([None] * (after - len(self._faults)))
        self._faults.append(fault)

    def break_down(self, fault: Fault) -> None:
        """Have everything go wrong in this way until `recover`; with `unreachable`, reads too."""
        self._always = fault

    def recover(self) -> None:
        """Have everything go well again."""
        self._always = None
        self._faults.clear()

    # --- the port ------------------------------------------------------------------------------------------

    @property
    def traffic(self) -> Traffic:
        return Traffic(requests=self._calls)

    def read_clock(self) -> datetime:
        self._answer()
        return self.clock.now()

    def identify(self) -> str:
        self._answer()
        return self.identity or f"fake:{self.name}"

    def dialect(self, container: str) -> Dialect:
        return self.dialects[container]

    def settling(self) -> float:
        return 300

    def check(self, context: CheckContext) -> Iterator[Check]:
        return iter(())

    def rights(self, context: CheckContext) -> Iterator[Right]:
        return iter(())

    def changes(self, scope: Scope, cursor: str) -> Iterator[Page]:
        """Walk records in the order they were last touched; the cursor is the number of that touch."""
        since = int(cursor or 0)
        for _ in range(len(self.records) + 1):
            self._answer()
            found = sorted(
                (step, ref)
                for ref, step in self._touched.items()
                if step > since and ref in self.records and ref.table == scope.container
            )
            page = found[: self.page_size]
            since = page[-1][0] if page else since
            yield self._page([ref for _, ref in page], str(since))
            if len(found) <= self.page_size:
                return

    def find_people(self, name: str) -> tuple[Person, ...]:
        self._answer()
        return tuple(person for person in self.people.values() if person.goes_by(name))

    def fetch(self, refs: Sequence[RecordRef], scope: Scope) -> Page:
        self._answer()
        return self._page([ref for ref in refs if ref in self.records], "")

    def push(self, change: AnyChange) -> Receipt:
        self._calls += 1
        fault = self._always or (self._faults.pop(0) if self._faults else None)
        if fault in BEFORE_THE_WRITE:
            raise BEFORE_THE_WRITE[fault]
        if not isinstance(change, Create) and change.subject not in self.records:
            raise RecordMissing(f"{change.subject} is not there, or not visible to our account")
        receipt = self._write(_altered(change) if fault is Fault.ALTERED else change)
        self.written.append(change)
        if fault is Fault.LOST_AFTER:
            raise AnswerLost("the connection broke after the request was sent")
        return replace(receipt, refused=self._differences(change))

    def probe(self, intent: Intent) -> Probe:
        self._answer()
        if self.verdict is not None:
            return self.verdict
        change = intent.change
        ref = self._made.get(change.key) if isinstance(change, Create) else change.subject
        if ref is None or ref not in self.records:
            return Probe(verdict=Verdict.ABSENT, why="there is no such record")
        found = self._find(change)
        if found is not None:
            receipt = Receipt(record=self.records[ref], native_id=found, refused=self._differences(change))
            return Probe(verdict=Verdict.HAPPENED, receipt=receipt)
        overtaken = isinstance(change, Update | Transition) and self.records[ref].version != intent.before
        return Probe(verdict=Verdict.OVERTAKEN if overtaken else Verdict.ABSENT)

    # --- inside --------------------------------------------------------------------------------------------

    def _answer(self) -> None:
        self._calls += 1
        if self._always in (Fault.UNREACHABLE, Fault.LOCKED_OUT):
            raise BEFORE_THE_WRITE[self._always]

    def _page(self, refs: Iterable[RecordRef], cursor: str) -> Page:
        snapshots = tuple(
            Snapshot(
                record=self.records[ref],
                observed=self.observed,
                events=tuple(self._events[ref]) if self.observed else (),
                comments=tuple(self._comments[ref]),
            )
            for ref in refs
        )
        return Page(snapshots=snapshots, cursor=cursor, people=tuple(self.people.values()))

    def _write(self, change: AnyChange) -> Receipt:
        """Do what a change says; return the record it left behind and the id of what it made."""
        match change:
            case Create():
                ref = self.open_record(
                    change.container, change.fields, by=OURSELVES, references=(str(change.subject),)
                )
                self._made[change.key] = ref
                return Receipt(record=self.records[ref], native_id=ref.id)
            case Update():
                self._save(change.subject, fields=change.fields)
            case Transition():
                self.move(change.subject, change.native, by=OURSELVES)
                self._save(change.subject, fields=change.fields)
            case Link():
                named = self.records[change.subject].references
                self._save(change.subject, references=(*named, change.title))
            case AddComment() | Contact():
                pass
        id = ""
        for text, audience in _texts(change):
            id = self._add_comment(change.subject, text, audience, OURSELVES, key=change.key)
        return Receipt(record=self.records[change.subject], native_id=id)

    def _find(self, change: AnyChange) -> str | None:
        """Return the id of what a change made, empty when it made nothing of its own; None when not found."""
        if isinstance(change, Create):
            return self._made[change.key].id
        record = self.records[change.subject]
        if _texts(change):
            reference = short_reference(change.key)
            return next((c.id for c in self._comments[record.ref] if c.key == reference), None)
        match change:
            case Transition() if record.native_state == change.native:
                return ""
            case Update() if not self._differences(change):
                return ""
            case Link() if change.title in record.references:
                return ""
            case _:
                return None

    def _differences(self, change: AnyChange) -> dict[str, str]:
        """Return the fields of an update or a new record that hold something else than what it says."""
        if not isinstance(change, Update | Create):
            return {}
        ref = self._made[change.key] if isinstance(change, Create) else change.subject
        held = self.records[ref].fields
        return {name: held.get(name, "") for name, value in change.fields.items() if held.get(name) != value}

    def _save(self, ref: RecordRef, *, fields: Mapping[str, str] | None = None, **told: Any) -> None:
        held = self.records[ref]
        mapped = {**held.fields, **(fields or {})}
        title = mapped.get(self.dialects[held.container].names.get("title", ""), held.title)
        self._steps += 1
        self._touched[ref] = self._steps
        ordinary: dict[str, Any] = {
            "version": str(self._steps),
            "updated": self.clock.now(),
            "fields": mapped,
            "title": title,
        }
        self.records[ref] = replace(held, **ordinary | told)

    def _note(self, ref: RecordRef, kind: EventKind, by: str, **data: str | None) -> None:
        known = self._events[ref]
        what = "opened" if kind is EventKind.OPENED else f"history:{len(known)}"
        known.append(
            Event(
                kind=kind,
                record=ref,
                occurred_at=self.clock.now(),
                source_key=f"{self.name}:{what}:{ref.table}:{ref.id}",
                actor=self._pseudonym(by),
                data=data,
            )
        )

    def _add_comment(self, ref: RecordRef, text: str, audience: Audience, by: str, key: str) -> str:
        self._save(ref)
        id = f"{ref.id}.{len(self._comments[ref]) + 1}"
        self._comments[ref].append(
            Comment(
                id=id,
                record=ref,
                at=self.clock.now(),
                author=self._pseudonym(by),
                author_name=by,
                audience=audience if self.dialects[ref.table].public_comments else Audience.INTERNAL,
                body=sign(text, key) if key else text,
                key=short_reference(key) if key else "",
            )
        )
        return id

    def _pseudonym(self, account: str) -> str:
        id = person_id(self.name, account)
        return id if id in self.people else self.add_person(account, name=account.title()).id


def _texts(change: AnyChange) -> list[tuple[str, Audience]]:
    """Return what a change writes for people to read, the last one being its own."""
    match change:
        case AddComment():
            return [(change.body, change.audience)]
        case Contact():
            return [(change.message, Audience.PUBLIC)]
        case Transition():
            said = [(change.note, Audience.INTERNAL), (change.message, Audience.PUBLIC)]
            return [(text, audience) for text, audience in said if text]
        case _:
            return []


def _altered(change: AnyChange) -> AnyChange:
    """Return a change of fields as a platform with rules of its own takes it over."""
    if not isinstance(change, Update | Create):
        return change
    return replace(change, fields={name: f"{value} (rule)" for name, value in change.fields.items()})
