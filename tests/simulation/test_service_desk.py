"""A service desk in Jira: the customer's own transitions on the portal are answers."""

from pathlib import Path

import pytest

from careloop.model.change import Purpose
from careloop.sync.run import Cycle, run_cycle
from tests.simulation.office import Office, on_jira, say_nothing


@pytest.fixture(params=["cloud", "dc"])
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Office:
    settings = on_jira(request.param)
    settings["instances"]["jira"]["projects"] = ["HELP"]
    settings["sync"] = {"mode": "act", "links": []}
    return Office(tmp_path, settings=settings)


def cycle(office: Office) -> Cycle:
    office.wait(minutes=10)
    with office.house() as house:
        return run_cycle(house.desk(say_nothing))


def resolved_request(office: Office) -> str:
    key = office.sandbox.jira.act("gina.rossi").raise_request("Report a problem", "Cannot print")
    cycle(office)
    office.sandbox.jira.act("eva.lind").transition(key, "Resolve this issue", resolution={"name": "Done"})
    return key


def comments(office: Office, key: str) -> list[tuple[bool, str]]:
    """Return who reads each comment and what it says; Data Center tells the audience in properties only."""
    found = office.sandbox.jira.act("bot@example.com").comments(key)
    audiences = [{prop["key"]: prop["value"] for prop in comment["properties"]} for comment in found]
    internal = [audience.get("sd.public.comment", {}).get("internal", False) for audience in audiences]
    return [(not hidden, str(one["body"])) for hidden, one in zip(internal, found, strict=True)]


def test_a_resolved_request_is_asked_about_where_the_customer_reads_it(office: Office) -> None:
    key = resolved_request(office)

    done = cycle(office).applied.done

    assert [change.purpose for change in done] == [Purpose.ASK]
    ((is_public, text),) = comments(office, key)
    assert is_public
    assert text.startswith("Hello Gina,")


def test_it_works_on_the_portal_confirms_and_is_noted_for_our_people_only(office: Office) -> None:
    key = resolved_request(office)
    cycle(office)
    office.sandbox.jira.act("gina.rossi").transition(key, "It works")

    findings = cycle(office).plan.findings

    assert "confirmed" in {finding.what for finding in findings}
    assert [is_public for is_public, _ in comments(office, key)] == [True, False]


def test_reopening_on_the_portal_is_a_no_that_needs_nothing_from_us(office: Office) -> None:
    key = resolved_request(office)
    cycle(office)
    office.sandbox.jira.act("gina.rossi").transition(key, "Reopen")

    answered = cycle(office)

    assert [f.what for f in answered.plan.findings if f.rule == "reopen"] == ["reopened"]
    assert not [change for change in answered.plan.changes if change.moves_state]
    assert len(comments(office, key)) == 1
