"""Who may see and query what."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.errors import AclRefused, NotFound


@pytest.mark.parametrize("table", ["sys_audit", "sys_journal_field", "sys_properties"])
def test_the_integration_account_reads_what_an_agent_may_not(
    instance: Instance, agent: Actor, incident: str, table: str
) -> None:
    agent.update("incident", incident, {"work_notes": "Looking"})

    assert instance.act("careloop").query(table) != []
    assert agent.query(table) == []


@pytest.mark.parametrize("table", ["sys_audit", "sys_journal_field", "sys_properties", "incident"])
def test_a_revoked_right_hides_rows_until_it_is_restored(
    instance: Instance, agent: Actor, incident: str, table: str
) -> None:
    careloop = instance.act("careloop")
    agent.update("incident", incident, {"work_notes": "Looking"})
    seen = careloop.query(table)

    instance.revoke("careloop", table)
    hidden = careloop.query(table)
    instance.restore("careloop", table)

    assert hidden == []
    assert careloop.query(table) == seen != []


def test_a_hidden_record_does_not_exist_for_the_user(instance: Instance, incident: str) -> None:
    instance.revoke("careloop", "incident")

    with pytest.raises(NotFound):
        instance.act("careloop").get("incident", incident)


def test_a_revoked_write_is_refused(instance: Instance, incident: str) -> None:
    instance.revoke("careloop", "incident", "write")

    with pytest.raises(AclRefused):
        instance.act("careloop").update("incident", incident, {"short_description": "x"})


def test_a_revoked_close_is_refused_even_to_an_admin(instance: Instance, admin: Actor, incident: str) -> None:
    instance.revoke("admin", "incident", "close")

    with pytest.raises(Exception, match="Insufficient rights to close"):
        admin.update(
            "incident", incident, {"state": "7", "close_code": "User error", "close_notes": "Explained"}
        )


def test_a_field_that_may_not_be_written_is_dropped_without_a_word(instance: Instance, incident: str) -> None:
    instance.revoke("careloop", "incident.impact", "write")
    careloop = instance.act("careloop")

    careloop.update("incident", incident, {"impact": "1", "short_description": "New title"})

    row = careloop.get("incident", incident)
    assert (row["impact"], row["short_description"]) == ("3", "New title")


def test_roles_come_from_the_user_the_groups_and_what_they_contain(instance: Instance) -> None:
    assert instance.user_named("ines.lund").roles >= {
        "itil_admin",
        "itil",
        "sn_incident_write",
        "sn_incident_read",
    }
    assert "itil" in instance.user_named("rosa.quint").roles
    assert instance.user_named("lena.moreau").roles == frozenset()


def test_a_new_role_counts_at_once(instance: Instance, admin: Actor, caller: Actor, agent: Actor) -> None:
    agent.insert("incident", {"short_description": "Not hers"})
    role = admin.query("sys_user_role", "name=itil")[0]["sys_id"]
    before = len(caller.query("incident"))

    admin.insert("sys_user_has_role", {"user": instance.user_named("lena.moreau").sys_id, "role": role})

    assert (before, len(caller.query("incident"))) == (0, 1)


def test_roles_of_groups_and_contained_ones_are_inherited_as_rows(instance: Instance, admin: Actor) -> None:
    lena = instance.user_named("lena.moreau").sys_id
    (group,) = admin.query("sys_user_group", "name=Network")

    def inherited() -> dict[str, tuple[str, str]]:
        rows = admin.query("sys_user_has_role", f"user={lena}^inherited=true")
        names = {role["sys_id"]: role["name"] for role in admin.query("sys_user_role")}
        return {
            names[row["role"]]: (row["granted_by"], names.get(row["included_in_role"], "")) for row in rows
        }

    member = admin.insert("sys_user_grmember", {"user": lena, "group": group["sys_id"]})
    network = group["sys_id"]
    assert inherited() == {
        "itil": (network, ""),
        "sn_incident_read": (network, "itil"),
        "sn_incident_write": (network, "itil"),
    }
    assert instance.user_named("lena.moreau").roles == {"itil", "sn_incident_read", "sn_incident_write"}
    (itil,) = admin.query("sys_user_role", "name=itil")
    admin.insert("sys_user_has_role", {"user": lena, "role": itil["sys_id"]})
    assert set(inherited()) == {"sn_incident_read", "sn_incident_write"}

    admin.delete("sys_user_grmember", member)
    assert inherited() == {"sn_incident_read": ("", "itil"), "sn_incident_write": ("", "itil")}
