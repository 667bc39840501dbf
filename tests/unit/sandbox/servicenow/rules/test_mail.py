"""What the platform would mail."""

import pytest

from careloop.sandbox.servicenow import Actor, Instance

RESOLVED = {"state": "6", "close_code": "Solution provided", "close_notes": "Restarted the server."}


def test_the_caller_hears_of_the_resolution_once(instance: Instance, agent: Actor, incident: str) -> None:
    agent.update("incident", incident, {**RESOLVED, "comments": "Please check."})

    (mail,) = instance.outbox
    assert (mail.to, mail.table, mail.sys_id) == ("lena.moreau@example.com", "incident", incident)
    assert "INC0010001" in mail.subject
    assert "Restarted the server." in mail.body
    assert "Please check." in mail.body
    assert mail.sent_at == instance.clock.now()


def test_the_caller_hears_of_comments_by_others_but_not_of_work_notes(
    instance: Instance, agent: Actor, caller: Actor, incident: str
) -> None:
    caller.update("incident", incident, {"comments": "Hello?"})
    agent.update("incident", incident, {"work_notes": "Annoying."})
    agent.update("incident", incident, {"comments": "Looking."})

    assert [mail.body for mail in instance.outbox] == ["Mail is slow\n\nLooking."]


def test_sent_mails_are_records_too(agent: Actor, admin: Actor, incident: str) -> None:
    agent.update("incident", incident, RESOLVED)

    (row,) = admin.query("sys_email", f"instance={incident}")
    assert (row["type"], row["recipients"], row["target_table"]) == (
        "sent",
        "lena.moreau@example.com",
        "incident",
    )


@pytest.mark.parametrize("fields", [{"active": "false"}, {"notification": "1"}, {"email": ""}])
def test_nobody_is_mailed_who_cannot_or_will_not_be(
    instance: Instance, admin: Actor, agent: Actor, incident: str, fields: dict[str, str]
) -> None:
    admin.update("sys_user", instance.user_named("lena.moreau").sys_id, fields)
    agent.update("incident", incident, RESOLVED)

    assert instance.outbox == []


def test_a_property_turns_mails_off(instance: Instance, agent: Actor, incident: str) -> None:
    instance.set_property("glide.email.smtp.active", "false")
    agent.update("incident", incident, RESOLVED)

    assert instance.outbox == []
