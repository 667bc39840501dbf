"""What a parent incident carries on to its children, and what the counts of others say."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance

RESOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Restarted the server."}


@pytest.fixture
def child(agent: Actor, incident: str) -> str:
    return agent.insert(
        "incident", {"short_description": "Mail is slow here too", "parent_incident": incident}
    )


def state(actor: Actor, sys_id: str) -> tuple[str, str]:
    row = actor.get("incident", sys_id)
    return row["state"], row["hold_reason"]


def test_a_child_is_taken_up_and_put_on_hold_with_its_parent(agent: Actor, incident: str, child: str) -> None:
    agent.update("incident", incident, {"state": "2"})
    assert state(agent, child) == ("2", "")

    agent.update("incident", incident, {"state": "3", "hold_reason": "4"})
    assert state(agent, child) == ("3", "4")


def test_a_child_does_not_wait_for_the_caller_of_its_parent(agent: Actor, incident: str, child: str) -> None:
    agent.update("incident", incident, {"state": "3", "hold_reason": "1", "comments": "Since when?"})

    assert state(agent, child) == ("1", "")


def test_a_child_is_resolved_with_the_notes_of_its_parent(
    instance: Instance, agent: Actor, incident: str, child: str
) -> None:
    agent.update("incident", incident, RESOLVED)

    row = agent.get("incident", child)
    assert (row["state"], row["close_code"], row["close_notes"]) == (
        "6",
        "Solution provided",
        RESOLVED["close_notes"],
    )
    [note] = instance.act("admin").query("sys_journal_field", f"element_id={child}")
    assert note["element"] == "work_notes"
    assert "INC0010001: Restarted the server." in note["value"]


def test_the_children_of_a_major_incident_stay_as_they_are(agent: Actor, incident: str, child: str) -> None:
    agent.update("incident", incident, {"major_incident_state": "accepted"})
    agent.update("incident", incident, RESOLVED)

    assert state(agent, child) == ("1", "")


def test_a_canceled_parent_leaves_its_children_alone(agent: Actor, incident: str, child: str) -> None:
    agent.update("incident", incident, {"state": "8"})

    assert state(agent, child) == ("1", "")


def test_children_and_incidents_of_a_problem_are_counted(agent: Actor, incident: str, child: str) -> None:
    problem = agent.insert("problem", {"short_description": "Mail server"})
    agent.update("incident", child, {"problem_id": problem})
    assert agent.get("incident", incident)["child_incidents"] == "1"
    assert agent.get("problem", problem)["related_incidents"] == "1"
    stamp = agent.get("incident", incident)["sys_mod_count"]

    agent.update("incident", child, {"parent_incident": "", "problem_id": ""})

    assert agent.get("incident", incident)["child_incidents"] == "0"
    assert agent.get("problem", problem)["related_incidents"] == "0"
    assert agent.get("incident", incident)["sys_mod_count"] == stamp
