"""What the promise of confirmed closure demands, step by step."""

from careloop.model.change import AddComment, Create, Purpose, Transition
from careloop.model.record import State
from careloop.model.rules import CareLevel, Mode
from careloop.policies.confirmed_closure import ConfirmedClosure, decide
from tests.unit.policies.incident import INC, Problem, an_incident, on, rules


def asked() -> Problem:
    problem = Problem()
    problem.resolve(on(2))
    problem.contact(Purpose.ASK, on(2, 11), "proposal 1:ask")
    return problem


def whats(decision: object) -> list[str]:
    return [finding.what for finding in decision.findings]  # type: ignore[attr-defined]


def test_a_resolution_is_asked_about_once() -> None:
    problem = Problem()
    problem.resolve(on(2))
    decision = decide(problem.case, on(2, 10, 5), rules())
    (wish,) = decision.wishes
    assert (wish.purpose, wish.cause, wish.person) == (Purpose.ASK, "proposal 1:ask", "anna")
    problem.contact(Purpose.ASK, on(2, 11), wish.cause)
    after = decide(problem.case, on(2, 12), rules())
    assert (after.wishes[0].purpose, after.wishes[0].not_before) == (Purpose.REMINDER, on(5, 11))
    assert after.look_at == on(5, 11)


def test_silence_is_reminded_of_once_and_then_lapses() -> None:
    problem = asked()
    problem.contact(Purpose.REMINDER, on(5, 11), "proposal 1:reminder")
    quiet = decide(problem.case, on(6), rules())
    assert not quiet.wishes
    assert not quiet.findings
    assert quiet.look_at == on(16, 11)
    lapsed = decide(problem.case, on(16, 11), rules())
    assert whats(lapsed) == ["lapsed"]
    assert not lapsed.wishes
    assert not lapsed.changes
    assert lapsed.look_at is None


def test_under_care_silence_ends_nothing() -> None:
    assert whats(decide(asked().case, on(20), rules(care_level=CareLevel.CARE))) == ["unanswered"]


def test_a_yes_confirms_with_its_evidence() -> None:
    problem = asked()
    said = problem.say("Yes, thanks!", on(3))
    decision = decide(problem.case, on(3, 11), rules())
    (finding,) = decision.findings
    assert (finding.what, finding.content, finding.waits) == ("confirmed", said.source_key, False)
    (note,) = decision.changes
    assert isinstance(note, AddComment)
    assert not note.message


def test_a_no_brings_it_back_to_the_same_resolver_with_the_words() -> None:
    problem = asked()
    problem.say("It is still broken, page 2 is empty", on(3))
    (change,) = decide(problem.case, on(3, 11), rules()).changes
    assert isinstance(change, Transition)
    assert (change.native, change.fields) == ("2", {"assigned_to": "id-ben"})
    assert "page 2 is empty" in change.note
    assert not change.message


def test_in_mode_ask_a_no_leaves_a_work_note_only() -> None:
    problem = asked()
    problem.say("still broken", on(3))
    decision = decide(problem.case, on(3, 11), rules(mode=Mode.ASK))
    (note,) = decision.changes
    assert isinstance(note, AddComment)
    assert [(f.what, f.waits) for f in decision.findings] == [("refuted", True)]


def test_a_no_after_the_closing_opens_a_linked_successor() -> None:
    problem = asked()
    problem.move(State.CLOSED, on(4), "robot")
    behind = decide(problem.case, on(4, 11), rules())
    assert [(f.what, f.content, f.waits) for f in behind.findings] == [("unconfirmed_closing", "robot", True)]
    problem.say("Not yet", on(9))
    (change,) = decide(problem.case, on(9, 11), rules()).changes
    assert isinstance(change, Create)
    assert change.container == "incident"
    assert change.fields["parent_incident"] == INC.id
    assert change.fields["caller_id"] == "id-anna"
    assert "Not yet" in change.fields["description"]


def test_closing_confirmed_records_is_opt_in() -> None:
    problem = asked()
    problem.say("Works", on(3))
    changes = decide(problem.case, on(3, 11), rules(settings=ConfirmedClosure(close=True))).changes
    assert [change.kind for change in changes] == ["comment", "transition"]
    assert an_incident().state is State.IN_PROGRESS
