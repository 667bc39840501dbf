"""The installed command on Jira Data Center."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, flavor="dc") as opened:
        yield opened


def test_an_incident_and_its_issue_on_data_center_are_kept_in_step(shop: Shop) -> None:
    incident = shop.call("Printer jams", group="Engineering", impact="1", urgency="1")
    assert shop.careloop("check").code == 0
    shop.wait(minutes=5)

    first = shop.careloop("run", "--format", "json")

    assert first.code in (0, 3), first.err
    ada = shop.sandbox.jira.act("ada.keller")
    fields = ada.get("ENG-1")["fields"]
    assert (fields["summary"], fields["creator"]["name"]) == ("Printer jams", "bot")
    ada.comment("ENG-1", "The roller is worn")
    shop.wait(minutes=10)

    second = shop.careloop("run", "--format", "json")

    assert second.code in (0, 3), second.err
    assert any("The roller is worn" in note for note in shop.texts(incident, "work_notes"))
