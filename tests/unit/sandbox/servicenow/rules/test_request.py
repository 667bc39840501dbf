"""Requests, their items and their tasks; projects and demands."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance


@pytest.fixture
def order(instance: Instance, agent: Actor) -> tuple[str, str, list[str]]:
    """A request of a customer for one item, which takes two tasks."""
    request = agent.insert("sc_request", {"requested_for": instance.user_named("lena.moreau").sys_id})
    item = agent.insert("sc_req_item", {"request": request, "short_description": "Laptop"})
    tasks = [
        agent.insert("sc_task", {"request_item": item, "short_description": what}) for what in ("Buy", "Ship")
    ]
    return request, item, tasks


def test_an_item_is_for_whom_the_request_is_and_its_tasks_know_both(
    instance: Instance, agent: Actor, order: tuple[str, str, list[str]]
) -> None:
    request, item, tasks = order

    assert agent.get("sc_req_item", item)["requested_for"] == instance.user_named("lena.moreau").sys_id
    assert agent.get("sc_task", tasks[0])["request"] == request


def test_the_last_task_closes_the_item_and_the_last_item_the_request(
    agent: Actor, order: tuple[str, str, list[str]]
) -> None:
    request, item, tasks = order
    agent.update("sc_task", tasks[0], {"state": "7"})
    assert agent.get("sc_req_item", item)["active"] == "true"

    agent.update("sc_task", tasks[1], {"state": "3"})

    row = agent.get("sc_req_item", item)
    assert (row["state"], row["stage"], row["active"]) == ("3", "complete", "false")
    row = agent.get("sc_request", request)
    assert (row["state"], row["request_state"], row["stage"]) == ("3", "closed_complete", "closed_complete")


def test_nothing_done_is_not_complete(agent: Actor, order: tuple[str, str, list[str]]) -> None:
    request, item, tasks = order
    for task in tasks:
        agent.update("sc_task", task, {"state": "4"})

    assert agent.get("sc_req_item", item)["stage"] == "Request Cancelled"
    assert agent.get("sc_request", request)["request_state"] == "closed_incomplete"


def test_stage_and_state_of_a_request_keep_in_step(agent: Actor, order: tuple[str, str, list[str]]) -> None:
    request, item, _ = order
    agent.update("sc_request", request, {"request_state": "in_process"})
    assert agent.get("sc_request", request)["state"] == "2"

    agent.update("sc_req_item", item, {"stage": "complete"})

    row = agent.get("sc_req_item", item)
    assert (row["state"], row["active"]) == ("3", "false")
    assert row["closed_at"]
    assert agent.get("sc_request", request)["active"] == "false"


def test_a_request_closed_by_its_request_state_is_active_no_more(agent: Actor) -> None:
    request = agent.insert("sc_request", {"short_description": "Laptop"})

    agent.update("sc_request", request, {"request_state": "closed_cancelled"})

    row = agent.get("sc_request", request)
    assert (row["state"], row["active"]) == ("4", "false")
    assert row["closed_by"]

    agent.update("sc_request", request, {"request_state": "in_process"})

    row = agent.get("sc_request", request)
    assert (row["state"], row["active"], row["closed_at"]) == ("2", "true", "")


def test_a_project_task_is_stamped_by_its_states(agent: Actor) -> None:
    project = agent.insert("pm_project", {"short_description": "New mail"})
    task = agent.insert(
        "pm_project_task", {"short_description": "Move", "parent": project, "top_task": project}
    )
    agent.update("pm_project_task", task, {"state": "2"})
    agent.update("pm_project_task", task, {"state": "3"})

    row = agent.get("pm_project_task", task)
    assert row["work_start"] == row["work_end"] == row["closed_at"] == "2026-01-05 09:00:00"
    assert (row["percent_complete"], row["active"]) == ("100", "false")


def test_a_deferred_demand_stays_open_at_its_stage(agent: Actor) -> None:
    demand = agent.insert("dmn_demand", {"short_description": "Chat"})
    agent.update("dmn_demand", demand, {"state": "2"})
    agent.update("dmn_demand", demand, {"state": "4"})

    row = agent.get("dmn_demand", demand)
    assert (row["stage"], row["active"]) == ("screening", "true")
