"""Every library is pinned, weighed in writing, and free to be used under our licence."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL-2\.0|Mozilla Public License 2\.0"
)


def named(requirements: list[str]) -> set[str]:
    """Return the names of the libraries that requirements ask for, our own extras aside."""
    return {str(canonicalize_name(Requirement(line).name)) for line in requirements} - {"careloop"}


def declared() -> set[str]:
    """Return the libraries that careloop and its extras ask for, without those of its own development."""
    extras = PROJECT["optional-dependencies"]
    return named(PROJECT["dependencies"]).union(*(named(extras[name]) for name in extras if name != "dev"))


def pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def needed(name: str, seen: set[str]) -> Iterator[str]:
    """Yield a distribution and everything it needs here, each once."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for line in metadata.requires(name) or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from needed(canonicalize_name(requirement.name), seen)


def licence(name: str) -> str:
    about = metadata.metadata(name)
    classified = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return " ".join(
        [*(about[field] for field in ("License-Expression", "License") if field in about), *classified]
    )


def test_every_constraint_is_one_exact_version_and_no_address() -> None:
    assert [pin for pin in pins() if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []


def test_every_library_is_pinned_at_the_version_that_runs() -> None:
    pinned = {str(canonicalize_name(pin.partition("==")[0])): pin.partition("==")[2] for pin in pins()}
    running = {name: metadata.version(name) for name in needed("careloop", set()) if name != "careloop"}
    everything = declared() | named(PROJECT["optional-dependencies"]["dev"])

    assert everything - pinned.keys() == set()
    assert {name: pinned.get(name) for name in running} == running


def test_every_library_is_weighed_in_the_decision() -> None:
    page = (ROOT / "docs" / "decisions" / "0001-libraries.md").read_text(encoding="utf-8")
    weighed = {canonicalize_name(name) for name in re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE)}

    assert weighed == declared()


def test_every_library_may_be_used_under_our_licence() -> None:
    doubtful = {
        name: licence(name) for name in needed("careloop", set()) if not PERMISSIVE.search(licence(name))
    }

    assert doubtful == {}


@pytest.mark.parametrize("group", ["careloop.connectors", "careloop.policies"])
def test_every_entry_point_leads_to_what_it_names(group: str) -> None:
    found = metadata.entry_points(group=group)

    assert len(found) > 0
    assert all(entry_point.load() is not None for entry_point in found)
