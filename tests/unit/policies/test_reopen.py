"""Reopenings, repeats and churn."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from careloop.model.case import Earlier
from careloop.model.decision import Decision
from careloop.model.event import EventKind
from careloop.model.person import PersonKind
from careloop.model.record import RecordRef, State
from careloop.model.rules import Mode
from careloop.policies.reopen import Reopen, decide
from tests.unit.policies.incident import ANNA, INC, Problem, an_incident, on, rules

OPENED = on(2, 8)


def look(problem: Problem, **values: Any) -> Decision:
    return decide(problem.case, on(20), rules(settings=Reopen(), **values))


def told(decision: Decision) -> list[tuple[str, bool]]:
    return [(finding.what, finding.waits) for finding in decision.findings]


def earlier(resolved_at: datetime | None, number: str = "INC0009", **values: Any) -> Earlier:
    known: dict[str, Any] = {
        "problem": "P0",
        "ref": RecordRef("sn", "incident", number),
        "number": number,
        "opened_at": OPENED - timedelta(days=90),
        "resolved_at": resolved_at,
        "category": "hardware",
        "subcategory": "printer",
        "service": "",
        "title": "",
        "group": "desk",
    }
    return Earlier(**(known | values))


def test_reopenings_are_counted_from_what_happened() -> None:
    problem = Problem()
    problem.resolve(on(2))
    problem.move(State.IN_PROGRESS, on(3), "anna")
    problem.resolve(on(4))
    problem.move(State.IN_PROGRESS, on(5), "ben")
    counted, churn = look(problem).findings
    assert (counted.what, counted.content) == ("reopened", "customer")
    assert churn.what == "churn"


def test_the_nearest_earlier_record_of_the_same_matter_is_suggested() -> None:
    near, far = earlier(OPENED - timedelta(days=3), "INC0008"), earlier(OPENED - timedelta(days=9), "INC0007")
    problem = Problem(earlier=(far, near))
    (finding,) = look(problem).findings
    assert (finding.what, finding.content, finding.waits) == ("shadow_reopen", "INC0008", True)
    assert "3 days" in finding.reason
    assert "hardware / printer" in finding.reason


@pytest.mark.parametrize("age", [timedelta(seconds=1), timedelta(days=30)])
def test_the_look_back_includes_its_last_moment(age: timedelta) -> None:
    assert told(look(Problem(earlier=(earlier(OPENED - age),)))) == [("shadow_reopen", True)]


@pytest.mark.parametrize(
    "other",
    [
        earlier(OPENED),
        earlier(OPENED - timedelta(days=30, seconds=1)),
        earlier(None),
        earlier(OPENED - timedelta(days=1), category="software"),
        earlier(OPENED - timedelta(days=1), subcategory="scanner"),
        earlier(OPENED - timedelta(days=1), basis="confirmed"),
        earlier(OPENED - timedelta(days=1), basis="attested"),
    ],
)
def test_another_matter_or_another_time_is_no_repeat(other: Earlier) -> None:
    assert look(Problem(earlier=(other,))).findings == ()


def test_what_a_person_parted_is_suggested_no_more_and_another_problem_is() -> None:
    near = earlier(OPENED - timedelta(days=3), "INC0008", problem="P8")
    same = earlier(OPENED - timedelta(days=5), "INC0006", problem="P8")
    far = earlier(OPENED - timedelta(days=9), "INC0007", problem="P7")
    problem = Problem(earlier=(far, same, near))
    problem.happen(EventKind.PARTED, on(3), other=str(near.ref))
    (finding,) = look(problem).findings
    assert finding.content == "INC0007"
    problem.happen(EventKind.PARTED, on(3), other=str(far.ref))
    assert look(problem).findings == ()


def test_without_categories_the_same_service_and_a_similar_title_count() -> None:
    bare = an_incident(category="", subcategory="", service="printing")
    other = earlier(
        OPENED - timedelta(days=1), category="", service="printing", title="the printer is silent!"
    )
    assert told(look(Problem(records={INC: bare}, earlier=(other,)))) == [("shadow_reopen", True)]
    for different in (replace(other, service="mail"), replace(other, title="no toner left")):
        assert look(Problem(records={INC: bare}, earlier=(different,))).findings == ()


def test_history_is_told_but_waits_for_nobody() -> None:
    problem = Problem(earlier=(earlier(OPENED - timedelta(days=3)),))
    (finding,) = look(problem, mode=Mode.AUDIT, since=None).findings
    assert (finding.history, finding.waits) == (True, False)


def test_a_shared_account_has_no_repeats_but_is_suggested_as_shared() -> None:
    problem = Problem(earlier=(earlier(OPENED - timedelta(days=3)),), requester_records=51)
    (finding,) = look(problem).findings
    assert (finding.what, finding.content) == ("suspected_shared_account", "anna")
    problem.people["anna"] = replace(ANNA, kind=PersonKind.SHARED)
    assert look(problem).findings == ()


def test_the_third_proposal_goes_to_a_lead_until_it_works() -> None:
    problem = Problem()
    for day in (2, 4, 6):
        problem.resolve(on(day))
        problem.say("still broken", on(day, 11))
        problem.move(State.IN_PROGRESS, on(day, 12), "robot")
    problem.records[INC] = an_incident(updated=on(6, 12))
    assert told(look(problem))[-1] == ("many_proposals", True)
    problem.resolve(on(9))
    problem.say("works now", on(10))
    assert "many_proposals" not in dict(told(look(problem)))
