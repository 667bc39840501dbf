"""What holds for every test: the same examples everywhere, and shared data where it is at hand.

Sockets reach this machine only and warnings are errors: see the pytest section of pyproject.toml.
"""

from pathlib import Path

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("careloop.testing")  # a broken contract shows its values

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("quick", max_examples=10, derandomize=True, deadline=None)  # for `make check`
settings.register_profile("explore", max_examples=2000, deadline=None)  # --hypothesis-profile=explore
settings.load_profile("same")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared data beside the checkout; a test that asks for it is skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED
