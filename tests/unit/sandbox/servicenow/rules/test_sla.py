"""Service level clocks: they start, pause, go on, stop and are breached."""

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance

RESOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Restarted the server."}
HIGH = {"short_description": "Mail is down", "impact": "1", "urgency": "2"}


def clocks(actor: Actor, task: str) -> list[dict[str, str]]:
    return actor.query("task_sla", f"task={task}^ORDERBYstart_time")


@pytest.fixture
def high(agent: Actor) -> str:
    """An incident of priority 2: eight hours, day and night."""
    return agent.insert("incident", HIGH)


def test_a_clock_starts_with_the_definition_that_fits(admin: Actor, high: str) -> None:
    [clock] = clocks(admin, high)

    assert admin.get("contract_sla", clock["sla"])["name"] == "Priority 2 resolution (8 hours)"
    assert (clock["stage"], clock["start_time"]) == ("in_progress", "2026-01-05 09:00:00")
    assert clock["planned_end_time"] == "2026-01-05 17:00:00"
    assert clock["has_breached"] == "false"


def test_it_stops_when_the_incident_is_resolved(clock: Clock, admin: Actor, agent: Actor, high: str) -> None:
    clock.advance(2 * 3600)
    agent.update("incident", high, RESOLVED)

    [row] = clocks(admin, high)
    assert (row["stage"], row["active"], row["end_time"]) == ("completed", "false", "2026-01-05 11:00:00")
    assert (row["duration"], row["percentage"]) == ("1970-01-01 02:00:00", "25")
    assert row["time_left"] == "1970-01-01 06:00:00"


def test_waiting_stops_the_clock_and_moves_the_breach(
    clock: Clock, admin: Actor, agent: Actor, high: str
) -> None:
    agent.update("incident", high, {"state": "3", "hold_reason": "4"})
    assert clocks(admin, high)[0]["stage"] == "paused"
    clock.advance(3600)
    agent.update("incident", high, {"state": "2"})

    [row] = clocks(admin, high)
    assert (row["stage"], row["pause_duration"]) == ("in_progress", "1970-01-01 01:00:00")
    assert row["planned_end_time"] == "2026-01-05 18:00:00"
    assert row["original_breach_time"] == "2026-01-05 17:00:00"


def test_a_breach_is_seen_at_its_moment_and_is_no_update_of_the_incident(
    clock: Clock, admin: Actor, high: str
) -> None:
    clock.advance(8 * 3600 - 1)
    assert clocks(admin, high)[0]["has_breached"] == "false"
    clock.advance(1)

    assert clocks(admin, high)[0]["has_breached"] == "true"
    row = admin.get("incident", high)
    assert (row["made_sla"], row["sys_mod_count"], row["sys_updated_on"]) == (
        "false",
        "0",
        "2026-01-05 09:00:00",
    )


def test_a_deleted_incident_takes_its_clocks_along(clock: Clock, admin: Actor, high: str) -> None:
    admin.delete("incident", high)
    clock.advance(9 * 3600)

    assert admin.query("task_sla") == []


def test_a_paused_clock_is_not_breached(clock: Clock, admin: Actor, agent: Actor, high: str) -> None:
    agent.update("incident", high, {"state": "3", "hold_reason": "4"})
    clock.advance(100 * 3600)

    assert clocks(admin, high)[0]["has_breached"] == "false"


def test_another_priority_cancels_one_clock_and_starts_another(admin: Actor, agent: Actor, high: str) -> None:
    agent.update("incident", high, {"urgency": "1"})

    stages = {row["stage"] for row in clocks(admin, high)}
    assert stages == {"cancelled", "in_progress"}


def test_reopening_starts_a_new_clock(clock: Clock, admin: Actor, agent: Actor, high: str) -> None:
    agent.update("incident", high, RESOLVED)
    clock.advance(3600)
    agent.update("incident", high, {"state": "2"})

    assert [row["stage"] for row in clocks(admin, high)] == ["completed", "in_progress"]


