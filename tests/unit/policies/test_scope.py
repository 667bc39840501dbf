"""The pilot: where a policy works."""

from dataclasses import replace

import pytest

from careloop.model.rules import Pilot
from careloop.policies.scope import in_pilot
from tests.unit.policies.incident import INC, Problem


def a_problem() -> Problem:
    problem = Problem()
    problem.records[INC] = replace(
        problem.records[INC], group="9f2c", group_name="Service Desk", category="mail"
    )
    return problem


@pytest.mark.parametrize(
    "pilot",
    [
        Pilot(),
        Pilot(groups=frozenset({"Service Desk"})),
        Pilot(groups=frozenset({"9f2c", "Network"})),
        Pilot(categories=frozenset({"mail"}), containers=frozenset({"incident"})),
    ],
)
def test_a_group_takes_part_by_its_name_or_its_id(pilot: Pilot) -> None:
    assert in_pilot(a_problem().case, pilot)


def test_a_requester_takes_part_by_any_name_of_the_account() -> None:
    case = a_problem().case
    person = case.person(case.primary.requester)
    assert person is not None
    for name in {person.id, person.native, person.account, person.email} - {""}:
        assert in_pilot(case, Pilot(requesters=frozenset({name})))


def test_who_fails_one_of_several_conditions_stays_out() -> None:
    case = a_problem().case
    assert not in_pilot(case, Pilot(groups=frozenset({"Network"})))
    assert not in_pilot(case, Pilot(groups=frozenset({"Service Desk"}), categories=frozenset({"printing"})))
    assert not in_pilot(case, Pilot(requesters=frozenset({"somebody.else"})))
