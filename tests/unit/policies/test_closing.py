"""What confirmed closure makes of closings, engineers' issues and overrides."""

from dataclasses import replace
from typing import Any

from careloop.model.change import AddComment, Create, Purpose, Transition
from careloop.model.decision import Finding
from careloop.model.record import Record, RecordKind, RecordRef, State
from careloop.model.rules import Mode
from careloop.policies.confirmed_closure import ConfirmedClosure
from tests.unit.policies.closure import asked, look, told
from tests.unit.policies.incident import DIALECTS, INC, Problem, an_incident, on

DESK = RecordRef("jira", "DESK", "10002")
ISSUE = RecordRef("jira", "ENG", "10001")


# --- closings ---


def test_a_closing_without_a_word_is_found_and_the_question_stays_open() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(4), "robot")
    decision = look(problem, on(4, 11))
    assert [(f.what, f.content, f.waits) for f in decision.findings] == [
        ("unconfirmed_closing", "robot", False)
    ]
    assert [wish.purpose for wish in decision.wishes] == [Purpose.REMINDER]
    problem.say("yes", on(5))
    assert told(look(problem, on(5, 11))) == [("unconfirmed_closing", False), ("confirmed", False)]


def test_a_closing_after_the_yes_is_none_to_speak_of() -> None:
    problem = asked()
    problem.say("yes", on(3))
    problem.move(State.CLOSED, on(4), "robot")
    assert told(look(problem, on(4, 11))) == [("confirmed", False)]


def test_closing_at_once_is_found_and_asked_about() -> None:
    problem = Problem()
    problem.move(State.CLOSED, on(2), "ben")
    decision = look(problem, on(2, 11))
    assert told(decision) == [("unconfirmed_closing", False)]
    assert [wish.purpose for wish in decision.wishes] == [Purpose.ASK]


def test_a_no_after_the_closing_opens_a_linked_successor() -> None:
    problem = asked()
    problem.records[INC] = replace(
        problem.records[INC],
        fields={"description": "It printed nothing"},
        url="http://sn.example.com/INC0010001",
    )
    problem.move(State.CLOSED, on(4), "robot")
    problem.say("Not yet, the tray is jammed", on(9))
    decision = look(problem, on(9, 11))
    (change,) = decision.changes
    assert isinstance(change, Create)
    assert (change.container, change.purpose) == ("incident", Purpose.SUCCESSOR)
    assert dict(change.fields) | {"description": ""} == {
        "short_description": "The printer is silent",
        "description": "",
        "caller_id": "id-anna",
        "assigned_to": "id-ben",
        "assignment_group": "desk",
        "category": "hardware",
        "parent_incident": INC.id,
    }
    for part in ("INC0010001", "http://sn.example.com", "the tray is jammed", "It printed nothing"):
        assert part in change.fields["description"]
    assert told(decision) == [("unconfirmed_closing", False)]


def test_where_the_customer_spoke_their_words_wait_for_a_person_and_not_the_closing() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(4), "robot")
    problem.say("I saw something odd", on(5))
    assert told(look(problem, on(5, 11))) == [("unconfirmed_closing", False), ("triage", True)]
    problem.say("It is still broken", on(6))
    for mode in (Mode.ASK, Mode.AUDIT):
        assert told(look(problem, on(6, 11), mode=mode)) == [
            ("unconfirmed_closing", False),
            ("refuted", True),
        ]


def test_an_open_successor_is_not_followed_by_another() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(4), "robot")
    problem.say("Not yet", on(9))
    successor = RecordRef("sn", "incident", "2" * 32)
    problem.records[successor] = an_incident(ref=successor, number="INC0010002", parent=INC.id)
    assert look(problem, on(9, 12)).changes == ()


def desk_request() -> Record:
    return an_incident(
        ref=DESK, container="DESK", number="DESK-1", kind=RecordKind.SERVICE_REQUEST, group=None
    )


def test_where_the_workflow_has_a_way_back_a_no_reopens_after_closing() -> None:
    problem = Problem(records={DESK: desk_request()})
    problem.resolve(on(2), ref=DESK)
    problem.move(State.CLOSED, on(4), "robot", ref=DESK)
    problem.say("still broken", on(5), ref=DESK)
    (change,) = look(problem, on(5, 11)).changes
    assert isinstance(change, Transition)
    assert change.native == "In Progress"


def test_undoing_a_closing_is_opt_in_and_needs_a_way_back() -> None:
    problem = Problem(records={DESK: desk_request()})
    problem.resolve(on(2), ref=DESK)
    problem.move(State.CLOSED, on(4), "robot", ref=DESK)
    assert look(problem, on(4, 11)).changes == ()
    restore = ConfirmedClosure(restore=True)
    (change,) = look(problem, on(4, 11), settings=restore).changes
    assert isinstance(change, Transition)
    assert change.state is State.RESOLVED
    incident = asked()
    incident.move(State.CLOSED, on(4), "robot")
    assert look(incident, on(4, 11), settings=restore).changes == ()


