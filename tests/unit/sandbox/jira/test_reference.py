"""The page about the pretend Jira names every switch and every address of Service Management."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from careloop.sandbox.jira.rest.application import SERVICE_DESK
from careloop.sandbox.jira.switches import Switches

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "sandbox-jira.md").read_text(encoding="utf-8")


def test_the_page_lists_the_switches_with_their_defaults() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", PAGE.partition("## Switches")[2], re.MULTILINE))
    switches = Switches()
    assert set(told) == {switch.name for switch in fields(Switches)}
    for name, default in told.items():
        value = getattr(switches, name)
        said = {False: "false", True: "true"}.get(value, value) if isinstance(value, bool) else value
        assert default.strip() in (str(said), "0" if name == "search_lag" else str(said)), name


@pytest.mark.parametrize("noun", sorted({path.split("/")[1] for _, path, _ in SERVICE_DESK}))
def test_the_page_tells_of_every_kind_of_address_of_service_management(noun: str) -> None:
    told = PAGE.partition("## Service Management")[2].partition("\n## ")[0].casefold()
    words = {"servicedesk": "service desk", "requesttype": "request type", "knowledgebase": "knowledge base"}
    words |= {"assets": "assets", "insight": "assets"}
    assert words.get(noun, noun) in told
