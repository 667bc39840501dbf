"""A promise counts from the moment it was switched on, and anew when it comes back."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from careloop.errors import SettingsError
from tests.simulation.office import MONDAY, SETTINGS, Office


class Admin:
    """Edits the settings, and starts careloop on them."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)

    def start(self, days: float, **closure: Any) -> datetime | None:
        """Let days pass and start with these keys for confirmed closure; return since when it counts."""
        self.office.wait(days=days)
        settings: dict[str, Any] = deepcopy(SETTINGS)
        settings["policies"] = {"confirmed_closure": closure} if closure else {}
        self.office.path.write_text(yaml.safe_dump(settings))
        with self.office.house() as house:
            promises = house.terms().promises
            return promises[0].rules.since if promises else None

    def switches(self) -> Iterator[str]:
        with self.office.house() as house:
            yield from (switched.mode for switched in house.store.switches())


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    return Admin(tmp_path)


ACT = {"mode": "act", "approved_by": "owner@example.com"}


def test_a_promise_counts_from_when_it_left_audit(admin: Admin) -> None:
    assert admin.start(0, mode="audit") is None
    left = admin.start(1, mode="ask")
    assert left is not None
    assert left > MONDAY
    assert admin.start(1, **ACT) == left
    assert admin.start(1, **ACT, window=5) == left
    assert list(admin.switches()) == ["audit", "ask", "act", "act"]


@pytest.mark.parametrize("off", [{"mode": "audit"}, {}])
def test_a_promise_that_was_switched_off_or_taken_out_starts_anew(admin: Admin, off: dict[str, Any]) -> None:
    first = admin.start(0, **ACT)
    admin.start(5, **off)
    second = admin.start(5, **ACT)

    assert first is not None
    assert second is not None
    assert (second - first).days >= 10


def test_the_file_has_the_last_word(admin: Admin) -> None:
    since = admin.start(0, **ACT, since="2026-01-15")

    assert since is not None
    assert since.isoformat() == "2026-01-15T00:00:00+00:00"


def test_nobody_acts_without_somebody_who_answers_for_it(admin: Admin) -> None:
    with pytest.raises(SettingsError, match=r"policies\.confirmed_closure: mode act needs 'approved_by'"):
        admin.start(0, mode="act")
