"""Who is asked for an approval, and what becomes of it."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance
from careloop.sandbox.servicenow.errors import AclRefused

TABLE = "sysapproval_approver"


@pytest.fixture
def change(instance: Instance, admin: Actor, agent: Actor) -> str:
    """A change of the network that has been submitted; two people sit on the board."""
    (network,) = admin.query("sys_user_group", "name=Network")
    board = admin.insert("sys_user_group", {"name": "CAB Approval"})
    for name in ("rosa.quint", "jonas.beck"):
        admin.insert("sys_user_grmember", {"group": board, "user": instance.user_named(name).sys_id})
    made = agent.insert("change_request", {"type": "normal", "assignment_group": network["sys_id"]})
    agent.update("change_request", made, {"state": "-4"})
    return made


def asked(admin: Actor, change: str, state: str = "requested") -> dict[str, str]:
    """Return the approvals in a state by the user names of those who are asked."""
    rows = admin.query(TABLE, f"sysapproval={change}^state={state}")
    return {admin.get("sys_user", row["approver"])["user_name"]: row["sys_id"] for row in rows}


def members(admin: Actor, group: str) -> set[str]:
    rows = admin.query("sys_user_grmember", f"group.name={group}")
    return {admin.get("sys_user", row["user"])["user_name"] for row in rows}


def test_the_first_word_moves_a_change_on_and_asks_the_board(
    instance: Instance, admin: Actor, change: str
) -> None:
    group = asked(admin, change)
    assert set(group) == members(admin, "Network")
    (row,) = admin.query(TABLE, f"sys_id={min(group.values())}")
    assert (row["document_id"], row["source_table"]) == (change, "change_request")

    first = min(group)
    instance.act(first).update(TABLE, group[first], {"state": "approved", "comments": "Sound."})
    assert admin.get("change_request", change)["state"] == "-3"
    over = asked(admin, change, "not_required")
    assert set(over) == set(group) - {first}
    assert {admin.get(TABLE, row)["sys_mod_count"] for row in over.values()} == {"1"}
    board = asked(admin, change)
    assert set(board) == {"rosa.quint", "jonas.beck"}

    instance.act("rosa.quint").update(TABLE, board["rosa.quint"], {"state": "approved"})
    done = admin.get("change_request", change)
    assert (done["state"], done["approval"], asked(admin, change)) == ("-2", "approved", {})


def test_a_rejected_change_goes_back_and_asks_nobody_else(
    instance: Instance, admin: Actor, change: str
) -> None:
    group = asked(admin, change)
    first = min(group)
    instance.act(first).update(TABLE, group[first], {"state": "rejected"})
    back = admin.get("change_request", change)
    assert (back["state"], back["approval"]) == ("-5", "rejected")
    assert set(asked(admin, change, "cancelled")) == set(group) - {first}


def test_who_writes_the_next_state_needs_no_approval(admin: Actor, agent: Actor, change: str) -> None:
    agent.update("change_request", change, {"state": "-3"})
    agent.update("change_request", change, {"state": "-2"})
    assert asked(admin, change) == {}
    assert admin.get("change_request", change)["approval"] == "approved"


def test_nobody_is_asked_where_a_property_says_so(instance: Instance, admin: Actor, agent: Actor) -> None:
    instance.set_property("sandbox.change.asks_for_approval", "false")
    (network,) = admin.query("sys_user_group", "name=Network")
    made = agent.insert("change_request", {"type": "normal", "assignment_group": network["sys_id"]})
    agent.update("change_request", made, {"state": "-4"})
    assert asked(admin, made) == {}


def test_nobody_speaks_for_somebody_else(instance: Instance, admin: Actor, change: str) -> None:
    approval = min(asked(admin, change).values())
    with pytest.raises(AclRefused):
        instance.act("rosa.quint").update(TABLE, approval, {"state": "approved"})


def test_any_other_record_gets_the_status_of_all_words(
    instance: Instance, admin: Actor, incident: str
) -> None:
    people = [instance.user_named(name).sys_id for name in ("rosa.quint", "jonas.beck")]
    one, two = (admin.insert(TABLE, {"document_id": incident, "approver": user}) for user in people)
    seen = [admin.get("incident", incident)["approval"]]
    for row, word in ((one, "approved"), (two, "approved"), (one, "rejected")):
        admin.update(TABLE, row, {"state": word})
        seen.append(admin.get("incident", incident)["approval"])
    assert seen == ["requested", "requested", "approved", "rejected"]
    admin.update(TABLE, one, {"state": "cancelled"})
    admin.update(TABLE, two, {"state": "requested"})
    assert admin.get("incident", incident)["approval"] == "requested"
