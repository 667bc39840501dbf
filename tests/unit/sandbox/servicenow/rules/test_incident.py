"""The life of an incident."""

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.errors import AclRefused, DataPolicyRefused, NotFound, RuleRefused

RESOLUTION = {"close_code": "Solution provided", "close_notes": "Restarted the server."}
RESOLVED = {"state": "6", **RESOLUTION}


def test_a_new_incident_has_number_opener_and_priority(instance: Instance, agent: Actor) -> None:
    first = agent.get("incident", agent.insert("incident", {"impact": "1", "urgency": "2"}))
    second = agent.get("incident", agent.insert("incident", {}))

    assert (first["number"], second["number"]) == ("INC0010001", "INC0010002")
    assert (first["state"], first["incident_state"], first["active"]) == ("1", "1", "true")
    assert (first["priority"], second["priority"]) == ("2", "5")
    assert first["opened_by"] == instance.user_named("paul.adeyemi").sys_id
    assert first["opened_at"] == first["sys_created_on"] == "2026-01-05 09:00:00"
    assert (first["sys_created_by"], first["sys_mod_count"]) == ("paul.adeyemi", "0")


def test_an_update_counts_and_stamps_unless_nothing_differs(
    clock: Clock, agent: Actor, incident: str
) -> None:
    clock.advance(60)
    agent.update("incident", incident, {"short_description": "Mail is slow", "bogus": "x"})
    untouched = agent.get("incident", incident)
    agent.update("incident", incident, {"short_description": "Mail is down"})
    touched = agent.get("incident", incident)

    assert (untouched["sys_mod_count"], untouched["sys_updated_on"]) == ("0", "2026-01-05 09:00:00")
    assert (touched["sys_mod_count"], touched["sys_updated_on"]) == ("1", "2026-01-05 09:01:00")


def test_resolving_demands_a_code_from_the_list_and_notes(agent: Actor, incident: str) -> None:
    for fields in (
        {"state": "6"},
        {"state": "6", "close_code": "Solution provided"},
        {"state": "6", "close_code": "No such code", "close_notes": "Done"},
    ):
        with pytest.raises(DataPolicyRefused):
            agent.update("incident", incident, fields)

    assert agent.get("incident", incident)["state"] == "1"


def test_resolving_says_who_and_when(instance: Instance, agent: Actor, incident: str) -> None:
    agent.update("incident", incident, RESOLVED)
    row = agent.get("incident", incident)

    assert (row["state"], row["incident_state"], row["active"]) == ("6", "6", "true")
    assert row["resolved_by"] == instance.user_named("paul.adeyemi").sys_id
    assert row["resolved_at"] == "2026-01-05 09:00:00"


def test_writing_incident_state_alone_moves_the_state(agent: Actor, incident: str) -> None:
    agent.update("incident", incident, {"incident_state": "2"})

    assert agent.get("incident", incident)["state"] == "2"


def test_closing_needs_the_right(agent: Actor, lead: Actor, instance: Instance, incident: str) -> None:
    agent.update("incident", incident, RESOLVED)

    for actor in (agent, instance.act("careloop")):
        with pytest.raises(RuleRefused):
            actor.update("incident", incident, {"state": "7"})
    lead.update("incident", incident, {"state": "7"})

    row = lead.get("incident", incident)
    assert (row["state"], row["active"], row["closed_at"]) == ("7", "false", "2026-01-05 09:00:00")
    assert row["closed_by"] == instance.user_named("ines.lund").sys_id


@pytest.mark.parametrize("state", ["1", "2", "3", "6", "8"])
def test_a_closed_incident_stays_closed_for_everybody(
    lead: Actor, admin: Actor, caller: Actor, incident: str, state: str
) -> None:
    lead.update("incident", incident, {**RESOLVED, "state": "7"})

    for actor in (lead, admin, caller):
        with pytest.raises(RuleRefused):
            actor.update("incident", incident, {"state": state, "hold_reason": "4"})

    assert admin.get("incident", incident)["state"] == "7"