def test_a_no_to_a_request_item_makes_a_linked_incident() -> None:
    item = RecordRef("sn", "sc_req_item", "3" * 32)
    dialects = DIALECTS | {
        ("sn", "sc_req_item"): replace(DIALECTS["sn", "incident"], kind=RecordKind.REQUEST_ITEM)
    }
    problem = Problem(
        records={item: an_incident(ref=item, container="sc_req_item", kind=RecordKind.REQUEST_ITEM)}
    )
    problem.resolve(on(2), ref=item)
    problem.say("still broken", on(3), ref=item)
    (change,) = look(problem, on(3, 11), dialects=dialects).changes
    assert isinstance(change, Create)
    assert change.container == "incident"


# --- the engineers' issue ---


def linked(**values: Any) -> Problem:
    problem = asked()
    known: dict[str, Any] = {"ref": ISSUE, "container": "ENG", "number": "ENG-1", "kind": RecordKind.ISSUE}
    problem.records[ISSUE] = an_incident(**(known | {"state": State.RESOLVED, "resolved_at": on(1)} | values))
    return problem


def test_a_no_opens_the_engineers_unreleased_issue_again() -> None:
    problem = linked()
    problem.say("still broken", on(3))
    incident, issue = look(problem, on(3, 11)).changes
    assert isinstance(issue, Transition)
    assert (incident.subject, issue.subject, issue.native, issue.note) == (INC, ISSUE, "In Progress", "")


def test_a_released_issue_only_hears_the_words_that_no_comment_carries() -> None:
    problem = linked(released=True)
    problem.answer("no", on(3), text="page 2 is empty")
    _, note = look(problem, on(3, 11)).changes
    assert isinstance(note, AddComment)
    assert note.subject == ISSUE
    assert "page 2 is empty" in note.body


def test_the_issue_is_reopened_even_if_the_incident_was_first() -> None:
    problem = linked()
    problem.say("still broken", on(3))
    problem.move(State.IN_PROGRESS, on(3, 11), "robot")
    assert [change.subject for change in look(problem, on(3, 12)).changes] == [ISSUE]
    problem.move(State.IN_PROGRESS, on(3, 13), "robot", ref=ISSUE)
    problem.move(State.RESOLVED, on(4), "clara", ref=ISSUE)
    assert look(problem, on(4, 11)).changes == ()


def test_in_mode_ask_no_issue_is_touched() -> None:
    problem = linked()
    problem.say("still broken", on(3))
    assert [change.subject for change in look(problem, on(3, 11), mode=Mode.ASK).changes] == [INC]
    problem.move(State.IN_PROGRESS, on(3, 11), "ben")
    assert look(problem, on(3, 12), mode=Mode.ASK).changes == ()


# --- overrides ---


def test_an_override_reopens_with_its_reason() -> None:
    problem = asked()
    problem.override("reopen", on(3), reason="she told me in the lift that it fails")
    (change,) = look(problem, on(3, 11)).changes
    assert isinstance(change, Transition)
    assert "in the lift" in change.note


def test_an_override_stops_asking() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.override("stop_asking", on(2, 11))
    assert not look(problem, on(2, 12)).wishes
    reminded = asked()
    reminded.override("stop_asking", on(3))
    assert not look(reminded, on(6)).wishes


def test_an_override_extends_the_time_to_answer() -> None:
    problem = asked()
    problem.override("extend", on(3), until=on(27))
    assert not look(problem, on(20)).findings
    assert told(look(problem, on(28))) == [("lapsed", False)]


def test_an_override_asks_for_a_call() -> None:
    problem = asked()
    problem.override("call", on(3))
    assert told(look(problem, on(3, 11))) == [("callback", True)]


def test_ending_care_by_override_needs_a_second_person_and_an_end() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(3), "ben")
    problem.override("close", on(3), "ben")
    problem.override("close", on(3), "ben", until=on(20), approved_by="ben")
    assert ("unconfirmed_closing", False) in told(look(problem, on(4)))
    problem.override("close", on(3), "ben", until=on(20), approved_by="clara")
    decision = look(problem, on(4))
    assert (decision.findings, decision.wishes, decision.look_at) == ((), (), on(20))
    assert ("unconfirmed_closing", False) in told(look(problem, on(20)))


def test_findings_name_their_rule() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(4), "robot")
    found: list[Finding] = list(look(problem, on(4, 11)).findings)
    assert {finding.rule for finding in found} == {"confirmed_closure"}
