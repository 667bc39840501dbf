"""The page about the pretend ServiceNow names every switch there is, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "reference" / "sandbox-servicenow.md"
SWITCH = re.compile(r'"(sandbox\.\w+\.\w+)"')


def test_the_page_lists_the_switches_that_the_code_reads() -> None:
    sources = [*(ROOT / "careloop/sandbox/servicenow").rglob("*.py"), ROOT / "careloop/sandbox/world.py"]
    read = {name for source in sources for name in SWITCH.findall(source.read_text(encoding="utf-8"))}
    told = set(re.findall(r"`(sandbox\.\w+\.\w+)`", PAGE.read_text(encoding="utf-8")))

    assert told == read