@pytest.mark.parametrize("who", ["lena.moreau", "paul.adeyemi", "careloop"])
def test_reopening_counts_and_says_who_and_when(
    instance: Instance, clock: Clock, agent: Actor, incident: str, who: str
) -> None:
    agent.update("incident", incident, RESOLVED)
    clock.advance(3600)

    instance.act(who).update("incident", incident, {"state": "2"})

    row = agent.get("incident", incident)
    assert (row["state"], row["reopen_count"]) == ("2", "1")
    assert row["reopened_by"] == instance.user_named(who).sys_id
    assert row["reopened_time"] == "2026-01-05 10:00:00"


@pytest.mark.parametrize("fields", [{}, {"hold_reason": "1"}, {"hold_reason": "4"}])
def test_an_incident_waits_without_a_reason_and_without_a_question(
    agent: Actor, incident: str, fields: dict[str, str]
) -> None:
    agent.update("incident", incident, {"state": "3", **fields})

    row = agent.get("incident", incident)
    assert (row["state"], row["hold_reason"]) == ("3", fields.get("hold_reason", ""))


def test_an_instance_may_demand_a_reason_and_a_question(
    instance: Instance, agent: Actor, incident: str
) -> None:
    instance.set_property("sandbox.incident.on_hold_needs_reason", "true")
    instance.set_property("sandbox.incident.awaiting_caller_needs_comment", "true")

    with pytest.raises(DataPolicyRefused, match="On hold reason"):
        agent.update("incident", incident, {"state": "3"})
    with pytest.raises(DataPolicyRefused, match="Additional comments"):
        agent.update("incident", incident, {"state": "3", "hold_reason": "1"})
    agent.update("incident", incident, {"state": "3", "hold_reason": "1", "comments": "Since when?"})

    assert agent.get("incident", incident)["hold_reason"] == "1"


def test_a_wait_for_the_caller_begins_even_when_the_caller_is_the_agent(
    instance: Instance, agent: Actor
) -> None:
    paul = instance.user_named("paul.adeyemi").sys_id
    mine = agent.insert("incident", {"short_description": "My own screen", "caller_id": paul})
    agent.update("incident", mine, {"state": "3", "hold_reason": "4"})
    agent.update("incident", mine, {"hold_reason": "1"})

    row = agent.get("incident", mine)
    assert (row["state"], row["hold_reason"]) == ("3", "1")


def test_the_callers_reply_ends_the_wait(agent: Actor, caller: Actor, incident: str) -> None:
    agent.update("incident", incident, {"state": "3", "hold_reason": "1", "comments": "Since when?"})
    agent.update("incident", incident, {"comments": "Still waiting."})
    waiting = agent.get("incident", incident)["state"]
    caller.update("incident", incident, {"comments": "Since Monday."})

    row = agent.get("incident", incident)
    assert waiting == "3"
    assert (row["state"], row["incident_state"], row["hold_reason"]) == ("2", "2", "")


def test_the_callers_reply_does_not_end_a_wait_for_somebody_else(
    agent: Actor, caller: Actor, incident: str
) -> None:
    agent.update("incident", incident, {"state": "3", "hold_reason": "4"})
    caller.update("incident", incident, {"comments": "Any news?"})

    assert agent.get("incident", incident)["state"] == "3"


def test_a_reply_to_a_resolved_incident_does_not_reopen_it(
    agent: Actor, caller: Actor, incident: str
) -> None:
    agent.update("incident", incident, RESOLVED)
    caller.update("incident", incident, {"comments": "It is still broken."})

    assert agent.get("incident", incident)["state"] == "6"


def test_leaving_hold_clears_the_reason(agent: Actor, incident: str) -> None:
    agent.update("incident", incident, {"state": "3", "hold_reason": "4"})
    agent.update("incident", incident, RESOLVED)

    assert agent.get("incident", incident)["hold_reason"] == ""


