"""Rate limits of Jira Cloud: bursts, hourly points, writes to one issue."""

from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller


def rename(call: Caller, key: str, number: int) -> Any:
    return call("PUT", f"/rest/api/3/issue/{key}", {"fields": {"summary": f"Name {number}"}})


def test_nothing_is_limited_unless_a_switch_says_so(call: Caller, bug: str) -> None:
    answers = [rename(call, bug, number) for number in range(150)]
    assert {answer.status_code for answer in answers} == {204}
    assert (answers[0].headers["X-RateLimit-Limit"], answers[0].headers["X-RateLimit-Remaining"]) == (
        "300",
        "299",
    )


def test_a_burst_empties_the_bucket_of_one_address_and_time_fills_it(
    call: Caller, site: Site, clock: Clock, bug: str
) -> None:
    site.switches.burst_limits = True
    answers = [call("GET", "/rest/api/3/myself") for _ in range(101)]
    assert [answer.status_code for answer in answers] == [200] * 100 + [429]
    assert answers[0].headers["X-RateLimit-Remaining"] == "99"
    assert "X-RateLimit-NearLimit" not in answers[0].headers
    assert answers[99].headers["X-RateLimit-NearLimit"] == "true"
    refused = answers[-1]
    assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Reset"] == "2026-03-02T09:00:00Z"
    assert refused.json()["errorMessages"]
    assert call("GET", f"/rest/api/3/issue/{bug}").status_code == 200  # another address, another bucket
    clock.advance(0.5)
    answers = [call("GET", "/rest/api/3/myself") for _ in range(51)]
    assert [answer.status_code for answer in answers] == [200] * 50 + [429]


def test_single_issues_have_a_wider_bucket_and_lists_of_customers_a_narrow_one(
    call: Caller, site: Site, bug: str
) -> None:
    site.switches.burst_limits = True
    site.switches.experimental_header = "ignored"
    statuses = [call("GET", f"/rest/api/3/issue/{bug}").status_code for _ in range(151)]
    assert statuses.count(200) == 150
    path = "/rest/servicedeskapi/servicedesk/1/customer"
    refused = [call("GET", path) for _ in range(6)][-1]
    assert refused.status_code == 429
    assert refused.json()["errorMessage"]


def test_one_issue_takes_twenty_writes_in_two_seconds(
    call: Caller, site: Site, clock: Clock, bug: str
) -> None:
    site.switches.issue_write_limits = True
    other = site.act("bot").create_issue("ENG", "Bug", "Another")
    answers = [rename(call, bug, number) for number in range(21)]
    assert [answer.status_code for answer in answers] == [204] * 20 + [429]
    assert answers[-1].headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert answers[-1].headers["Retry-After"] == "2"
    assert rename(call, other, 1).status_code == 204
    assert call("GET", f"/rest/api/3/issue/{bug}").status_code == 200
    clock.advance(2)
    assert rename(call, bug, 22).status_code == 204


def test_one_issue_takes_a_hundred_writes_in_thirty_seconds(
    call: Caller, site: Site, clock: Clock, bug: str
) -> None:
    site.switches.issue_write_limits = True
    for number in range(100):
        assert rename(call, bug, number).status_code == 204
        clock.advance(0.2)
    refused = rename(call, bug, 100)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    clock.advance(10)
    assert rename(call, bug, 101).status_code == 204


def test_points_are_used_up_by_what_is_read_and_come_back_at_the_full_hour(
    call: Caller, site: Site, clock: Clock
) -> None:
    for number in range(5):
        site.act("bot").create_issue("ENG", "Bug", f"Bug {number}")
    site.switches.points_per_hour = 14
    clock.advance(600)
    query = {"jql": "project = ENG", "fields": ["summary"]}
    answers = [call("POST", "/rest/api/3/search/jql", query) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]  # 1 and 5 points each
    assert ["X-RateLimit-NearLimit" in answer.headers for answer in answers[:3]] == [False, False, True]
    refused = answers[-1]
    assert refused.headers["RateLimit-Reason"] == "jira-quota-tenant-based"
    assert refused.headers["Retry-After"] == "3000"
    assert refused.headers["X-RateLimit-Reset"] == "2026-03-02T10:00:00Z"
    assert refused.headers["Beta-RateLimit"] == '"global-app-quota";r=0;t=3000'
    clock.advance(3000)
    assert call("GET", "/rest/api/3/myself").status_code == 200


@pytest.mark.parametrize("seconds", [-3600, 0])
def test_a_clock_that_is_set_back_gives_no_tokens(
    call: Caller, site: Site, clock: Clock, seconds: float
) -> None:
    site.switches.burst_limits = True
    for _ in range(100):
        call("GET", "/rest/api/3/myself")
    clock.move_to(clock.now().fromtimestamp(clock.now().timestamp() + seconds, clock.now().tzinfo))
    assert call("GET", "/rest/api/3/myself").status_code == 429
    clock.advance(1)
    assert call("GET", "/rest/api/3/myself").status_code == 200
