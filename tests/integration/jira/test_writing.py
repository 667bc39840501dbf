"""Each change is one careful write: the way through the workflow, screens, audiences, links."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from careloop.errors import AnswerLost, Refused
from careloop.model.change import Contact, Link, Matter, Purpose, Transition, Update
from careloop.model.comment import Audience
from careloop.model.intent import Intent, Verdict
from careloop.model.record import RecordRef, State
from careloop.sandbox.faults import Fault
from careloop.testing.connector_contract import ELSEWHERE, TOLD, make_comment, make_update, read, send
from tests.integration.jira.desk import Desk

WORKFLOW = {"To Do": ["In Progress"], "In Progress": ["In Review"], "In Review": ["Done"]}
BRUNO = "5f0c1a2b3c4d5e6f70819202"


def move(ref: RecordRef, native: str, state: State = State.IN_PROGRESS, **more: Any) -> Transition:
    return Transition(**(TOLD | {"subject": ref, "state": state, "native": native} | more))


def writes(desk: Desk) -> list[str]:
    questions = ("changelog/bulkfetch", "comment/list", "search/jql")
    return [call for call in desk.sent if not call.startswith("GET") and not call.endswith(questions)]


def test_a_target_several_steps_away_is_reached_by_the_declared_way() -> None:
    desk = Desk(workflow=WORKFLOW)
    ref = desk.open_record("Far")
    _, receipt = send(desk, move(ref, "In Review"))

    assert receipt is not None
    assert receipt.record is not None
    assert receipt.record.native_state == "In Review"
    assert writes(desk) == [f"POST issue/{ref.id}/transitions"] * 2


def test_a_target_without_a_known_way_is_refused_with_what_can_be_done() -> None:
    desk = Desk()
    ref = desk.open_record("Far")

    with pytest.raises(Refused, match=r"from To Do to In Review; it can go to In Progress, Done.*\.workflow"):
        send(desk, move(ref, "In Review"))
    assert writes(desk) == []


def test_what_is_done_is_opened_again_even_where_no_way_was_declared() -> None:
    desk = Desk()
    ref = desk.open_record("Done too early")
    send(desk, move(ref, "Done"))
    desk.sent.clear()
    _, receipt = send(desk, move(ref, "In Progress"))

    assert receipt is not None
    assert receipt.record is not None
    assert receipt.record.native_state == "In Progress"
    assert writes(desk) == [f"POST issue/{ref.id}/transitions"] * 2


def test_what_cannot_go_further_stands_open_and_says_where() -> None:
    desk = Desk()
    ref = desk.open_record("Done too early")
    send(desk, move(ref, "Done"))

    with pytest.raises(Refused, match=r"from To Do to In Review.*stands at To Do"):
        send(desk, move(ref, "In Review"))


def test_without_the_right_to_move_the_reason_says_so() -> None:
    desk = Desk()
    ref = desk.open_record("Locked")
    desk.site.take_away(desk.site.email, "ENG", "TRANSITION_ISSUES")

    with pytest.raises(Refused, match="may be a missing right"):
        send(desk, move(ref, "In Progress"))


def test_a_screen_that_demands_a_resolution_gets_the_usual_one() -> None:
    desk = Desk()
    ref = desk.open_record("Done")
    send(desk, move(ref, "Done", State.CLOSED))

    assert read(desk, ref).record.close_code == "Done"


def test_a_screen_gets_what_is_wanted_before_what_is_declared() -> None:
    declared = {"done": {"Resolution": "Duplicate", "fixVersions": "1.1"}}
    desk = Desk(transition_fields=declared)
    first, second = desk.open_record("Declared"), desk.open_record("Wanted")
    send(desk, move(first, "Done", State.CLOSED))
    send(desk, move(second, "Done", State.CLOSED, fields={"resolution": "Won't Do"}))

    assert read(desk, first).record.close_code == "Duplicate"
    assert desk.site.act("admin").get(first.id)["fields"]["fixVersions"][0]["name"] == "1.1"
    assert read(desk, second).record.close_code == "Won't Do"


def test_a_demanded_field_that_nothing_gives_is_named_before_anything_is_written() -> None:
    desk = Desk()
    ref = desk.open_record("Demanding")

    def demand(answer: Any) -> Any:
        for step in answer["transitions"]:
            step.setdefault("fields", {})["customfield_10052"] = {
                "required": True,
                "name": "External reference",
            }
        return answer

    desk.between.changes["transitions"] = demand
    with pytest.raises(Refused, match=r"demands External reference; .*transition_fields\.In Progress"):
        send(desk, move(ref, "In Progress"))
    assert writes(desk) == []


def test_a_resolution_is_never_sent_to_a_screen_without_one() -> None:
    desk = Desk()
    ref = desk.open_record("Reopen")
    send(desk, move(ref, "Done", State.CLOSED))
    _, receipt = send(desk, move(ref, "To Do", State.NEW, fields={"resolution": "Done", "assignee": BRUNO}))

    assert receipt is not None
    assert receipt.refused == {"resolution": ""}
    assert desk.site.act("admin").get(ref.id)["fields"]["assignee"]["accountId"] == BRUNO


def test_a_field_beside_the_screen_is_written_with_the_move() -> None:
    desk = Desk()
    ref = desk.open_record("Assign")
    send(desk, move(ref, "In Progress", fields={"assignee": BRUNO}))

    assert writes(desk) == [f"PUT issue/{ref.id}", f"POST issue/{ref.id}/transitions"]


def test_a_comment_goes_along_where_the_screen_carries_one() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("One mail")
    desk.site.outbox.clear()
    send(desk, move(ref, "Resolved", State.RESOLVED, message="It should work again."))

    assert writes(desk) == [f"POST issue/{ref.id}/transitions"]
    (comment,) = read(desk, ref).comments
    assert comment.audience is Audience.PUBLIC
    assert comment.key


def test_a_note_for_us_never_reaches_the_customer() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Discreet")
    desk.site.outbox.clear()
    send(desk, move(ref, "Resolved", State.RESOLVED, note="She was right.", message="You were right."))
    send(desk, make_comment(desk, ref, Audience.INTERNAL, "Between us."))

    mails = " ".join(mail.body for mail in desk.site.outbox)
    assert "You were right." in mails
    assert "She was right." not in mails
    assert "Between us." not in mails
    assert [c["body"].split("\n")[0] for c in desk.site.act("gina.rossi").comments(ref.id)] == [
        "You were right."
    ]


def test_a_note_on_a_request_never_travels_with_a_move() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Apart")
    send(desk, move(ref, "Resolved", State.RESOLVED, note="Only for us."))

    moves = [body for call, body in zip(desk.sent, desk.between.bodies, strict=True) if "transitions" in call]
    assert not [body for body in moves if body and "update" in body]


def test_a_move_that_somebody_else_made_does_not_stand_for_our_words() -> None:
    desk = Desk()
    ref = desk.open_record("Unsaid")
    change = move(ref, "In Progress", note="For you to know.")
    desk.site.act("ada.keller").transition(ref.id, "Start work")

    assert desk.connector.probe(Intent(change=change, sent_at=desk.clock.now())).verdict is Verdict.ABSENT
    send(desk, change)
    assert [comment.body.split("\n")[0] for comment in read(desk, ref).comments] == ["For you to know."]


@pytest.mark.parametrize("project", ["ENG", "HELP"])
@pytest.mark.parametrize("audience", list(Audience))
def test_every_comment_of_ours_states_its_audience(project: str, audience: Audience) -> None:
    desk = Desk(project)
    ref = desk.open_record("Stated")
    send(desk, make_comment(desk, ref, audience))

    (comment,) = desk.site.act("admin").comments(ref.id)
    internal = not (project == "HELP" and audience is Audience.PUBLIC)
    stated = {pair["key"]: pair["value"] for pair in comment["properties"]}
    assert stated["sd.public.comment"] == {"internal": internal}


def test_a_note_that_became_public_is_not_passed_over() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Leak")
    desk.between.changes["comment"] = lambda made: made | {"jsdPublic": True}
    _, receipt = send(desk, make_comment(desk, ref, Audience.INTERNAL))

    assert receipt is not None
    assert receipt.refused == {"audience": "public"}


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_move_with_two_texts_interrupted_anywhere_says_each_once(after: int) -> None:
    desk = Desk()
    ref = desk.open_record("Interrupted")
    change = move(ref, "In Progress", note="For us.", message="For all.")
    desk.lose_answer(after)
    intent, receipt = send(desk, change)
    if receipt is None and desk.connector.probe(intent).verdict is not Verdict.HAPPENED:
        send(desk, change)

    snapshot = read(desk, ref)
    assert snapshot.record.native_state == "In Progress"
    assert [comment.body.split("\n")[0] for comment in snapshot.comments] == ["For us.", "[public] For all."]


def test_a_move_that_stops_half_way_says_where() -> None:
    desk = Desk(workflow=WORKFLOW)
    ref = desk.open_record("Half way")
    stop = Fault("status", path="/transitions", method="POST", code=409, skip=1)
    desk.sandbox.faults.add(stop)

    with pytest.raises(Refused, match="stands at In Progress"):
        send(desk, move(ref, "In Review"))


def test_a_limit_in_the_middle_of_a_move_is_a_lost_answer() -> None:
    desk = Desk(workflow=WORKFLOW)
    ref = desk.open_record("Limited")
    desk.sandbox.faults.add(Fault("status", path="/transitions", method="POST", code=429, skip=1))

    with pytest.raises(AnswerLost):
        desk.connector.push(move(ref, "In Review"))


def test_a_value_that_jira_changed_is_reported() -> None:
    desk = Desk()
    ref = desk.open_record("Changed")
    desk.between.changes[f"issue/{ref.id}"] = lambda issue: _renamed(issue, "Something else")
    _, receipt = send(desk, Update(**(TOLD | {"subject": ref, "fields": {"summary": "As sent"}})))

    assert receipt is not None
    assert receipt.refused == {"summary": "Something else"}


def _renamed(issue: Any, summary: str) -> Any:
    if "summary" in issue["fields"]:
        issue["fields"]["summary"] = summary
    return issue


def make_link(ref: RecordRef, title: str = "INC0010001", url: str = "http://127.0.0.1/inc") -> Link:
    target = RecordRef("servicenow", "incident", title.lower())
    return Link(**(TOLD | {"subject": ref, "target": target, "title": title, "url": url}))


def test_a_link_written_twice_is_one_link_and_one_reference() -> None:
    desk = Desk()
    ref = desk.open_record("Linked")
    send(desk, make_link(ref))
    send(desk, make_link(ref))
    _, receipt = send(desk, make_link(ref, "INC0010002"))

    assert receipt is not None
    assert receipt.record is not None
    assert receipt.record.references == ("INC0010001", "INC0010002")
    assert len(desk.site.store.issue_for(desk.site.store.people.find("admin"), ref.id).remote_links) == 2


def test_a_created_issue_keeps_its_key_when_it_is_linked() -> None:
    desk = Desk()
    change = desk.make_create("Keep")
    intent, receipt = send(desk, change)
    assert receipt is not None
    assert receipt.record is not None
    send(desk, make_link(receipt.record.ref))

    assert desk.connector.probe(intent).verdict is Verdict.HAPPENED


def test_a_link_whose_second_half_was_lost_is_not_taken_for_done() -> None:
    desk = Desk()
    ref = desk.open_record("Half linked")
    desk.sandbox.faults.add(Fault("reset", path="/properties/", method="PUT"))
    intent, receipt = send(desk, make_link(ref))

    assert receipt is None
    assert desk.connector.probe(intent).verdict is Verdict.ABSENT
    again, receipt = send(desk, make_link(ref))
    assert receipt is not None
    assert desk.connector.probe(again).verdict is Verdict.HAPPENED


def test_a_link_without_an_address_is_refused() -> None:
    desk = Desk()
    ref = desk.open_record("Linked")

    with pytest.raises(Refused, match="needs an address"):
        send(desk, make_link(ref, url=""))


def make_contact(desk: Desk, ref: RecordRef, channel: str) -> Contact:
    told = TOLD | {"purpose": Purpose.ASK}
    return Contact(
        **told,
        subject=ref,
        person="p1",
        channel=channel,
        message="Does it work again?",
        covers=(Matter("p", "test", ref, Purpose.ASK),),
        not_before=desk.clock.now(),
        not_after=desk.clock.now() + timedelta(days=1),
    )


def test_a_contact_is_a_comment_that_the_customer_reads() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Ask me")
    intent, _ = send(desk, make_contact(desk, ref, "comment"))

    assert desk.connector.probe(intent).verdict is Verdict.HAPPENED
    assert desk.site.act("gina.rossi").comments(ref.id)[-1]["body"].startswith("Does it work again?")


def test_a_contact_over_another_channel_is_not_jiras_business() -> None:
    desk = Desk("HELP")
    ref = desk.open_record("Mail me")

    with pytest.raises(Refused, match="mail is no channel"):
        desk.connector.push(make_contact(desk, ref, "mail"))


def test_one_fruitless_look_for_a_new_issue_is_not_enough() -> None:
    desk = Desk()
    desk.connector.dialect("ENG")
    intent = Intent(change=desk.make_create("Lost"), sent_at=desk.clock.now())

    assert desk.connector.probe(intent).verdict is Verdict.AGAIN


def test_a_new_issue_that_the_index_shows_late_is_found_by_the_second_look() -> None:
    desk = Desk(settling_seconds=60)
    desk.site.switches.search_lag = timedelta(seconds=100)
    change = desk.make_create("Late")
    desk.lose_answer(0)
    intent, receipt = send(desk, change)
    assert receipt is None
    assert desk.connector.probe(intent).verdict is Verdict.AGAIN

    desk.clock.sleep(60)
    assert desk.connector.probe(intent).verdict is Verdict.HAPPENED


def test_an_issue_of_the_same_title_by_us_is_not_mistaken_for_another() -> None:
    desk = Desk()
    twin = desk.make_create("Twin")
    desk.connector.push(twin)
    other = Intent(change=replace(twin, cause="another fact"), sent_at=desk.clock.now(), looks=1)

    assert desk.connector.probe(other).verdict is Verdict.ABSENT


def test_what_went_another_way_meanwhile_is_overtaken() -> None:
    desk = Desk()
    ref = desk.open_record("Overtaken")
    before = read(desk, ref).record.version
    desk.clock.sleep(60)
    desk.site.act("ada.keller").transition(ref.id, "Done", resolution={"name": "Done"})

    intent = Intent(change=move(ref, "In Progress"), sent_at=desk.clock.now(), before=before)
    assert desk.connector.probe(intent).verdict is Verdict.OVERTAKEN


def test_nothing_can_be_known_about_an_issue_that_is_gone() -> None:
    desk = Desk()
    ref = desk.open_record("Gone")
    desk.site.act("admin").delete(ref.id)

    for change in (make_comment(desk, ref), move(ref, "Done"), make_update(desk, ref), make_link(ref)):
        probe = desk.connector.probe(Intent(change=change, sent_at=desk.clock.now()))
        assert probe.verdict is Verdict.UNKNOWN
        assert probe.why


def test_the_demanding_record_is_noted_on_what_it_made() -> None:
    desk = Desk()
    _, receipt = send(desk, desk.make_create("Noted"))

    assert receipt is not None
    issue = desk.site.store.issue_for(desk.site.store.people.find("admin"), receipt.native_id)
    assert (issue.properties or {})["careloop"]["subject"] == str(ELSEWHERE)


def test_reading_back_asks_for_no_discussion() -> None:
    desk = Desk()
    ref = desk.open_record("Much discussed")
    for n in range(25):
        desk.comment(ref, f"Word {n}", Audience.INTERNAL)
    read(desk, ref)
    desk.sent.clear()

    assert desk.connector.push(make_update(desk, ref)).record is not None
    assert f"GET issue/{ref.id}/comment" not in desk.sent
