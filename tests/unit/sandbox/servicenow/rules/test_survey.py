"""Surveys that a closed incident sets off."""

from careloop.sandbox.servicenow import Actor, Instance

CLOSED = {"state": "7", "close_code": "Solution provided", "close_notes": "Restarted the server."}


def test_a_trigger_asks_the_caller_once_as_soon_as_it_is_active(
    instance: Instance, admin: Actor, lead: Actor, incident: str
) -> None:
    [trigger] = admin.query("asmt_condition")
    admin.update("asmt_condition", trigger["sys_id"], {"active": "true"})
    lead.update("incident", incident, CLOSED)
    lead.update("incident", incident, {"work_notes": "One more thing."})

    [asked] = admin.query("asmt_assessment_instance")
    assert (asked["state"], asked["trigger_id"], asked["number"]) == ("ready", incident, "AINST0010001")
    assert asked["user"] == instance.user_named("lena.moreau").sys_id


def test_nobody_is_asked_by_a_fresh_instance(admin: Actor, lead: Actor, incident: str) -> None:
    lead.update("incident", incident, CLOSED)

    assert admin.query("asmt_assessment_instance") == []
