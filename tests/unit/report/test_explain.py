"""An explanation tells the story in order, who decided what by which rule, and what comes next."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from careloop.errors import PersonMustAct, UnknownNumber
from careloop.model.change import Purpose
from careloop.model.event import EventKind, Quality
from careloop.model.record import RecordRef
from careloop.model.rules import Mode
from careloop.report.explain import explanation_as_data, explanation_as_text
from careloop.report.explanation import explain
from careloop.report.lookup import find_person, find_record
from careloop.report.names import Names
from tests.unit.policies.incident import INC, Problem, an_incident, on
from tests.unit.report.desk import keep, terms


def tell(problem: Problem, folder: Path, now: datetime, mode: Mode = Mode.ACT) -> tuple[dict[str, Any], str]:
    """Return the explanation of a problem as data and as text."""
    store = keep(problem, folder)
    told = explain(store, terms(mode), "INC0010001", now)
    names = Names(store)
    found = explanation_as_data(told, names), explanation_as_text(told, names)
    store.close()
    return found


def a_refused_resolution() -> Problem:
    problem = Problem()
    problem.happen(EventKind.OPENED, on(2, 8), actor="ben", requester="anna")
    problem.resolve(on(2, 10))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask")
    problem.say("It is still broken.", on(2, 12))
    return problem


def test_the_story_is_told_in_order_with_names_and_roles(tmp_path: Path) -> None:
    _, text = tell(a_refused_resolution(), tmp_path, on(2, 13))

    lines = [line.split("  ", 2)[-1].strip() for line in text.splitlines() if "UTC  " in line]
    assert lines == [
        "Ben Fixer (agent) opened it",
        "Ben Fixer (agent) moved it from in progress to resolved",
        "careloop asked Anna Example whether it works",
        "Anna Example (customer) wrote a comment",
    ]
    assert "“It is still broken.”" in text


def test_the_data_has_the_shape_that_scripts_rely_on(tmp_path: Path) -> None:
    data, _ = tell(a_refused_resolution(), tmp_path, on(2, 13))

    assert {"problem", "records", "state", "basis", "proposal", "events", "next"} <= set(data)
    assert (data["state"], data["basis"], data["proposal"]["n"]) == ("open", None, 1)
    assert [answer["reading"] for answer in data["proposal"]["answers"]] == ["no"]
    assert set(data["next"]) == {"what", "at"}
    assert [event["role"] for event in data["events"]] == ["agent", "agent", "careloop", "customer"]


def test_a_no_is_followed_by_the_reopening_with_its_rule_and_reason(tmp_path: Path) -> None:
    data, _ = tell(a_refused_resolution(), tmp_path, on(2, 13))

    assert data["next"]["what"].startswith("careloop will reopen it (INC0010001): the customer says")
    assert "(confirmed_closure)" in data["next"]["what"]
    assert data["next"]["at"] == on(2, 13).isoformat()


def test_in_audit_it_says_what_careloop_would_do_and_why_it_does_not(tmp_path: Path) -> None:
    problem = Problem()
    problem.resolve(on(2, 10))
    data, _ = tell(problem, tmp_path, on(2, 10, 5), Mode.AUDIT)

    assert data["next"]["what"].startswith("careloop would ask Anna Example")
    assert "confirmed_closure is in mode audit" in data["next"]["what"]


def test_a_question_out_of_hours_is_announced_with_its_time(tmp_path: Path) -> None:
    problem = Problem()
    problem.resolve(on(6, 18))  # a Friday evening
    data, _ = tell(problem, tmp_path, on(6, 18, 5))

    assert data["next"]["what"].startswith("careloop will ask Anna Example")
    assert data["next"]["at"] == on(9, 9).isoformat()


def test_while_a_question_is_open_it_says_when_silence_counts(tmp_path: Path) -> None:
    problem = Problem()
    problem.resolve(on(2, 10))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask")
    data, _ = tell(problem, tmp_path, on(2, 12))

    steps = {step["what"]: step["at"] for step in [data["next"], *data["later"]]}
    assert steps["without an answer silence counts as lapsed (confirmed_closure)"] == on(16, 11).isoformat()
    assert data["state"] == "awaiting"


def test_what_a_person_has_to_do_comes_first(tmp_path: Path) -> None:
    problem = Problem()
    problem.resolve(on(2, 10))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask")
    problem.say("What does the blue light mean?", on(2, 12))
    data, _ = tell(problem, tmp_path, on(2, 13))

    assert data["next"]["what"].startswith("a person has to act: the customer asks something")
    assert data["next"]["at"] is None


def test_what_was_worked_out_from_snapshots_is_marked(tmp_path: Path) -> None:
    problem = Problem()
    problem.resolve(on(2, 10), by=None)
    problem.events[-1] = type(problem.events[-1])(
        kind=EventKind.STATE_CHANGED, record=INC, occurred_at=on(2, 10), source_key="seen",
        quality=Quality.INFERRED, data={"from": "in_progress", "to": "resolved"},
    )  # fmt: skip
    data, text = tell(problem, tmp_path, on(2, 11))

    assert "someone moved it from in progress to resolved (inferred from two snapshots)" in text
    assert data["events"][0]["quality"] == "inferred"
    assert data["events"][0]["who"] is None


def test_findings_and_held_contacts_are_told_with_rule_and_reason(tmp_path: Path) -> None:
    problem = Problem()
    problem.happen(
        EventKind.HELD, on(2, 11), purpose="ask", cause="x", rule="confirmed_closure", why="it is night"
    )
    problem.happen(EventKind.FOUND, on(2, 12), what="triage", rule="reopen", waits=True, text="it is unclear")
    data, text = tell(problem, tmp_path, on(2, 13))

    assert "careloop held back: ask, since it is night (confirmed_closure)" in text
    assert "careloop found: it is unclear; a person has to act (reopen)" in text
    assert [(e["rule"], e["reason"]) for e in data["events"]] == [
        ("confirmed_closure", "it is night"),
        ("reopen", "it is unclear"),
    ]


def test_markdown_has_a_heading_for_each_part(tmp_path: Path) -> None:
    store = keep(a_refused_resolution(), tmp_path)
    text = explanation_as_text(explain(store, terms(), "inc0010001", on(2, 13)), Names(store), markdown=True)
    store.close()

    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# INC0010001 The printer is silent, reported by Anna Example",
        "## What happened",
        "## Where it stands",
        "## What the rules say",
        "## What happens next",
    ]


def test_an_unknown_number_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    store = keep(Problem(), tmp_path)
    with pytest.raises(UnknownNumber, match=r"INC99: no record .* 'careloop run'"):
        find_record(store, "INC99")
    store.close()


def test_a_number_on_two_instances_is_told_apart_by_the_instance(tmp_path: Path) -> None:
    problem = Problem()
    other = RecordRef("second", "incident", "2" * 32)
    problem.records[other] = an_incident(ref=other)
    store = keep(problem, tmp_path)

    with pytest.raises(PersonMustAct, match="say which: second/INC0010001, sn/INC0010001"):
        find_record(store, "INC0010001")
    assert find_record(store, "second/INC0010001").ref == other
    store.close()


def test_a_person_is_found_by_user_name_and_nobody_else_is_guessed(tmp_path: Path) -> None:
    store = keep(Problem(), tmp_path)
    record = an_incident()

    assert find_person(store, "ANNA", record).id == "anna"
    with pytest.raises(PersonMustAct, match="write the user name"):
        find_person(store, "Anna Example", record)
    store.close()
