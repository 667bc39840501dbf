"""Writes arrive as meant, and a lost one is found again or known to be absent."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from requests import PreparedRequest, Response

from careloop.connectors.servicenow import ServiceNow, Settings
from careloop.errors import AnswerLost, RateLimited, RecordMissing, Refused, Unreachable
from careloop.model.intent import Intent, Verdict
from careloop.model.mark import find_mark
from careloop.model.page import Scope
from careloop.model.record import RecordRef, State
from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault

LOST = Fault("answer_lost", method="PATCH")


def intent(world: Any, change: Any, before: str = "") -> Intent:
    return Intent(change=change, sent_at=world.now(), before=before)


def version(desk: Any, ref: RecordRef) -> str:
    page = desk.fetch([ref], Scope(instance="desk", container="incident"))
    return str(page.snapshots[0].record.version)


def test_an_ask_is_a_public_comment_with_its_reference(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    ask = changes(ref).ask()
    receipt = desk.push(ask)
    (text,) = world.entries(ref, "comments")
    assert find_mark(text) == ask.key[:10]
    assert world.entries(ref, "work_notes") == []
    assert world.instance.act("admin").get("sys_journal_field", receipt.native_id)["value"] == text


def test_a_note_stays_internal(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    desk.push(changes(ref).note("only for us"))
    assert world.entries(ref, "comments") == []
    assert len(world.entries(ref, "work_notes")) == 1


def test_nothing_we_write_is_rendered_as_html(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    desk.push(changes(ref).note("[code]<b>bold</b>[/CODE]"))
    assert "[code]" not in world.entries(ref, "work_notes")[0].lower().replace("[ ", "")
    assert "[/code]" not in world.entries(ref, "work_notes")[0].lower()


def test_a_reopening_goes_out_in_one_call(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    world.update(ref, state="6", close_code="Solution provided", close_notes="done")
    world.sandbox.faults.add(Fault("latency", method="PATCH", seconds=0, times=9))
    fields = {"assigned_to": world.user("ines.lund")}
    receipt = desk.push(changes(ref).reopen(note="still broken", message="We go on.", fields=fields))
    assert world.calls("PATCH") == 1
    assert receipt.record.state is State.IN_PROGRESS
    assert receipt.refused == {}
    assert len(world.entries(ref, "comments")) == len(world.entries(ref, "work_notes")) == 1


def test_what_the_platform_did_not_take_over_is_named(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    receipt = desk.push(changes(ref).set(short_description="new", no_such_column="1"))
    assert receipt.refused == {"no_such_column": ""}
    assert receipt.record.title == "new"


@pytest.mark.parametrize("value", ["a^NQactive=true", "quote \" ' \\ end", "ümläut 日本", "x" * 100])
def test_values_arrive_as_they_are(world: Any, desk: Any, changes: Any, value: str) -> None:
    ref = world.raise_incident()
    assert desk.push(changes(ref).set(short_description=value)).refused == {}
    assert world.row(ref)["short_description"] == value


def test_a_create_makes_one_record_however_often_it_is_sent(world: Any, desk: Any, changes: Any) -> None:
    create = changes(world.raise_incident()).create(short_description="successor")
    receipt = desk.push(create)
    assert receipt.record.title == "successor"
    assert receipt.record.references == ()
    with pytest.raises(Refused):
        desk.push(create)
    found = world.instance.act("admin").query("incident", "short_description=successor")
    assert [row["sys_id"] for row in found] == [receipt.native_id]


def test_a_link_names_the_record_elsewhere_and_joins_others(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    desk.push(changes(ref).link("ENG-7"))
    receipt = desk.push(changes(ref).link("OPS-1"))
    assert receipt.record.references == ("ENG-7", "OPS-1")
    again = desk.push(changes(ref).link("ENG-7"))
    assert again.record.references == ("ENG-7", "OPS-1")


def test_a_correlation_of_another_system_is_left_alone(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    world.update(ref, by="admin", correlation_id="SAP-1", correlation_display="SAP")
    with pytest.raises(Refused, match="SAP-1"):
        desk.push(changes(ref).link())
    assert world.row(ref)["correlation_id"] == "SAP-1"


def test_a_refusal_says_in_the_platforms_words_why(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    with pytest.raises(Refused, match=r"403.*mandatory"):
        desk.push(changes(ref).reopen(state=State.RESOLVED, native="6"))


def test_a_record_that_is_gone_is_named(world: Any, desk: Any, changes: Any) -> None:
    with pytest.raises(RecordMissing):
        desk.push(changes(RecordRef("desk", "incident", "0" * 32)).ask())


def test_a_contact_by_mail_is_not_ours_to_send(world: Any, desk: Any, changes: Any) -> None:
    ask = changes(world.raise_incident()).ask(channel="mail")
    with pytest.raises(Refused, match="mail"):
        desk.push(ask)
    assert desk.probe(intent(world, ask)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("reset", method="PATCH"), AnswerLost),
        (Fault("answer_lost", method="PATCH"), AnswerLost),
        (Fault("status", method="PATCH", code=503), AnswerLost),
        (Fault("html", method="PATCH", code=200), AnswerLost),
        (Fault("mixed", method="PATCH"), AnswerLost),
        (Fault("cut", method="PATCH", content_length="right"), AnswerLost),
        (Fault("answer_lost", method="GET", rate=1, skip=1), AnswerLost),
        (Fault("status", method="PATCH", code=429), RateLimited),
        (Fault("connect_timeout", method="PATCH"), Unreachable),
        (Fault("status", method="PATCH", code=403), Refused),
    ],
)
def test_every_failure_says_whether_the_write_may_have_happened(
    world: Any, desk: Any, changes: Any, fault: Fault, error: type[Exception]
) -> None:
    ref = world.raise_incident()
    world.sandbox.faults.add(fault)
    with pytest.raises(error):
        desk.push(changes(ref).ask())
    patches = [hit for hit in world.sandbox.faults.log if hit.method == "PATCH"]
    assert len(patches) <= 1


def test_a_lost_comment_is_found_once(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    ask = changes(ref).ask()
    world.sandbox.faults.add(LOST)
    with pytest.raises(AnswerLost):
        desk.push(ask)
    probe = desk.probe(intent(world, ask, before="old"))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.native_id
    assert len(world.entries(ref, "comments")) == 1


def test_a_comment_that_never_arrived_is_absent(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    assert desk.probe(intent(world, changes(ref).ask())).verdict is Verdict.ABSENT


def test_a_customer_who_quotes_us_proves_what_we_said(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    ask = changes(ref).ask()
    receipt = desk.push(ask)
    world.update(ref, by="lena.moreau", comments=f"> Is it solved?\n> [ref {ask.key[:10]}]")
    probe = desk.probe(intent(world, ask))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.native_id == receipt.native_id


def test_what_was_said_before_is_not_said_again(world: Any, desk: Any, changes: Any) -> None:
    """A person may set a write free of which nobody knew whether it had arrived."""
    ref = world.raise_incident()
    world.update(ref, state="6", close_code="Solution provided", close_notes="done")
    reopen = changes(ref).reopen(note="still broken")
    first, again = desk.push(reopen), desk.push(reopen)
    assert len(world.entries(ref, "work_notes")) == 1
    assert again.native_id == first.native_id
    assert again.refused == {}


class Willful(AsgiAdapter):
    """A platform that makes of comments what it likes, as rules of its own may do."""

    def __init__(self, app: Any, make: Callable[[str], str | None]) -> None:
        super().__init__(app)
        self._make = make

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        if request.method == "PATCH" and isinstance(request.body, bytes):
            body = json.loads(request.body)
            if (text := self._make(body.pop("comments", ""))) is not None:
                body["comments"] = text
            request.prepare_body(json.dumps(body), None)
        return super().send(request, *arguments, **options)


def willful(world: Any, make: Callable[[str], str | None]) -> ServiceNow:
    auth = {"type": "basic", "user": "careloop", "password": "careloop"}
    settings = Settings.model_validate({"url": "http://servicenow.test", "auth": auth})
    adapter = Willful(world.sandbox.servicenow_app, make)
    return ServiceNow("desk", settings, world, random.Random(1), adapter)


def test_a_comment_that_the_platform_dropped_was_not_taken_over(world: Any, changes: Any) -> None:
    desk = willful(world, lambda text: None)
    ref = world.raise_incident()
    assert desk.push(changes(ref).ask()).refused == {"comments": "nothing of it"}
    assert desk.push(changes(ref).set(short_description="new")).refused == {}


def test_a_comment_of_which_the_platform_took_our_reference_was_said_all_the_same(
    world: Any, changes: Any
) -> None:
    """Taken for dropped, it would be said again with every change of the record."""
    desk = willful(world, lambda text: text.partition("[ref")[0])
    ref = world.raise_incident()
    receipt = desk.push(changes(ref).ask())
    assert (receipt.refused, receipt.native_id) == ({}, "")
    assert len(world.entries(ref, "comments")) == 1


def test_with_a_closed_journal_an_unchanged_record_proves_absence_and_a_changed_one_nothing(
    world: Any, desk: Any, changes: Any
) -> None:
    ref = world.raise_incident()
    world.update(ref, comments="hello")
    before = version(desk, ref)
    world.instance.revoke("careloop", "sys_journal_field")
    assert desk.probe(intent(world, changes(ref).ask(), before)).verdict is Verdict.ABSENT
    world.update(ref, urgency="1")
    assert desk.probe(intent(world, changes(ref).ask(), before)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("note", ["", "still broken"])
def test_a_lost_transition_is_found_by_what_it_left(world: Any, desk: Any, changes: Any, note: str) -> None:
    ref = world.raise_incident()
    reopen = changes(ref).reopen(note=note)
    before = version(desk, ref)
    assert desk.probe(intent(world, reopen, before)).verdict is Verdict.ABSENT
    world.sandbox.faults.add(LOST)
    with pytest.raises(AnswerLost):
        desk.push(reopen)
    probe = desk.probe(intent(world, reopen, before))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.record is not None
    assert probe.receipt.record.state is State.IN_PROGRESS


def test_what_others_did_after_a_lost_transition_is_no_refusal(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    reopen = changes(ref).reopen(note="still broken")
    before = version(desk, ref)
    world.sandbox.faults.add(LOST)
    with pytest.raises(AnswerLost):
        desk.push(reopen)
    world.update(ref, state="3", hold_reason="4")
    probe = desk.probe(intent(world, reopen, before))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.refused == {}


def test_a_transition_that_somebody_overtook_is_decided_afresh(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    before = version(desk, ref)
    world.update(ref, state="3", hold_reason="4")
    assert desk.probe(intent(world, changes(ref).reopen(), before)).verdict is Verdict.OVERTAKEN


def test_the_same_state_by_another_hand_is_not_our_word(world: Any, desk: Any, changes: Any) -> None:
    """Somebody else reopened; our note with the customer's words never arrived."""
    ref = world.raise_incident()
    before = version(desk, ref)
    world.update(ref, state="2")
    assert desk.probe(intent(world, changes(ref).reopen(note="still"), before)).verdict is Verdict.OVERTAKEN


