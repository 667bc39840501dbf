"""One run at a time."""

from pathlib import Path

import pytest

from careloop.errors import AlreadyRunning, SettingsError
from careloop.store.lock import run_lock


def test_a_second_run_is_turned_away_until_the_first_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "careloop.db"
    with (
        run_lock(path),
        pytest.raises(AlreadyRunning, match=r"careloop\.db\.lock.*wait"),
        run_lock(f"sqlite:///{path}"),
    ):
        raise AssertionError

    with run_lock(path):
        pass


def test_stores_beside_one_another_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with run_lock(tmp_path / "one.db"), run_lock(tmp_path / "two.db"):
        pass


def test_what_fails_during_a_run_is_not_blamed_on_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match="no route"), run_lock(tmp_path / "careloop.db"):
        raise ConnectionError("no route")

    with run_lock(tmp_path / "careloop.db"):
        pass


def test_a_lock_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="cannot be used as a lock"), run_lock(tmp_path / "file" / "a.db"):
        raise AssertionError
