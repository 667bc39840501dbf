"""The built-in store keeps the contract that is open to every other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from careloop.ports import Store
from careloop.store import open_store
from careloop.testing.store_contract import StoreContract


class TestSqlStore(StoreContract):
    """SQLite in a file."""

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: open_store(tmp_path / "careloop.db", installation="here")
