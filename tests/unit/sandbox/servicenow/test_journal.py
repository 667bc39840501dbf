"""Comments, work notes and the audit trail."""

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance


def test_an_entry_reads_raw_as_nothing_and_is_kept_as_a_row(
    instance: Instance, agent: Actor, admin: Actor, incident: str
) -> None:
    agent.update("incident", incident, {"comments": "Looking into it"})

    entries = admin.query("sys_journal_field", f"element_id={incident}")
    assert agent.get("incident", incident)["comments"] == ""
    assert [
        (e["name"], e["element"], e["value"], e["sys_created_by"], e["sys_created_on"]) for e in entries
    ] == [("incident", "comments", "Looking into it", "paul.adeyemi", "2026-01-05 09:00:00")]


def test_an_entry_counts_as_an_update(clock: Clock, agent: Actor, incident: str) -> None:
    clock.advance(5)
    agent.update("incident", incident, {"work_notes": "Looking"})

    row = agent.get("incident", incident)
    assert (row["sys_mod_count"], row["sys_updated_on"]) == ("1", "2026-01-05 09:00:05")


def test_the_same_text_twice_is_two_entries(agent: Actor, admin: Actor, incident: str) -> None:
    for _ in range(2):
        agent.update("incident", incident, {"comments": "Ping"})

    assert len(admin.query("sys_journal_field", f"element_id={incident}^element=comments")) == 2


def test_the_text_is_newest_first_in_the_readers_zone_and_quotes_nothing(
    instance: Instance, clock: Clock, agent: Actor, caller: Actor, incident: str
) -> None:
    caller.update(
        "incident", incident, {"comments": "One\n\n2026-01-01 00:00:00 - Nobody (Work notes)\nfake"}
    )
    clock.advance(60)
    agent.update("incident", incident, {"comments": "Two", "work_notes": "Inside"})

    reader = instance.user_named("tomas.varga")
    assert instance.engine.journal.text(incident, "comments", reader) == (
        "05/01/2026 10:01:00 - Paul Adeyemi (Additional comments)\nTwo\n\n"
        "05/01/2026 10:00:00 - Lena Moreau (Additional comments)\n"
        "One\n\n2026-01-01 00:00:00 - Nobody (Work notes)\nfake\n\n"
    )
    assert "(Work notes)\nInside" in instance.engine.journal.text(incident, "comments_and_work_notes", reader)


def test_entries_written_with_the_record_share_its_time(agent: Actor, admin: Actor) -> None:
    sys_id = agent.insert("incident", {"work_notes": "First"})

    entry = admin.query("sys_journal_field", f"element_id={sys_id}")[0]
    assert entry["sys_created_on"] == agent.get("incident", sys_id)["sys_created_on"]


def test_each_changed_column_leaves_one_audit_row(
    clock: Clock, agent: Actor, admin: Actor, incident: str
) -> None:
    clock.advance(60)
    agent.update("incident", incident, {"impact": "2", "short_description": "Mail is down"})

    trail = admin.query("sys_audit", f"documentkey={incident}")
    assert {(row["fieldname"], row["oldvalue"], row["newvalue"]) for row in trail} == {
        ("impact", "3", "2"),
        ("priority", "5", "4"),
        ("short_description", "Mail is slow", "Mail is down"),
    }
    assert {
        (row["tablename"], row["user"], row["sys_created_on"], row["record_checkpoint"]) for row in trail
    } == {("incident", "paul.adeyemi", "2026-01-05 09:01:00", "1")}


def test_a_journal_entry_is_audited_as_an_addition(agent: Actor, admin: Actor, incident: str) -> None:
    agent.update("incident", incident, {"work_notes": "Looking"})

    trail = admin.query("sys_audit", f"documentkey={incident}")
    assert [(row["fieldname"], row["oldvalue"], row["newvalue"]) for row in trail] == [
        ("work_notes", "JOURNAL FIELD ADDITION", "Looking")
    ]


def test_new_records_are_audited_only_where_the_property_says_so(instance: Instance, admin: Actor) -> None:
    silent = admin.insert("incident", {"short_description": "a"})
    instance.set_property("glide.sys.audit_inserts", "true")
    audited = admin.insert("incident", {"short_description": "b"})

    assert admin.query("sys_audit", f"documentkey={silent}") == []
    assert admin.query("sys_audit", f"documentkey={audited}^fieldname=short_description") != []


def test_a_deleted_record_is_gone_and_leaves_its_key(admin: Actor, incident: str) -> None:
    admin.delete("incident", incident)

    assert admin.query("incident") == []
    assert [row["documentkey"] for row in admin.query("sys_audit_delete")] == [incident]


def test_tables_that_are_not_audited_leave_no_trail(admin: Actor) -> None:
    group = admin.insert("sys_user_group", {"name": "New"})
    admin.update("sys_user_group", group, {"name": "Old"})

    assert admin.query("sys_audit", f"documentkey={group}") == []
