"""The sandbox through PySNC over real TLS, used as its own documentation shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pysnc
import pytest

from careloop.sandbox.server import running
from careloop.sandbox.servicenow import Instance
from careloop.sandbox.world import Sandbox

SANDBOX = Sandbox(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, Any]]:
    with running(SANDBOX, tls=True) as addresses:
        yield addresses


@pytest.fixture
def instance() -> Instance:
    """Return the instance behind the address, fresh."""
    SANDBOX.reset()
    return SANDBOX.servicenow


@pytest.fixture
def address(addresses: dict[str, Any], instance: Instance, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of the fresh instance, whose authority requests trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", addresses["ca"])
    return str(addresses["servicenow"]["url"])


@pytest.fixture
def client(address: str) -> Iterator[pysnc.ServiceNowClient]:
    client = pysnc.ServiceNowClient(address, ("admin", "admin"))
    yield client
    client.session.close()


def raise_incidents(instance: Instance, count: int) -> None:
    agent = instance.act("paul.adeyemi")
    lena = instance.user_named("lena.moreau").sys_id
    for number in range(count):
        agent.insert("incident", {"short_description": f"Matter {number}", "caller_id": lena})


def test_plain_http_is_refused_by_the_client_itself(address: str) -> None:
    with pytest.raises(pysnc.exceptions.InstanceException):
        pysnc.ServiceNowClient(address.replace("https:", "http:"), ("admin", "admin"))


def test_a_record_is_inserted_got_updated_and_deleted(client: pysnc.ServiceNowClient) -> None:
    record = client.GlideRecord("incident")
    record.initialize()
    record.short_description = "Mail is slow"
    record.bunk_field = "ignored"
    sys_id = record.insert()

    again = client.GlideRecord("incident")
    assert again.get(sys_id)
    again.state = "2"
    assert again.update()
    assert again.get_display_value("state") == "In Progress"
    assert again.delete()
    assert not client.GlideRecord("incident").get(sys_id)


def test_a_loop_reads_over_the_ends_of_pages(client: pysnc.ServiceNowClient, instance: Instance) -> None:
    raise_incidents(instance, 7)
    record = client.GlideRecord("incident", batch_size=3)
    record.add_query("short_description", "STARTSWITH", "Matter")
    record.order_by("number")
    record.query()

    assert len(record) == 7
    assert [str(row.short_description) for row in record] == [f"Matter {number}" for number in range(7)]


def test_values_display_values_and_dotted_fields_come_apart(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 1)
    record = client.GlideRecord("incident")
    record.fields = ["caller_id", "caller_id.email", "priority", "opened_at"]
    record.query()
    assert record.next()

    assert record.get_value("caller_id") == instance.user_named("lena.moreau").sys_id
    assert record.get_display_value("caller_id") == "Lena Moreau"
    assert record.caller_id.email == "lena.moreau@example.com"
    assert record.opened_at.date_value() == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_limit_a_view_and_alternatives_are_kept(client: pysnc.ServiceNowClient, instance: Instance) -> None:
    raise_incidents(instance, 5)
    record = client.GlideRecord("incident")
    record.add_query("short_description", "Matter 1").add_or_condition("short_description", "Matter 3")
    record.query()
    assert len(record) == 2

    few = client.GlideRecord("incident")
    few.limit = 2
    few.view = "mobile"
    few.query()
    assert len(list(few)) == 2
    assert len(few.fields) < len(record.fields)


def test_a_wrong_password_and_an_unknown_table_are_errors(address: str, instance: Instance) -> None:
    stranger = pysnc.ServiceNowClient(address, ("admin", "wrong"))
    with pytest.raises(pysnc.exceptions.AuthenticationException):
        stranger.GlideRecord("incident").get("x")
    admin = pysnc.ServiceNowClient(address, ("admin", "admin"))
    with pytest.raises(pysnc.exceptions.RequestException):
        admin.GlideRecord("no_such_table").query()
    stranger.session.close()
    admin.session.close()


def test_an_address_that_is_too_long_is_answered_by_a_page(client: pysnc.ServiceNowClient) -> None:
    record = client.GlideRecord("incident")
    record.add_query("sys_id", "IN", ",".join(f"{number:032x}" for number in range(500)))
    with pytest.raises(pysnc.exceptions.RequestException, match="<html>"):
        client.table_api.list(record)


def test_a_query_that_is_too_long_for_an_address_travels_in_a_batch(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 2)
    record = client.GlideRecord("incident")
    ids = [row["sys_id"] for row in instance.act("admin").query("incident")]
    record.add_query("sys_id", "IN", ",".join(ids * 200))
    record.query()

    assert len(record) == 2


def test_joins_and_related_lists_narrow_the_users(client: pysnc.ServiceNowClient, instance: Instance) -> None:
    raise_incidents(instance, 1)
    callers = client.GlideRecord("sys_user")
    callers.add_join_query("incident", join_table_field="caller_id").add_query("active", "true")
    callers.query()
    assert [str(user.user_name) for user in callers] == ["lena.moreau"]

    admins = client.GlideRecord("sys_user")
    admins.add_rl_query("sys_user_has_role", "user", ">0", stop_at_relationship=True).add_query(
        "role.name", "admin"
    )
    admins.query()
    assert [str(user.user_name) for user in admins] == ["admin"]


def test_many_records_are_changed_and_deleted_in_one_batch(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 4)
    record = client.GlideRecord("incident")
    record.query()
    for row in record:
        row.short_description = "changed"
    assert record.update_multiple()
    rows = instance.act("admin").query("incident")
    assert {row["short_description"] for row in rows} == {"changed"}

    again = client.GlideRecord("incident")
    again.query()
    assert again.delete_multiple()
    assert instance.act("admin").query("incident") == []


def test_a_file_is_attached_listed_read_and_deleted(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 1)
    record = client.GlideRecord("incident")
    record.query()
    assert record.next()
    location = record.add_attachment("notes.txt", b"one\ntwo", content_type="text/plain")
    attachments = record.get_attachments()

    assert location.startswith(f"{client.instance}/api/now/v1/attachment/")
    assert len(attachments) == 1
    for attachment in attachments:
        assert attachment.file_name == "notes.txt"
        assert attachment.read() == b"one\ntwo"
        assert attachment.readlines() == ["one", "two"]
        attachment.delete()
    assert len(record.get_attachments()) == 0
