"""What a fresh instance holds before anybody used it."""

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.values import View
from tests.unit.sandbox.servicenow.conftest import START

ADMIN = "6816f79cc0a8016401c5a33be04be441"


def test_the_administrator_has_the_id_that_every_instance_gives(admin: Actor) -> None:
    assert admin.get("sys_user", ADMIN)["user_name"] == "admin"


@pytest.mark.parametrize(
    ("table", "sys_id", "name"),
    [
        ("sys_user_role", "2831a114c611228501d4ea6c309d626d", "admin"),
        ("sys_user_role", "282bf1fac6112285017366cb5f867469", "itil"),
        ("sys_user", "5137153cc611227c000bbd1bd8cd2005", "Fred Luddy"),
        ("incident", "46b66a40a9fe198101f243dfbc79033d", "INC0000009"),
        ("incident", "471bfbc7a9fe198101e77a3e10e5d47f", "INC0000039"),
        ("incident", "1c741bd70b2322007518478d83673af3", "INC0000060"),
        ("incident", "57af7aec73d423002728660c4cf6a71c", "INC0009009"),
    ],
)
def test_examples_in_the_documents_of_clients_find_what_they_name(
    instance: Instance, table: str, sys_id: str, name: str
) -> None:
    instance.plant_demo()

    assert instance.engine.db.display(table, sys_id) == name


def test_rows_have_the_same_ids_in_every_instance() -> None:
    def ids(seed: int, table: str) -> list[str]:
        rows = Instance(Clock(START), seed=seed).act("admin").query(table, "ORDERBYsys_id")
        return [row["sys_id"] for row in rows]

    for table in ("sys_user", "sys_db_object", "sys_choice", "sys_properties", "contract_sla", "syslog"):
        assert ids(1, table) == ids(2, table)


def test_a_table_can_be_described_from_its_dictionary(instance: Instance, admin: Actor) -> None:
    described: set[str] = set()
    table = "incident"
    while table:
        described |= {
            row["element"] for row in admin.query("sys_dictionary", f"name={table}^elementISNOTEMPTY")
        }
        above = admin.query("sys_db_object", f"name={table}")[0]["super_class"]
        table = admin.get("sys_db_object", above)["name"] if above else ""

    assert described == set(instance.engine.db.dictionary["incident"].columns)


def test_every_reference_between_rows_of_a_fresh_instance_leads_somewhere(instance: Instance) -> None:
    db = instance.engine.db
    for type in db.dictionary:
        for column in type.columns.values():
            if column.type != "reference" or column.reference not in db.dictionary:
                continue
            if (type.name, column.name) == ("sys_dictionary", "reference"):
                continue  # a column may refer to a table of a plugin that is not there
            for table, slot in db.where(type.name):
                value = table.value(slot, column.name)
                assert not value or db.refer(column, value), f"{table.name}.{column.name}: {value}"


def test_example_records_are_whole_and_nothing_happens_to_them_by_itself(
    clock: Clock, instance: Instance, admin: Actor
) -> None:
    instance.plant_demo()
    incidents = admin.query("incident", "ORDERBYnumber")
    assert len(incidents) > 60
    assert {row["state"] for row in incidents} == {"1", "2", "3", "6", "7", "8"}
    assert all((row["active"] == "false") is (row["state"] in ("7", "8")) for row in incidents)
    assert "1" not in {row["hold_reason"] for row in incidents}
    assert {row["sys_class_name"] for row in admin.query("task")} >= {
        "problem",
        "change_request",
        "dmn_demand",
    }
    test_every_reference_between_rows_of_a_fresh_instance_leads_somewhere(instance)

    clock.advance(48 * 3600)

    assert admin.query("incident", "ORDERBYnumber") == incidents
    assert instance.outbox == []


