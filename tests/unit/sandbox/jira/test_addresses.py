"""The reference page of the pretend Jira names every address of the platform."""

import re
from pathlib import Path

import pytest

from careloop.sandbox.jira.rest import agile
from careloop.sandbox.jira.rest.application import CLOUD, DATA_CENTER, EVERYWHERE

PAGE = (Path(__file__).parents[4] / "docs/reference/sandbox-jira.md").read_text(encoding="utf-8")
NAMED = {named.removeprefix("/rest/api/3") for named in re.findall(r"`(/[^` ]*)`", PAGE)}
ADDRESSES = {path for _, path, _ in [*EVERYWHERE, *CLOUD, *DATA_CENTER]}
ADDRESSES |= {agile.PREFIX + path for _, path, _ in agile.ROUTES}


@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_every_address_is_named(address: str) -> None:
    assert address in NAMED
