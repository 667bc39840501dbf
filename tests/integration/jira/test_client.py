"""The jira library speaks through our transport from its first request on, and nothing behind our back."""

import json
import random

import pytest

from careloop.connectors.jira import Jira, Settings
from careloop.errors import AnswerLost, AuthenticationRefused, NotAnApi, RateLimited, Refused, Unreachable
from careloop.model.change import Link
from careloop.model.record import RecordRef
from careloop.sandbox.faults import Fault
from careloop.testing.connector_contract import ELSEWHERE, TOLD, Make, make_comment, make_create, make_update
from tests.integration.jira.desk import Desk


def test_nothing_is_sent_before_something_is_asked() -> None:
    assert Desk().sent == []


def test_the_first_request_of_the_library_takes_the_same_way() -> None:
    desk = Desk()
    desk.connector.read_clock()

    assert desk.sent == ["GET serverInfo", "GET serverInfo"]
    assert desk.connector.traffic.requests == 2


def test_every_request_has_a_time_limit() -> None:
    desk = Desk(timeout=17)
    desk.connector.dialect("ENG")

    assert set(desk.between.timeouts) == {17}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("answer_lost", method="PUT"), AnswerLost),
        (Fault("reset", method="PUT"), AnswerLost),
        (Fault("timeout", method="PUT"), AnswerLost),
        (Fault("status", method="PUT", code=503, headers={"Retry-After": "1"}), AnswerLost),
        (Fault("status", method="PUT", code=429), RateLimited),
        (Fault("connect_timeout", method="PUT"), Unreachable),
    ],
)
def test_a_write_is_sent_once_whatever_comes_of_it(fault: Fault, error: type[Exception]) -> None:
    desk = Desk()
    ref = desk.open_record("Once")
    desk.connector.dialect("ENG")
    desk.sandbox.faults.add(fault)

    with pytest.raises(error):
        desk.connector.push(make_update(desk, ref))
    assert [call for call in desk.sent if call.startswith("PUT")] == [f"PUT issue/{ref.id}"]


def test_a_question_asked_by_post_is_repeated_like_any_read() -> None:
    desk = Desk()
    ref = desk.open_record("Read me")
    desk.sandbox.faults.add(Fault("status", path="changelog/bulkfetch", code=503))

    page = desk.connector.fetch([ref], desk.scope)
    assert page.snapshots[0].events
    assert desk.connector.traffic.retries == 1


@pytest.mark.parametrize("make", [make_comment, make_update])
def test_a_failure_while_reading_back_is_a_lost_answer(make: Make) -> None:
    desk = Desk()
    ref = desk.open_record("Written, not read")
    desk.sandbox.faults.add(Fault("status", path="changelog/bulkfetch", code=503, times=9))

    with pytest.raises(AnswerLost, match="was written to, then"):
        desk.connector.push(make(desk, ref))


def test_everything_that_jira_says_when_it_says_no_is_passed_on() -> None:
    desk = Desk()
    ref = desk.open_record("No")
    body = '{"errorMessages": ["First.", "Second."], "errors": {"summary": "Too long."}}'
    desk.sandbox.faults.add(Fault("status", method="PUT", code=400, body=body))

    with pytest.raises(Refused, match=r"jira: First\.; Second\.; summary: Too long\."):
        desk.connector.push(make_update(desk, ref))


def test_a_wordless_no_is_still_a_no() -> None:
    desk = Desk()
    ref = desk.open_record("No")
    desk.sandbox.faults.add(Fault("status", method="PUT", code=403, body=""))

    with pytest.raises(Refused, match="status 403"):
        desk.connector.push(make_update(desk, ref))


@pytest.mark.parametrize("answer", ["{}", "[]", '{"versionNumbers": null}'])
def test_json_that_is_no_jira_is_no_api(answer: str) -> None:
    desk = Desk()
    desk.between.changes["serverInfo"] = lambda _: json.loads(answer)

    with pytest.raises(NotAnApi, match=r"check instances\.jira\.url"):
        desk.connector.read_clock()


def test_a_web_page_is_no_api() -> None:
    desk = Desk()
    desk.sandbox.faults.add(Fault("html", code=200))

    with pytest.raises(NotAnApi, match="web page"):
        desk.connector.read_clock()


def test_wrong_credentials_are_named_and_not_shown() -> None:
    auth = {"type": "basic", "user": "bot@example.com", "password": "not-the-token"}
    desk = Desk(auth=auth)

    with pytest.raises(AuthenticationRefused, match=r"instances\.jira\.auth") as caught:
        desk.connector.dialect("ENG")
    assert "not-the-token" not in str(caught.value)


def test_a_cloud_site_declared_as_data_center_says_what_to_change() -> None:
    desk = Desk(flavor="dc")

    with pytest.raises(NotAnApi, match=r"instances\.jira\.flavor"):
        list(desk.connector.changes(desk.scope, ""))


def test_an_address_without_anyone_behind_it_is_unreachable() -> None:
    desk = Desk()
    desk.sandbox.faults.add(Fault("connect_timeout", times=9))

    with pytest.raises(Unreachable):
        desk.connector.read_clock()


def test_without_an_adapter_the_network_is_used() -> None:
    desk = Desk()
    plain = {"url": "http://127.0.0.1:9", "auth": {"type": "bearer", "token": "none"}, "projects": ["ENG"]}
    connector = Jira("jira", Settings.model_validate(plain), desk.clock, random.Random(1))

    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        connector.read_clock()


def make_link(desk: Desk, ref: RecordRef) -> Link:
    return Link(subject=ref, target=ELSEWHERE, title="INC1", url="https://desk.example.com/1", **TOLD)


@pytest.mark.parametrize(
    ("end", "make"),
    [("/issue", make_create), ("/comment", make_comment), ("/remotelink", make_link)],
)
@pytest.mark.parametrize("answer", [None, [], {}, {"key": "ENG-1"}])
def test_an_answer_to_a_write_that_makes_no_sense_is_a_lost_one(end: str, make: Make, answer: object) -> None:
    desk = Desk()
    ref = desk.open_record("Written")
    desk.connector.dialect("ENG")
    desk.between.changes[end.removeprefix("/")] = lambda _: answer

    with pytest.raises(AnswerLost):
        desk.connector.push(make(desk, ref))


def test_half_an_answer_to_a_write_is_a_lost_one() -> None:
    desk = Desk()
    ref = desk.open_record("Written")
    desk.sandbox.faults.add(Fault("cut", path="/comment$", method="POST", content_length="right"))

    with pytest.raises(AnswerLost, match="makes no sense"):
        desk.connector.push(make_comment(desk, ref))


def test_a_password_may_hold_any_character() -> None:
    auth = {"type": "basic", "user": "bot@example.com", "password": "pässwörd ✓"}
    desk = Desk(auth=auth)

    with pytest.raises(AuthenticationRefused):  # it was sent and compared
        desk.connector.read_clock()
