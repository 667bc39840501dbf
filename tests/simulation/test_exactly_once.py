"""Whatever fails in whatever order, everything happens exactly once."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careloop.errors import AuthenticationRefused
from careloop.model.change import AnyChange, Contact
from careloop.model.decision import Decision
from careloop.model.intent import Receipt
from careloop.model.rules import Budget, ContactRules
from careloop.testing.fake_connector import FakeConnector, Fault
from tests.unit.sync.office import Office, ask
from tests.unit.sync.test_recover import entries, told


class Killed(BaseException):
    """The process dies."""


@dataclass(kw_only=True)
class Mortal(FakeConnector):
    """A platform at whose next write careloop dies, before or after it, when it is `doomed`."""

    doomed: Literal["", "before", "after"] = ""

    def push(self, change: AnyChange) -> Receipt:
        fate, self.doomed = self.doomed, ""
        if fate == "before":
            raise Killed
        receipt = super().push(change)
        if fate == "after":
            raise Killed
        return receipt


ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["fault"]), st.sampled_from([f for f in Fault if f is not Fault.ALTERED])),
    st.tuples(st.sampled_from(["die"]), st.sampled_from(["before", "after"])),
    st.tuples(st.sampled_from(["open", "say", "rename", "run", "wait"]), st.just("")),
)


def play(office: Office, action: tuple[str, str], on: FakeConnector) -> None:
    """Do one thing that people, platforms or the machine do."""
    what, how = action
    refs = list(office.servicenow.records)
    match what:
        case "fault":
            on.fail(Fault(how))
        case "die":
            assert isinstance(on, Mortal)
            on.doomed = "before" if how == "before" else "after"
        case "open":
            office.hand_over(f"Title {len(refs)}")
        case "say" if refs:
            office.servicenow.say(refs[-1], f"Words at {office.clock.now()}")
        case "rename" if refs:
            office.servicenow.edit(refs[-1], {"short_description": f"Title at {office.clock.now()}"})
        case "wait":
            office.clock.wait(hours=3)
        case _:
            run(office)


def run(office: Office) -> None:
    """Run careloop; whoever ended it starts it again later."""
    try:
        office.cycle()
    except (Killed, AuthenticationRefused):
        office.clock.wait(minutes=1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(script=st.lists(st.tuples(ACTIONS, st.booleans()), max_size=14))
def test_whatever_fails_in_whatever_order_everything_happens_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, script: list[tuple[tuple[str, str], bool]]
) -> None:
    office = Office(tmp_path_factory.mktemp("office"), make=Mortal)
    office.change_terms(contact=ContactRules(budget=Budget(per_person=99)))
    office.whim.decide = lambda case: Decision(wishes=(ask(case, office.clock.now()),))
    office.hand_over("Title 0")
    for action, on_jira in script:
        play(office, action, office.jira if on_jira else office.servicenow)
    come_to_rest(office)

    every = [*office.servicenow.written, *office.jira.written]
    assert [key for key, times in Counter(change.key for change in every).items() if times > 1] == []
    assert len(office.jira.records) == len(office.servicenow.records)
    assert office.store.intents("sent", "failed", "parked") == []
    for pair in office.store.pairs_of(list(office.servicenow.records)):
        left, right = office.incident(pair.left), office.issue(pair.right)
        assert left.fields["short_description"] == right.fields["summary"]
        said = [c.body for c in office.servicenow.comments(pair.left) if not c.key]
        assert [c.body.splitlines()[1] for c in office.jira.comments(pair.right)] == said
    asked = [change for change in every if isinstance(change, Contact)]
    assert len(asked) == len(told(office)) == len(entries(office)) == len(office.servicenow.records)
    office.store.close()


def come_to_rest(office: Office) -> None:
    """Have everything go well, every refused record looked after, and days enough to ask everybody."""
    for platform in (office.servicenow, office.jira):
        platform.recover()
        assert isinstance(platform, Mortal)
        platform.doomed = ""
    office.settle(20)
    for ref in list(office.servicenow.records):
        office.servicenow.edit(ref)
    for _ in range(12 * len(office.servicenow.records)):
        office.clock.wait(hours=7)
        office.settle(20)
