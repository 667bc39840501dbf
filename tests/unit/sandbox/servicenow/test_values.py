"""What is stored and how it is shown."""

from typing import Any

import pytest

from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.inputs import accept
from careloop.sandbox.servicenow.session import Session
from careloop.sandbox.servicenow.values import Display, View


def show(instance: Instance, user: str, sys_id: str, display: Display, *paths: str, link: str = "") -> Any:
    row = instance.engine.db.find("incident", sys_id)
    assert row
    view = View(instance.engine.db, instance.engine.journal, instance.user_named(user), display, link)
    return view.render([row], lambda table: paths)[0]


def test_raw_values_are_strings_and_references_links(instance: Instance, incident: str) -> None:
    caller = instance.user_named("lena.moreau").sys_id

    shown = show(
        instance, "admin", incident, "false", "active", "state", "assigned_to", "caller_id", link="http://x"
    )

    assert shown == {
        "active": "true",
        "state": "1",
        "assigned_to": "",
        "caller_id": {"link": f"http://x/sys_user/{caller}", "value": caller},
    }


def test_without_links_a_reference_is_bare(instance: Instance, incident: str) -> None:
    caller = instance.user_named("lena.moreau").sys_id

    assert show(instance, "admin", incident, "false", "caller_id") == {"caller_id": caller}
    assert show(instance, "admin", incident, "true", "caller_id") == {"caller_id": "Lena Moreau"}
    assert show(instance, "admin", incident, "all", "caller_id") == {
        "caller_id": {"display_value": "Lena Moreau", "value": caller}
    }


def test_display_values_are_labels_and_names(instance: Instance, incident: str) -> None:
    caller = instance.user_named("lena.moreau").sys_id

    shown = show(
        instance, "admin", incident, "true", "state", "impact", "hold_reason", "caller_id", link="http://x"
    )

    assert shown == {
        "state": "New",
        "impact": "3 - Low",
        "hold_reason": "",
        "caller_id": {"display_value": "Lena Moreau", "link": f"http://x/sys_user/{caller}"},
    }


def test_both_forms_stand_side_by_side_and_an_empty_choice_has_no_label(
    instance: Instance, incident: str
) -> None:
    assert show(instance, "admin", incident, "all", "state", "hold_reason", "close_notes") == {
        "state": {"display_value": "New", "value": "1"},
        "hold_reason": {"display_value": None, "value": ""},
        "close_notes": {"display_value": "", "value": ""},
    }


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("admin", "2026-01-05 09:00:00"),
        ("lena.moreau", "05-01-2026 10:00:00"),
        ("tomas.varga", "05/01/2026 10:00:00"),
        ("grace.okoro", "01-05-2026 04:00:00 AM"),
    ],
)
def test_a_time_is_shown_in_the_users_zone_and_format(
    instance: Instance, incident: str, user: str, shown: str
) -> None:
    assert show(instance, user, incident, "all", "opened_at") == {
        "opened_at": {"display_value": shown, "value": "2026-01-05 09:00:00"}
    }


def test_a_path_reaches_through_references(instance: Instance, incident: str) -> None:
    assert show(instance, "admin", incident, "false", "caller_id.email", "assigned_to.manager.name") == {
        "caller_id.email": "lena.moreau@example.com",
        "assigned_to.manager.name": "",
    }


def test_a_password_is_never_shown(instance: Instance) -> None:
    row = instance.engine.db.find("sys_user", instance.user_named("admin").sys_id)
    assert row
    view = View(instance.engine.db, instance.engine.journal, instance.user_named("admin"), "all", "")

    assert view.render([row], lambda table: ["user_password"]) == [
        {"user_password": {"display_value": "", "value": ""}}
    ]


def test_writers_may_send_numbers_and_truth_values(admin: Actor, instance: Instance) -> None:
    row = admin.get("incident", admin.insert("incident", {"impact": 1, "knowledge": True, "order": 7}))

    assert (row["impact"], row["knowledge"], row["order"]) == ("1", "true", "7")