def test_example_records_have_a_past_in_audit_trail_and_journal(instance: Instance, admin: Actor) -> None:
    instance.plant_demo()
    (closed,) = admin.query("incident", "number=INC0000060")
    about = f"documentkey={closed['sys_id']}^fieldname=state"
    (entry,) = admin.query("sys_journal_field", f"element_id={closed['sys_id']}")
    counts = {row["number"]: row["child_incidents"] for row in admin.query("incident", "child_incidents>0")}

    assert [(row["oldvalue"], row["newvalue"]) for row in admin.query("sys_audit", about)] == [("1", "7")]
    assert (entry["element"], entry["sys_created_by"]) == ("comments", "admin")
    assert closed["opened_at"] < closed["resolved_at"] < closed["closed_at"] == closed["sys_updated_on"]
    for number, count in counts.items():
        assert len(admin.query("incident", f"parent_incident.number={number}")) == int(count)


def test_the_one_domain_is_shown_by_its_name(instance: Instance, incident: str) -> None:
    row = instance.engine.db.find("incident", incident)
    assert row is not None
    view = View(instance.engine.db, instance.engine.journal, instance.user_named("admin"), "all", "")

    [shown] = view.render([row], lambda table: ["sys_domain"])

    assert shown["sys_domain"] == {"display_value": "global", "value": "global"}


def test_application_files_of_every_kind_are_metadata(admin: Actor) -> None:
    classes = {row["sys_class_name"] for row in admin.query("sys_metadata")}

    assert classes >= {
        "sys_dictionary",
        "sys_db_object",
        "sys_properties",
        "sys_security_acl",
        "sys_user_role",
    }
    assert all(row["sys_name"] for row in admin.query("sys_user_role"))


def test_the_log_has_several_hundred_lines_and_ends_now(admin: Actor) -> None:
    rows = admin.query("syslog", "ORDERBYsys_created_on")

    assert len(rows) == 500
    assert rows[-1]["sys_created_on"] == "2026-01-05 09:00:00"
    assert {row["level"] for row in rows} == {"0", "1", "2"}


def test_access_rules_can_be_read_with_their_roles(admin: Actor) -> None:
    [rule] = admin.query("sys_security_acl", "name=sys_audit^operation=read")
    roles = admin.query("sys_security_acl_role", f"sys_security_acl={rule['sys_id']}")

    assert [admin.get("sys_user_role", row["sys_user_role"])["name"] for row in roles] == ["careloop"]


@pytest.mark.parametrize(
    "query", ["user_password=admin", "user_passwordSTARTSWITHa", "user_passwordISNOTEMPTY"]
)
def test_nobody_finds_a_user_by_a_password(admin: Actor, query: str) -> None:
    assert len(admin.query("sys_user", query)) == len(admin.query("sys_user"))


def test_a_password_is_kept_so_that_nobody_can_read_it_back(instance: Instance, admin: Actor) -> None:
    user = admin.insert("sys_user", {"user_name": "nora.eide", "user_password": "fjord", "last_name": "Eide"})

    assert "fjord" not in str(admin.get("sys_user", user))
    assert not any(row["user_password"] == row["user_name"] for row in admin.query("sys_user"))
    assert instance.engine.users.authenticate("Basic bm9yYS5laWRlOmZqb3Jk")
    assert not instance.engine.users.authenticate("Basic bm9yYS5laWRlOmZqb3Jr")


def test_business_rules_are_listed_where_and_when_the_sandbox_plays_them(
    instance: Instance, admin: Actor
) -> None:
    records = instance.engine.records
    played = {(table, "before") for table in records.before} | {(table, "after") for table in records.after}
    played.discard(("sys_security_acl_role", "after"))  # told with sys_security_acl

    rows = admin.query("sys_script")

    assert {(row["collection"], row["when"]) for row in rows} == played
    assert all(row["description"] and row["sys_class_name"] == "sys_script" for row in rows)
    assert len(admin.query("sys_metadata", "sys_class_name=sys_script")) == len(rows)
