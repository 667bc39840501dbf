"""Connectors and policies that others install are found by their entry points and used like our own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from careloop.model.change import Purpose
from careloop.sync.run import Cycle, run_cycle
from careloop.wiring import House, open_house, read_settings
from tests.contract.test_example_connector import ListPlatform

ENTRY_POINTS = """\
[careloop.connectors]
ticket_list = tests.examples.ticket_list:KIND

[careloop.policies]
hand_offs = tests.examples.hand_offs:POLICY
"""

SETTINGS = """\
instances:
  list: {kind: ticket_list, path: %s, production: true}
policies:
  defaults: {mode: act, since: 2026-01-01, approved_by: owner@example.com}
  confirmed_closure: {}
  hand_offs: {lead_after: 2}
"""


@pytest.fixture
def platform(tmp_path: Path) -> ListPlatform:
    return ListPlatform(tmp_path / "tickets.json")


@pytest.fixture
def house(tmp_path: Path, platform: ListPlatform, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Return careloop with the two examples installed as a package of somebody else."""
    installed = tmp_path / "site-packages"
    package = installed / "ticket_list-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: ticket-list\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(installed))
    settings = tmp_path / "careloop.yaml"
    settings.write_text(SETTINGS % platform.path)
    with open_house(read_settings(settings), clock=platform.clock) as opened:
        yield opened


def run(house: House) -> Cycle:
    return run_cycle(house.desk(lambda what, done, total: None))


def test_a_connector_of_others_carries_a_promise(platform: ListPlatform, house: House) -> None:
    ticket = platform.open_record("No sound in room 4").id
    platform.move(ticket, "solved", by="sam")
    run(house)
    (ask,) = platform.ticket(ticket)["notes"]
    platform.clock.sleep(timedelta(hours=1).total_seconds())
    notes = platform.ticket(ticket)["notes"]
    answer = {"id": 2, "at": platform.clock.now().isoformat(), "by": "nora", "public": True}
    platform.save(ticket, notes=[*notes, {**answer, "text": "Still broken."}])
    run(house)

    assert "Does it work now?" in ask["text"]
    assert platform.ticket(ticket)["status"] == "working"
    (thanks,) = run(house).plan.changes
    assert thanks.purpose is Purpose.THANKS
    assert not run(house).plan.changes


def test_a_policy_of_others_is_asked_with_its_settings(platform: ListPlatform, house: House) -> None:
    platform.open_record("No sound in room 4")

    names = [promise.policy.name for promise in house.terms().promises]
    assert names == ["confirmed_closure", "hand_offs"]
    (promise,) = (one for one in house.terms().promises if one.policy.name == "hand_offs")
    assert promise.rules.settings.lead_after == 2
    assert not run(house).plan.changes
