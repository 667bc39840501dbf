"""The sandbox through PySNC over real TLS, used as its own documentation shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pysnc
import pytest

from careloop.sandbox.faults import Fault
from careloop.sandbox.servicenow import Instance
from careloop.testing.sandbox import Served

pytest_plugins = ["careloop.testing.sandbox"]


@pytest.fixture
def instance(served_sandbox: Served) -> Instance:
    """Return the instance behind the address, fresh."""
    return served_sandbox.sandbox.servicenow


@pytest.fixture
def address(served_sandbox: Served, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of the fresh instance, whose authority requests trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", served_sandbox.addresses["ca"])
    return str(served_sandbox.addresses["servicenow"]["url"])


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


def test_a_record_is_got_by_id_or_by_a_column(client: pysnc.ServiceNowClient) -> None:
    admin = client.GlideRecord("sys_user")
    assert admin.get("6816f79cc0a8016401c5a33be04be441")
    assert admin.user_name == "admin"
    again = client.GlideRecord("sys_user")
    assert again.get("user_name", "admin")
    assert again.sys_id == admin.sys_id
    assert not client.GlideRecord("sys_user").get("user_name", "nobody at all")


def test_elements_know_their_value_their_display_value_and_whether_they_changed(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 1)
    lena, paul = (instance.user_named(name).sys_id for name in ("lena.moreau", "paul.adeyemi"))
    instance.act("admin").update("sys_user", lena, {"manager": paul})
    record = client.GlideRecord("incident")
    record.fields = "sys_id,state,caller_id,caller_id.manager,caller_id.manager.name,close_notes"
    record.query()
    assert record.next()

    assert (record.state, record.get_display_value("state")) == ("1", "New")
    assert (record.state.nil(), record.close_notes.nil()) == (False, True)
    assert (record.caller_id.manager, record.caller_id.manager.name) == (paul, "Paul Adeyemi")
    record.state = "2"
    assert record.state.changes()
    assert record.serialize(fields=["state"]) == {"state": "2"}


def test_records_are_serialized_as_values_as_names_or_both(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 2)
    record = client.GlideRecord("incident")
    record.fields = "sys_id,short_description,state"
    record.order_by("short_description")
    record.query()
    values = record.serialize_all()
    names = record.serialize_all(display_value=True)
    both = record.serialize_all(display_value="both")

    assert [row["state"] for row in values] == ["1", "1"]
    assert [row["state"] for row in names] == ["New", "New"]
    assert both[0]["state"] == {"value": "1", "display_value": "New"}
    frame = record.to_pandas()
    assert list(frame["state__display"]) == ["New", "New"]


def test_without_display_values_only_values_come(client: pysnc.ServiceNowClient, instance: Instance) -> None:
    raise_incidents(instance, 1)
    record = client.GlideRecord("incident")
    record.display_value = False
    record.exclude_reference_link = False
    record.query()
    assert record.next()
    assert record.get_value("caller_id") == instance.user_named("lena.moreau").sys_id
    assert record.get_link().endswith(
        f"/incident.do?sys_id={record.sys_id}&sysparm_stack=incident_list.do?sysparm_query=active=true"
    )


def test_conditions_of_every_kind_are_added(client: pysnc.ServiceNowClient, instance: Instance) -> None:
    raise_incidents(instance, 3)

    def count(*conditions: tuple[str, ...], encoded: str = "") -> int:
        record = client.GlideRecord("incident")
        for condition in conditions:
            record.add_query(*condition)
        if encoded:
            record.add_encoded_query(encoded)
        record.query()
        return len(record)

    assert count(("short_description", "CONTAINS", "atter 1")) == 1
    assert count(("short_description", "DOES NOT CONTAIN", "1")) == 2
    assert count(("short_description", "ENDSWITH", "2")) == 1
    assert count(("number", "IN", "INC0010001,INC0010003")) == 2
    assert count(("number", "NOT IN", "INC0010001")) == 2
    assert count(("sys_class_name", "INSTANCEOF", "task")) == 3
    assert count(("active", "true"), encoded="short_descriptionLIKE1^ORshort_descriptionLIKE2") == 2
    null = client.GlideRecord("incident")
    null.add_null_query("close_notes")
    null.add_not_null_query("caller_id")
    null.add_active_query()
    null.query()
    assert len(null) == 3


def test_client_credentials_open_a_session(address: str, served_sandbox: Served) -> None:
    instance = served_sandbox.sandbox.servicenow
    instance.set_property("glide.oauth.inbound.client.credential.grant_type.enabled", "true")
    told = served_sandbox.addresses["servicenow"]
    flow = pysnc.auth.ServiceNowClientCredentialsFlow(told["client_id"], told["client_secret"])
    client = pysnc.ServiceNowClient(address, flow)
    record = client.GlideRecord("sys_user")

    assert record.get("user_name", "careloop")
    client.session.close()


def test_a_limit_of_calls_is_waited_out(client: pysnc.ServiceNowClient, served_sandbox: Served) -> None:
    served_sandbox.sandbox.faults.add(Fault("status", code=429, times=2, headers={"Retry-After": "0"}))
    assert client.GlideRecord("sys_user").get("user_name", "admin")
    assert len(served_sandbox.sandbox.faults.log) == 2


def test_managers_are_found_by_a_join_with_their_groups(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    instance.plant_demo()
    managers = client.GlideRecord("sys_user")
    join = managers.add_join_query("sys_user_group", join_table_field="manager")
    join.add_query("active", "true")
    managers.query()

    names = sorted(str(user.user_name) for user in managers)
    assert names == ["ines.lund", "jonas.beck", "paul.adeyemi", "rosa.quint"]


def test_an_id_of_ones_own_is_kept_and_taken_only_once(client: pysnc.ServiceNowClient) -> None:
    def insert() -> Any:
        record = client.GlideRecord("problem")
        record.initialize()
        assert record.is_new_record()
        record.short_description = "Example Problem"
        record.set_new_guid_value("a06252790b6693009fde8a4b33673aed")
        return record.insert()

    assert insert() == "a06252790b6693009fde8a4b33673aed"
    with pytest.raises(pysnc.exceptions.RoleException, match="Error during insert of problem"):
        insert()


def test_a_batch_takes_every_verb_and_tells_what_was_not_found(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 1)
    answers: dict[str, Any] = {}
    record = client.GlideRecord("incident")
    record.query()
    assert record.next()
    fresh = client.GlideRecord("incident")
    fresh.initialize()
    fresh.short_description = "New"
    batch = client.batch_api
    batch.list(client.GlideRecord("incident"), partial(answers.__setitem__, "list"))
    batch.get(record, str(record.sys_id), partial(answers.__setitem__, "get"))
    batch.get(record, "0" * 32, partial(answers.__setitem__, "absent"))
    record.short_description = "Changed"
    batch.put(record, partial(answers.__setitem__, "put"))
    batch.post(fresh, partial(answers.__setitem__, "post"))
    batch.delete(record, partial(answers.__setitem__, "delete"))
    batch.execute()

    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {"list": 200, "get": 200, "absent": 404, "put": 200, "post": 201, "delete": 204}
    assert answers["list"].headers["X-Total-Count"] == "1"
    assert answers["put"].json()["result"]["short_description"]["value"] == "Changed"


def test_a_batch_of_updates_tells_its_handler_of_each(
    client: pysnc.ServiceNowClient, instance: Instance
) -> None:
    raise_incidents(instance, 3)
    record = client.GlideRecord("incident")
    record.query()
    for row in record:
        row.state = "6"
    refused: list[int] = []
    record.update_multiple(lambda answer: refused.append(answer.status_code))

    assert refused == [403, 403, 403]


def test_a_record_that_cannot_be_rewound_reads_every_page_once(client: pysnc.ServiceNowClient) -> None:
    lines = client.GlideRecord("syslog", batch_size=200, rewindable=False)
    lines.fields = ["sys_id", "level"]
    lines.query()

    assert sum(1 for _ in lines) == 500


def test_a_user_without_the_right_is_told_so(address: str, instance: Instance) -> None:
    raise_incidents(instance, 1)
    omar = pysnc.ServiceNowClient(address, ("omar.haddad", "omar.haddad"))
    with pytest.raises(pysnc.exceptions.RoleException):
        insert_into(omar, "problem")
    assert not omar.GlideRecord("incident").get("number", "INC0010001")
    with pytest.raises(pysnc.exceptions.NoRecordException):
        omar.GlideRecord("incident").get_value("number")
    omar.session.close()


def insert_into(client: pysnc.ServiceNowClient, table: str) -> Any:
    record = client.GlideRecord(table)
    record.initialize()
    record.short_description = "Not mine to raise"
    return record.insert()
