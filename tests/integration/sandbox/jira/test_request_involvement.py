"""Participants, mails, service levels, approvals and feedback of a customer request."""

from collections.abc import Callable
from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

API = "/rest/servicedeskapi"
HOUR = 3600


@pytest.fixture
def gina(calls_of: Callable[[str], Caller]) -> Caller:
    caller = calls_of("gina.rossi")
    caller.session.headers["X-ExperimentalApi"] = "opt-in"
    return caller


@pytest.fixture
def hugo(calls_of: Callable[[str], Caller]) -> Caller:
    return calls_of("hugo.blanc")


@pytest.fixture
def eva(calls_of: Callable[[str], Caller]) -> Caller:
    caller = calls_of("eva.lind")
    caller.session.headers["X-ExperimentalApi"] = "opt-in"
    return caller


@pytest.fixture
def key(site: Site) -> str:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail", "Since noon")
    site.outbox.clear()
    return key


def account(site: Site, name: str) -> str:
    return site.act(name).user.account_id


def resolve(site: Site, key: str) -> None:
    site.act("eva.lind").transition(key, "Resolve this issue", resolution={"name": "Done"})


def test_participants_read_and_write_like_the_reporter(
    gina: Caller, hugo: Caller, eva: Caller, site: Site, key: str
) -> None:
    path, who = f"{API}/request/{key}/participant", {"accountIds": [account(site, "hugo.blanc")]}
    shown = gina.ok("POST", path, who)
    assert [one["displayName"] for one in shown["values"]] == ["Hugo Blanc"]
    assert [row["issueKey"] for row in hugo.ok("GET", f"{API}/request")["values"]] == [key]
    hugo.ok("POST", f"{API}/request/{key}/comment", {"body": "Me too", "public": True})
    assert hugo("DELETE", path, who).status_code == 403
    assert eva.ok("DELETE", path, who)["values"] == []
    assert hugo("GET", f"{API}/request/{key}").status_code == 404
    changes = [item["field"] for h in site.act("eva.lind").history(key) for item in h["items"]]
    assert changes == ["Request participants", "Request participants"]


def test_agents_name_participants_when_they_raise_a_request(gina: Caller, eva: Caller, site: Site) -> None:
    asked: dict[str, Any] = {"serviceDeskId": "1", "requestTypeId": "1"}
    asked |= {
        "requestFieldValues": {"summary": "No mail"},
        "requestParticipants": [account(site, "hugo.blanc")],
    }
    assert gina("POST", f"{API}/request", asked).status_code == 403
    made = eva.ok("POST", f"{API}/request", asked)
    shown = eva.ok("GET", f"{API}/request/{made['issueKey']}", expand="participant,action")
    assert [one["displayName"] for one in shown["participants"]["values"]] == ["Hugo Blanc"]
    assert shown["actions"]["addParticipant"] == {"allowed": True}


def test_whoever_shares_a_request_is_mailed_unless_they_unsubscribe(
    gina: Caller, hugo: Caller, site: Site, key: str
) -> None:
    gina.ok("POST", f"{API}/request/{key}/participant", {"accountIds": [account(site, "hugo.blanc")]})
    path = f"{API}/request/{key}/notification"
    assert hugo.ok("GET", path) == {"subscribed": True}
    site.act("eva.lind").comment(key, "We found it")
    assert [mail.to for mail in site.outbox] == ["gina.rossi@example.com", "hugo.blanc@example.com"]
    assert gina("DELETE", path).status_code == 204
    assert gina.ok("GET", path) == {"subscribed": False}
    site.act("eva.lind").comment(key, "Try again")
    assert [mail.to for mail in site.outbox[2:]] == ["hugo.blanc@example.com"]
    assert gina("PUT", path).status_code == 204
    site.act("eva.lind").comment(key, "And now?")
    assert [mail.to for mail in site.outbox[3:]] == ["gina.rossi@example.com", "hugo.blanc@example.com"]


def test_an_agent_follows_a_request_of_somebody_else(eva: Caller, site: Site, key: str) -> None:
    path = f"{API}/request/{key}/notification"
    assert eva.ok("GET", path) == {"subscribed": False}
    eva.ok("PUT", path)
    site.act("gina.rossi").comment(key, "Any news?")
    assert [mail.to for mail in site.outbox] == ["eva.lind@example.com"]


def test_the_resolution_clock_stands_still_while_the_customer_has_to_answer(
    eva: Caller, site: Site, clock: Clock, key: str
) -> None:
    clock.advance(HOUR)
    site.act("eva.lind").transition(key, "Respond to customer")
    clock.advance(10 * HOUR)
    level = eva.ok("GET", f"{API}/request/{key}/sla/1")
    cycle = level["ongoingCycle"]
    assert (cycle["paused"], cycle["elapsedTime"]["millis"]) == (True, HOUR * 1000)
    assert "breachTime" not in cycle
    site.act("eva.lind").transition(key, "Respond to support")
    clock.advance(HOUR)
    cycle = eva.ok("GET", f"{API}/request/{key}/sla/1")["ongoingCycle"]
    assert (cycle["paused"], cycle["elapsedTime"]["friendly"]) == (False, "2h 0m")
    assert cycle["remainingTime"]["millis"] == 22 * HOUR * 1000
    assert cycle["breachTime"]["epochMillis"] == (clock.now().timestamp() + 22 * HOUR) * 1000


