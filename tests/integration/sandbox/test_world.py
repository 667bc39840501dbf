from datetime import UTC, datetime

import requests

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.faults import Fault
from careloop.sandbox.play.script import perform
from careloop.sandbox.world import Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = 86_400.0


def get(sandbox: Sandbox, path: str) -> requests.Response:
    session = requests.Session()
    session.auth = (sandbox.servicenow.user, sandbox.servicenow.password)
    session.mount("http://servicenow.test", AsgiAdapter(sandbox.servicenow_app))
    return session.get(f"http://servicenow.test{path}")


def resolve_one(sandbox: Sandbox) -> None:
    perform(sandbox, "lena.moreau reports network/vpn 'The VPN drops'")
    perform(sandbox, "mei.tanaka takes INC0010001")
    perform(sandbox, "mei.tanaka resolves INC0010001 'Solution provided' 'Renewed the profile'")


def test_what_fell_due_while_time_flowed_is_done_before_a_request_is_answered() -> None:
    seconds = [0.0]
    sandbox = Sandbox(START, source=lambda: seconds[0])
    resolve_one(sandbox)
    seconds[0] += 2 * DAY
    [incident] = get(sandbox, "/api/now/table/incident").json()["result"]
    assert (incident["state"], incident["closed_at"]) == ("7", "2026-03-03 09:00:00")


def test_a_request_whose_answer_is_late_meets_what_fell_due_meanwhile() -> None:
    sandbox = Sandbox(START)
    resolve_one(sandbox)
    sandbox.faults.add(Fault("latency", seconds=2 * DAY))
    assert get(sandbox, "/api/now/table/incident").json()["result"][0]["state"] == "7"


def test_the_outbox_tells_the_mails_of_both_platforms_in_order() -> None:
    sandbox = Sandbox(START)
    perform(sandbox, "gina.rossi requests HELP 'No mail'")
    perform(sandbox, "eva.lind says HELP-1 'We are on it'")
    perform(sandbox, "wait 60")
    resolve_one(sandbox)
    perform(sandbox, "wait 60")
    perform(sandbox, "eva.lind says HELP-1 'Found it'")
    mails = get(sandbox, "/__sandbox__/outbox").json()["mails"]
    assert [(mail["platform"], mail["to"]) for mail in mails] == [
        ("jira", "gina.rossi@example.com"),
        ("jira", "gina.rossi@example.com"),
        ("servicenow", "lena.moreau@example.com"),
        ("jira", "gina.rossi@example.com"),
    ]
    assert mails[2]["sent_at"] == "2026-03-02T09:01:00Z"


def test_reset_prepares_the_world_again() -> None:
    sandbox = Sandbox(START, prepare=resolve_one)
    before = get(sandbox, "/api/now/table/incident").json()
    perform(sandbox, "lena.moreau reopens INC0010001 'Still broken'")
    sandbox.reset()
    assert get(sandbox, "/api/now/table/incident").json() == before
    assert len(sandbox.outbox()) == 1
