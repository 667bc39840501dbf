"""The life of a change request."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.errors import DataPolicyRefused, RuleRefused

OUTCOME = {"close_code": "successful", "close_notes": "Done."}


def opened(agent: Actor, type: str = "normal") -> str:
    group = agent.query("sys_user_group", "name=Network")[0]["sys_id"]
    return agent.insert(
        "change_request", {"short_description": "Patch", "type": type, "assignment_group": group}
    )


@pytest.mark.parametrize(
    ("type", "way"),
    [
        ("normal", ["-4", "-3", "-2", "-1", "0"]),
        ("standard", ["-2", "-1", "0"]),
        ("emergency", ["-3", "-2", "-1", "0"]),
    ],
)
def test_each_type_goes_its_own_way_to_the_end(agent: Actor, type: str, way: list[str]) -> None:
    change = opened(agent, type)
    for state in way:
        agent.update("change_request", change, {"state": state})
    agent.update("change_request", change, {"state": "3", **OUTCOME})

    row = agent.get("change_request", change)
    assert (row["active"], row["approval"], row["work_start"]) == ("false", "approved", "2026-01-05 09:00:00")
    assert row["work_end"] == row["closed_at"] == "2026-01-05 09:00:00"


@pytest.mark.parametrize(
    ("type", "before", "state"),
    [
        ("normal", [], "-3"),
        ("normal", [], "-1"),
        ("standard", [], "-4"),
        ("standard", ["-2", "-1", "0"], "4"),
    ],
)
def test_a_step_that_the_model_lacks_is_refused(
    agent: Actor, type: str, before: list[str], state: str
) -> None:
    change = opened(agent, type)
    for step in before:
        agent.update("change_request", change, {"state": step})

    with pytest.raises(RuleRefused, match="State Transition"):
        agent.update("change_request", change, {"state": state})


def test_a_property_lets_a_change_go_any_way(instance: Instance, agent: Actor) -> None:
    instance.set_property("sandbox.change.check_state_transition", "false")
    change = opened(agent)

    agent.update("change_request", change, {"state": "3", **OUTCOME})

    assert agent.get("change_request", change)["active"] == "false"


def test_a_change_that_is_submitted_can_be_reverted_to_new(agent: Actor) -> None:
    change = opened(agent)
    agent.update("change_request", change, {"state": "-4"})
    assert agent.get("change_request", change)["approval"] == "requested"

    agent.update("change_request", change, {"state": "-5"})

    assert agent.get("change_request", change)["approval"] == "not requested"


def test_a_submitted_change_needs_a_group_and_a_closed_one_its_outcome(agent: Actor) -> None:
    bare = agent.insert("change_request", {"short_description": "Patch"})
    with pytest.raises(DataPolicyRefused, match="Assignment group"):
        agent.update("change_request", bare, {"state": "-4"})

    change = opened(agent, "standard")
    for state in ("-2", "-1", "0"):
        agent.update("change_request", change, {"state": state})
    with pytest.raises(DataPolicyRefused, match="Close code, Close notes"):
        agent.update("change_request", change, {"state": "3"})


def test_on_hold_needs_a_reason(agent: Actor) -> None:
    change = opened(agent)

    with pytest.raises(DataPolicyRefused, match="On hold reason"):
        agent.update("change_request", change, {"on_hold": "true"})


def test_the_type_stays_once_a_change_is_submitted(agent: Actor) -> None:
    change = opened(agent)
    agent.update("change_request", change, {"type": "emergency"})
    agent.update("change_request", change, {"state": "-3"})

    agent.update("change_request", change, {"type": "normal"})

    assert agent.get("change_request", change)["type"] == "emergency"


def test_a_canceled_change_takes_its_open_tasks_along(agent: Actor) -> None:
    change = opened(agent)
    task = agent.insert("change_task", {"short_description": "Plan", "change_request": change})

    agent.update("change_request", change, {"state": "4"})

    assert agent.get("change_task", task)["state"] == "4"


def test_a_change_has_the_model_of_its_type_and_keeps_one_that_is_given(agent: Actor) -> None:
    model = agent.get("change_request", opened(agent, "standard"))["chg_model"]
    given = agent.insert("change_request", {"short_description": "Patch", "chg_model": "normal"})

    assert agent.get("chg_model", model)["name"] == "Standard"
    assert agent.get("change_request", given)["chg_model"] == "normal"
