"""Counts and figures of rows."""

from typing import Any

import pytest
from requests import Session

from careloop.sandbox.servicenow import Instance

API = "http://servicenow.test/api/now/stats/incident"


@pytest.fixture(autouse=True)
def incidents(instance: Instance) -> None:
    """Raise six incidents: three with the desk, two with the network, one with nobody."""
    agent = instance.act("paul.adeyemi")
    groups = {row["name"]: row["sys_id"] for row in agent.query("sys_user_group")}
    for number, name in enumerate(("Service Desk", "Network", "Service Desk", "", "Network", "Service Desk")):
        agent.insert(
            "incident",
            {"assignment_group": groups.get(name, ""), "order": number, "impact": str(number % 3 + 1)},
        )
        instance.clock.advance(60)


def stats(session: Session, **params: str) -> Any:
    answer = session.get(API, params=params)
    assert answer.status_code == 200
    return answer.json()["result"]


def test_figures_of_all_rows_are_one_object_of_text(session: Session) -> None:
    assert stats(
        session,
        sysparm_count="true",
        sysparm_avg_fields="order,bogus",
        sysparm_min_fields="order,sys_created_on",
        sysparm_max_fields="order",
        sysparm_sum_fields="order",
    ) == {
        "stats": {
            "count": "6",
            "avg": {"order": "2.5000"},
            "min": {"order": "0", "sys_created_on": "2026-01-05 09:00:00"},
            "max": {"order": "5"},
            "sum": {"order": "15"},
        }
    }
    assert stats(session, sysparm_count="true", sysparm_query="impact=1")["stats"] == {"count": "2"}
    assert stats(session, sysparm_count="true", impact="1 - High")["stats"] == {"count": "2"}


def groups(session: Session, **params: str) -> list[tuple[str, str]]:
    grouped = {
        "sysparm_group_by": "assignment_group",
        "sysparm_count": "true",
        "sysparm_display_value": "true",
    }
    found = stats(session, **grouped, **params)
    return [(one["groupby_fields"][0]["value"], one["stats"]["count"]) for one in found]


def test_groups_come_in_the_order_of_what_they_are_called(session: Session) -> None:
    assert groups(session) == [("", "1"), ("Network", "2"), ("Service Desk", "3")]


@pytest.mark.parametrize(
    ("order", "counts"),
    [
        ("COUNT", "123"),
        ("COUNT^DESC", "321"),
        ("AVG^order", "321"),
        ("MIN^order^DESC", "123"),
        ("assignment_group^DESC", "321"),
        ("MAX^order^DESC,assignment_group", "321"),
        ("bogus", "123"),
        ("AVG^bogus", "123"),
    ],
)
def test_groups_are_ordered_by_columns_and_figures(session: Session, order: str, counts: str) -> None:
    found = "".join(count for _, count in groups(session, sysparm_order_by=order))
    assert found == counts


@pytest.mark.parametrize(
    ("having", "counts"),
    [
        ("count^assignment_group^>^1", ["2", "3"]),
        ("count^assignment_group^=^1", ["1"]),
        ("count^order^>^1,avg^order^<^2.5", ["3"]),
        ("sum^order^>=^7", ["3"]),
        ("nonsense", ["1", "2", "3"]),
        ("sum^bogus^>^1", ["1", "2", "3"]),
    ],
)
def test_having_keeps_some_groups(session: Session, having: str, counts: list[str]) -> None:
    assert [count for _, count in groups(session, sysparm_having=having)] == counts


def test_groups_of_two_columns_show_values_names_or_both(session: Session) -> None:
    params = {"sysparm_group_by": "assignment_group.name,impact", "sysparm_sum_fields": "order"}
    first = stats(session, **params)[0]
    both = stats(session, **params, sysparm_display_value="all")[0]

    assert first == {
        "stats": {"sum": {"order": "3"}},
        "groupby_fields": [
            {"field": "assignment_group.name", "value": ""},
            {"field": "impact", "value": "1"},
        ],
    }
    assert both["groupby_fields"][1] == {"field": "impact", "value": "1", "display_value": "1 - High"}


def test_tables_that_are_unknown_or_closed_are_refused(instance: Instance, session: Session) -> None:
    assert session.get(API.replace("incident", "nonsense")).status_code == 400
    assert session.post(API, json={}).status_code == 405
    instance.revoke("careloop", "incident")
    assert session.get(API).status_code == 403


def test_hidden_rows_are_left_out_unless_a_property_counts_them(instance: Instance, session: Session) -> None:
    lena = instance.user_named("lena.moreau")
    instance.act("paul.adeyemi").insert("incident", {"caller_id": lena.sys_id, "opened_by": lena.sys_id})
    session.auth = ("lena.moreau", "lena.moreau")
    assert stats(session, sysparm_count="true") == {"stats": {"count": "1"}}
    instance.set_property("sandbox.aggregate.counts_hidden_rows", "true")
    assert stats(session, sysparm_count="true") == {"stats": {"count": "7"}}