def test_handing_over_counts_but_the_first_assignment_does_not(agent: Actor, incident: str) -> None:
    groups = [row["sys_id"] for row in agent.query("sys_user_group")]
    counts = []
    for group in (groups[0], groups[1], groups[1], groups[2]):
        agent.update("incident", incident, {"assignment_group": group})
        counts.append(agent.get("incident", incident)["reassignment_count"])

    assert counts == ["0", "1", "1", "2"]


def test_a_caller_sees_and_touches_own_incidents_only(
    instance: Instance, caller: Actor, incident: str
) -> None:
    stranger = instance.act("omar.haddad")

    assert [row["sys_id"] for row in caller.query("incident")] == [incident]
    assert stranger.query("incident") == []
    with pytest.raises(NotFound):
        stranger.update("incident", incident, {"comments": "Me too"})


def test_a_caller_may_comment_resolve_reopen_and_close_but_not_work(
    agent: Actor, caller: Actor, incident: str
) -> None:
    caller.update("incident", incident, {"comments": "Hello", "priority": "1", "short_description": "x"})
    with pytest.raises(RuleRefused):
        caller.update("incident", incident, {"state": "2"})
    with pytest.raises(RuleRefused):
        caller.update("incident", incident, {"state": "7", **RESOLUTION})
    caller.update("incident", incident, RESOLVED)
    caller.update("incident", incident, {"state": "2"})
    agent.update("incident", incident, RESOLVED)
    caller.update("incident", incident, {"state": "7"})

    row = agent.get("incident", incident)
    assert (row["state"], row["short_description"], row["priority"]) == ("7", "Mail is slow", "5")
    with pytest.raises(AclRefused):
        caller.delete("incident", incident)


def test_a_caller_cannot_close_an_accepted_major_incident(admin: Actor, caller: Actor, incident: str) -> None:
    admin.update("incident", incident, {**RESOLVED, "major_incident_state": "accepted"})

    with pytest.raises(RuleRefused):
        caller.update("incident", incident, {"state": "7"})


def test_resolving_and_reopening_reach_the_children_but_closing_does_not(
    lead: Actor, caller: Actor, incident: str
) -> None:
    child = lead.insert("incident", {"parent_incident": incident})

    lead.update("incident", incident, RESOLVED)
    resolved = lead.get("incident", child)
    lead.update("incident", incident, {"state": "2"})
    reopened = lead.get("incident", child)
    lead.update("incident", incident, RESOLVED)
    lead.update("incident", incident, {"state": "7"})
    closed = lead.get("incident", child)

    assert (resolved["state"], resolved["close_notes"]) == ("6", RESOLUTION["close_notes"])
    assert (reopened["state"], reopened["reopen_count"]) == ("2", "1")
    assert closed["state"] == "6"


def test_a_caller_who_resolves_the_parent_resolves_children_of_others_too(
    lead: Actor, caller: Actor, incident: str
) -> None:
    child = lead.insert("incident", {"parent_incident": incident})
    caller.update("incident", incident, RESOLVED)

    row = lead.get("incident", child)
    assert (row["state"], row["sys_updated_by"]) == ("6", "lena.moreau")


def test_a_caller_who_reopens_the_parent_leaves_the_children_alone(
    lead: Actor, caller: Actor, incident: str
) -> None:
    child = lead.insert("incident", {"parent_incident": incident})
    lead.update("incident", incident, RESOLVED)
    caller.update("incident", incident, {"state": "2"})

    assert lead.get("incident", child)["state"] == "6"


def test_other_tasks_close_with_their_own_states(agent: Actor) -> None:
    change = agent.insert("change_task", {"short_description": "Patch"})
    task = agent.insert("sc_task", {"short_description": "Ship"})
    agent.update("change_task", change, {"state": "3"})
    agent.update("sc_task", task, {"state": "3"})

    for table, sys_id, prefix in (("change_task", change, "CTASK"), ("sc_task", task, "SCTASK")):
        row = agent.get(table, sys_id)
        assert (row["active"], row["closed_at"]) == ("false", "2026-01-05 09:00:00")
        assert row["number"] == f"{prefix}0010001"
