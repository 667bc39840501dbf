"""Access control rules as rows, changes that leave no stamp, and what is kept of a deleted record."""

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor
from careloop.sandbox.servicenow.errors import AclRefused, NotFound


def role(admin: Actor, name: str) -> str:
    return admin.query("sys_user_role", f"name={name}")[0]["sys_id"]


def test_a_new_rule_hides_rows_from_whoever_lacks_its_role(agent: Actor, admin: Actor, incident: str) -> None:
    problem = agent.insert("problem", {"short_description": "Mail server"})
    acl = admin.insert("sys_security_acl", {"name": "problem", "operation": "read", "type": "record"})
    admin.insert(
        "sys_security_acl_role", {"sys_security_acl": acl, "sys_user_role": role(admin, "problem_manager")}
    )

    with pytest.raises(NotFound):
        agent.get("problem", problem)

    admin.delete("sys_security_acl", acl)
    assert agent.get("problem", problem)["short_description"] == "Mail server"


def test_a_condition_of_a_rule_decides_by_row(agent: Actor, admin: Actor) -> None:
    acl = admin.insert("sys_security_acl", {"name": "problem", "operation": "write", "type": "record"})
    admin.update("sys_security_acl", acl, {"condition": "state=101"})
    problem = agent.insert("problem", {"short_description": "Mail server"})
    agent.update(
        "problem", problem, {"state": "102", "assigned_to": agent.get("problem", problem)["opened_by"]}
    )

    with pytest.raises(AclRefused):
        agent.update("problem", problem, {"short_description": "Mail servers"})

    admin.update("sys_security_acl", acl, {"active": "false"})
    agent.update("problem", problem, {"short_description": "Mail servers"})


def test_a_script_can_change_a_record_without_a_stamp(clock: Clock, admin: Actor, incident: str) -> None:
    before = admin.get("incident", incident)
    clock.advance(3600)

    admin.update("incident", incident, {"short_description": "Quietly changed"}, auto_sys_fields=False)

    after = admin.get("incident", incident)
    assert after.pop("short_description") == "Quietly changed"
    assert after.items() <= before.items()


def test_a_deleted_record_is_kept_whole_in_the_audit_trail(admin: Actor, incident: str) -> None:
    admin.update("incident", incident, {"short_description": "Mail <slow> & late"})
    admin.delete("incident", incident)

    [row] = admin.query("sys_audit_delete", f"documentkey={incident}")
    assert (row["tablename"], row["display_value"]) == ("incident", "INC0010001")
    assert "<short_description>Mail &lt;slow&gt; &amp; late</short_description>" in row["payload"]
