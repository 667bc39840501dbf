"""What a case knows of its requester's earlier records: on what ground each of them ended."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from careloop.model.case import Case
from careloop.model.decision import Decision
from careloop.model.record import RecordRef, State
from careloop.model.rules import Rules
from careloop.ports import Policy
from careloop.sync.terms import Promise
from tests.unit.sync.office import MONDAY, Office


@dataclass(frozen=True)
class LookingBack:
    """Settings of a policy that asks for what came before."""

    look_back: int = 30


@dataclass
class Judge:
    """A policy that calls the problems named confirmed, and keeps what it was shown of earlier ones."""

    confirmed: set[str] = field(default_factory=set)
    shown: dict[str, list[str]] = field(default_factory=dict)

    def promise(self) -> Promise:
        def decide(case: Case, now: datetime, rules: Rules[Any]) -> Decision:
            title = case.primary.title
            self.shown[title] = [line.basis for line in case.earlier]
            return Decision(state="closed", basis="confirmed" if title in self.confirmed else "unasked")

        return Promise(policy=Policy("judge", decide, LookingBack), rules=Rules(settings=LookingBack()))


def resolve(office: Office, title: str, opened: datetime) -> RecordRef:
    return office.open_incident(
        title, state=State.RESOLVED, opened_at=opened, resolved_at=opened + timedelta(hours=2)
    )


def test_a_first_plan_knows_how_the_earlier_problem_ended_whatever_their_ids(office: Office) -> None:
    judge = Judge(confirmed={"first"})
    office.change_terms(promises=(judge.promise(),))
    for day, title in ((3, "third"), (2, "second"), (1, "first")):
        resolve(office, title, MONDAY - timedelta(days=10 - day))
    office.plan()

    assert judge.shown == {"first": [], "second": ["confirmed"], "third": ["confirmed", "unasked"]}


def test_a_later_plan_knows_it_from_the_last_look(office: Office) -> None:
    judge = Judge(confirmed={"first"})
    office.change_terms(promises=(judge.promise(),))
    resolve(office, "first", MONDAY - timedelta(days=5))
    office.cycle()
    resolve(office, "second", MONDAY - timedelta(days=2))
    judge.shown.clear()
    office.cycle()

    assert judge.shown == {"second": ["confirmed"]}


def test_a_problem_is_judged_anew_when_the_earlier_one_turns_out_otherwise(office: Office) -> None:
    judge = Judge()
    office.change_terms(promises=(judge.promise(),))
    first = resolve(office, "first", MONDAY - timedelta(days=5))
    resolve(office, "second", MONDAY - timedelta(days=2))
    office.cycle()
    assert judge.shown["second"] == ["unasked"]

    judge.confirmed.add("first")
    office.servicenow.say(first, "Works", by="carla")
    office.cycle()

    assert judge.shown["second"] == ["confirmed"]
