"""Tables that describe tables."""

from careloop.sandbox.servicenow import Actor, Instance


def test_the_dictionary_and_the_choices_can_be_read(admin: Actor) -> None:
    (column,) = admin.query("sys_dictionary", "name=incident^element=caller_id")
    labels = [
        row["label"] for row in admin.query("sys_choice", "name=incident^element=state^ORDERBYsequence")
    ]

    assert (column["internal_type"], column["reference"]) == ("reference", "sys_user")
    assert labels == ["New", "In Progress", "On Hold", "Resolved", "Closed", "Canceled"]


def test_tables_name_the_ones_they_extend(admin: Actor) -> None:
    (row,) = admin.query("sys_db_object", "name=incident")

    assert admin.get("sys_db_object", row["super_class"])["name"] == "task"


def test_a_new_choice_can_be_used_at_once(admin: Actor) -> None:
    choice = {"name": "incident", "element": "close_code", "value": "Magic", "label": "Magic"}
    before = admin.get("incident", admin.insert("incident", {"close_code": "Magic"}))["close_code"]
    admin.insert("sys_choice", choice)
    after = admin.get("incident", admin.insert("incident", {"close_code": "Magic"}))["close_code"]

    assert (before, after) == ("", "Magic")


def test_a_retired_choice_can_no_longer_be_used(admin: Actor) -> None:
    (choice,) = admin.query("sys_choice", "name=incident^element=close_code^value=User error")
    admin.update("sys_choice", choice["sys_id"], {"inactive": "true"})

    assert admin.get("incident", admin.insert("incident", {"close_code": "User error"}))["close_code"] == ""


def test_a_new_column_can_be_written_and_queried(admin: Actor) -> None:
    admin.insert("sys_dictionary", {"name": "task", "element": "u_basis", "internal_type": "string"})
    incident = admin.insert("incident", {"u_basis": "confirmed"})

    assert [row["sys_id"] for row in admin.query("incident", "u_basis=confirmed")] == [incident]


def test_a_user_is_named_by_its_parts_and_logs_in_when_given_a_password(
    instance: Instance, admin: Actor
) -> None:
    sys_id = admin.insert(
        "sys_user",
        {"user_name": "ada.nilsen", "first_name": "Ada", "last_name": "Nilsen", "user_password": "x"},
    )
    admin.update("sys_user", sys_id, {"last_name": "Berg"})

    admin.insert("sys_user", {"user_name": "no.password"})

    assert admin.get("sys_user", sys_id)["name"] == "Ada Berg"
    assert instance.engine.users.authenticate("Basic bm8ucGFzc3dvcmQ6") is None
    assert instance.engine.users.authenticate("Basic YWRhLm5pbHNlbjp4") == instance.user_named("ada.nilsen")
