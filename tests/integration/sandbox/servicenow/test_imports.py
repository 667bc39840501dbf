"""Rows for staging tables become records, and admins make tables of their own."""

from typing import Any

import pytest
from requests import Session

from careloop.sandbox.servicenow import Instance
from tests.integration.sandbox.servicenow.conftest import HOST, login

API = f"http://{HOST}/api/now"
IMPORT = f"{API}/import"
ALARM = {"uuid": "a-17", "message": "Disk is full", "severity": "2", "comments": "Seen by the monitor"}


@pytest.fixture
def admin(instance: Instance) -> Session:
    return login(instance, "admin", "admin")


def post(admin: Session, table: str, body: dict[str, Any]) -> dict[str, Any]:
    """Import one row and return the only result."""
    answer = admin.post(f"{IMPORT}/{table}", json=body)
    assert answer.status_code == 201
    content: dict[str, Any] = answer.json()
    assert content["staging_table"] == table
    (result,) = content["result"]
    return dict(result)


def create(admin: Session, table: str, **fields: str) -> dict[str, str]:
    answer = admin.post(f"{API}/table/{table}", json=fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["result"])


def test_a_notification_becomes_an_incident_and_the_next_one_updates_it(admin: Session) -> None:
    first = admin.post(f"{IMPORT}/imp_notification", json=ALARM)
    (made,) = first.json()["result"]
    incident = admin.get(made["record_link"]).json()["result"]

    assert (first.status_code, first.json()["import_set"]) == (201, "ISET0010001")
    assert (made["transform_map"], made["table"], made["status"]) == ("Notification", "incident", "inserted")
    assert (made["display_name"], made["display_value"]) == ("number", incident["number"])
    assert (incident["sys_id"], incident["short_description"]) == (made["sys_id"], "Disk is full")
    assert (incident["correlation_id"], incident["severity"]) == ("a-17", "2")

    again = post(admin, "imp_notification", {"uuid": "A-17", "message": "Disk is nearly full"})
    assert (again["status"], again["sys_id"]) == ("updated", made["sys_id"])
    same = post(admin, "imp_notification", {"uuid": "A-17", "message": "Disk is nearly full"})
    assert (same["status"], same["status_message"]) == ("ignored", "No field values changed")
    assert admin.get(made["record_link"]).json()["result"]["short_description"] == "Disk is nearly full"


def test_what_a_field_map_may_create_is_created(admin: Session) -> None:
    made = post(admin, "imp_notification", {**ALARM, "category": "robots", "assignment_group": "Robotics"})
    shown = admin.get(made["record_link"], params={"sysparm_display_value": "true"}).json()["result"]
    assert shown["category"] == "robots"
    assert shown["assignment_group"]["display_value"] == "Robotics"


def test_a_row_without_its_key_is_skipped_and_names_itself(admin: Session) -> None:
    answer = admin.post(f"{IMPORT}/imp_notification", json={"message": "Whose?"})
    (result,) = answer.json()["result"]
    row = answer.headers["Location"].rpartition("/")[2]
    assert (result["status"], result["sys_id"]) == ("skipped", row)
    assert "uuid" in result["status_message"]


def test_a_row_that_a_rule_refuses_is_an_error_in_a_201(admin: Session) -> None:
    result = post(admin, "imp_notification", {**ALARM, "state": "Resolved"})
    assert (result["status"], "sys_id" in result) == ("error", False)
    assert "mandatory" in result["error_message"]


def test_a_staged_row_tells_what_became_of_it(admin: Session) -> None:
    answer = admin.post(
        f"{IMPORT}/imp_user", json={"first_name": "Ada", "last_name": "Nilsen", "email": "a@example.com"}
    )
    kept = admin.get(answer.headers["Location"])
    assert (kept.status_code, kept.json()) == (200, answer.json())
    user = admin.get(answer.json()["result"][0]["record_link"]).json()["result"]
    assert (user["user_name"], user["name"]) == ("ada.nilsen", "Ada Nilsen")
    assert admin.get(f"{IMPORT}/imp_user/{'0' * 32}").status_code == 404


def test_an_admin_makes_a_staging_table_with_a_map_of_its_own(admin: Session) -> None:
    rows = f"{API}/table/sys_db_object?name=sys_import_set_row"
    above = admin.get(rows).json()["result"][0]["sys_id"]
    table = create(admin, "sys_db_object", label="Imp Alarm", super_class=above)["name"]
    assert table == "u_imp_alarm"
    assert post(admin, table, {})["error_message"] == "No transform map is active for u_imp_alarm"

    create(admin, "sys_dictionary", name=table, element="u_what", column_label="What")
    ours = create(admin, "sys_transform_map", name="Alarms", source_table=table, target_table="incident")[
        "sys_id"
    ]
    field = {"map": ours, "source_table": table, "target_table": "incident"}
    create(admin, "sys_transform_entry", **field, source_field="u_what", target_field="short_description")
    result = post(admin, table, {"u_what": "Smoke"})
    assert (result["transform_map"], result["status"]) == ("Alarms", "inserted")
    assert admin.get(result["record_link"]).json()["result"]["short_description"] == "Smoke"


def test_many_rows_are_named_by_label_and_transformed_before_the_next_call(
    admin: Session, instance: Instance
) -> None:
    rows = [{"Uuid": "b-1", "Message": "One"}, {"Uuid": "b-2", "Message": "Two"}]
    answer = admin.post(f"{IMPORT}/imp_notification/insertMultiple", json={"records": rows})
    ids = answer.json()
    assert (answer.status_code, set(ids)) == (201, {"import_set_id", "multi_import_set_id"})
    assert (
        admin.get(f"{API}/table/sys_import_set/{ids['import_set_id']}").json()["result"]["state"] == "loaded"
    )
    instance.clock.advance(1)
    assert (
        admin.get(f"{API}/table/sys_import_set/{ids['import_set_id']}").json()["result"]["state"]
        == "processed"
    )
    found = admin.get(f"{API}/table/incident?sysparm_query=correlation_idSTARTSWITHb-").json()["result"]
    assert sorted(row["short_description"] for row in found) == ["One", "Two"]


def test_only_staging_tables_and_only_who_may_load_them(admin: Session, session: Session) -> None:
    assert admin.post(f"{IMPORT}/incident", json={}).status_code == 400
    assert admin.post(f"{IMPORT}/no_table", json={}).status_code == 400
    assert session.post(f"{IMPORT}/imp_notification", json=ALARM).status_code == 403
    assert admin.get(f"{API}/table/sys_import_set").json()["result"] == []


def test_a_table_that_extends_another_has_its_columns_and_appears_in_its_lists(admin: Session) -> None:
    above = admin.get(f"{API}/table/sys_db_object?name=task").json()["result"][0]["sys_id"]
    create(admin, "sys_db_object", name="u_chore", label="Chore", super_class=above)
    chore = create(admin, "u_chore", short_description="Sweep")
    assert admin.get(f"{API}/table/task/{chore['sys_id']}").json()["result"]["short_description"] == "Sweep"
    assert admin.get(f"{API}/table/task/{chore['sys_id']}").json()["result"]["sys_class_name"] == "u_chore"
    again = admin.post(f"{API}/table/sys_db_object", json={"name": "u_chore", "label": "Chore"})
    assert again.status_code == 403