def test_with_a_schedule_only_working_hours_count(clock: Clock, instance: Instance, admin: Actor) -> None:
    clock.advance(4 * 86_400 + 7 * 3600)  # Friday, 16:00
    task = admin.insert("incident", {"short_description": "Slow", "impact": "2", "urgency": "2"})

    [row] = clocks(admin, task)
    # one hour on Friday, nine on Monday and Tuesday, five of 24 are left for Wednesday
    assert row["planned_end_time"] == "2026-01-14 13:00:00"
    clock.advance(3 * 86_400)
    admin.update("incident", task, RESOLVED)
    [row] = clocks(admin, task)
    assert (row["business_duration"], row["duration"]) == ("1970-01-01 09:00:00", "1970-01-04 00:00:00")
    assert row["business_percentage"] == "37.5"


@pytest.mark.parametrize(
    ("spans", "end"),
    [
        (
            [{"repeat_type": "daily", "start": "20260101T200000", "end": "20260102T040000"}],
            "2026-01-10 04:00:00",
        ),
        (
            [
                {
                    "repeat_type": "weekly",
                    "days_of_week": "67",
                    "start": "20260103T000000",
                    "end": "20260104T000000",
                }
            ],
            "2026-01-10 08:00:00",
        ),
        (
            [
                {"repeat_type": "daily", "start": "20260101T000000", "end": "20260102T000000"},
                {"type": "exclude", "start": "20260109T200000", "end": "20260111T120000"},
            ],
            "2026-01-11 16:00:00",
        ),
        (
            [
                {
                    "repeat_type": "daily",
                    "repeat_until": "20260110",
                    "start": "20260101T000000",
                    "end": "20260101T060000",
                }
            ],
            "2036-01-17 16:00:00",
        ),
        ([], "2026-01-10 00:00:00"),
    ],
)
def test_a_schedule_counts_the_hours_that_its_spans_open(
    clock: Clock, admin: Actor, spans: list[dict[str, str]], end: str
) -> None:
    schedule = admin.insert("cmn_schedule", {"name": "Ours"})
    for span in spans:
        edges = {"start_date_time": span.pop("start"), "end_date_time": span.pop("end")}
        admin.insert("cmn_schedule_span", {"schedule": schedule, **edges, **span})
    (level,) = admin.query("contract_sla", "nameSTARTSWITHPriority 2")
    admin.update("contract_sla", level["sys_id"], {"schedule": schedule})
    clock.advance(4 * 86_400 + 7 * 3600)  # Friday the 9th, 16:00; eight hours are allowed
    task = admin.insert("incident", {"impact": "1", "urgency": "2"})
    assert clocks(admin, task)[0]["planned_end_time"] == end


def test_times_are_brought_up_to_date_by_the_hourly_job(clock: Clock, admin: Actor, high: str) -> None:
    clock.advance(4 * 3600)

    assert clocks(admin, high)[0]["percentage"] == "50"


def test_a_clock_that_somebody_made_without_times_is_left_alone(
    clock: Clock, admin: Actor, agent: Actor, high: str
) -> None:
    [started] = clocks(admin, high)
    mine = admin.insert("task_sla", {"task": high, "sla": started["sla"], "active": "true"})
    clock.advance(24 * 3600)
    agent.update("incident", high, RESOLVED)

    assert admin.get("task_sla", mine)["active"] == "true"
    assert admin.get("task_sla", started["sys_id"])["active"] == "false"


def test_a_breach_is_an_update_of_the_task_where_a_property_says_so(
    instance: Instance, clock: Clock, admin: Actor, high: str
) -> None:
    instance.set_property("sandbox.sla.breach_stamps_task", "true")
    clock.advance(8 * 3600)

    row = admin.get("incident", high)
    assert (row["made_sla"], row["sys_mod_count"], row["sys_updated_by"]) == ("false", "1", "system")
    assert admin.query("sys_audit", f"documentkey={high}^fieldname=made_sla")[0]["newvalue"] == "false"
