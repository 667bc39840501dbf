"""The life of a problem record and its tasks."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.errors import DataPolicyRefused, RuleRefused

FIX = {"cause_notes": "A leak.", "fix_notes": "Patched."}


@pytest.fixture
def problem(instance: Instance, agent: Actor) -> str:
    """A problem under assessment."""
    fields = {"short_description": "Mail server", "assigned_to": instance.user_named("mei.tanaka").sys_id}
    return agent.insert("problem", {**fields, "state": "102"})


def test_a_problem_goes_through_its_states_and_is_stamped_on_the_way(agent: Actor, problem: str) -> None:
    for fields in (
        {"state": "103"},
        {"state": "104", **FIX},
        {"state": "106", "resolution_code": "fix_applied"},
    ):
        agent.update("problem", problem, fields)
    row = agent.get("problem", problem)
    assert row["confirmed_at"] == row["resolved_at"] == "2026-01-05 09:00:00"
    assert (row["active"], row["problem_state"], row["priority"]) == ("true", "106", "5")

    agent.update("problem", problem, {"problem_state": "107"})

    row = agent.get("problem", problem)
    assert (row["state"], row["active"], row["closed_at"]) == ("107", "false", "2026-01-05 09:00:00")


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"state": "102", "assigned_to": ""}, "Assigned to"),
        ({"state": "104"}, "Cause notes, Fix notes"),
        ({"state": "106"}, "Resolution code"),
        ({"state": "106", "resolution_code": "fix_applied"}, "Cause notes, Fix notes"),
        ({"state": "107", "resolution_code": "risk_accepted"}, "Cause notes, Close notes"),
        ({"state": "107", "resolution_code": "canceled"}, "Close notes"),
        ({"state": "107", "resolution_code": "duplicate"}, "Duplicate of"),
    ],
)
def test_each_state_and_resolution_demands_its_columns(
    agent: Actor, fields: dict[str, str], missing: str
) -> None:
    problem = agent.insert("problem", {"short_description": "Mail server"})
    fields = {"assigned_to": agent.get("problem", problem)["opened_by"], **fields}

    with pytest.raises(DataPolicyRefused, match=f"mandatory: {missing}$"):
        agent.update("problem", problem, fields)


@pytest.mark.parametrize("code", ["canceled", "duplicate"])
def test_nobody_has_to_take_on_what_is_no_problem_of_its_own(agent: Actor, code: str) -> None:
    problem = agent.insert("problem", {"short_description": "Mail server", "resolution_code": code})
    grounds = {"close_notes": "It came right.", "duplicate_of": problem}
    agent.update("problem", problem, {"state": "107", **grounds})

    assert agent.get("problem", problem)["state"] == "107"


def test_a_duplicate_hands_its_incidents_over(agent: Actor, incident: str, problem: str) -> None:
    other = agent.insert("problem", {"short_description": "Mail server, known before"})
    agent.update("incident", incident, {"problem_id": problem})

    agent.update("problem", problem, {"state": "107", "resolution_code": "duplicate", "duplicate_of": other})

    assert agent.get("incident", incident)["problem_id"] == other
    assert agent.get("problem", other)["related_incidents"] == "1"


def test_closing_cancels_open_tasks_and_no_new_ones_may_be_created(agent: Actor, problem: str) -> None:
    task = agent.insert("problem_task", {"short_description": "Look", "problem": problem})
    agent.update(
        "problem", problem, {"state": "107", "resolution_code": "canceled", "close_notes": "Nothing."}
    )

    row = agent.get("problem_task", task)
    assert (row["state"], row["close_code"], row["active"]) == ("157", "canceled", "false")
    with pytest.raises(RuleRefused):
        agent.insert("problem_task", {"short_description": "Look again", "problem": problem})


def test_only_a_problem_manager_analyzes_a_closed_problem_again(
    agent: Actor, admin: Actor, problem: str
) -> None:
    agent.update("problem", problem, {"state": "107", "resolution_code": "fix_applied", **FIX})
    with pytest.raises(RuleRefused):
        agent.update("problem", problem, {"state": "103"})

    admin.update("problem", problem, {"state": "103"})

    row = admin.get("problem", problem)
    assert (row["state"], row["active"], row["reopen_count"], row["resolution_code"]) == (
        "103",
        "true",
        "1",
        "",
    )


def test_who_starts_a_problem_task_is_remembered(instance: Instance, agent: Actor, problem: str) -> None:
    task = agent.insert("problem_task", {"short_description": "Look", "problem": problem})
    agent.update("problem_task", task, {"state": "154"})

    row = agent.get("problem_task", task)
    assert (row["started_at"], row["started_by"]) == (
        "2026-01-05 09:00:00",
        instance.user_named("paul.adeyemi").sys_id,
    )
