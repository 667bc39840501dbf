"""What the documentation names exists, what it links to is there, and what it shows can be used."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from typer.core import TyperGroup
from typer.main import get_command

from careloop.cli import make_app
from careloop.commands.console import EXIT_CODES
from careloop.config import load
from careloop.config.sections import PromiseSection, Root
from careloop.connectors import jira, servicenow
from careloop.wiring import policies
from tests.examples import hand_offs, ticket_list

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
WRITTEN = [page for page in PAGES if page.parent.name != "reference"]
KINDS: Mapping[str, type[BaseModel]] = {
    "servicenow": servicenow.Settings,
    "jira": jira.Settings,
    "ticket_list": ticket_list.Settings,
}
POLICIES = (*policies(), hand_offs.POLICY)

BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *kinds: str) -> Iterator[str]:
    """Yield the code blocks of these kinds, without the indentation of the list they stand in."""
    for found in BLOCK.finditer(read(page)):
        if found["kind"] in kinds:
            yield re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE)


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return BLOCK.sub("", read(page))


each_page = pytest.mark.parametrize("page", PAGES, ids=name)
each_written_page = pytest.mark.parametrize("page", WRITTEN, ids=name)


# --- commands ---


def calls(page: Path) -> Iterator[list[str]]:
    """Yield the words behind `careloop` wherever a command is shown, in blocks as in the text."""
    lines = [line for block in blocks(page, "sh", "console", "ini", "") for line in block.splitlines()]
    lines += [span for span in INLINE.findall(prose(page)) if span.startswith("careloop ")]
    for line in lines:
        found = re.search(r"(?:^(?:\$ )?|&& |/bin/)careloop ([a-z-][^|>&;]*)", line.split(" # ")[0])
        if found:
            yield shlex.split(found[1], posix=False)


def find_fault(words: list[str]) -> str:
    """Return what is wrong with a command, or an empty text."""
    command: Any = get_command(make_app())
    for word in words:
        if not isinstance(command, TyperGroup):
            break
        if word not in command.commands:
            return "" if "add" in command.commands or word.startswith("-") else f"no command {word}"
        command = command.commands[word]
    every = [command, *(command.commands.values() if isinstance(command, TyperGroup) else ())]
    known = {option for one in every for parameter in one.params for option in parameter.opts}
    unknown = [word for word in words if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known]
    return f"no option {unknown[0]}" if unknown else ""


@each_written_page
def test_every_command_that_is_shown_exists(page: Path) -> None:
    faults = {" ".join(words): fault for words in calls(page) if (fault := find_fault(words))}

    assert faults == {}


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    assert find_fault(["plann"]) == "no command plann"
    assert find_fault(["plan", "--quiet"]) == "no option --quiet"
    assert find_fault(["deferral", "decide", "INC1", "do", "--because", "x"]) == "no option --because"


# --- settings ---


def keys_of(section: str) -> Mapping[str, Any]:
    """Return the keys below a part of the settings: the value is the model of a part of its own."""
    for policy in POLICIES:
        if policy.name == section:
            return dict.fromkeys([*(f.name for f in fields(policy.settings)), *PromiseSection.model_fields])
    field = Root.model_fields.get(section)
    model = field.annotation if field else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or key: field for key, field in model.model_fields.items()}
    return {}


def settings_named(page: Path) -> Iterator[tuple[str, str]]:
    """Yield section and key wherever the text names one as section.key."""
    for span in INLINE.findall(prose(page)):
        found = re.match(r"([a-z_]+)\.([a-z_]+)\b(?!\.?[(/])", span)
        if found and keys_of(found[1]) and found[2] not in ("py", "md"):
            yield found[1], found[2]


@each_written_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    assert [f"{section}.{key}" for section, key in settings_named(page) if key not in keys_of(section)] == []


def test_settings_are_found_in_the_text() -> None:
    named = {setting for page in WRITTEN for setting in settings_named(page)}

    assert ("confirmed_closure", "window") in named
    assert ("contact", "non_production") in named


# --- settings files ---


INSTANCES: Mapping[str, dict[str, Any]] = {
    "servicenow": {"url": "https://example.service-now.com", "auth": {"type": "token", "token": "env:TOKEN"}},
    "jira": {"url": "https://example.atlassian.net", "auth": {"type": "bearer", "token": "env:TOKEN"}},
}


def whole(data: dict[str, Any]) -> dict[str, Any]:
    """Return a settings file around a part of one: sections of the file, or keys of an instance."""
    if set(data) <= set(Root.model_fields):
        return {"instances": {"one": {"kind": "servicenow", **INSTANCES["servicenow"]}}, **data}
    kind = next(kind for kind in INSTANCES if set(data) <= set(KINDS[kind].model_fields))
    return {"instances": {"one": {"kind": kind, **INSTANCES[kind], **data}}}


@each_written_page
def test_every_part_of_a_settings_file_can_be_used(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page, "yaml")):
        written = tmp_path / f"{number}.yaml"
        written.write_text(yaml.safe_dump(whole(yaml.safe_load(block))), encoding="utf-8")

        assert load(written, kinds=KINDS, policies=POLICIES, environ=None).instances


# --- exit codes ---


@each_written_page
def test_every_exit_code_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"\b(?:exit code|exits? with|ends with code|code) (\d+)\b", prose(page), re.IGNORECASE)

    assert {int(code) for code in named} <= set(EXIT_CODES)


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "how-to" / "schedule.md"], ids=name)
def test_every_exit_code_is_explained(page: Path) -> None:
    for code in EXIT_CODES:
        assert re.search(rf"^\| {code} \||[.*] ?{code}: ", read(page), re.MULTILINE), code


# --- links ---


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as hosts of repositories make them."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", read(page)), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)

    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for target in LINK.findall(prose(page)):
            place = (page.parent / target.partition("#")[0]).resolve()
            waiting += sorted(place.glob("*.md")) if place.is_dir() else [place]

    assert [name(page) for page in PAGES if page not in reached] == []


# --- code ---


def sources() -> list[str]:
    return [read(path) for folder in ("careloop", "tests") for path in (ROOT / folder).rglob("*.py")]


@each_written_page
def test_code_that_is_shown_is_code_that_is_tested(page: Path) -> None:
    shown = list(blocks(page, "python"))
    missing = [block.splitlines()[0] for block in shown if not any(block in source for source in sources())]

    assert missing == []


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("write-a-connector.md", "tests/examples/ticket_list.py"),
        ("write-a-connector.md", "tests/contract/test_example_connector.py"),
        ("write-a-policy.md", "tests/examples/hand_offs.py"),
        ("write-a-policy.md", "tests/unit/test_example_policy.py"),
    ],
)
def test_an_example_is_shown_whole(page: str, source: str) -> None:
    shown = "".join(blocks(DOCS / "how-to" / page, "python"))
    lines = [line for line in read(ROOT / source).splitlines() if line]

    assert [line for line in lines if line not in shown.splitlines()] == []


# --- words ---


@each_page
def test_a_page_knows_nothing_of_the_place_it_was_written_in(page: Path) -> None:
    assert re.findall(r"\.\./shared|localhost:\d+|[Tt][Oo][Dd][Oo]\b|\bplaceholder\b", read(page)) == []


@each_written_page
def test_customers_have_problems_and_not_tickets(page: Path) -> None:
    """The word stands where it is somebody else's: a list of tickets, or telling people to open new ones."""
    allowed = r"new tickets?|ticket[ _]lists?|tickets\.json|\bticket\b.{0,40}old matter"
    text = re.sub(allowed, "", re.sub(r"\s+", " ", prose(page)), flags=re.IGNORECASE)

    assert re.findall(r".{0,40}\btickets?\b.{0,40}", text) == []
