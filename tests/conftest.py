"""What holds for every test: the same examples everywhere, and shared data where it is at hand.

Sockets reach this machine only and warnings are errors: see the pytest section of pyproject.toml.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.conformance import JUDGE, SHARED

pytest.register_assert_rewrite("careloop.testing")  # a broken contract shows its values

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("quick", max_examples=10, derandomize=True, deadline=None)  # for `make check`
settings.register_profile("explore", max_examples=2000, deadline=None)  # --hypothesis-profile=explore
settings.load_profile("same")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared data beside the checkout; a test that asks for it is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED


@pytest.fixture(autouse=True)
def conforming() -> Iterator[None]:
    """Fail a test whose traffic with the pretend Jira does not conform to Atlassian's documents."""
    yield
    if JUDGE is not None:
        found, JUDGE.violations = JUDGE.violations, []
        assert found == []