def test_a_reopened_request_shows_the_breach_of_its_first_cycle(
    eva: Caller, site: Site, clock: Clock, key: str
) -> None:
    clock.advance(30 * HOUR)
    resolve(site, key)
    clock.advance(HOUR)
    site.act("gina.rossi").transition(key, "Reopen")
    clock.advance(HOUR)
    (level, response) = eva.ok("GET", f"{API}/request/{key}/sla")["values"]
    (first,) = level["completedCycles"]
    assert (first["breached"], first["elapsedTime"]["friendly"]) == (True, "30h 0m")
    assert first["remainingTime"]["friendly"] == "-6h 0m"
    assert (level["ongoingCycle"]["breached"], level["ongoingCycle"]["elapsedTime"]["friendly"]) == (
        False,
        "1h 0m",
    )
    assert "ongoingCycle" not in response


def test_the_first_public_answer_of_an_agent_stops_the_response_clock(
    eva: Caller, site: Site, clock: Clock, key: str
) -> None:
    clock.advance(HOUR)
    site.act("gina.rossi").comment(key, "Any news?")
    site.act("eva.lind").comment(key, "psst", public=False)
    assert "ongoingCycle" in eva.ok("GET", f"{API}/request/{key}/sla/2")
    site.act("eva.lind").comment(key, "We are on it")
    level = eva.ok("GET", f"{API}/request/{key}/sla/2")
    assert [cycle["elapsedTime"]["friendly"] for cycle in level["completedCycles"]] == ["1h 0m"]
    field = eva.ok("GET", f"/rest/api/2/issue/{key}")["fields"]["customfield_10031"]
    assert field["completedCycles"] == level["completedCycles"]


def test_service_levels_are_for_agents(gina: Caller, key: str) -> None:
    assert gina("GET", f"{API}/request/{key}/sla").status_code == 403
    assert "sla" not in gina.ok("GET", f"{API}/request/{key}", expand="sla")


@pytest.fixture
def waiting(eva: Caller, site: Site, key: str) -> str:
    people = [{"accountId": account(site, name)} for name in ("hugo.blanc", "eva.lind")]
    site.act("eva.lind").transition(key, "Send for approval", customfield_10033=people)
    return key


def approval(caller: Caller, key: str) -> dict[str, Any]:
    (found,) = caller.ok("GET", f"{API}/request/{key}/approval")["values"]
    return dict(found)


def test_a_request_goes_on_when_all_have_approved(
    hugo: Caller, eva: Caller, gina: Caller, waiting: str
) -> None:
    found = approval(hugo, waiting)
    path = f"{API}/request/{waiting}/approval/{found['id']}"
    assert (found["finalDecision"], found["canAnswerApproval"]) == ("pending", True)
    assert approval(gina, waiting)["canAnswerApproval"] is False
    assert gina("POST", path, {"decision": "approve"}).status_code == 403
    assert hugo("POST", path, {"decision": "maybe"}).status_code == 400
    first = hugo.ok("POST", path, {"decision": "approve"})
    assert (first["finalDecision"], first["canAnswerApproval"]) == ("pending", False)
    assert hugo("POST", path, {"decision": "decline"}).status_code == 409
    last = eva.ok("POST", path, {"decision": "approve"})
    assert last["finalDecision"] == "approved"
    assert last["completedDate"]
    shown = gina.ok("GET", f"{API}/request/{waiting}")
    assert shown["currentStatus"]["status"] == "Waiting for support"


def test_one_who_declines_ends_the_request(hugo: Caller, eva: Caller, site: Site, waiting: str) -> None:
    path = f"{API}/request/{waiting}/approval/{approval(hugo, waiting)['id']}"
    assert hugo.ok("POST", path, {"decision": "decline"})["finalDecision"] == "declined"
    assert eva("POST", path, {"decision": "approve"}).status_code == 409
    fields = site.act("eva.lind").get(waiting)["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Closed", "Won't Do")
    asked = {"requestOwnership": "APPROVER", "approvalStatus": "MY_HISTORY_APPROVAL"}
    assert hugo.ok("GET", f"{API}/request", **asked)["size"] == 1
    asked["approvalStatus"] = "MY_PENDING_APPROVAL"
    assert hugo.ok("GET", f"{API}/request", **asked)["size"] == 0


def test_a_request_that_never_needed_approval_has_none(gina: Caller, key: str) -> None:
    assert gina.ok("GET", f"{API}/request/{key}/approval")["values"] == []
    assert gina("GET", f"{API}/request/{key}/approval/1").status_code == 404


def test_the_reporter_rates_a_request_and_others_read_it(gina: Caller, eva: Caller, key: str) -> None:
    path = f"{API}/request/{key}/feedback"
    rating = {"type": "csat", "rating": 4, "comment": {"body": "Quick"}}
    assert eva("GET", path).status_code == 404
    assert eva("POST", path, rating).status_code == 403
    assert gina("POST", path, {**rating, "rating": 6}).status_code == 400
    assert gina("POST", path, {**rating, "type": "nps"}).status_code == 400
    answer = gina("POST", path, rating)
    assert (answer.status_code, answer.json()) == (201, rating)
    assert eva.ok("GET", path) == rating
    assert eva.ok("GET", f"/rest/api/2/issue/{key}")["fields"]["customfield_10028"] == {"rating": 4}
    assert eva("DELETE", path).status_code == 403
    assert gina("DELETE", path).status_code == 204
    assert eva("GET", path).status_code == 404
