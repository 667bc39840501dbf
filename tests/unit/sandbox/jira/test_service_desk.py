from typing import Any

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Refused, Site

DONE: dict[str, Any] = {"resolution": {"name": "Done"}}


@pytest.fixture
def request_key(site: Site) -> str:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail", "Since noon")
    site.outbox.clear()
    return key


def test_a_customer_sees_her_own_requests_only(site: Site, request_key: str) -> None:
    assert site.act("gina.rossi").get(request_key)["fields"]["summary"] == "No mail"
    with pytest.raises(Refused, match="404"):
        site.act("hugo.blanc").get(request_key)


def test_a_customer_reads_and_writes_public_comments_only(site: Site, request_key: str) -> None:
    gina, eva = site.act("gina.rossi"), site.act("eva.lind")
    gina.comment(request_key, "Any news?")
    eva.comment(request_key, "The disk is full", public=False)
    eva.comment(request_key, "We found it")
    assert [c["body"] for c in gina.comments(request_key)] == ["Any news?", "We found it"]
    assert [c["jsdPublic"] for c in eva.comments(request_key)] == [True, False, True]
    with pytest.raises(Refused, match="403"):
        gina.comment(request_key, "Secret", public=False)


def test_the_portal_offers_its_own_transitions_only(site: Site, request_key: str) -> None:
    gina, eva = site.act("gina.rossi"), site.act("eva.lind")
    assert gina.transitions(request_key) == ["Mark as done", "Cancel request"]
    eva.transition(request_key, "Resolve this issue", **DONE)
    assert gina.transitions(request_key) == ["It works", "Reopen"]
    gina.transition(request_key, "Reopen", text="Still no mail")
    fields = eva.get(request_key)["fields"]
    assert fields["status"]["name"] == "Waiting for support"
    assert fields["resolution"] is None
    assert [c["body"] for c in eva.comments(request_key)] == ["Still no mail"]


def test_a_portal_transition_sets_the_resolution_of_its_own(site: Site, request_key: str) -> None:
    site.act("gina.rossi").transition(request_key, "Cancel request")
    fields = site.act("eva.lind").get(request_key)["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Closed", "Won't Do")


def test_the_customer_is_mailed_what_others_say_in_public_and_the_resolution(
    site: Site, request_key: str, clock: Clock
) -> None:
    eva, gina = site.act("eva.lind"), site.act("gina.rossi")
    eva.comment(request_key, "psst", public=False)
    gina.comment(request_key, "Any news?")
    assert site.outbox == []
    clock.advance(60)
    eva.comment(request_key, "We found it")
    eva.transition(request_key, "Resolve this issue", **DONE)
    assert [(m.to, m.event, m.issue) for m in site.outbox] == [
        ("gina.rossi@example.com", "comment", request_key),
        ("gina.rossi@example.com", "resolution", request_key),
    ]
    assert site.outbox[0].body == "We found it"
    assert site.outbox[0].sent_at == clock.now()


def test_the_customer_is_mailed_that_a_request_is_here_and_that_it_is_reopened(site: Site) -> None:
    key = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    eva = site.act("eva.lind")
    eva.transition(key, "Resolve this issue", **DONE)
    eva.transition(key, "Reopen")
    assert [(mail.to, mail.event) for mail in site.outbox] == [
        ("gina.rossi@example.com", "created"),
        ("gina.rossi@example.com", "resolution"),
        ("gina.rossi@example.com", "reopened"),
    ]


def test_a_customers_own_resolution_mails_nobody(site: Site, request_key: str) -> None:
    site.act("gina.rossi").transition(request_key, "Mark as done")
    assert site.outbox == []


def test_an_issue_without_a_request_type_is_no_request(site: Site) -> None:
    gina = site.act("gina.rossi")
    reporter = {"accountId": gina.user.account_id}
    key = site.act("bot").create_issue("HELP", "Incident", "By the API", reporter=reporter)
    site.act("bot").comment(key, "Said to nobody")
    with pytest.raises(Refused, match="404"):
        gina.get(key)
    assert site.outbox == []


def test_customers_have_no_part_in_software_projects(site: Site) -> None:
    with pytest.raises(Refused):
        site.act("gina.rossi").create_issue("ENG", "Bug", "Let me in")
    key = site.act("bot").create_issue("ENG", "Bug", "Hidden")
    with pytest.raises(Refused, match="404"):
        site.act("gina.rossi").comment(key, "Hello?")
