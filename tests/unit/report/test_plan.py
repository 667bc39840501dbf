"""A plan is shown so that a person can decide and a program can rely on it."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from careloop.model.change import (
    AddComment,
    AnyChange,
    Contact,
    Create,
    Link,
    Matter,
    Purpose,
    Transition,
    Update,
)
from careloop.model.comment import Audience
from careloop.model.decision import Finding
from careloop.model.person import Person, person_id
from careloop.model.plan import Counted, Held, Plan
from careloop.model.record import RecordRef, State
from careloop.report.names import Names
from careloop.report.plan import plan_as_data, plan_as_markdown, plan_as_text
from careloop.store import SqlStore
from tests.unit.policies.incident import INC, Problem, on
from tests.unit.report.desk import keep

COMMON: dict[str, Any] = {"subject": INC, "problem": "P1", "cause": "c", "rule": "confirmed_closure"}

ASK = Contact(
    **COMMON, purpose=Purpose.ASK, reason="INC0010001 was resolved", person="anna", channel="comment",
    message="Hello Anna,\n\nDoes it work?", covers=(Matter("P1", "c", INC, Purpose.ASK),),
    not_before=on(2), not_after=on(2) + timedelta(days=1),
)  # fmt: skip
REOPEN = Transition(
    **COMMON, purpose=Purpose.REOPEN, reason="the customer says no", state=State.IN_PROGRESS, native="2",
    fields={"assigned_to": "id-ben"}, note="Still broken.",
)  # fmt: skip
CREATE = Create(
    **COMMON, purpose=Purpose.SYNC, reason="no counterpart", instance="jira", container="ENG",
    issue_type="Bug", fields={"summary": "The printer is silent"},
)  # fmt: skip
UPDATE = Update(**COMMON, purpose=Purpose.SYNC, reason="newer", fields={"priority": "1", "summary": "x"})
NOTE = AddComment(
    **COMMON, purpose=Purpose.NOTE, reason="solved", audience=Audience.INTERNAL, body="It works."
)
PUBLIC = AddComment(
    **COMMON, purpose=Purpose.MIRROR, reason="lacks it", audience=Audience.PUBLIC, body="Hi.", source="7"
)
LINK = Link(
    **COMMON, purpose=Purpose.SYNC, reason="not named", target=RecordRef("jira", "ENG", "1"), title="ENG-1"
)
PLAN = Plan(
    changes=(ASK,),
    held=(
        Held(
            record=INC,
            purpose=Purpose.REMINDER,
            cause="r",
            rule="confirmed_closure",
            why="too soon",
            until=on(5),
        ),
    ),
    findings=(
        Finding(record=INC, rule="reopen", what="shadow_reopen", cause="x", reason="again", waits=True),
    ),
    limits=(Counted(name="changes", planned=1, allowed=200), Counted(name="contacts", planned=9, allowed=1)),
)


@pytest.fixture
def names(tmp_path: Path) -> Names:
    return Names(a_store(tmp_path))


def a_store(folder: Path) -> SqlStore:
    problem = Problem()
    ben = Person(id=person_id("sn", "id-ben"), instance="sn", native="id-ben", name="Ben Fixer")
    problem.people[ben.id] = ben
    return keep(problem, folder)


def test_each_change_says_what_and_why_and_what_will_be_read(names: Names) -> None:
    assert plan_as_text(Plan(changes=(ASK,)), names).split("\n\nplan ")[0] == (
        "INC0010001 The printer is silent: ask Anna Example - INC0010001 was resolved\n"
        "    Hello Anna,\n"
        "\n"
        "    Does it work?"
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (REOPEN, "reopen it - the customer says no\n    assigned_to: Ben Fixer\n    Still broken."),
        (CREATE, "create a Bug in ENG - no counterpart\n    summary: The printer is silent"),
        (UPDATE, "set priority and summary - newer\n    priority: 1\n    summary: x"),
        (NOTE, "add a work note - solved\n    It works."),
        (PUBLIC, "copy a comment - lacks it\n    Hi."),
        (LINK, "refer to ENG-1 - not named"),
    ],
)
def test_every_kind_of_change_is_told_in_words(names: Names, change: AnyChange, says: str) -> None:
    assert f"INC0010001 The printer is silent: {says}\n" in plan_as_text(Plan(changes=(change,)), names)


def test_limits_and_what_is_held_come_at_the_end(names: Names) -> None:
    text = plan_as_text(PLAN, names)

    assert "changes: 1 of at most 200\n" in text
    assert "contacts: 9 of at most 1, too many: nothing of it will be done" in text
    assert "1 new finding, 1 of them for a person to act on" in text
    assert text.endswith(
        "held:\n    INC0010001 The printer is silent: reminder is held until 2026-03-05 10:00 UTC: too soon "
        "(confirmed_closure)"
    )


def test_an_empty_plan_says_that_there_is_nothing_to_do(names: Names) -> None:
    assert plan_as_text(Plan(), names) == "nothing to do"


def test_the_data_has_the_shape_that_scripts_rely_on(names: Names) -> None:
    data = plan_as_data(PLAN, names)

    assert set(data) >= {"id", "changes", "held", "limits"}
    assert data["id"] == PLAN.id
    (change,) = data["changes"]
    assert list(change) == [
        "key", "kind", "purpose", "subject", "number", "rule", "reason", "message", "fields"
    ]  # fmt: skip
    assert change["message"] == ASK.message
    assert change["fields"]["person"] == "Anna Example"
    assert (change["fields"]["not_before"], change["fields"]["channel"]) == (on(2).isoformat(), "comment")
    assert data["limits"][0] == {"name": "changes", "planned": 1, "allowed": 200}
    assert (data["held"][0]["number"], data["held"][0]["until"]) == ("INC0010001", on(5).isoformat())


@pytest.mark.parametrize(
    ("change", "fields", "message"),
    [
        (REOPEN, {"state": "2", "assigned_to": "id-ben", "work_notes": "Still broken."}, None),
        (NOTE, {"work_notes": "It works."}, None),
        (PUBLIC, {"comments": "Hi."}, "Hi."),
        (CREATE, {"summary": "The printer is silent"}, None),
        (UPDATE, {"priority": "1", "summary": "x"}, None),
    ],
)
def test_fields_are_what_will_be_written_and_only_customers_get_a_message(
    names: Names, change: AnyChange, fields: dict[str, str], message: str | None
) -> None:
    (shown,) = plan_as_data(Plan(changes=(change,)), names)["changes"]

    assert (shown["fields"], shown["message"]) == (fields, message)


def test_a_person_that_the_store_does_not_know_keeps_the_pseudonym(names: Names) -> None:
    stranger = Plan(changes=(replace(ASK, person="p123"),))

    assert "ask p123 - " in plan_as_text(stranger, names)


def test_markdown_has_a_section_for_each_problem(names: Names) -> None:
    text = plan_as_markdown(PLAN, names)

    assert text.startswith(f"# Plan {PLAN.id}\n\n## INC0010001 The printer is silent\n- **ask Anna Example**")
    assert "\n  > Does it work?\n" in text


def test_a_group_is_called_by_its_name(tmp_path: Path) -> None:
    problem = Problem()
    problem.records[INC] = replace(problem.records[INC], group="9f8e7d", group_name="Service Desk")
    successor = replace(CREATE, instance="sn", fields={"assignment_group": "9f8e7d"})
    with closing(keep(problem, tmp_path)) as store:
        text = plan_as_text(Plan(changes=(successor,)), Names(store))
        (shown,) = plan_as_data(Plan(changes=(successor,)), Names(store))["changes"]

    assert "assignment_group: Service Desk" in text
    assert shown["fields"] == {"assignment_group": "9f8e7d"}