def test_a_lost_update_is_told_from_an_absent_one(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    before = version(desk, ref)
    update = changes(ref).set(short_description="new")
    assert desk.probe(intent(world, update, before)).verdict is Verdict.ABSENT
    desk.push(update)
    assert desk.probe(intent(world, update, before)).verdict is Verdict.HAPPENED


def test_a_lost_create_is_found_under_the_id_we_chose(world: Any, desk: Any, changes: Any) -> None:
    create = changes(world.raise_incident()).create(short_description="successor")
    assert desk.probe(intent(world, create)).verdict is Verdict.ABSENT
    world.sandbox.faults.add(Fault("answer_lost", method="POST"))
    with pytest.raises(AnswerLost):
        desk.push(create)
    probe = desk.probe(intent(world, create))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.record is not None
    assert probe.receipt.record.title == "successor"


def test_where_the_platform_insists_on_its_own_id_a_create_is_found_by_our_key(
    world: Any, desk: Any, changes: Any
) -> None:
    create = changes(world.raise_incident()).create(short_description="successor")
    fields = {"correlation_id": create.key[:10], "correlation_display": "careloop key"}
    other = world.instance.act("careloop").insert("incident", {"short_description": "successor", **fields})
    probe = desk.probe(intent(world, create))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.native_id == other


def test_a_lost_link_is_found_among_others(world: Any, desk: Any, changes: Any) -> None:
    ref = world.raise_incident()
    desk.push(changes(ref).link("ENG-7"))
    desk.push(changes(ref).link("OPS-1"))
    probe = desk.probe(intent(world, changes(ref).link("ENG-7"), before="old"))
    assert probe.verdict is Verdict.HAPPENED
    assert probe.receipt is not None
    assert probe.receipt.refused == {}


def test_a_record_that_vanished_leaves_its_write_unknown(world: Any, desk: Any, changes: Any) -> None:
    ref = RecordRef("desk", "incident", "0" * 32)
    assert desk.probe(intent(world, changes(ref).ask())).verdict is Verdict.UNKNOWN


def test_a_write_that_cannot_be_seen_yet_is_unknown_and_found_later(
    world: Any, desk: Any, changes: Any
) -> None:
    ref = world.raise_incident()
    for change in (changes(ref).set(short_description="new"), changes(ref).ask()):
        before = version(desk, ref)
        world.sandbox.faults.add(Fault("commit_delay", seconds=3))
        with pytest.raises(AnswerLost, match="the version before it"):
            desk.push(change)
        world.sleep(3)
        assert desk.probe(intent(world, change, before)).verdict is Verdict.HAPPENED
    assert world.row(ref)["short_description"] == "new"
    assert len(world.entries(ref, "comments")) == 1