def test_what_a_column_cannot_hold_is_dropped_without_a_word(admin: Actor) -> None:
    row = admin.get(
        "incident",
        admin.insert("incident", {"category": "unheard of", "order": "many", "due_date": "tomorrow"}),
    )
    lasting = admin.get(
        "incident", admin.insert("incident", {"calendar_duration": "long", "sys_id": "short"})
    )

    assert (row["category"], row["order"], row["due_date"]) == ("inquiry", "", "")
    assert lasting["calendar_duration"] == ""
    assert len(lasting["sys_id"]) == 32


def test_a_property_lets_unlisted_choices_in(instance: Instance, admin: Actor) -> None:
    instance.set_property("glide.rest.choice.allow_non_existing_value", "true")

    sys_id = admin.insert("incident", {"category": "new"})
    admin.update("incident", sys_id, {"category": ""})

    assert admin.get("incident", sys_id)["category"] == "new"


def test_an_empty_value_clears_a_text_but_no_choice(admin: Actor) -> None:
    sys_id = admin.insert("incident", {"description": "long", "category": "network"})
    admin.update("incident", sys_id, {"description": "", "category": ""})

    row = admin.get("incident", sys_id)
    assert (row["description"], row["category"]) == ("", "network")


def test_a_text_is_cut_at_the_columns_length(admin: Actor) -> None:
    row = admin.get("incident", admin.insert("incident", {"short_description": "x" * 500}))

    assert row["short_description"] == "x" * 160


def test_display_input_takes_labels_names_and_local_times(instance: Instance) -> None:
    session = Session(instance.user_named("tomas.varga"), instance.clock.now())
    table, slot = instance.engine.records.insert(
        session,
        "incident",
        {"impact": "1 - High", "assignment_group": "Network", "due_date": "06/01/2026 09:30:00"},
        display=True,
    )

    group = instance.act("admin").query("sys_user_group", "name=Network")[0]["sys_id"]
    assert table.value(slot, "impact") == "1"
    assert table.value(slot, "assignment_group") == group
    assert table.value(slot, "due_date") == "2026-01-06 08:30:00"


def test_a_day_has_the_users_format_and_no_zone(instance: Instance, admin: Actor) -> None:
    lena = instance.user_named("lena.moreau").sys_id
    admin.update("sys_user", lena, {"date_format": "dd/MM/yyyy", "time_zone": "Asia/Tokyo"})
    sys_id = admin.insert("cmdb_ci", {"name": "printer", "purchase_date": "2026-01-05"})
    row = instance.engine.db.find("cmdb_ci", sys_id)
    assert row

    view = View(instance.engine.db, instance.engine.journal, instance.user_named("lena.moreau"), "all", "")

    assert view.render([row], lambda table: ["purchase_date"]) == [
        {"purchase_date": {"display_value": "05/01/2026", "value": "2026-01-05"}}
    ]


def test_a_day_is_typed_in_the_users_format_and_nothing_else_is_taken(
    instance: Instance, admin: Actor
) -> None:
    lena = instance.user_named("lena.moreau").sys_id
    admin.update("sys_user", lena, {"date_format": "dd/MM/yyyy"})
    session = Session(instance.user_named("lena.moreau"), instance.clock.now())

    def taken(value: str, *, display: bool) -> str | None:
        given = {"purchase_date": value}
        db = instance.engine.db
        return accept(db, "cmdb_ci", given, session, display=display, loose_choices=False).get(
            "purchase_date"
        )

    assert taken("05/01/2026", display=True) == "2026-01-05"
    assert taken("2026-01-05 10:00:00", display=False) == "2026-01-05"
    assert taken("05/01/2026", display=False) is None
    assert taken("soon", display=True) is None


@pytest.mark.parametrize(
    ("given", "kept"), [("7", "7"), ("007", "7"), ("2.9", "2"), ("nan", ""), ("1e999", ""), ("many", "")]
)
def test_a_whole_number_is_kept_as_one_or_not_at_all(admin: Actor, given: str, kept: str) -> None:
    sys_id = admin.insert("incident", {"order": given})

    assert admin.get("incident", sys_id)["order"] == kept
