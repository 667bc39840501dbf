"""An office for every test of sync."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.sync.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an office where an incident may have an issue, and no promise is made."""
    made = Office(tmp_path)
    with closing(made.store):
        yield made
