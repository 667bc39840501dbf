"""Traps are named before the first run, in plain words."""

from dataclasses import replace
from typing import Any

import pytest

from careloop.model.check import CheckContext, Severity
from careloop.model.page import Scope
from careloop.sandbox.faults import Fault

CONTEXT = CheckContext(
    scopes=(Scope(instance="desk", container="incident"),),
    acting=True,
    asking=True,
    closing=False,
    window_days=14,
    care_level="cost",
)


def found(desk: Any, context: CheckContext = CONTEXT) -> dict[str, tuple[Severity, str]]:
    return {check.name: (check.severity, f"{check.says} {check.advice}") for check in desk.check(context)}


def test_a_well_set_up_instance_is_not_in_the_way(world: Any, desk: Any) -> None:
    ref = world.raise_incident()
    world.update(ref, state="2", comments="hello")
    world.instance.set_property("glide.ui.autoclose.time", "30")
    severities = {name: severity for name, (severity, _) in found(desk).items()}
    severities.pop("platform mails")
    assert set(severities.values()) == {Severity.OK}


def test_a_missing_history_is_a_warning_only_where_there_should_be_one(world: Any, desk: Any) -> None:
    ref = world.raise_incident()
    severity, says = found(desk)["incident: history"]
    assert severity is Severity.OK
    assert "no record has left its first state yet" in says

    world.update(ref, state="2")
    admin = world.instance.act("admin")
    for row in admin.query("sys_audit", f"documentkey={ref.id}"):
        admin.delete("sys_audit", row["sys_id"])
    severity, says = found(desk)["incident: history"]
    assert severity is Severity.WARNING
    assert "no changes of state on record" in says


def test_wrong_credentials_are_said_once(connect: Any) -> None:
    desk = connect(auth={"type": "basic", "user": "careloop", "password": "wrong-one"})
    checks = list(desk.check(CONTEXT))
    assert [check.severity for check in checks] == [Severity.BLOCKING]
    assert "instances.desk.auth" in checks[0].says
    assert "wrong-one" not in str(checks)


@pytest.mark.parametrize(
    ("right", "operation", "name", "severity"),
    [
        ("incident.sys_updated_on", "query_range", "incident: range and order", Severity.BLOCKING),
        ("incident", "read", "incident: rows", Severity.BLOCKING),
        ("sys_journal_field", "read", "incident: comments", Severity.BLOCKING),
        ("sys_audit", "read", "incident: history", Severity.WARNING),
        ("sys_properties", "read", "auto-close", Severity.WARNING),
        ("sys_choice", "read", "incident: close codes", Severity.WARNING),
        ("sys_user_has_role", "read", "roles", Severity.WARNING),
        ("sys_user_grmember", "read", "people", Severity.WARNING),
    ],
)
def test_a_missing_right_is_named(
    world: Any, desk: Any, right: str, operation: str, name: str, severity: Severity
) -> None:
    for n in range(5):
        world.update(world.raise_incident(str(n)), state="2", comments="hello")
    world.instance.revoke("careloop", right, operation)
    assert found(desk)[name][0] is severity


def test_an_auto_close_before_the_customer_can_answer_is_a_warning(world: Any, desk: Any) -> None:
    world.instance.set_property("glide.ui.autoclose.time", "3")
    severity, says = found(desk)["auto-close"]
    assert severity is Severity.WARNING
    assert "3 days" in says
    assert "14 days" in says


def test_care_and_auto_close_exclude_each_other_in_act(world: Any, desk: Any) -> None:
    care = replace(CONTEXT, care_level="care")
    world.instance.set_property("glide.ui.autoclose.time", "30")
    assert found(desk, care)["auto-close"][0] is Severity.BLOCKING
    assert found(desk, replace(care, acting=False))["auto-close"][0] is Severity.OK
    world.instance.set_property("glide.ui.autoclose.time", "0")
    assert found(desk, care)["auto-close"][0] is Severity.OK


def notify(world: Any, name: str, **values: str) -> None:
    """Have an administrator change one of the platform's notifications."""
    admin = world.instance.act("admin")
    (row,) = admin.query("sysevent_email_action", f"name={name}")
    admin.update("sysevent_email_action", row["sys_id"], values)


def test_mails_of_the_platform_that_speak_of_the_same_are_named(world: Any, desk: Any) -> None:
    severity, says = found(desk)["platform mails"]
    assert severity is Severity.WARNING
    assert "writes to customers itself: Incident resolved look at" in says

    notify(world, "Incident resolved", active="false")
    assert found(desk)["platform mails"][0] is Severity.OK
    notify(world, "Incident resolved", active="true", recipient_fields="assigned_to")
    assert found(desk)["platform mails"][0] is Severity.OK


def test_questions_that_no_mail_carries_to_the_customer_are_a_warning(world: Any, desk: Any) -> None:
    notify(world, "Incident resolved", active="false")
    notify(world, "Incident commented for ESS", active="false")
    severity, says = found(desk)["platform mails"]
    assert severity is Severity.WARNING
    assert "tells customers of no comment" in says
    looking = replace(CONTEXT, acting=False, asking=False)
    assert found(desk, looking)["platform mails"][0] is Severity.OK


def test_notifications_that_cannot_be_read_are_a_warning(world: Any, desk: Any) -> None:
    world.instance.revoke("careloop", "sysevent_email_action")
    severity, says = found(desk)["platform mails"]
    assert severity is Severity.WARNING
    assert "grant read access to sysevent_email_action" in says


def test_closing_needs_a_role_of_its_own(desk: Any) -> None:
    severity, says = found(desk, replace(CONTEXT, closing=True))["roles"]
    assert severity is Severity.BLOCKING
    assert "itil_admin" in says


def test_a_query_that_selects_everything_is_suspected(world: Any, desk: Any) -> None:
    world.raise_incident()
    scope = Scope(instance="desk", container="incident", query="no_such_column=1")
    assert found(desk, replace(CONTEXT, scopes=(scope,)))["incident: query"][0] is Severity.WARNING


def test_a_state_nobody_knows_is_named(world: Any, desk: Any) -> None:
    world.spoil(world.raise_incident(), state="77")
    severity, says = found(desk)["incident: states"]
    assert severity is Severity.WARNING
    assert "instances.desk.tables" in says


def test_checking_writes_nothing(world: Any, desk: Any) -> None:
    world.sandbox.faults.add(Fault("latency", method="GET", seconds=0, rate=1))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        world.sandbox.faults.add(Fault("reset", method=method, rate=1))
    found(desk)
    assert {hit.method for hit in world.sandbox.faults.log} == {"GET"}


def test_rights_grow_with_what_is_intended_and_never_name_admin(desk: Any) -> None:
    looking = replace(CONTEXT, acting=False, asking=False)
    modes = {right.mode for right in desk.rights(looking)}
    assert modes == {"audit"}
    every = list(desk.rights(replace(CONTEXT, closing=True)))
    assert {right.mode for right in every} == {"audit", "ask", "act"}
    assert not any(right.role == "admin" for right in every)
