"""The sandbox through pysnow, used as its own documentation shows."""

import pysnow
import pytest
from requests import HTTPError

from careloop.sandbox.servicenow import Instance


def test_a_record_is_created_found_and_changed(client: pysnow.Client) -> None:
    incidents = client.resource(api_path="/table/incident")
    created = incidents.create(payload={"short_description": "Mail is slow", "description": "Since Monday"})

    found = incidents.get(query={"number": created["number"]}).one()
    changed = incidents.update(query={"number": created["number"]}, payload={"impact": "1"}).one()

    assert found["sys_id"] == created["sys_id"]
    assert (changed["impact"], changed["priority"]) == ("1", "3")


def test_a_built_query_filters_and_orders(instance: Instance, client: pysnow.Client) -> None:
    agent = instance.act("paul.adeyemi")
    for impact in ("1", "2", "3"):
        agent.insert("incident", {"impact": impact, "short_description": f"impact {impact}"})

    query = (
        pysnow.QueryBuilder()
        .field("impact")
        .is_empty()
        .OR()
        .field("impact")
        .greater_than(1)
        .AND()
        .field("short_description")
        .starts_with("impact")
        .AND()
        .field("impact")
        .order_descending()
    )
    rows = client.resource(api_path="/table/incident").get(query=query).all()

    assert [row["impact"] for row in rows] == ["3", "2"]


def test_limit_offset_and_fields_are_kept(instance: Instance, client: pysnow.Client) -> None:
    agent = instance.act("paul.adeyemi")
    for number in range(5):
        agent.insert("incident", {"order": number})

    rows = (
        client.resource(api_path="/table/incident").get(query={}, limit=2, offset=1, fields=["order"]).all()
    )

    assert rows == [{"order": "1"}, {"order": "2"}]


def test_display_values_and_links_follow_the_parameters(instance: Instance, client: pysnow.Client) -> None:
    lena = instance.user_named("lena.moreau").sys_id
    instance.act("paul.adeyemi").insert("incident", {"caller_id": lena})
    incidents = client.resource(api_path="/table/incident")
    incidents.parameters.display_value = True
    incidents.parameters.exclude_reference_link = True

    row = incidents.get(query={}).one()

    assert (row["caller_id"], row["state"]) == ("Lena Moreau", "New")


def test_a_stream_reads_the_same_rows(instance: Instance, client: pysnow.Client) -> None:
    instance.act("paul.adeyemi").insert("incident", {"short_description": "x"})

    rows = list(client.resource(api_path="/table/incident").get(query={}, stream=True).all())

    assert [row["short_description"] for row in rows] == ["x"]


def test_a_delete_is_done_by_one_who_may(instance: Instance, client: pysnow.Client) -> None:
    client.session.auth = ("admin", "admin")
    incidents = client.resource(api_path="/table/incident")
    created = incidents.create(payload={"short_description": "x"})

    result = incidents.delete(query={"sys_id": created["sys_id"]})

    assert result["status"] == "record deleted"
    assert incidents.get(query={}).all() == []


def test_a_refusal_is_an_error(client: pysnow.Client) -> None:
    incidents = client.resource(api_path="/table/incident")
    created = incidents.create(payload={"short_description": "x"})

    with pytest.raises(HTTPError, match="403"):
        incidents.update(query={"sys_id": created["sys_id"]}, payload={"state": "6"}).one()
