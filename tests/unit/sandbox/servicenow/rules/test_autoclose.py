"""The timer that closes resolved incidents."""

from datetime import timedelta

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.rules.autoclose import BY_RESOLUTION, DAYS

RESOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Restarted the server."}
DAY = timedelta(days=1).total_seconds()
HOUR = timedelta(hours=1).total_seconds()


def state(admin: Actor, incident: str) -> str:
    return admin.get("incident", incident)["state"]


def test_a_resolved_incident_closes_when_its_days_are_over(
    clock: Clock, instance: Instance, admin: Actor, agent: Actor, incident: str
) -> None:
    instance.set_property(DAYS, "3")
    agent.update("incident", incident, RESOLVED)

    clock.advance(3 * DAY - HOUR)
    early = state(admin, incident)
    clock.advance(HOUR)

    row = admin.get("incident", incident)
    assert early == "6"
    assert (row["state"], row["active"], row["closed_at"]) == ("7", "false", "2026-01-08 09:00:00")


def test_the_timer_acts_as_system_and_names_the_resolver_as_closer(
    clock: Clock, instance: Instance, admin: Actor, agent: Actor, incident: str
) -> None:
    agent.update("incident", incident, RESOLVED)
    clock.advance(2 * DAY)

    row = admin.get("incident", incident)
    (trail,) = admin.query("sys_audit", f"documentkey={incident}^fieldname=state^newvalue=7")
    assert (row["sys_updated_by"], trail["user"]) == ("system", "system")
    assert row["closed_by"] == instance.user_named("paul.adeyemi").sys_id


def test_zero_days_turn_the_timer_off(
    clock: Clock, instance: Instance, admin: Actor, agent: Actor, incident: str
) -> None:
    instance.set_property(DAYS, "0")
    agent.update("incident", incident, RESOLVED)
    clock.advance(100 * DAY)

    assert state(admin, incident) == "6"


@pytest.mark.parametrize(("by_resolution", "expected"), [("true", "7"), ("false", "6")])
def test_an_update_postpones_closing_only_where_it_counts_from_updates(
    clock: Clock,
    instance: Instance,
    admin: Actor,
    agent: Actor,
    incident: str,
    by_resolution: str,
    expected: str,
) -> None:
    instance.set_property(BY_RESOLUTION, by_resolution)
    agent.update("incident", incident, RESOLVED)
    clock.advance(DAY / 2)
    agent.update("incident", incident, {"work_notes": "Note"})
    clock.advance(DAY / 2)

    assert state(admin, incident) == expected


def test_an_accepted_major_incident_is_left_alone(
    clock: Clock, admin: Actor, agent: Actor, incident: str
) -> None:
    agent.update("incident", incident, {**RESOLVED, "major_incident_state": "accepted"})
    clock.advance(10 * DAY)

    assert state(admin, incident) == "6"


def test_a_reopened_incident_is_left_alone(
    clock: Clock, admin: Actor, agent: Actor, caller: Actor, incident: str
) -> None:
    agent.update("incident", incident, RESOLVED)
    caller.update("incident", incident, {"state": "2"})
    clock.advance(10 * DAY)

    assert state(admin, incident) == "2"


def test_the_timer_runs_once_after_a_reset(clock: Clock, instance: Instance) -> None:
    clock.reset()
    instance.reset()
    agent, admin = instance.act("paul.adeyemi"), instance.act("admin")
    incident = agent.insert("incident", {})
    agent.update("incident", incident, RESOLVED)
    clock.advance(2 * DAY)

    assert [row["newvalue"] for row in admin.query("sys_audit", "fieldname=state^newvalue=7")] == ["7"]
