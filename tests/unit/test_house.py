"""The house rules that no other tool keeps: sizes, names, waivers, and what never enters the repository."""

import ast
import re
import socket
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = {"careloop": 399, "bench": 399, "pictures": 399, "tests": 599}
LONGEST_FUNCTION = {"careloop": 40, "bench": 40, "pictures": 40, "tests": 60}
LONG_FUNCTIONS: set[str] = set()  # file:function; this set may only shrink
VAGUE_NAMES = {"base", "common", "helper", "helpers", "manager", "misc", "processor", "util", "utils"}
LADDER = {"unit", "contract", "integration", "acceptance", "simulation"}


def run(*command: str) -> str:
    """Return what a command prints when it is run at the root."""
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def tracked(pattern: str = "*") -> list[Path]:
    """Return the files of the repository, those not yet committed included, that match a git pattern."""
    names = run("git", "ls-files", "--cached", "--others", "--exclude-standard", pattern).splitlines()
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def place(path: Path) -> str:
    """Return the first folder on the way from the root to a file."""
    return path.relative_to(ROOT).parts[0]


@cache
def python_files() -> tuple[tuple[Path, str, ast.Module], ...]:
    texts = [(path, path.read_text(encoding="utf-8")) for path in tracked("*.py")]
    return tuple((path, text, ast.parse(text)) for path, text in texts)


def lines_with(pattern: str, *, outside: tuple[str, ...] = ()) -> list[str]:
    """Return "file:line: text" for every tracked line that a pattern matches."""
    found = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        if path.suffix in {".gz", ".png", ".ico"} or name in outside:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{name}:{number}: {line.strip()}")
    return found


def test_no_file_is_longer_than_a_reader_bears() -> None:
    too_long = {
        str(path.relative_to(ROOT)): len(text.splitlines())
        for path, text, _ in python_files()
        if len(text.splitlines()) > LONGEST_FILE[place(path)]
    }

    assert too_long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, _, tree in python_files()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION[place(path)]
    }

    assert too_long == LONG_FUNCTIONS


def test_every_file_is_named_after_a_noun_of_the_field() -> None:
    vague = [path for path in tracked() if VAGUE_NAMES & set(re.split(r"[._-]", path.name.lower()))]

    assert vague == []


def test_every_test_stands_on_the_ladder_where_pytest_finds_it() -> None:
    lost = [
        path
        for path, _, tree in python_files()
        if any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(tree))
        and place(path) == "tests"
        and not (path.name.startswith("test_") and path.relative_to(ROOT).parts[1] in LADDER)
    ]

    assert lost == []


def test_a_test_is_skipped_for_missing_shared_data_only() -> None:
    skips = ("pytest.skip", "pytest.xfail", "pytest.importorskip")
    marks = ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail")
    unexplained = []
    for path, _, tree in python_files():
        explained = {
            node.func
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and "../shared" in ast.unparse(node)
        }
        unexplained += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and ast.unparse(node) in skips + marks
            and node not in explained
        ]

    assert unexplained == []


def test_no_test_patches_our_own_code() -> None:
    assert lines_with(r"monkeypatch\.setattr|mocker\.patch") == []


def test_every_waiver_gives_its_reason() -> None:
    waivers = lines_with(r"#\s*(noqa|type: ignore|pragma: no cover)\b")

    assert [
        line for line in waivers if not re.search(r"(noqa: [A-Z0-9, ]+|ignore\[[\w, -]+\])\s+(#|-) ", line)
    ] == []


def test_nothing_reads_a_clock_or_chance_behind_the_linters_back() -> None:
    assert lines_with(r"noqa:.*TID[2]51") == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert lines_with(r"(?<![\w.>}])/(?:home|root|Users|work|mnt|tmp)/\w", outside=("LICENSE",)) == []


def test_no_file_names_a_package_index() -> None:
    assert lines_with(r"pypi[.]org|pythonhosted[.]org|--(extra-)?index-url") == []


def test_every_mail_address_is_made_up() -> None:
    addresses = re.compile(r"\b[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b")
    reserved = re.compile(r"(^|\.)(example(\.(com|net|org))?|test|invalid)$")
    real = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked()
        if path.suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".csv", ".html", ".sql"}
        for found in addresses.finditer(path.read_text(encoding="utf-8"))
        if not reserved.search(found[1])
    ]

    assert real == []


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(UserWarning, match="tried to use socket"):
        outward.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(
    "target", ["setup", "check", "test", "demo", "simulate", "bench", "pictures", "clean"]
)
def test_make_prints_itself(target: str) -> None:
    printed = run("make")

    assert re.search(rf"^  make {target} +\w", printed, re.MULTILINE)
