"""Two platforms in memory, a store, and a policy that wants what it is told: all that a cycle works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from careloop.model.case import Case
from careloop.model.change import AddComment, AnyChange, Contact, Purpose, Seen
from careloop.model.comment import Audience
from careloop.model.decision import Decision, Wish
from careloop.model.mapping import Direction, FieldRule, LinkRule, StateRule
from careloop.model.page import Scope
from careloop.model.plan import Plan
from careloop.model.record import Record, RecordRef, State
from careloop.model.rules import Mode, Rules
from careloop.ports import Policy
from careloop.store import open_store
from careloop.sync.apply import Applied, apply_plan
from careloop.sync.plan import make_plan
from careloop.sync.run import Cycle, Desk, prepare, run_cycle
from careloop.sync.terms import Promise, Terms
from careloop.testing.examples import incident_dialect, issue_dialect
from careloop.testing.fake_clock import FakeClock
from careloop.testing.fake_connector import FakeConnector

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)

INCIDENT_STATES = {"1": State.NEW, "2": State.IN_PROGRESS, "6": State.RESOLVED, "7": State.CLOSED}
ISSUE_STATES = {
    "To Do": State.NEW,
    "In Progress": State.IN_PROGRESS,
    "In Review": State.IN_PROGRESS,
    "Done": State.RESOLVED,
}

TITLES = FieldRule(left="short_description", right="summary")
LINK = LinkRule(
    name="to engineering",
    left_instance="servicenow",
    left_container="incident",
    right_instance="jira",
    right_container="ENG",
    create=True,
    fields=(TITLES,),
    states=(StateRule(left="2", right="In Progress"),),
)


@dataclass
class Whim:
    """A policy that decides whatever a test says, and counts how often it is asked."""

    decide: Callable[[Case], Decision] = field(default=lambda case: Decision())
    asked: list[str] = field(default_factory=list)

    def promise(self, name: str = "whim", mode: Mode = Mode.ACT, **told: Any) -> Promise:
        def decide(case: Case, now: datetime, rules: Rules[Any]) -> Decision:
            self.asked.append(case.problem)
            return self.decide(case)

        return Promise(policy=Policy(name, decide, type(None)), rules=Rules(settings=None, mode=mode, **told))


def say_nothing(what: str, done: int, total: int | None) -> None:
    """Hear of progress and do nothing."""


class Office:
    """A ServiceNow and a Jira in memory, and careloop on a store of its own; `make` makes both platforms."""

    def __init__(
        self,
        folder: Path,
        *,
        link: LinkRule | None = LINK,
        observed: bool = True,
        make: Callable[..., FakeConnector] = FakeConnector,
        **terms: Any,
    ) -> None:
        self.folder = folder
        self.clock = FakeClock(MONDAY)
        self.servicenow = make(
            name="servicenow",
            clock=self.clock,
            dialects={"incident": incident_dialect()},
            states=INCIDENT_STATES,
            observed=observed,
        )
        self.jira = make(
            name="jira", clock=self.clock, dialects={"ENG": issue_dialect()}, states=ISSUE_STATES
        )
        self.connectors = {"servicenow": self.servicenow, "jira": self.jira}
        self.store = open_store(folder / "careloop.db", installation="here")
        self.whim = Whim()
        ordinary: dict[str, Any] = {
            "scopes": (
                Scope(instance="servicenow", container="incident", fields=("short_description",)),
                Scope(instance="jira", container="ENG", fields=("summary",)),
            ),
            "links": (link,) if link else (),
            "sync_mode": Mode.ACT,
            "promises": (self.whim.promise(),),
            "dialects": {
                (name, container): dialect
                for name, connector in self.connectors.items()
                for container, dialect in connector.dialects.items()
            },
        }
        self.terms = Terms(**ordinary | terms)

    # --- people ---------------------------------------------------------------------------------------------

    def open_incident(self, title: str = "No sound", **told: Any) -> RecordRef:
        """Have a customer open an incident."""
        caller = self.servicenow.add_person("carla", name="Carla Example")
        fields = {"short_description": title}
        return self.servicenow.open_record("incident", fields, native="1", **{"requester": caller.id} | told)

    def hand_over(self, title: str = "No sound", **told: Any) -> RecordRef:
        """Have an incident handed to engineering."""
        return self.open_incident(title, matches=(LINK.name,), **told)

    def open_issue(self, title: str = "No sound", **told: Any) -> RecordRef:
        """Have an engineer open an issue."""
        return self.jira.open_record("ENG", {"summary": title}, native="To Do", **told)

    def linked(self, title: str = "No sound", **told: Any) -> tuple[RecordRef, RecordRef]:
        """Have an incident and its issue, in step and at rest."""
        left = self.hand_over(title, **told)
        self.settle()
        [issue] = [pair.right for pair in self.store.pairs_of([left])]
        return left, issue

    # --- careloop -------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        return Desk(
            store=self.store,
            connectors=self.connectors,
            terms=self.terms,
            clock=self.clock,
            tell=say_nothing,
        )

    def cycle(self, minutes: float = 10) -> Cycle:
        """Let some time pass, then run careloop once."""
        self.clock.wait(minutes=minutes)
        return run_cycle(self.desk)

    def settle(self, cycles: int = 8) -> None:
        """Run careloop until it has nothing left to do."""
        for _ in range(cycles):
            cycle = self.cycle()
            if not cycle.plan.changes and not cycle.recovered.settling:
                return
        raise AssertionError(f"careloop does not come to rest: {cycle.plan.changes}")

    def plan(self) -> Plan:
        """Pull, then plan."""
        prepare(self.desk)
        return make_plan(self.store, self.terms, self.clock.now(), say_nothing)

    def apply(self, plan: Plan) -> Applied:
        return apply_plan(plan, self.desk.hands)

    def change_terms(self, **told: Any) -> None:
        """Have an admin change the settings."""
        self.terms = replace(self.terms, **told)

    # --- what is there --------------------------------------------------------------------------------------

    def incident(self, ref: RecordRef) -> Record:
        return self.servicenow.records[ref]

    def issue(self, ref: RecordRef) -> Record:
        return self.jira.records[ref]

    @property
    def letters(self) -> list[str]:
        """Return the causes of writes that wait."""
        return [intent.cause for intent in self.store.intents("failed", "parked")]


def note(case: Case, cause: str = "fact", ref: RecordRef | None = None, **told: Any) -> AddComment:
    """Return the work note that a policy wants on a record of a case."""
    ordinary: dict[str, Any] = {"purpose": Purpose.NOTE, "rule": "whim", "reason": "a test says so"}
    record = case.record(ref) if ref else case.primary
    assert record is not None
    return AddComment(
        subject=record.ref,
        problem=case.problem,
        cause=cause,
        seen=Seen(record.version, case.last_event),
        audience=Audience.INTERNAL,
        body="A note.",
        **ordinary | told,
    )


def ask(case: Case, now: datetime, cause: str = "proposal 1:ask", **told: Any) -> Wish:
    """Return the wish to ask the requester of a case."""
    ordinary: dict[str, Any] = {"purpose": Purpose.ASK, "rule": "whim", "reason": "it was resolved"}
    record = case.primary
    return Wish(
        problem=case.problem,
        record=record.ref,
        person=record.requester or "",
        cause=cause,
        line="Does it work?",
        message="Hello, does it work again?",
        not_before=now,
        **ordinary | told,
    )


def contacts(changes: Sequence[AnyChange]) -> list[Contact]:
    return [change for change in changes if isinstance(change, Contact)]


def one_way(direction: Direction) -> LinkRule:
    """Return the link with its title travelling one way."""
    return replace(LINK, fields=(replace(TITLES, direction=direction),))
