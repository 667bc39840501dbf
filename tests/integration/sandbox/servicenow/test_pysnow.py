"""The sandbox through pysnow, used as its own documentation shows."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pysnow
import pytest
from requests import HTTPError

from careloop.sandbox.servicenow import Instance
from careloop.testing.sandbox import Served

pytest_plugins = ["careloop.testing.sandbox"]


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


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # pysnow leaves the file to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_files_are_uploaded_listed_and_deleted(
    instance: Instance, client: pysnow.Client, tmp_path: Path
) -> None:
    client.session.auth = ("admin", "admin")
    record = instance.act("paul.adeyemi").insert("incident", {"short_description": "x"})
    path = tmp_path / "notes.txt"
    path.write_text("one", encoding="utf-8")
    attachments = client.resource(api_path="/table/incident").attachments
    uploaded = attachments.upload(sys_id=record, file_path=str(path)).one()

    assert (uploaded["file_name"], uploaded["size_bytes"]) == ("notes.txt", "3")
    listed = client.resource(api_path="/table/incident").attachments.get(sys_id=record)
    assert [one["sys_id"] for one in listed] == [uploaded["sys_id"]]
    deleted = client.resource(api_path="/table/incident").attachments.delete(uploaded["sys_id"])
    assert deleted["status"] == "record deleted"


def test_a_count_and_pages_are_read(instance: Instance, client: pysnow.Client) -> None:
    agent = instance.act("paul.adeyemi")
    for number in range(5):
        agent.insert("incident", {"order": number})
    incidents = client.resource(api_path="/table/incident")
    response = incidents.get(query="ORDERBYorder", limit=2, offset=2, fields=["order"])

    assert [row["order"] for row in response.all()] == ["2", "3"]
    assert response.headers["X-Total-Count"] == "5"
    first = incidents.get(query={"order": "4"}, stream=True).first()
    assert first["order"] == "4"
    with pytest.raises(pysnow.exceptions.MultipleResults):
        incidents.get(query={"active": "true"}).one()
    with pytest.raises(pysnow.exceptions.NoResults):
        incidents.get(query={"order": "9"}).one()


def test_a_token_is_bought_used_and_renewed_over_tls(
    served_sandbox: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", served_sandbox.addresses["ca"])
    told = served_sandbox.addresses["servicenow"]
    renewed: list[dict[str, Any]] = []
    client = pysnow.OAuthClient(
        host=urlsplit(told["url"]).netloc,
        client_id=told["client_id"],
        client_secret=told["client_secret"],
        token_updater=renewed.append,
    )
    token = client.generate_token(told["user"], told["password"])
    client.set_token(token)
    users = client.resource(api_path="/table/sys_user")
    found = users.get(query={"user_name": "admin"}, fields=["name"]).one()

    client.set_token({**token, "expires_at": 1, "expires_in": -1})
    again = (
        client.resource(api_path="/table/sys_user").get(query={"user_name": "admin"}, fields=["name"]).one()
    )

    assert found == again == {"name": "System Administrator"}
    assert [one["refresh_token"] for one in renewed] == [token["refresh_token"]]
    assert renewed[0]["access_token"] != token["access_token"]
